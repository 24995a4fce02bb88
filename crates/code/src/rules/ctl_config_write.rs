//! A client sets a configuration parameter as superuser.
//!
//! ## What it does
//!
//! Follows client values into the key or value of `sudo().set_param()` and into writes on `ir.config_parameter`.
//!
//! ## Why it matters
//!
//! Parameters hold secrets and switches of every module; who sets them takes over sign-up, mail, payment and login.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/set', type='json', auth='user')
//!     def set(self, key, value):
//!         request.env['ir.config_parameter'].sudo().set_param(key, value)
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
//!     @http.route('/x/set', type='json', auth='user')
//!     def set(self, size):
//!         request.env['ir.config_parameter'].sudo().set_param('x.size', int(size))
//! ```
//!
//! ## How to fix
//!
//! Fix the key, convert the value, and let only administrators call it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/15.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Guards, Sink, SourceKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-config-write", "WEB007", Group::Web, Severity::Critical, 15);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SettingWrite], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let client = flow.source.kind.is_client() && !matches!(flow.source.kind, SourceKind::Values | SourceKind::Wizard);
    let open = !flow.guards.intersects(Guards::GROUP | Guards::ACCESS);
    (client && open).then(|| Report::here(format!("a configuration parameter takes {}", flow.source_words())))
}
