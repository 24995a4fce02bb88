//! A client without login chooses how many records are read.
//!
//! ## What it does
//!
//! Reports `limit=` of searches in public routes that the client sets without an upper bound.
//!
//! ## Why it matters
//!
//! One request reads the whole table and keeps a worker busy; a few of them stop the server.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/list', type='json', auth='public')
//!     def list(self, limit=20):
//!         return request.env['x.note'].search_read([], ['name'], limit=limit)
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
//!     @http.route('/x/list', type='json', auth='public')
//!     def list(self, limit=20):
//!         return request.env['x.note'].search_read([], ['name'], limit=min(int(limit), 100))
//! ```
//!
//! ## How to fix
//!
//! Bound it: `min(int(limit), 100)`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/770.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::program::{Auth};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-limit-unbounded", "WEB037", Group::Web, Severity::Low, 770);

pub(super) const CHECK: Check = Check::Call(&["search", "search_read", "search_fetch"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let route = call.function.route.as_ref()?;
    let limit = call.keyword("limit")?;
    (matches!(route.auth, Auth::Public | Auth::None) && call.is_chosen(limit)).then(|| Report::here("the client chooses how many records are read"))
}
