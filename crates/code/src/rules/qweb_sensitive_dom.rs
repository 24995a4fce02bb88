//! A public page prints an internal value.
//!
//! ## What it does
//!
//! Reports website templates that print costs, margins, purchase prices, internal notes or secrets.
//!
//! ## Why it matters
//!
//! The value is in the source of the page for everybody, also when a style hides it.
//!
//! ## Bad
//!
//! ```xml
//! <template id="page">
//!     <t t-call="website.layout"><span class="d-none" t-esc="product.standard_price"/></t>
//! </template>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <template id="page">
//!     <t t-call="website.layout"><span t-esc="product.list_price"/></t>
//! </template>
//! ```
//!
//! ## How to fix
//!
//! Leave the value out of the page.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{Check, ElementView, Report};
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("qweb-sensitive-dom", "TPL010", Group::Template, Severity::Medium, 200).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Element(check);

fn check(view: &ElementView<'_>) -> Option<Report> {
    let element = view.element;
    // Reports and back-office views print such values to people who may see them.
    let public = view.program.is_public_page(&element.owner);
    if element.is_owl || !element.view_model.is_empty() || !element.groups.is_empty() || !public {
        return None;
    }
    let attribute = element.attributes.iter().find(|attribute| {
        matches!(attribute.name.as_str(), "t-esc" | "t-out" | "t-field" | "t-raw") || attribute.name.starts_with("t-att-data") || attribute.name == "t-att-value"
    })?;
    let last = attribute.value.trim().rsplit('.').next().unwrap_or_default();
    let internal = matches!(last, "standard_price" | "purchase_price" | "margin" | "margin_percent" | "internal_note" | "cost_price" | "comment" | "credit_limit");
    let secret = secrets::is_secret_name(last) && !matches!(last, "access_token");
    (attribute.value.contains('.') && (internal || secret)).then(|| Report::at(view.site(attribute.range), format!("`{}` is in the source of the page", attribute.value.trim())))
}
