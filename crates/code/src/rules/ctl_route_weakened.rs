//! An override opens a route of Odoo.
//!
//! ## What it does
//!
//! Compares overridden routes with those that Odoo or the parent class declares: weaker `auth`, or `csrf` switched
//! off.
//!
//! ## Why it matters
//!
//! The route keeps its address and does the same for people who were kept out before.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/mail/thread/messages', type='json', auth='public')
//!     def messages(self, thread_id):
//!         return super().messages(thread_id)
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
//!     @http.route()
//!     def messages(self, thread_id):
//!         return super().messages(thread_id)
//! ```
//!
//! ## How to fix
//!
//! Override with a bare `@http.route()`, which keeps the settings of the parent.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::program::{Auth, core_route};
use crate::rule::{Check, Report, RouteView};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-route-weakened", "WEB023", Group::Web, Severity::High, 863);

pub(super) const CHECK: Check = Check::Route(check);

fn check(view: &RouteView<'_>) -> Option<Report> {
    let route = view.route;
    let series = view.program.series(view.program.unit(view.function.unit).file);
    let own_auth = route.own.contains(&"auth");
    let core = route.paths.iter().find_map(|path| core_route(path, series));
    let parent = view.function.class.and_then(|class| crate::program::overridden(view.program, class, view.function.name));
    let above = parent.and_then(|id| view.program.function(id).route.as_ref()).map(|route| (route.auth, route.csrf.unwrap_or(true)));
    let (auth, csrf) = core.map(|core| (core.auth, core.csrf)).or(above)?;
    let opened = own_auth && matches!(route.auth, Auth::None | Auth::Public) && auth == Auth::User;
    let unprotected = route.own.contains(&"csrf") && route.csrf == Some(false) && csrf && route.kind == "http";
    let how = if opened { "no longer asks for a login" } else if unprotected { "drops the CSRF protection of its parent" } else { return None };
    Some(Report::at(view.site(), format!("`{}` {how}", view.path())))
}
