//! The login has no limit on requests.
//!
//! ## What it does
//!
//! Reports login, session, reset and sign-up paths that the proxy passes on without a rate limit by client address.
//!
//! ## Why it matters
//!
//! Odoo's own cool-down counts in the memory of each worker and is forgotten at a restart: with eight workers an
//! address has eight times the tries.
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
//! ## Good
//!
//! ```nginx
//! limit_req_zone $binary_remote_addr zone=login:1m rate=5r/m;
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location ~ ^/web/(login|session/authenticate|reset_password|signup) { limit_req zone=login burst=5; proxy_pass http://127.0.0.1:8069; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Limit by address, about 5 a minute with a burst of 5: `limit_req_zone $binary_remote_addr zone=login:10m
//! rate=5r/m;`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/307.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{limited_location};
use crate::proxy::Answer;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-login-unlimited", "PRX014", Group::Proxy, Severity::Medium, 307);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let open: Vec<(&str, Answer)> = ["/web/login", "/web/session/authenticate", "/web/reset_password", "/web/signup"]
        .into_iter()
        .map(|path| (path, view.ask("POST", path)))
        .filter(|(_, answer)| answer.reaches() && !answer.limits.iter().any(|limit| limit.by_client))
        .collect();
    let Some((_, answer)) = open.first() else { return };
    let paths: Vec<&str> = open.iter().map(|(path, _)| *path).collect();
    let fix = limited_location(view, answer, "^/web/(login|session/authenticate|reset_password|signup)(/|$)", "castellan_login", "10r/m", 5);
    out.push(Report::at(view.place(answer), format!("{} passes {} on without a limit on requests", view.name(), paths.join(", "))).fix(fix));
}
