//! A client chooses the model that the server works on.
//!
//! ## What it does
//!
//! Reports `env[name]` with a name that a client sends, in routes or as superuser.
//!
//! ## Why it matters
//!
//! The client reads or changes any model, parameters and users included, with the rights of the code.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/read', type='json', auth='public')
//!     def read(self, model, ids):
//!         return request.env[model].sudo().browse(ids).read()
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/read', type='json', auth='public')
//!     def read(self, model):
//!         if model not in ('x.note', 'x.page'):
//!             raise ValueError(model)
//!         return request.env[model].search_count([])
//! ```
//!
//! ## How to fix
//!
//! Choose the model from a literal list, and work with the user's own rights.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/470.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{Effects, Flow, Guards, Sink, SourceKind, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-dyn-model", "EXE014", Group::Execution, Severity::Critical, 470);

pub(super) const CHECK: Check = Check::Flow(&[Sink::ModelName], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let sudo = flow.sink.traits.contains(Traits::SUDO) || flow.summary.effects.contains(Effects::SUDO);
    if !flow.source.kind.is_client() || flow.source.kind == SourceKind::Values || flow.guards.intersects(Guards::GROUP | Guards::ACCESS) {
        return None;
    }
    let report = Report::here(format!("the model is {}", flow.source_words()));
    if flow.source.kind.is_route() {
        return Some(if sudo || flow.source.kind.is_anonymous() { report } else { report.severity(Severity::High) });
    }
    let text = &flow.program.file(flow.sink.site.file).text;
    let after = text.get(flow.sink.site.range.end as usize..).unwrap_or_default();
    let sudo = flow.sink.traits.contains(Traits::SUDO) || after.trim_start_matches(']').starts_with(".sudo(");
    sudo.then(|| report.severity(Severity::High).confidence(Confidence::Medium))
}
