//! An alias lets requests climb out of its folder.
//!
//! ## What it does
//!
//! Reports a prefix location without a slash at its end whose `alias` has one.
//!
//! ## Why it matters
//!
//! `/static../odoo.conf` becomes `/srv/static/../odoo.conf`: everything beside the folder is served, configuration and
//! backups too.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /files { alias /srv/files/; }
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
//!     location /files/ { alias /srv/files/; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! End the location with a slash, as the alias does.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/22.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-alias-traversal", "NGX001", Group::Proxy, Severity::High, 22);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(deployment: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        let prefix = block.arguments.last().map_or("", |word| word.text.as_str());
        let is_prefix = block.name.text == "location" && !block.argument(0).starts_with(['~', '=', '@']);
        let Some(alias) = block.named("alias").next().filter(|_| is_prefix) else { return };
        if !prefix.ends_with('/') && alias.argument(0).ends_with('/') {
            let fix = block.arguments.last().and_then(|word| replace(deployment, word.site, &format!("{prefix}/"), "end the location with a slash", None));
            out.push(Report::at(block.site, format!("{prefix}../ climbs out of {}", alias.argument(0))).related(alias.site, "the alias ends with a slash").fix(fix));
        }
    });
}
