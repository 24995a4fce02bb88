//! Doubled slashes pass by path rules.
//!
//! ## What it does
//!
//! Reports `merge_slashes off`.
//!
//! ## Why it matters
//!
//! `//web/database/manager` matches no rule for `/web/database` and still reaches the page, because Odoo folds the
//! slashes.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     merge_slashes off;
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
//!     merge_slashes on;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Remove the line.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/436.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-merge-slashes-off", "NGX015", Group::Proxy, Severity::Medium, 436);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(deployment: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        for directive in block.named("merge_slashes").filter(|directive| directive.argument(0) == "off") {
            let fix = directive.arguments.first().and_then(|word| replace(deployment, word.site, "on", "fold slashes", None));
            out.push(Report::at(directive.site, "`//web/...` passes by rules for `/web/...`").fix(fix));
        }
    });
}
