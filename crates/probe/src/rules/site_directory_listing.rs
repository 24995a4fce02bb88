//! A folder of the server is listed.
//!
//! ## What it does
//!
//! Asks for `/backups/` and looks for the list that a web server makes.
//!
//! ## Why it matters
//!
//! Backups and dumps lie there for everybody to take.
//!
//! ## Bad
//!
//! ```http
//! > backups
//! 200
//! content-type: text/html
//!
//! <html><head><title>Index of /backups/</title></head><a href="../">../</a><a href="acme.zip">acme.zip</a>
//! ```
//!
//! ## Good
//!
//! ```http
//! > backups
//! 404
//! ```
//!
//! ## How to fix
//!
//! Switch `autoindex` (`Options -Indexes`) off and move backups out of the served folder.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/548.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-directory-listing", "OUT034", Group::Outside, Severity::High, 548);

pub(super) fn check(view: &View<'_>) -> Judged {
    match view.served("backups")? {
        Some(exchange) if exchange.body.contains("Index of /") || exchange.body.contains("Directory listing for") => {
            found(Report::at("backups", "/backups/ is listed").shown_by("Index of /"))
        }
        _ => FINE,
    }
}
