//! The certificate of the server behind is not checked.
//!
//! ## What it does
//!
//! Reports `proxy_pass https://` to another machine without `proxy_ssl_verify on`.
//!
//! ## Why it matters
//!
//! Whoever stands between proxy and Odoo answers with any certificate and reads everything.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /other/ { proxy_pass https://odoo.example.net; }
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
//!     location /other/ { proxy_pass https://odoo.example.net; proxy_ssl_verify on; proxy_ssl_trusted_certificate /etc/ssl/ca.pem; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Set `proxy_ssl_verify on` and `proxy_ssl_trusted_certificate`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/295.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::proxy::nginx::nearest;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-upstream-unverified", "NGX016", Group::Proxy, Severity::Low, 295).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(_: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        for pass in block.named("proxy_pass").filter(|pass| pass.argument(0).starts_with("https://")) {
            let local = ["https://127.", "https://localhost", "https://[::1]", "https://unix:"].iter().any(|start| pass.argument(0).starts_with(start));
            if !local && nearest(scope, "proxy_ssl_verify").is_none_or(|directive| directive.argument(0) != "on") {
                out.push(Report::at(pass.site, "the certificate of the server behind is not checked"));
            }
        }
    });
}
