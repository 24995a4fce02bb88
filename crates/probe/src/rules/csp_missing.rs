//! No content security policy says which scripts may run.
//!
//! ## What it does
//!
//! Looks for a policy that says something of scripts on the page that people see.
//!
//! ## Why it matters
//!
//! A hole for scripts has no second wall. The back office of Odoo cannot live with a strict policy, so this is no fault
//! of the operator; a website can.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! strict-transport-security: max-age=31536000; includeSubDomains
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! content-security-policy: frame-ancestors 'self'
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! content-security-policy: default-src 'self'
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! For a public website, begin with `Content-Security-Policy-Report-Only` and tighten it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("csp-missing", "HDR008", Group::Headers, Severity::Info, 693)
    .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    view.not_gated()?;
    if headers::policy(exchange).script.is_some() { FINE } else { found(Report::at(page, "no policy limits scripts")) }
}
