//! The database manager is open to everybody, with the default master password.
//!
//! ## What it does
//!
//! Reads the page of the database manager once. The page says by itself that it is not protected when the master password
//! is the default. No password is tried.
//!
//! ## Why it matters
//!
//! Whoever opens the page can download, delete and replace every database, users, passwords and documents included.
//!
//! ## Bad
//!
//! ```http
//! > manager
//! 200
//! content-type: text/html
//!
//! <div class="alert alert-warning">Warning, your Odoo database manager is not protected.</div><a href="/web?db=acme" class="list-group-item">acme</a> <form action="/web/database/drop"><input name="master_pwd"/></form>
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
//! ```http
//! > manager
//! 403
//! ```
//!
//! ## How to fix
//!
//! Refuse `/web/database` at the proxy now, set `list_db = False` and a hashed `admin_passwd` in odoo.conf, and restart.
//! Then look for strangers in the log: the page may have been used.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1392.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{Manager, manager};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-database-manager-default", "OUT001", Group::Outside, Severity::Critical, 1392);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    view.exchange("manager")?;
    match manager(view) {
        Some((page, Manager::Open { is_default: true, .. })) => found(
            Report::at(page, "the database manager is open and its master password is the default")
                .shown_by("not protected"),
        ),
        _ => FINE,
    }
}
