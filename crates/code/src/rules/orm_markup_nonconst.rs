//! Text is marked as safe HTML without being escaped.
//!
//! ## What it does
//!
//! Reports `Markup(x)` where x is not constant: built by `%`, an f-string or `+`, or a value of a client or of a
//! text field.
//!
//! ## Why it matters
//!
//! `Markup` switches escaping off: a script in the value runs in the browser of whoever reads it.
//!
//! ## Bad
//!
//! ```python
//! from markupsafe import Markup
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def note(self, text):
//!         return Markup('<b>%s</b>' % text)
//! ```
//!
//! ## Good
//!
//! ```python
//! from markupsafe import Markup
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def note(self, text):
//!         return Markup('<b>%s</b>') % text
//! ```
//!
//! ## How to fix
//!
//! Mark the constant and format into it: `Markup('<b>%s</b>') % text` escapes the text.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-markup-nonconst", "ACC012", Group::Access, Severity::High, 79);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Markup], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let built = flow.sink.traits.intersects(Traits::FORMAT | Traits::CONCAT);
    let stored = flow.source.kind == SourceKind::Stored;
    let outside = matches!(flow.source.kind, SourceKind::Private | SourceKind::External);
    let report = Report::here(format!("marked as safe HTML: {}", flow.source_words()));
    match (stored || outside, built) {
        (true, true) => Some(report.confidence(Confidence::Medium)),
        // A whole stored text is mostly HTML that was cleaned when it was written.
        (true, false) => Some(report.confidence(Confidence::Low)),
        _ => Some(report),
    }
}
