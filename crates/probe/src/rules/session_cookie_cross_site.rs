//! The session cookie goes along with requests from other sites.
//!
//! ## What it does
//!
//! Reads `SameSite` of the cookie `session_id`. Browsers that take `Lax` for granted still send it for two minutes after
//! a log-in.
//!
//! ## Why it matters
//!
//! A foreign page acts in the name of whoever is logged in, where a form has no token.
//!
//! ## Bad
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
//! set-cookie: session_id=55da6617edf3665ce871a1a76fbecd3271f4cd9c; Secure; HttpOnly; SameSite=None
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
//! set-cookie: session_id=55da6617edf3665ce871a1a76fbecd3271f4cd9c; Path=/; Secure; HttpOnly; SameSite=Lax
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! Let the proxy add it: `proxy_cookie_flags session_id secure samesite=lax;`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1275.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("session-cookie-cross-site", "HDR015", Group::Headers, Severity::Low, 1275);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    match headers::session(exchange) {
        Some(cookie) if !matches!(cookie.same_site.as_deref(), Some("lax" | "strict")) => {
            found(Report::at(page, "`session_id` has no `SameSite=Lax`").shown_by("set-cookie: session_id"))
        }
        _ => FINE,
    }
}
