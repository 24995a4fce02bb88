//! The page of the database manager is served although it is switched off.
//!
//! ## What it does
//!
//! The page says that the administrator has switched it off.
//!
//! ## Why it matters
//!
//! One setting in one file is the only guard, and the page tells everybody that this is an Odoo.
//!
//! ## Bad
//!
//! ```http
//! > manager
//! 200
//! content-type: text/html
//!
//! The database manager has been disabled by the administrator <form action="/web/database/drop"><input name="master_pwd"/></form>
//! ```
//!
//! ## Good
//!
//! ```http
//! > manager
//! 403
//! ```
//!
//! ```http
//! > manager
//! 200
//! content-type: text/html
//!
//! <a href="/web?db=acme" class="list-group-item">acme</a> <form action="/web/database/drop"><input name="master_pwd"/></form>
//! ```
//!
//! ## How to fix
//!
//! Refuse `/web/database` at the proxy too.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/749.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{Manager, manager};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-database-manager-served", "OUT004", Group::Outside, Severity::Low, 749);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    view.exchange("manager")?;
    match manager(view) {
        Some((page, Manager::Off { is_default: false })) => found(
            Report::at(page, "the database manager is off in Odoo, and its page is still served")
                .shown_by("has been disabled"),
        ),
        _ => FINE,
    }
}
