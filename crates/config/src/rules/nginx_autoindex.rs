//! Folders are listed.
//!
//! ## What it does
//!
//! Reports `autoindex on`.
//!
//! ## Why it matters
//!
//! Backups, exports and version control folders are found by looking.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /backups/ { root /srv; autoindex on; }
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
//!     location /files/ { root /srv; autoindex off; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Switch it off.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/548.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-autoindex", "NGX007", Group::Proxy, Severity::Medium, 548);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(deployment: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        for directive in block.named("autoindex").filter(|directive| directive.argument(0) == "on") {
            let fix = directive.arguments.first().and_then(|word| replace(deployment, word.site, "off", "switch the listing off", None));
            out.push(Report::at(directive.site, "folders are listed here").fix(fix));
        }
    });
}
