//! The database manager is reachable from outside.
//!
//! ## What it does
//!
//! Asks, as a stranger, for every route of the database manager and reports those that the proxy passes on.
//!
//! ## Why it matters
//!
//! The pages list databases and take the master password without a lock-out; with it they download, delete and replace
//! everything. Blocking one page leaves the others.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     server_tokens off;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location = /web/database/manager { return 403; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location ~ ^/web/database { return 403; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Refuse the whole folder: `location ~ ^/web/database { return 403; }`, or let in the addresses of administrators
//! only. Set `list_db = False` too.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/749.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{block_fix};
use crate::proxy::Answer;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-database-manager", "PRX011", Group::Proxy, Severity::High, 749);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    const ROUTES: [(&str, &str); 9] = [
        ("GET", "/web/database/manager"),
        ("GET", "/web/database/selector"),
        ("POST", "/web/database/create"),
        ("POST", "/web/database/drop"),
        ("POST", "/web/database/backup"),
        ("POST", "/web/database/restore"),
        ("POST", "/web/database/duplicate"),
        ("POST", "/web/database/change_password"),
        ("POST", "/web/database/list"),
    ];
    let open: Vec<(&str, Answer)> =
        ROUTES.into_iter().map(|(method, path)| (path, view.ask(method, path))).filter(|(_, answer)| answer.reaches()).collect();
    let Some((path, answer)) = open.first() else { return };
    let message = if open.len() == ROUTES.len() {
        format!("{} passes /web/database on to Odoo", view.name())
    } else {
        format!("{} passes {path} on to Odoo{}", view.name(), if open.len() > 1 { format!(" and {} routes more", open.len() - 1) } else { String::new() })
    };
    let report = Report::at(view.place(answer), message).fix(block_fix(view, "^/web/database", "refuse /web/database"));
    let off = view.odoo.is_some_and(|odoo| !odoo.setting("list_db").value.truth());
    out.push(if off { report.severity(Severity::Medium) } else { report });
}
