//! A value is printed inside a script.
//!
//! ## What it does
//!
//! Reports `t-esc`, `t-out` and `t-raw` below `<script>` in server templates.
//!
//! ## Why it matters
//!
//! HTML escaping does not protect in a script: a quote or `</script>` in the value starts code of its author.
//!
//! ## Bad
//!
//! ```xml
//! <template id="page">
//!     <script>var note = "<t t-esc="note.name"/>";</script>
//! </template>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <template id="page">
//!     <div t-att-data-note="note.name"/>
//! </template>
//! ```
//!
//! ## How to fix
//!
//! Put the value into a `data-` attribute and read it from there, or print `json.scriptsafe.dumps(value)`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Group, RuleMeta, Severity};


use crate::rule::{Check, ElementView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("qweb-script-json", "TPL002", Group::Template, Severity::High, 79);

pub(super) const CHECK: Check = Check::Element(check);

fn check(view: &ElementView<'_>) -> Option<Report> {
    let element = view.element;
    if !element.in_script || element.is_owl {
        return None;
    }
    let attribute = ["t-out", "t-esc", "t-raw"].into_iter().find_map(|name| element.attribute(name))?;
    let value = attribute.value.trim();
    let safe = ["json", "scriptsafe", "int(", "len(", ".id", "csrf_token", "'", "_id"].iter().any(|word| value.contains(word)) || value == "0";
    (!safe).then(|| Report::at(view.site(attribute.range), format!("`{value}` is printed inside a script")))
}
