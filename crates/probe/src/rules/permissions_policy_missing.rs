//! No policy says which features of the browser the site needs.
//!
//! ## What it does
//!
//! Looks for `Permissions-Policy` on the page that people see.
//!
//! ## Why it matters
//!
//! A script that got in may ask for camera, microphone and place in the name of the site.
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
//! ## Good
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! permissions-policy: camera=(), microphone=()
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! Send `Permissions-Policy: camera=(), microphone=(), geolocation=()`, with what you use left out.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("permissions-policy-missing", "HDR011", Group::Headers, Severity::Info, 693)
        .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    view.not_gated()?;
    if exchange.header("permissions-policy").is_some() {
        FINE
    } else {
        found(Report::at(page, "there is no `Permissions-Policy`"))
    }
}
