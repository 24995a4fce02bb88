//! The client chooses the database by a header.
//!
//! ## What it does
//!
//! For servers that load `dbfilter_from_header`: reports a proxy that does not set X-Odoo-dbfilter itself.
//!
//! ## Why it matters
//!
//! The module takes the header as the database filter: a visitor sends one of their own and reaches every database.
//!
//! ## Bad
//!
//! ```nginx
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! server_wide_modules = base,web,dbfilter_from_header
//! ==> /etc/nginx/nginx.conf <==
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     server_tokens off;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! server_wide_modules = base,web,dbfilter_from_header
//! ==> /etc/nginx/nginx.conf <==
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     proxy_set_header X-Odoo-dbfilter ^prod$;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Set the header in every block that passes requests on.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/348.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-dbfilter-header", "PRX022", Group::Proxy, Severity::High, 348);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let loaded = view.odoo.is_some_and(|odoo| odoo.setting("server_wide_modules").value.list().iter().any(|name| name == "dbfilter_from_header"));
    let answer = view.ask("GET", "/web/login");
    if loaded && answer.reaches() && answer.forwarded("X-Odoo-dbfilter").is_none() {
        out.push(Report::at(view.place(&answer), "X-Odoo-dbfilter of the client reaches Odoo"));
    }
}
