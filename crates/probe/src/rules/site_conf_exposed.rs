//! odoo.conf can be downloaded.
//!
//! ## What it does
//!
//! Asks for the file once, reads its first 4 KiB and wants its very content, not only a status.
//!
//! ## Why it matters
//!
//! It holds the master password and the password of the database.
//!
//! ## Bad
//!
//! ```http
//! > conf
//! 200
//! content-type: text/plain
//!
//! [options]
//! admin_passwd = x
//! db_password = y
//! ```
//!
//! ## Good
//!
//! ```http
//! > conf
//! 200
//! content-type: text/html
//!
//! <html><title>Welcome</title></html>
//! ```
//!
//! ```http
//! > conf
//! 404
//! ```
//!
//! ## How to fix
//!
//! Remove the file from the served folder and change both passwords.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/538.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-conf-exposed", "OUT031", Group::Outside, Severity::Critical, 538);

pub(super) fn check(view: &View<'_>) -> Judged {
    let Some(exchange) = view.served("conf")? else { return FINE };
    let body = exchange.body.as_str();
    if !exchange.is_html() && (body.contains("[options]") && body.contains('=')) {
        return found(
            Report::at("conf", "odoo.conf can be downloaded; its values are not shown here").shown_by("[options]"),
        );
    }
    FINE
}
