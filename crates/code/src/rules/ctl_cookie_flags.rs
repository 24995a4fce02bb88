//! A cookie with a secret is readable by scripts.
//!
//! ## What it does
//!
//! Reports `set_cookie` of a token or session without `httponly`, or without `secure`.
//!
//! ## Why it matters
//!
//! A script that an attacker brings into any page reads the cookie, and plain HTTP shows it to the network.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/in', type='http', auth='public')
//!     def enter(self):
//!         response = request.redirect('/x')
//!         response.set_cookie('auth_token', self._token())
//!         return response
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
//!     @http.route('/x/in', type='http', auth='public')
//!     def enter(self):
//!         response = request.redirect('/x')
//!         response.set_cookie('auth_token', self._token(), httponly=True, secure=True, samesite='Lax')
//!         return response
//! ```
//!
//! ## How to fix
//!
//! Set `httponly=True, secure=True, samesite='Lax'`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1004.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::python;
use crate::rule::{Check, Report};
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-cookie-flags", "WEB027", Group::Web, Severity::Low, 1004);

pub(super) const CHECK: Check = Check::Call(&["set_cookie"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let name = call.argument(0, "key")?.text().to_ascii_lowercase();
    let secret = secrets::is_secret_name(&name) || name.contains("session") || name.contains("auth");
    let on = |flag: &str| call.call.arguments.find_keyword(flag).is_some_and(|keyword| python::boolean(&keyword.value) != Some(false));
    (secret && !(on("httponly") && on("secure"))).then(|| Report::here(format!("the cookie `{name}` lacks `httponly` or `secure`")))
}
