//! A client's HTML goes to the PDF engine.
//!
//! ## What it does
//!
//! Follows client values into `_run_wkhtmltopdf`.
//!
//! ## Why it matters
//!
//! The engine opens local files and addresses of the server's network that the HTML names, and prints them into the
//! PDF.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pdf(self, body):
//!         return self.env['ir.actions.report']._run_wkhtmltopdf([body])
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo.tools import html_sanitize
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pdf(self, body):
//!         return self.env['ir.actions.report']._run_wkhtmltopdf([html_sanitize(body)])
//! ```
//!
//! ## How to fix
//!
//! Render a QWeb report, or clean the HTML first.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/918.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("report-wkhtml", "TPL008", Group::Template, Severity::High, 918);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Wkhtml], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client()).then(|| Report::here(format!("the PDF engine gets {}", flow.source_words())))
}
