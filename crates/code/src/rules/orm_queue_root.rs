//! A route without login starts a job as superuser.
//!
//! ## What it does
//!
//! Reports `with_delay()` on superuser records in public routes.
//!
//! ## Why it matters
//!
//! The job runs later, unattended and with all rights, on arguments that anybody on the internet chose.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/run', type='json', auth='public')
//!     def run(self, data):
//!         request.env['x.note'].sudo().with_delay().process(data)
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
//!     @http.route('/x/run', type='json', auth='user')
//!     def run(self, data):
//!         request.env['x.note'].with_delay().process(data)
//! ```
//!
//! ## How to fix
//!
//! Keep the user, and check the arguments before the job is made.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView, Guards, Traits};
use crate::program::{Auth};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-queue-root", "ACC027", Group::Access, Severity::Medium, 250);

pub(super) const CHECK: Check = Check::Call(&["with_delay", "delayable"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let route = call.function.route.as_ref()?;
    let open = matches!(route.auth, Auth::Public | Auth::None) && !call.guards.contains(Guards::TOKEN);
    (open && call.receiver?.is(Traits::SUDO)).then(|| Report::here("anybody on the internet starts this job as superuser"))
}
