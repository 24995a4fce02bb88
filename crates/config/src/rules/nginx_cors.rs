//! Every site may read Odoo's answers.
//!
//! ## What it does
//!
//! Reports Access-Control-Allow-Origin that is `*` or the origin of the request, unchecked.
//!
//! ## Why it matters
//!
//! With credentials allowed, any page that a user visits reads and writes their records.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     add_header Access-Control-Allow-Origin $http_origin;
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
//!     add_header Access-Control-Allow-Origin https://shop.example.com;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Name the origins that need it.
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

pub(super) const META: RuleMeta = RuleMeta::new("nginx-cors", "NGX013", Group::Proxy, Severity::Medium, 942);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(_: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        let credentials = block.named("add_header").any(|header| header.argument(0).eq_ignore_ascii_case("access-control-allow-credentials") && header.argument(1) == "true");
        for header in block.named("add_header").filter(|header| header.argument(0).eq_ignore_ascii_case("access-control-allow-origin")) {
            let value = header.argument(1);
            let reflected = value == "$http_origin" && !scope.iter().any(|outer| outer.name.text == "if");
            let fonts = block.arguments.last().is_some_and(|word| word.text.contains("static") || word.text.contains("woff"));
            if reflected || (value == "*" && !fonts) {
                let report = Report::at(header.site, if reflected { "every origin is allowed" } else { "`*` allows every origin" });
                out.push(if reflected && credentials { report.severity(Severity::High) } else { report });
            }
        }
    });
}
