//! A template prints a value without escaping.
//!
//! ## What it does
//!
//! Reports `t-raw` of a value on series where it is not escaped: up to 19.0. From 15.0 it is deprecated, and the server still prints the
//! value as it is; 20.0 does not know it any more.
//!
//! ## Why it matters
//!
//! A script in the value runs in the browser of whoever opens the page.
//!
//! ## Bad
//!
//! ```xml odoo-14.0
//! <template id="page">
//!     <div><span t-raw="note.body"/></div>
//! </template>
//! ```
//!
//! ```xml odoo-17.0
//! <template id="page">
//!     <div><span t-raw="note.body"/></div>
//! </template>
//! ```
//!
//! ## Good
//!
//! ```xml odoo-14.0
//! <template id="page">
//!     <div><span t-esc="note.body"/></div>
//! </template>
//! ```
//!
//! ```xml odoo-20.0
//! <template id="page">
//!     <div><span t-raw="note.body"/></div>
//! </template>
//! ```
//!
//! ```xml odoo-14.0
//! <template id="page">
//!     <div><t t-raw="0"/></div>
//! </template>
//! ```
//!
//! ## How to fix
//!
//! Use `t-esc` (`t-out` from 15.0); for an HTML field that was cleaned when it was written, `t-field`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Confidence, Group, RuleMeta, SeriesRange, Severity};


use crate::rule::{Check, ElementView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("qweb-raw", "TPL001", Group::Template, Severity::High, 79).confidence(Confidence::Medium).series(SeriesRange::until(19));

pub(super) const CHECK: Check = Check::Element(check);

fn check(view: &ElementView<'_>) -> Option<Report> {
    let attribute = view.element.attribute("t-raw")?;
    let value = attribute.value.trim();
    let harmless = value == "0" || value.starts_with('\'') || value.contains("json") || value.contains("escape") || value.starts_with("len(");
    if view.element.is_owl || harmless {
        return None;
    }
    // Amounts, dates and codes of reports.
    let last = value.trim_end_matches(']').trim_matches(['\'', '"', ')']).rsplit(['.', '[', '\'', '"']).next().unwrap_or_default();
    const NUMBERS: [&str; 16] = [
        "balance", "debit", "credit", "amount", "tax", "net", "total", "code", "currency", "date", "rate", "qty", "quantity", "price", "percent", "id",
    ];
    if NUMBERS.iter().any(|word| last.split('_').any(|part| part == *word)) || value.contains("strftime") || value.contains("format") {
        return None;
    }
    // Names of HTML fields that Odoo cleans on writing.
    let cleaned = ["body_html", "website_description", "description_html", ".body", "note_html"].iter().any(|name| value.ends_with(name));
    let report = Report::at(view.site(attribute.range), format!("`{value}` is printed without escaping"));
    Some(if cleaned && !value.ends_with("note.body") { report.confidence(Confidence::Low) } else { report })
}
