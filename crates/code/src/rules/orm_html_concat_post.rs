//! A message is posted with text built as HTML.
//!
//! ## What it does
//!
//! Reports `message_post(body=...)` with a body that was built from a value, on series where text is HTML (up to
//! 16.0).
//!
//! ## Why it matters
//!
//! A script or link in the value reaches everybody who follows the record.
//!
//! ## Bad
//!
//! ```python odoo-15.0
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def tell(self, text):
//!         self.message_post(body='<p>%s</p>' % text)
//! ```
//!
//! ## Good
//!
//! ```python odoo-15.0
//! from markupsafe import Markup
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def tell(self, text):
//!         self.message_post(body=Markup('<p>%s</p>') % text)
//! ```
//!
//! ## How to fix
//!
//! Format into Markup: `Markup('<p>%s</p>') % text`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Confidence, Group, RuleMeta, SeriesRange, Severity};

use crate::flow::{CallView, Kind, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-html-concat-post", "ACC026", Group::Access, Severity::Medium, 79).confidence(Confidence::Medium).series(SeriesRange::until(16));

pub(super) const CHECK: Check = Check::Call(&["message_post"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let body = call.argument(0, "body")?;
    let built = body.kind == Kind::Str && body.traits.intersects(Traits::FORMAT | Traits::CONCAT);
    let html = call.expression(0, "body").is_some_and(|node| call.source(node).contains('<'));
    (built && html && call.is_tainted(body)).then(|| Report::here("the body of the message holds a value as HTML"))
}
