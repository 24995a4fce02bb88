//! A dump of the database can be downloaded.
//!
//! ## What it does
//!
//! Asks for the file once, reads its first 4 KiB and wants its very content, not only a status.
//!
//! ## Why it matters
//!
//! Everything that the company keeps in Odoo is in it.
//!
//! ## Bad
//!
//! ```http
//! > dump
//! 200
//! content-type: text/plain
//!
//! --
//! -- PostgreSQL database dump
//! --
//! ```
//!
//! ## Good
//!
//! ```http
//! > dump
//! 200
//! content-type: text/html
//!
//! <html><title>Welcome</title></html>
//! ```
//!
//! ```http
//! > dump
//! 404
//! ```
//!
//! ## How to fix
//!
//! Remove the file now. Treat the data as stolen: passwords, keys and personal data.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/530.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-dump-exposed", "OUT033", Group::Outside, Severity::Critical, 530);

pub(super) fn check(view: &View<'_>) -> Judged {
    let Some(exchange) = view.served("dump")? else { return FINE };
    let body = exchange.body.as_str();
    if !exchange.is_html() && (body.contains("PostgreSQL database dump") || body.starts_with("PGDMP")) {
        return found(Report::at("dump", "a database dump can be downloaded"));
    }
    FINE
}
