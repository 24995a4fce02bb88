//! The proxy allows every site to read every page.
//!
//! ## What it does
//!
//! Looks for `Access-Control-Allow-Origin: *` on the page that people see and where nothing is there.
//!
//! ## Why it matters
//!
//! Pages that depend on the address of the visitor, such as an internal network, are read by foreign sites.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! access-control-allow-origin: *
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
//! strict-transport-security: max-age=31536000; includeSubDomains
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! Take the header out of the proxy. Odoo sets it by itself on the few routes that need it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/942.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("cors-everywhere", "HDR017", Group::Headers, Severity::Low, 942);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    if exchange.header("access-control-allow-origin").is_some_and(|origin| origin.trim() == "*") {
        return found(
            Report::at(page, "`Access-Control-Allow-Origin: *` on a page").shown_by("access-control-allow-origin"),
        );
    }
    FINE
}
