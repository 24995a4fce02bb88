//! An HTML field keeps scripts.
//!
//! ## What it does
//!
//! Reports `fields.Html` with `sanitize=False`, `sanitize_tags=False` or `sanitize_attributes=False` on models that
//! are not reserved for editors.
//!
//! ## Why it matters
//!
//! Whoever writes the field puts a script into the pages and mails that others open.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     body = fields.Html(sanitize=False)
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     body = fields.Html()
//! ```
//!
//! ## How to fix
//!
//! Leave the default, or use `sanitize_overridable=True`, which keeps the check for ordinary users.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{Check, FieldView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-html-unsanitized", "ACC011", Group::Access, Severity::High, 79);

pub(super) const CHECK: Check = Check::Field(check);

fn check(view: &FieldView<'_>) -> Option<Report> {
    let field = view.field;
    if field.kind != "Html" || view.merged("groups").is_some() || view.merged_truth("readonly") == Some(true) || view.merged("compute").is_some() {
        return None;
    }
    let off = ["sanitize", "sanitize_tags", "sanitize_attributes"].into_iter().find(|name| view.merged_truth(name) == Some(false))?;
    let template = view.class.model.is_some_and(|model| model.contains("template") || model.contains("ir.ui"));
    let report = Report::at(view.site(field.call), format!("`{off}=False` keeps scripts in `{}`", field.name));
    let report = if off == "sanitize" { report } else { report.severity(Severity::Medium) };
    Some(if template { report.confidence(Confidence::Low) } else { report })
}
