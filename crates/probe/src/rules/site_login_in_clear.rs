//! The login page is served over plain HTTP.
//!
//! ## What it does
//!
//! Asks `/web/login` over plain HTTP.
//!
//! ## Why it matters
//!
//! Whoever is on the way reads passwords and sessions.
//!
//! ## Bad
//!
//! ```http
//! > http-login
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form" action="/web/login" method="post"></form>
//! ```
//!
//! ## Good
//!
//! ```http
//! > http-login
//! 301
//! location: https://erp.example.com/web/login
//! ```
//!
//! ## How to fix
//!
//! Redirect everything on port 80 to HTTPS.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-login-in-clear", "OUT022", Group::Outside, Severity::High, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    if view.evidence.site.starts_with("http://") {
        let login = view.exchange("login")?;
        return if login.body.contains("oe_login_form") {
            found(
                Report::at("login", "the site is served over plain HTTP, login page included")
                    .shown_by("oe_login_form"),
            )
        } else {
            FINE
        };
    }
    match view.exchange("http-login") {
        Ok(exchange) if exchange.status == 200 && exchange.body.contains("oe_login_form") => {
            found(Report::at("http-login", "the login page is served over plain HTTP").shown_by("oe_login_form"))
        }
        Ok(_) => FINE,
        // Nobody listens: that is as good as a redirect.
        Err(_) if view.is_closed("http-home") => FINE,
        Err(reason) => Err(reason),
    }
}
