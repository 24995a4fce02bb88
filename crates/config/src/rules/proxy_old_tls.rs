//! The proxy speaks versions of TLS that are broken.
//!
//! ## What it does
//!
//! Reports SSLv2, SSLv3, TLS 1.0 and TLS 1.1 among the protocols of a site.
//!
//! ## Why it matters
//!
//! These versions have known breaks; browsers dropped them, so only attackers and forgotten scripts still use them.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     ssl_protocols TLSv1 TLSv1.1 TLSv1.2;
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
//! Allow TLS 1.2 and 1.3 only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>
//! * RFC 8996, "Deprecating TLS 1.0 and TLS 1.1": <https://www.rfc-editor.org/rfc/rfc8996>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::proxy::Program;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-old-tls", "PRX002", Group::Proxy, Severity::High, 327);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let Some((protocols, place)) = view.site.tls.protocols.as_ref().filter(|_| view.has_tls()) else { return };
    let old: Vec<&str> = protocols
        .iter()
        .map(String::as_str)
        .filter(|name| matches!(name.to_lowercase().as_str(), "sslv2" | "sslv3" | "tlsv1" | "tlsv1.0" | "tlsv1.1"))
        .collect();
    if old.is_empty() {
        return;
    }
    let fix = (view.front.program == Program::Nginx)
        .then(|| replace(view.deployment, *place, "ssl_protocols TLSv1.2 TLSv1.3", "allow TLS 1.2 and 1.3 only", None))
        .flatten();
    out.push(Report::at(*place, format!("{} speaks {}", view.name(), old.join(", "))).fix(fix));
}
