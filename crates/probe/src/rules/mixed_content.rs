//! A page over HTTPS loads scripts over plain HTTP.
//!
//! ## What it does
//!
//! Reads the scripts, styles and frames of the page that people see.
//!
//! ## Why it matters
//!
//! Whoever is on the way puts a script of their own into the page; browsers that block it show a broken one.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! strict-transport-security: max-age=31536000; includeSubDomains
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script><script src="http://cdn.example.net/x.js"></script>
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! strict-transport-security: max-age=31536000; includeSubDomains
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script><script src="https://cdn.example.net/x.js"></script>
//! ```
//!
//! ## How to fix
//!
//! Load it with https, or from the site itself.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::secure_page;
use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("mixed-content", "HDR022", Group::Headers, Severity::Medium, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = secure_page(view)?;
    match headers::scripts(&exchange.body).into_iter().find(|script| script.url.starts_with("http://")) {
        Some(script) => found(Report::at(page, "a script comes over plain HTTP").shown_by(script.url)),
        None => FINE,
    }
}
