//! The server tells the version of its programs.
//!
//! ## What it does
//!
//! Reads `Server`, `X-Powered-By` and `Via` for a number.
//!
//! ## Why it matters
//!
//! Whoever looks for a version with a known weakness finds this server in a search engine. Whether the version is
//! outdated cannot be told from outside: distributions correct without changing it.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! server: nginx/1.18.0 (Ubuntu)
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! x-powered-by: PHP/8.1.2
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
//! server: nginx
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! nginx: `server_tokens off;`. Apache: `ServerTokens Prod`. Hide `X-Powered-By` at the proxy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("server-version-told", "HDR012", Group::Headers, Severity::Low, 200);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    let told = ["server", "x-powered-by", "via", "x-aspnet-version"].into_iter().find_map(|name| {
        let value = exchange.header(name)?;
        let version =
            value.split_once('/').is_some_and(|(_, rest)| rest.starts_with(|char: char| char.is_ascii_digit()));
        // An answer by Werkzeug itself is told of by site-werkzeug-exposed.
        (version && !value.starts_with("Werkzeug") && (name != "via" || value.contains('(')))
            .then(|| format!("{name}: {value}"))
    });
    match told {
        Some(line) => found(Report::at(page, format!("`{line}`")).shown_by(line)),
        None => FINE,
    }
}
