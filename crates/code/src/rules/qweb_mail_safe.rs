//! A mail template prints a value without escaping.
//!
//! ## What it does
//!
//! Reports the `| safe` filter in Jinja mail templates (up to 14.0).
//!
//! ## Why it matters
//!
//! HTML in the value, a link to a copy of your login page for instance, goes out in your name.
//!
//! ## Bad
//!
//! ```xml odoo-14.0
//! <record id="mail" model="mail.template">
//!     <field name="body_html">Hello ${object.partner_id.name | safe}</field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml odoo-14.0
//! <record id="mail" model="mail.template">
//!     <field name="body_html">Hello ${object.partner_id.name}</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Leave the filter out.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Confidence, Group, RuleMeta, SeriesRange, Severity};

use crate::rule::{Check, RecordView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("qweb-mail-safe", "TPL006", Group::Template, Severity::Medium, 79).confidence(Confidence::Medium).series(SeriesRange::until(14));

pub(super) const CHECK: Check = Check::Record(check);

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    if view.record.model != "mail.template" {
        return;
    }
    for field in view.record.fields.iter().filter(|field| field.name == "body_html") {
        let folded: String = field.text.split_whitespace().collect::<Vec<_>>().join("");
        if let Some(at) = folded.find("|safe") {
            let before = folded[..at].rsplit("${").next().unwrap_or_default();
            let html = before.ends_with("_html") || before.contains("signature") || before.contains("access_link");
            if !html {
                out.push(Report::at(view.site(field.range), format!("the mail prints `{before}` without escaping")));
            }
        }
    }
}
