//! A check of the origin lets similar names pass.
//!
//! ## What it does
//!
//! Reports conditions on `$http_origin` or `$http_referer` with an expression that is not anchored at both ends or has
//! a bare dot.
//!
//! ## Why it matters
//!
//! `https://erp.example.com.attacker.net` passes, and the answer is readable for that site.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     if ($http_origin ~ "example.com") { add_header Access-Control-Allow-Origin $http_origin; }
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
//!     if ($http_origin ~ "^https://erp\.example\.com$") { add_header Access-Control-Allow-Origin $http_origin; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Anchor the expression and escape its dots, or compare with `=`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/942.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-origin-unanchored", "NGX012", Group::Proxy, Severity::Medium, 942);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(_: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        for condition in block.named("if") {
            let text = condition.text();
            let about = text.contains("$http_origin") || text.contains("$http_referer");
            let matches = condition.arguments.iter().any(|word| matches!(word.text.as_str(), "~" | "~*"));
            let last = condition.arguments.iter().rev().map(|word| word.text.trim_end_matches(')')).find(|text| !text.is_empty());
            let Some(pattern) = last.filter(|_| about && matches) else { continue };
            let end = pattern.ends_with('$') || (text.contains("referer") && pattern.ends_with('/'));
            let bare_dot = pattern.match_indices('.').any(|(at, _)| {
                !pattern.get(..at).is_some_and(|before| before.ends_with('\\')) && !pattern.get(at + 1..).is_some_and(|after| after.starts_with(['*', '+', '?']))
            });
            if !pattern.starts_with('^') || !end || bare_dot {
                out.push(Report::at(condition.site, format!("`{pattern}` lets similar names pass")));
            }
        }
    });
}
