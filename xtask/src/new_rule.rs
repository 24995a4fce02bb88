//! Makes the file of a new rule and its line in the registry.

use crate::root;

/// The first letters of codes, the crate of their rules, and their group.
const PREFIXES: [(&str, &str, &str); 21] = [
    ("ODO", "config", "Odoo"),
    ("PRX", "config", "Proxy"),
    ("NGX", "config", "Proxy"),
    ("PGS", "config", "Postgres"),
    ("SVC", "config", "Service"),
    ("CTR", "config", "Container"),
    ("DKR", "config", "Container"),
    ("SSH", "config", "Host"),
    ("HST", "config", "Host"),
    ("OUT", "probe", "Outside"),
    ("HDR", "probe", "Headers"),
    ("TLS", "probe", "Tls"),
    ("DNS", "probe", "Names"),
    ("USR", "instance", "Users"),
    ("KEY", "instance", "Keys"),
    ("RGT", "instance", "Rights"),
    ("JOB", "instance", "Jobs"),
    ("SET", "instance", "Settings"),
    ("MOD", "instance", "Modules"),
    ("DBS", "instance", "Server"),
    ("JOI", "audit", "Joined"),
];

/// What is different in the files of a crate's rules.
struct Form {
    fence: &'static str,
    uses: &'static str,
    check: &'static str,
}

fn form(part: &str) -> Form {
    match part {
        "config" => Form {
            fence: "ini",
            uses: "use crate::deployment::Deployment;\nuse crate::rule::{Check, Report};",
            check: "pub(super) const CHECK: Check = Check::Host(check);\n\nfn check(_: &Deployment, _: &mut Vec<Report>) {}",
        },
        "probe" => Form {
            fence: "http",
            uses: "use crate::rule::{FINE, Judged};\nuse crate::view::View;",
            check: "pub(super) fn check(view: &View<'_>) -> Judged {\n    view.odoo()?;\n    FINE\n}",
        },
        "instance" => Form {
            fence: "json",
            uses: "use crate::rule::{FINE, Judged};\nuse crate::view::View;",
            check: "pub(super) fn check(view: &View<'_>) -> Judged {\n    view.need(&[\"users\"])?;\n    FINE\n}",
        },
        "audit" => Form {
            fence: "toml",
            uses: "use crate::correlate::rule::{Joint, Joined};",
            check: "pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {\n    view.chain(&[&[\"one-rule\"], &[\"another-rule\"]], \"what both show together\")\n}",
        },
        "advisory" => Form {
            fence: "json",
            uses: "use crate::rule::{Report, View};",
            check: "pub(super) fn check(_: &View<'_>) -> Vec<Report> {\n    Vec::new()\n}",
        },
        _ => Form {
            fence: "python",
            uses: "use crate::flow::CallView;\nuse crate::rule::{Check, Report};",
            check: "pub(super) const CHECK: Check = Check::Call(&[], check);\n\nfn check(_: &CallView<'_, '_>) -> Option<Report> {\n    None\n}",
        },
    }
}

pub fn write(id: &str, code: &str) -> Result<(), String> {
    let well_formed =
        !id.is_empty() && id.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-');
    if !well_formed {
        return Err(format!("`{id}` is no id: lower-case words joined by `-`"));
    }
    let name = id.replace('-', "_");
    let prefix: String = code.chars().take_while(char::is_ascii_alphabetic).collect();
    let known = PREFIXES.iter().find(|(own, ..)| *own == prefix).map(|(_, part, group)| (*part, *group));
    let (part, group) = known.unwrap_or(if prefix == "ADV" { ("advisory", "Versions") } else { ("code", "Python") });
    let folder = match part {
        "audit" => "crates/audit/src/correlate/rules".to_owned(),
        _ => format!("crates/{part}/src/rules"),
    };
    let file = root().join(format!("{folder}/{name}.rs"));
    if file.exists() {
        return Err(format!("`{id}` is there already"));
    }
    let Form { fence, uses, check } = form(part);
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
//! ```{fence}
//! ```
//!
//! ## Good
//!
//! ```{fence}
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

{uses}

pub(super) const META: RuleMeta = RuleMeta::new("{id}", "{code}", Group::{group}, Severity::Medium, 0);

{check}
"#
    );
    std::fs::write(&file, text).map_err(|error| error.to_string())?;
    let registry = root().join(format!("{folder}/registry.rs"));
    let lines = std::fs::read_to_string(&registry).map_err(|error| error.to_string())?;
    let grown = lines.replace("\n}", &format!("\n    {name},\n}}"));
    std::fs::write(&registry, grown).map_err(|error| error.to_string())?;
    crate::say(&format!("wrote {folder}/{name}.rs; fill the page first, then watch `cargo xtask test` fail"));
    Ok(())
}
