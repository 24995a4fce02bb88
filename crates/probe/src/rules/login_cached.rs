//! Caches may keep the log-in page with its session.
//!
//! ## What it does
//!
//! Reads `Cache-Control` of a log-in page that sets a session cookie.
//!
//! ## Why it matters
//!
//! A cache that keeps the answer hands the same session to the next visitor.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! cache-control: public, max-age=600
//! set-cookie: session_id=55da6617edf3665ce871a1a76fbecd3271f4cd9c; Secure; HttpOnly; SameSite=Lax
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
//! cache-control: no-store
//! set-cookie: session_id=55da6617edf3665ce871a1a76fbecd3271f4cd9c
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! set-cookie: session_id=55da6617edf3665ce871a1a76fbecd3271f4cd9c
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! Cache `/web/static/` and `/web/assets/` only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/525.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("login-cached", "HDR018", Group::Headers, Severity::Low, 525);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let exchange = view.exchange("login")?;
    let control = exchange.header("cache-control").unwrap_or_default().to_lowercase();
    let kept = control.contains("public")
        || ["s-maxage=", "max-age="].iter().any(|name| {
            control.split(name).nth(1).is_some_and(|rest| rest.starts_with(|char: char| matches!(char, '1'..='9')))
        });
    let private = ["private", "no-store", "no-cache"].iter().any(|word| control.contains(word));
    if headers::session(exchange).is_some() && kept && !private {
        return found(Report::at("login", "a page with a new session may be cached").shown_by("cache-control"));
    }
    FINE
}
