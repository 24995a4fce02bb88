//! A route answers with a secret of the configuration.
//!
//! ## What it does
//!
//! Reports routes that return a parameter with the name of a secret, read with `sudo()`.
//!
//! ## Why it matters
//!
//! Parameters are readable by administrators only, because they hold keys; the route gives the key to whoever calls
//! it.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/config', type='json', auth='public')
//!     def config(self):
//!         params = request.env['ir.config_parameter'].sudo()
//!         return {'key': params.get_param('x.secret_key')}
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
//!     @http.route('/x/config', type='json', auth='public')
//!     def config(self):
//!         params = request.env['ir.config_parameter'].sudo()
//!         return {'key': params.get_param('x.publishable_key')}
//! ```
//!
//! ## How to fix
//!
//! Return public values only, and make the call that needs the key on the server.
//!
//! ## Limits
//!
//! A secret that is kept in a variable first is not seen.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::python;
use crate::rule::{Check, Report, RouteView};
use crate::rules::helpers;
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-secret-out", "WEB026", Group::Web, Severity::High, 200);

pub(super) const CHECK: Check = Check::Route(check);

fn check(view: &RouteView<'_>) -> Option<Report> {
    let node = view.function.node?;
    for value in helpers::returns_in(&node.body) {
        for call in helpers::calls_within(value) {
            let secret = call.arguments.args.first().and_then(python::string).is_some_and(secrets::is_secret_name);
            if python::last_name(&call.func) == Some("get_param") && secret {
                let site = view.program.site(view.function.unit, call);
                return Some(Report::at(site, format!("`{}` answers with a secret of the configuration", view.path())));
            }
        }
    }
    None
}
