//! A module dumps, restores, drops or copies databases.
//!
//! ## What it does
//!
//! Reports calls of `odoo.service.db` functions that manage databases, and reads of `admin_passwd`, in code of
//! routes and models.
//!
//! ## Why it matters
//!
//! Whoever reaches the code carries the whole company away in one file, or deletes it.
//!
//! ## Bad
//!
//! ```python
//! import odoo
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/dump', type='http', auth='user')
//!     def dump(self):
//!         return odoo.service.db.dump_db(request.db, None)
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/dump', type='http', auth='user')
//!     def dump(self):
//!         return 'no'
//! ```
//!
//! ## How to fix
//!
//! Make backups outside of Odoo; never reach them over a route.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/749.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{CallView, Guards};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-db-service", "WEB017", Group::Web, Severity::Critical, 749);

pub(super) const CHECK: Check = Check::Call(
    &["dump_db", "restore_db", "exp_dump", "exp_restore", "exp_drop", "exp_duplicate_database", "exp_create_database", "exp_change_admin_password"],
    check,
);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    if call.guards.contains(Guards::GROUP) {
        return None;
    }
    let report = Report::here(format!("`{}` works on a whole database", call.name));
    let reachable = call.function.route.is_some();
    Some(if reachable { report } else { report.severity(Severity::High).confidence(Confidence::Medium) })
}
