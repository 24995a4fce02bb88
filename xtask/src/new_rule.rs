//! Makes the file of a new rule and its line in the registry.

use crate::root;

pub fn write(id: &str, code: &str) -> Result<(), String> {
    let well_formed =
        !id.is_empty() && id.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-');
    if !well_formed {
        return Err(format!("`{id}` is no id: lower-case words joined by `-`"));
    }
    let name = id.replace('-', "_");
    let file = root().join(format!("crates/code/src/rules/{name}.rs"));
    if file.exists() {
        return Err(format!("`{id}` is there already"));
    }
    let text = format!(
        r#"//! One sentence: what is wrong.
//!
//! ## What it does
//!
//! What the rule looks at.
//!
//! ## Why it matters
//!
//! The attack in two sentences.
//!
//! ## Bad
//!
//! ```python
//! ```
//!
//! ## Good
//!
//! ```python
//! ```
//!
//! ## How to fix
//!
//! What to do.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/>

use castellan_model::{{Group, RuleMeta, Severity}};

use crate::flow::CallView;
use crate::rule::{{Check, Report}};

pub(super) const META: RuleMeta = RuleMeta::new("{id}", "{code}", Group::Python, Severity::Medium, 0);

pub(super) const CHECK: Check = Check::Call(&[], check);

fn check(_: &CallView<'_, '_>) -> Option<Report> {{
    None
}}
"#
    );
    std::fs::write(&file, text).map_err(|error| error.to_string())?;
    let registry = root().join("crates/code/src/rules/registry.rs");
    let lines = std::fs::read_to_string(&registry).map_err(|error| error.to_string())?;
    let grown = lines.replace("\n}", &format!("\n    {name},\n}}"));
    std::fs::write(&registry, grown).map_err(|error| error.to_string())?;
    crate::say(&format!(
        "wrote crates/code/src/rules/{name}.rs; fill the page first, then watch `cargo xtask test` fail"
    ));
    Ok(())
}
