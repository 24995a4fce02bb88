//! Scripts may read the session cookie.
//!
//! ## What it does
//!
//! Reads the attributes of the cookie `session_id` that comes with the log-in page.
//!
//! ## Why it matters
//!
//! A hole for scripts becomes a stolen session. Odoo sets `HttpOnly` by itself; a proxy or a module has taken it away.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! set-cookie: session_id=55da6617edf3665ce871a1a76fbecd3271f4cd9c; Path=/; Secure
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
//! ## How to fix
//!
//! Find what rewrites the cookie, and leave `HttpOnly` in it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1004.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("session-cookie-readable", "HDR014", Group::Headers, Severity::Medium, 1004);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    match headers::session(exchange) {
        Some(cookie) if !cookie.http_only => {
            found(Report::at(page, "`session_id` has no `HttpOnly`").shown_by("set-cookie: session_id"))
        }
        _ => FINE,
    }
}
