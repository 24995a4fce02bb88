//! The session cookie is sent over plain HTTP too.
//!
//! ## What it does
//!
//! Reads the attributes of the cookie `session_id` that comes with the log-in page.
//!
//! ## Why it matters
//!
//! One request in clear, a picture on a foreign page is enough, gives the session to whoever is on the way.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! set-cookie: session_id=55da6617edf3665ce871a1a76fbecd3271f4cd9c; Path=/; HttpOnly; SameSite=Lax
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
//! set-cookie: session_id=55da6617edf3665ce871a1a76fbecd3271f4cd9c; Path=/; Secure; HttpOnly
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
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
//! ## How to fix
//!
//! Let the proxy add it: `proxy_cookie_flags session_id secure samesite=lax;`, and set `proxy_mode = True` with
//! `X-Forwarded-Proto`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/614.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::secure_page;
use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("session-cookie-insecure", "HDR013", Group::Headers, Severity::Medium, 614);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = secure_page(view)?;
    match headers::session(exchange) {
        Some(cookie) if !cookie.secure => {
            let severity =
                if exchange.header("strict-transport-security").is_some() { Severity::Low } else { Severity::Medium };
            found(
                Report::at(page, "`session_id` has no `Secure`").severity(severity).shown_by("set-cookie: session_id"),
            )
        }
        _ => FINE,
    }
}
