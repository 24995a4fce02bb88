//! An allow list lets everybody in.
//!
//! ## What it does
//!
//! Reports a block with `allow` lines that no `deny` follows.
//!
//! ## Why it matters
//!
//! What matches no line is let in: the list looks like a lock and is none.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /xmlrpc { allow 10.0.0.0/8; proxy_pass http://127.0.0.1:8069; }
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
//!     location /xmlrpc { allow 10.0.0.0/8; deny all; proxy_pass http://127.0.0.1:8069; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! End the list with `deny all;`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/284.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Change, Fix, Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-allow-without-deny", "NGX004", Group::Proxy, Severity::High, 284);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(deployment: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        let Some(last) = block.named("allow").last() else { return };
        if block.named("deny").next().is_none() && !block.named("allow").any(|allow| allow.argument(0) == "all") {
            let fix = deployment.file(last.whole.file).map(|file| Fix {
                title: "end the list with `deny all`".into(),
                changes: vec![Change::Replace {
                    path: file.path.clone(),
                    start: last.whole.range.end,
                    end: last.whole.range.end,
                    text: " deny all;".into(),
                }],
                note: None,
                reverts_unless_confirmed: false,
            });
            out.push(Report::at(last.site, "no `deny all` follows: everybody is let in").fix(fix));
        }
    });
}
