//! Requests with any host name reach Odoo.
//!
//! ## What it does
//!
//! Asks for a name that no site has and reports when the request is passed on to Odoo.
//!
//! ## Why it matters
//!
//! Odoo writes the host name of an administrator's login into `web.base.url` and into links of mails: a forged one
//! sends reset links to another host. Scanners that know only the address find the login too.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl default_server;
//!     server_name _;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx
//! server {
//!     listen 443 ssl default_server;
//!     return 444;
//! }
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Add a default site that refuses (`listen 443 ssl default_server; return 444;`), and set `web.base.url.freeze` in
//! Odoo.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/644.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{default_server};
use crate::proxy::Program;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-any-host", "PRX017", Group::Proxy, Severity::Medium, 644);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let Some(mut request) = view.request("GET", "/web/login") else { return };
    request.host = "unknown-host.invalid".into();
    let answer = view.front.answer(&request);
    let own = answer.steps.first().and_then(|step| step.site) == Some(view.site.site) || view.front.program == Program::Haproxy;
    if answer.reaches() && own {
        let named = view.site.names.iter().any(|name| !name.is_empty() && name != "_");
        let fix = if named { default_server(view) } else { None };
        out.push(Report::at(view.site.site, format!("requests with any host name reach Odoo through {}", view.name())).fix(fix));
    }
}
