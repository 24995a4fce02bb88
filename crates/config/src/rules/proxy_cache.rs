//! Pages of logged-in users are cached.
//!
//! ## What it does
//!
//! Reports a cache on the login page, the client or the portal that no cookie bypasses.
//!
//! ## Why it matters
//!
//! The page of one user, with their session cookie, is served to the next.
//!
//! ## Bad
//!
//! ```nginx
//! proxy_cache_path /tmp/c keys_zone=c:1m;
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     proxy_cache c;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx
//! proxy_cache_path /tmp/c keys_zone=c:1m;
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location ~ ^/[^/]+/static/ { proxy_cache c; proxy_pass http://127.0.0.1:8069; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Cache `/*/static/` only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/525.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-cache", "PRX021", Group::Proxy, Severity::High, 525);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    for path in ["/web/login", "/web", "/my", "/"] {
        let answer = view.ask("GET", path);
        if let Some(site) = answer.cached.filter(|_| answer.reaches()) {
            out.push(Report::at(site, format!("answers of {path} are cached")));
            return;
        }
    }
}
