//! Other sites may show this one in a frame.
//!
//! ## What it does
//!
//! Looks for `frame-ancestors` in the content security policy and for `X-Frame-Options` on the page that people see.
//!
//! ## Why it matters
//!
//! A foreign page lays the log-in or a confirmation under its own buttons, and the visitor clicks without knowing.
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
//! x-frame-options: ALLOWALL
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
//! x-frame-options: SAMEORIGIN
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
//! ## How to fix
//!
//! Send `Content-Security-Policy: frame-ancestors 'self'` (Odoo from 14.0 sends it on the log-in page; a proxy that
//! replaces the header loses it).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1021.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("framing-allowed", "HDR007", Group::Headers, Severity::Medium, 1021);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    view.not_gated()?;
    if !exchange.is_html() || exchange.status >= 400 {
        return Err(Unjudged::NotApplicable("the site has no page".to_owned()));
    }
    if headers::frames_are_limited(exchange) {
        FINE
    } else {
        found(Report::at(page, "every site may show this page in a frame"))
    }
}
