//! The version of Odoo is told to everybody.
//!
//! ## What it does
//!
//! Asks `/web/version` and `/website/info` without a session.
//!
//! ## Why it matters
//!
//! An attacker picks the advisories that fit.
//!
//! ## Bad
//!
//! ```http
//! > version
//! 200
//! content-type: application/json
//!
//! {"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"}
//! ```
//!
//! ```http
//! > website-info
//! 200
//! content-type: text/html
//!
//! <h1>Acme</h1> <small>Odoo Version 17.0</small>
//! ```
//!
//! ## Good
//!
//! ```http
//! > version
//! 404
//! ```
//!
//! ## How to fix
//!
//! Refuse `/web/version`, `/json/version`, `/web/webclient/version_info` and `/website/info` at the proxy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-version-disclosed", "OUT012", Group::Outside, Severity::Low, 200);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    if let Some(exchange) = view.served("version")?
        && exchange.json().is_some_and(|json| json.get("version").is_some())
    {
        return found(Report::at("version", "everybody may read the version of Odoo").shown_by("version"));
    }
    if let Ok(Some(exchange)) = view.served("website-info")
        && exchange.body.contains("Version ")
    {
        return found(Report::at("website-info", "everybody may read the version of Odoo").shown_by("Version "));
    }
    FINE
}
