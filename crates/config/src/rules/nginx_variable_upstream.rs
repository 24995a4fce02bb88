//! The client chooses where the proxy sends its request.
//!
//! ## What it does
//!
//! Reports `proxy_pass` whose host comes from an argument, a header, a cookie, the host name or a captured part of the
//! path, in a location that is not `internal`.
//!
//! ## Why it matters
//!
//! A visitor reaches services of the inner network through the proxy: PostgreSQL's neighbours, cloud metadata, other
//! tenants.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /fetch { proxy_pass http://$arg_host; }
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
//!     location /fetch { proxy_pass http://127.0.0.1:9000; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Name the upstream, or choose it with a `map` of known values.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/918.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-variable-upstream", "NGX002", Group::Proxy, Severity::High, 918);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(_: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        let internal = scope.iter().any(|outer| outer.named("internal").next().is_some());
        for pass in block.named("proxy_pass").filter(|_| !internal) {
            let url = pass.argument(0);
            let authority = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or("");
            let chosen = authority.match_indices('$').any(|(at, _)| {
                let name = authority.get(at + 1..).unwrap_or("").trim_start_matches('{');
                let end = name.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(name.len());
                let name = name.get(..end).unwrap_or("");
                ["arg_", "http_", "cookie_"].iter().any(|start| name.starts_with(start))
                    || matches!(name, "host" | "uri" | "request_uri" | "args" | "query_string")
                    || (!name.is_empty() && name.chars().all(|char| char.is_ascii_digit()))
            });
            if chosen {
                out.push(Report::at(pass.site, format!("the client chooses the host of `{}`", pass.text())));
            }
        }
    });
}
