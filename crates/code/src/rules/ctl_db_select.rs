//! A client chooses the database.
//!
//! ## What it does
//!
//! Follows values of requests into `odoo.registry()`, `db_connect()` and `session.db`.
//!
//! ## Why it matters
//!
//! On a server with several databases a visitor of one reaches another, past `dbfilter`.
//!
//! ## Bad
//!
//! ```python
//! import odoo
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/ping', type='json', auth='none')
//!     def ping(self, db):
//!         return odoo.registry(db).db_name
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
//!     @http.route('/x/ping', type='json', auth='none')
//!     def ping(self):
//!         return request.db
//! ```
//!
//! ## How to fix
//!
//! Use `request.db`, or check the name against `http.db_filter`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/668.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-db-select", "WEB013", Group::Web, Severity::High, 668);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Database], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_route()).then(|| Report::here(format!("the database is {}", flow.source_words())))
}
