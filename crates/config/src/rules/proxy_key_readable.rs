//! Everybody on the machine may read the private key of TLS.
//!
//! ## What it does
//!
//! Reports private key files of sites that others may read.
//!
//! ## Why it matters
//!
//! Any account of the machine pretends to be the site, and reads recorded traffic of ciphers without forward secrecy.
//!
//! ## Bad
//!
//! ```nginx
//! ==> /etc/nginx/nginx.conf <==
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     ssl_certificate_key /etc/ssl/erp.key;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ==> /etc/ssl/erp.key 0644 root root <==
//! x
//! ```
//!
//! ## Good
//!
//! ```nginx
//! ==> /etc/nginx/nginx.conf <==
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     ssl_certificate_key /etc/ssl/erp.key;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ==> /etc/ssl/erp.key 0600 root root <==
//! x
//! ```
//!
//! ## How to fix
//!
//! Set mode 0600 and owner root; the master process of the proxy reads it before it gives up its rights.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_mode};
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-key-readable", "PRX026", Group::Proxy, Severity::High, 732);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    for (path, site) in &view.site.tls.keys {
        if view.deployment.attributes(path).is_some_and(crate::host::Attributes::world_readable) {
            out.push(Report::at(view.deployment.path_place(path), "everybody on the machine may read this private key").related(*site, "used here").fix(set_mode(path, 0o600)));
        }
    }
}
