//! Makes the file of a new rule and its line in the registry.

use crate::root;

pub fn write(id: &str, code: &str) -> Result<(), String> {
    let well_formed =
        !id.is_empty() && id.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-');
    if !well_formed {
        return Err(format!("`{id}` is no id: lower-case words joined by `-`"));
    }
    let name = id.replace('-', "_");
    let prefix: String = code.chars().take_while(char::is_ascii_alphabetic).collect();
    let group = match prefix.as_str() {
        "ODO" => Some("Odoo"),
        "PRX" | "NGX" => Some("Proxy"),
        "PGS" => Some("Postgres"),
        "SVC" => Some("Service"),
        "CTR" | "DKR" => Some("Container"),
        "SSH" | "HST" => Some("Host"),
        _ => None,
    };
    let outside = match prefix.as_str() {
        "OUT" => Some("Outside"),
        "HDR" => Some("Headers"),
        "TLS" => Some("Tls"),
        "DNS" => Some("Names"),
        _ => None,
    };
    let database = match prefix.as_str() {
        "USR" => Some("Users"),
        "KEY" => Some("Keys"),
        "RGT" => Some("Rights"),
        "JOB" => Some("Jobs"),
        "SET" => Some("Settings"),
        "MOD" => Some("Modules"),
        _ => None,
    };
    let part = match (group, outside, database) {
        (Some(_), _, _) => "config",
        (_, Some(_), _) => "probe",
        (_, _, Some(_)) => "instance",
        _ => "code",
    };
    let file = root().join(format!("crates/{part}/src/rules/{name}.rs"));
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
    let text = match group {
        None if outside.or(database).is_some() => text
            .replace("```python", if outside.is_some() { "```http" } else { "```json" })
            .replace(
                "use crate::flow::CallView;\nuse crate::rule::{Check, Report};",
                "use crate::rule::{FINE, Judged};\nuse crate::view::View;",
            )
            .replace("Group::Python", &format!("Group::{}", outside.or(database).unwrap_or_default()))
            .replace("pub(super) const CHECK: Check = Check::Call(&[], check);\n\n", "")
            .replace(
                "fn check(_: &CallView<'_, '_>) -> Option<Report> {\n    None\n}",
                if outside.is_some() {
                    "pub(super) fn check(view: &View<'_>) -> Judged {\n    view.odoo()?;\n    FINE\n}"
                } else {
                    "pub(super) fn check(view: &View<'_>) -> Judged {\n    view.need(&[\"users\"])?;\n    FINE\n}"
                },
            ),
        Some(group) => text
            .replace("```python", "```ini")
            .replace("use crate::flow::CallView;\n", "use crate::deployment::Deployment;\n")
            .replace("Group::Python", &format!("Group::{group}"))
            .replace("Check::Call(&[], check)", "Check::Host(check)")
            .replace(
                "fn check(_: &CallView<'_, '_>) -> Option<Report> {\n    None\n}",
                "fn check(_: &Deployment, _: &mut Vec<Report>) {}",
            ),
        None => text,
    };
    std::fs::write(&file, text).map_err(|error| error.to_string())?;
    let registry = root().join(format!("crates/{part}/src/rules/registry.rs"));
    let lines = std::fs::read_to_string(&registry).map_err(|error| error.to_string())?;
    let grown = lines.replace("\n}", &format!("\n    {name},\n}}"));
    std::fs::write(&registry, grown).map_err(|error| error.to_string())?;
    crate::say(&format!(
        "wrote crates/{part}/src/rules/{name}.rs; fill the page first, then watch `cargo xtask test` fail"
    ));
    Ok(())
}
