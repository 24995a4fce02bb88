//! The database manager is open to everybody.
//!
//! ## What it does
//!
//! Reads the page of the database manager once and looks for its list of databases.
//!
//! ## Why it matters
//!
//! The master password is the only guard, there is no lock-out, and with it databases are downloaded, deleted and
//! replaced.
//!
//! ## Bad
//!
//! ```http
//! > manager
//! 200
//! content-type: text/html
//!
//! <a href="/web?db=acme" class="list-group-item">acme</a> <form action="/web/database/drop"><input name="master_pwd"/></form>
//! ```
//!
//! ## Good
//!
//! ```http
//! > manager
//! 200
//! content-type: text/html
//!
//! The database manager has been disabled by the administrator <form action="/web/database/drop"><input name="master_pwd"/></form>
//! ```
//!
//! ```http
//! > manager
//! 403
//! ```
//!
//! ## How to fix
//!
//! Refuse `/web/database` at the proxy, or let in the addresses of administrators only, and set `list_db = False`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/749.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{Manager, manager, names};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-database-manager-open", "OUT002", Group::Outside, Severity::High, 749);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    view.exchange("manager")?;
    match manager(view) {
        Some((page, Manager::Open { is_default: false, databases })) => {
            found(Report::at(page, format!("the database manager is open{}", names(&databases))).shown_by("master_pwd"))
        }
        _ => FINE,
    }
}
