//! The proxy gives up before Odoo does.
//!
//! ## What it does
//!
//! Reports a read timeout below `limit_time_real` of the server behind.
//!
//! ## Why it matters
//!
//! Long requests go on in Odoo while the user sees an error and sends them again.
//!
//! ## Bad
//!
//! ```nginx
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! limit_time_real = 600
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
//! limit_time_real = 600
//! ==> /etc/nginx/nginx.conf <==
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     proxy_read_timeout 720s;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Set `proxy_read_timeout 720s`, as Odoo's documentation does.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/754.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-timeout-short", "PRX024", Group::Proxy, Severity::Info, 754).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let answer = view.ask("POST", "/web/dataset/call_kw");
    let limit = view.odoo.and_then(|odoo| odoo.setting("limit_time_real").value.number());
    if let (Some(timeout), Some(limit)) = (answer.read_timeout, limit)
        && answer.reaches()
        && limit > 0.0
        && (timeout as f64) < limit
    {
        out.push(Report::at(view.place(&answer), format!("the proxy gives up after {timeout} seconds, Odoo after {limit}")));
    }
}
