//! A compose file can be downloaded.
//!
//! ## What it does
//!
//! Asks for the file once, reads its first 4 KiB and wants its very content, not only a status.
//!
//! ## Why it matters
//!
//! It names the services, and often their passwords.
//!
//! ## Bad
//!
//! ```http
//! > compose
//! 200
//! content-type: text/plain
//!
//! services:
//!   odoo:
//!     image: odoo:17
//! ```
//!
//! ## Good
//!
//! ```http
//! > compose
//! 200
//! content-type: text/html
//!
//! <html><title>Welcome</title></html>
//! ```
//!
//! ```http
//! > compose
//! 404
//! ```
//!
//! ## How to fix
//!
//! Remove the file from the served folder and change every password in it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/538.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-compose-exposed", "OUT032", Group::Outside, Severity::High, 538);

pub(super) fn check(view: &View<'_>) -> Judged {
    let Some(exchange) = view.served("compose")? else { return FINE };
    let body = exchange.body.as_str();
    if !exchange.is_html() && (body.contains("services:") && (body.contains("image:") || body.contains("build:"))) {
        return found(Report::at("compose", "/docker-compose.yml can be downloaded").shown_by("services:"));
    }
    FINE
}
