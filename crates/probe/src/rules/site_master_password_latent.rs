//! The master password is the default, behind a database manager that is switched off.
//!
//! ## What it does
//!
//! The page of the database manager says both that it is switched off and that it is not protected.
//!
//! ## Why it matters
//!
//! The day somebody sets `list_db` to true for a backup, every database can be taken. Until then the password opens
//! nothing: measured with 14.0 and 19.0, which refuse to change it too.
//!
//! ## Bad
//!
//! ```http
//! > manager
//! 200
//! content-type: text/html
//!
//! The database manager has been disabled by the administrator <form action="/web/database/drop"><p>is not protected</p><input name="master_pwd"/></form>
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
//! ## How to fix
//!
//! Set a long random `admin_passwd` in odoo.conf (`castellan fix` hashes it) and refuse `/web/database` at the proxy.
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
    RuleMeta::new("site-master-password-latent", "OUT005", Group::Outside, Severity::Medium, 1392);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    view.exchange("manager")?;
    match manager(view) {
        Some((page, Manager::Off { is_default: true })) => found(
            Report::at(page, "the database manager is off, and its master password is the default")
                .shown_by("not protected"),
        ),
        _ => FINE,
    }
}
