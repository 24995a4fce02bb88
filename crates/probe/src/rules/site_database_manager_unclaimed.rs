//! The installation has no database, and everybody may make the first one.
//!
//! ## What it does
//!
//! The page of the database manager offers to create a database and lists none.
//!
//! ## Why it matters
//!
//! Whoever comes first becomes the administrator of this server.
//!
//! ## Bad
//!
//! ```http
//! > manager
//! 200
//! content-type: text/html
//!
//! <form action="/web/database/create"><input name="master_pwd"/></form>
//! ```
//!
//! ## Good
//!
//! ```http
//! > manager
//! 200
//! content-type: text/html
//!
//! <a href="/web?db=acme" class="list-group-item">acme</a> <form action="/web/database/drop"><input name="master_pwd"/></form>
//! ```
//!
//! ```http
//! > manager
//! 200
//! content-type: text/html
//!
//! The database manager has been disabled by the administrator <form action="/web/database/drop"><input name="master_pwd"/></form>
//! ```
//!
//! ## How to fix
//!
//! Create the database, then refuse `/web/database` at the proxy and set `list_db = False`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/284.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{Manager, manager};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-database-manager-unclaimed", "OUT003", Group::Outside, Severity::Critical, 284);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    view.exchange("manager")?;
    match manager(view) {
        Some((page, Manager::Unclaimed)) => {
            found(Report::at(page, "everybody may create the first database here").shown_by("/web/database/create"))
        }
        _ => FINE,
    }
}
