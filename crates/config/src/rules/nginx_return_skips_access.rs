//! Access rules have no effect beside a return.
//!
//! ## What it does
//!
//! Reports blocks with `allow` or `deny` and an unconditional `return` of a page.
//!
//! ## Why it matters
//!
//! `return` answers before access rules are asked: the page that looks locked is open.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /status { allow 127.0.0.1; deny all; return 200 "ok"; }
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
//!     location /status { return 403; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Serve the page in another way (`stub_status`, a file, a named location behind `try_files`), or refuse it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/696.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-return-skips-access", "NGX005", Group::Proxy, Severity::Medium, 696);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(_: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        let rule = block.children().iter().find(|child| matches!(child.name.text.as_str(), "deny" | "allow"));
        let page = block.named("return").find(|page| !matches!(page.argument(0), "403" | "404" | "410" | "444" | "401"));
        if let (Some(rule), Some(page)) = (rule, page) {
            out.push(Report::at(rule.site, "this rule is never asked").related(page.site, "this answers first"));
        }
    });
}
