//! A value is printed inside an event handler.
//!
//! ## What it does
//!
//! Reports `t-att-on*` and `t-attf-on*` with values in server templates.
//!
//! ## Why it matters
//!
//! An event attribute is code: a quote in the value starts code of its author.
//!
//! ## Bad
//!
//! ```xml
//! <template id="page">
//!     <a t-attf-onclick="show('#{note.name}')">Show</a>
//! </template>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <template id="page">
//!     <a t-att-data-note="note.name">Show</a>
//! </template>
//! ```
//!
//! ## How to fix
//!
//! Use a `data-` attribute and a listener.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Group, RuleMeta, Severity};


use crate::rule::{Check, ElementView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("qweb-event-attr", "TPL004", Group::Template, Severity::High, 79);

pub(super) const CHECK: Check = Check::Element(check);

fn check(view: &ElementView<'_>) -> Option<Report> {
    if view.element.is_owl {
        return None;
    }
    let attribute = view.element.attributes.iter().find(|attribute| {
        attribute.name.strip_prefix("t-attf-on").or_else(|| attribute.name.strip_prefix("t-att-on")).is_some_and(|event| !event.is_empty())
    })?;
    let printed = attribute.value.split(['{', '}']).nth(1).unwrap_or(&attribute.value);
    let number = printed.ends_with(".id") || printed.ends_with("_index");
    let holds = attribute.name.starts_with("t-att-") || attribute.value.contains("#{") || attribute.value.contains("{{");
    (holds && !number).then(|| Report::at(view.site(attribute.range), format!("`{}` builds code from a value", attribute.name)))
}
