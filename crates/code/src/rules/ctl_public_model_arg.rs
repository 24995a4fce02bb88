//! A public route takes a record from the address and works on it as superuser.
//!
//! ## What it does
//!
//! Reports `<model(...)>` converters on public routes whose function uses `sudo()` and checks nothing.
//!
//! ## Why it matters
//!
//! The converter only looks whether the record exists; with `sudo()` nobody asks whether the visitor may see it.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/<model("x.note"):note>', type='http', auth='public')
//!     def note(self, note):
//!         body = note.sudo().body
//!         return request.render('x.note', {'body': body})
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
//!     @http.route('/x/<model("x.note"):note>', type='http', auth='public')
//!     def note(self, note):
//!         return request.render('x.note', {'body': note.body})
//! ```
//!
//! ## How to fix
//!
//! Leave `sudo()` out and give the public group a record rule for what is published.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/639.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Guards, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-public-model-arg", "WEB032", Group::Web, Severity::Medium, 639);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SudoRead], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let guards = Guards::TOKEN | Guards::ACCESS | Guards::GROUP | Guards::OWNER | Guards::PUBLISHED;
    let converted = flow.entry_function().route.as_ref().is_some_and(|route| {
        route.paths.iter().any(|path| path.split('<').any(|part| part.starts_with("model(") && part.contains(&format!(":{}", flow.source.name))))
    });
    (converted && flow.source.kind.is_anonymous() && !flow.guards.intersects(guards)).then(|| {
        Report::here(format!("reads the record of the address as superuser: {}", flow.source_words()))
    })
}
