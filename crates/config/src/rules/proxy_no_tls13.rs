//! The proxy does not speak TLS 1.3.
//!
//! ## What it does
//!
//! Reports a list of protocols without TLS 1.3, as old versions of the documentation show it.
//!
//! ## Why it matters
//!
//! TLS 1.2 alone still allows weak choices; 1.3 is faster and has none.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     ssl_protocols TLSv1.2;
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
//!     ssl_protocols TLSv1.2 TLSv1.3;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Add TLSv1.3.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use super::helpers::{replace};
use crate::proxy::Program;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-no-tls13", "PRX004", Group::Proxy, Severity::Low, 327).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let Some((protocols, place)) = view.site.tls.protocols.as_ref().filter(|_| view.has_tls()) else { return };
    if protocols.iter().any(|name| name.eq_ignore_ascii_case("TLSv1.3")) {
        return;
    }
    let fix = (view.front.program == Program::Nginx)
        .then(|| replace(view.deployment, *place, "ssl_protocols TLSv1.2 TLSv1.3", "allow TLS 1.2 and 1.3 only", None))
        .flatten();
    out.push(Report::at(*place, format!("{} does not speak TLS 1.3", view.name())).fix(fix));
}
