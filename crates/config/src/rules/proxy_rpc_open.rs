//! RPC is open to every address.
//!
//! ## What it does
//!
//! Asks, as a stranger, for `/xmlrpc`, `/xmlrpc/2`, `/jsonrpc`, and in the series that have them `/json/1` and
//! `/json/2`, and reports what the proxy passes on.
//!
//! ## Why it matters
//!
//! RPC takes passwords without the second factor of the login page, and in 19.0 without its cool-down. The `db`
//! service behind it lists and creates databases.
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
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location ~ ^/(xmlrpc|jsonrpc|json) { allow 10.0.0.0/8; deny all; proxy_pass http://127.0.0.1:8069; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Refuse the paths, or let in the addresses of your integrations only: `location ~ ^/(xmlrpc|jsonrpc|json/) { allow
//! 192.0.2.10; deny all; ... }`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/749.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{block_fix, rpc_paths};
use crate::proxy::Answer;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-rpc-open", "PRX012", Group::Proxy, Severity::Medium, 749);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let open: Vec<(&str, Answer)> =
        rpc_paths(view.major()).into_iter().map(|path| (path, view.ask("POST", path))).filter(|(_, answer)| answer.reaches()).collect();
    let Some((_, answer)) = open.first() else { return };
    let paths: Vec<&str> = open.iter().map(|(path, _)| *path).collect();
    out.push(
        Report::at(view.place(answer), format!("{} passes {} on to Odoo for everybody", view.name(), paths.join(", ")))
            .fix(block_fix(view, "^/(xmlrpc|jsonrpc|json/)", "refuse RPC paths")),
    );
}
