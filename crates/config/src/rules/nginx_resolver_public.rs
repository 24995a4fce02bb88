//! nginx asks a public name server.
//!
//! ## What it does
//!
//! Reports `resolver` with an address outside private networks.
//!
//! ## Why it matters
//!
//! Whoever answers in its name leads requests of the proxy elsewhere; the operator of the server learns inner names.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     resolver 8.8.8.8;
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
//!     resolver 127.0.0.53;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Ask a resolver of your own.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/350.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-resolver-public", "NGX011", Group::Proxy, Severity::Low, 350).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(_: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        for directive in block.named("resolver") {
            let public = directive.arguments.iter().find(|word| match word.text.parse::<std::net::IpAddr>() {
                Ok(std::net::IpAddr::V4(address)) => !address.is_private() && !address.is_loopback() && !address.is_link_local(),
                Ok(std::net::IpAddr::V6(address)) => !address.is_loopback() && !address.is_unique_local(),
                Err(_) => false,
            });
            if let Some(word) = public {
                out.push(Report::at(directive.site, format!("names are asked of {}", word.text)));
            }
        }
    });
}
