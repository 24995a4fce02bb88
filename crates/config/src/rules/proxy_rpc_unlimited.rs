//! RPC has no limit on requests.
//!
//! ## What it does
//!
//! Reports RPC paths that the proxy passes on without a rate limit by client address.
//!
//! ## Why it matters
//!
//! Passwords are tried as fast as the server answers; in 19.0 the cool-down of the login page does not count for RPC.
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
//! limit_req_zone $binary_remote_addr zone=rpc:1m rate=5r/s;
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location ~ ^/(xmlrpc|jsonrpc|json) { limit_req zone=rpc burst=20; proxy_pass http://127.0.0.1:8069; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Limit by address, about 5 requests a second: `limit_req_zone $binary_remote_addr zone=rpc:10m rate=5r/s;` and
//! `limit_req zone=rpc burst=20 nodelay;`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/307.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{rpc_paths};
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-rpc-unlimited", "PRX013", Group::Proxy, Severity::Medium, 307);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    for path in rpc_paths(view.major()) {
        let answer = view.ask("POST", path);
        if answer.reaches() && !answer.limits.iter().any(|limit| limit.by_client) {
            out.push(Report::at(view.place(&answer), format!("{} passes {path} on without a limit on requests", view.name())));
            return;
        }
    }
}
