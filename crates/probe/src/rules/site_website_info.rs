//! A public page lists the installed apps.
//!
//! ## What it does
//!
//! Asks `/website/info`.
//!
//! ## Why it matters
//!
//! It tells apps and version to everybody. It is a leftover of the website module that nobody needs.
//!
//! ## Bad
//!
//! ```http
//! > website-info
//! 200
//! content-type: text/html
//!
//! <h1>Acme</h1> <h2>Applications installées</h2> <dl class="dl-horizontal"><dt>Sales</dt></dl>
//! ```
//!
//! ## Good
//!
//! ```http
//! > website-info
//! 404
//! ```
//!
//! ## How to fix
//!
//! Refuse `/website/info` at the proxy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-website-info", "OUT014", Group::Outside, Severity::Low, 200);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    match view.served("website-info")? {
        Some(exchange) if exchange.body.contains("dl-horizontal") && exchange.body.contains("<dt") => {
            found(Report::at("website-info", "/website/info lists the installed apps").shown_by("dl-horizontal"))
        }
        _ => FINE,
    }
}
