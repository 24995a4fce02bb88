//! Requests go to another machine without encryption.
//!
//! ## What it does
//!
//! Reports upstreams over http whose address is not of this machine, not private and no container's name.
//!
//! ## Why it matters
//!
//! What TLS protected up to the proxy crosses the network readable behind it.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /x/ { return 404; }
//!     location / { proxy_pass http://198.51.100.20:8069; }
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /x/ { return 404; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Keep proxy and Odoo on one machine or a private network, or pass on over https with a checked certificate.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::proxy::Outcome;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-upstream-plain", "PRX027", Group::Proxy, Severity::Low, 319);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let answer = view.ask("GET", "/web/login");
    let Outcome::Proxy { upstream, servers, .. } = &answer.outcome else { return };
    if upstream.starts_with("https") {
        return;
    }
    let public = servers.iter().find(|server| {
        server.rsplit_once(':').and_then(|(host, _)| host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().ok()).is_some_and(|address| match address {
            std::net::IpAddr::V4(address) => !address.is_loopback() && !address.is_private() && !address.is_link_local(),
            std::net::IpAddr::V6(address) => !address.is_loopback() && !address.is_unique_local(),
        })
    });
    if let Some(server) = public {
        out.push(Report::at(view.place(&answer), format!("requests go to {server} without encryption")));
    }
}
