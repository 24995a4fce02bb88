//! A link takes its whole address from free text.
//!
//! ## What it does
//!
//! Reports `t-att-href` and `t-att-src` whose value is a text field of a record, without a fixed beginning.
//!
//! ## Why it matters
//!
//! An address that starts with `javascript:` runs code when the link is clicked.
//!
//! ## Bad
//!
//! ```xml
//! <template id="page">
//!     <a t-att-href="partner.comment">Site</a>
//! </template>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <template id="page">
//!     <a t-attf-href="/notes/#{note.id}">Note</a>
//! </template>
//! ```
//!
//! ## How to fix
//!
//! Start with a fixed part, or check the scheme where the value is written.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};


use crate::rule::{Check, ElementView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("qweb-href", "TPL003", Group::Template, Severity::Medium, 79).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Element(check);

fn check(view: &ElementView<'_>) -> Option<Report> {
    let element = view.element;
    if element.is_owl {
        return None;
    }
    let attribute = ["t-att-href", "t-att-src", "t-att-action"].into_iter().find_map(|name| element.attribute(name))?;
    let value = attribute.value.trim();
    let last = value.rsplit('.').next().unwrap_or_default();
    let free = matches!(last, "comment" | "description" | "note" | "name" | "link" | "homepage" | "body");
    (value.contains('.') && free && !value.contains(['(', '+', '\'']))
        .then(|| Report::at(view.site(attribute.range), format!("the whole address is the text `{value}`")))
}
