//! Odoo answers over plain HTTP.
//!
//! ## What it does
//!
//! Asks each listening address without TLS for the login page and reports those that pass the request on. Addresses of
//! this machine only are left out.
//!
//! ## Why it matters
//!
//! Passwords and session cookies cross the network readable; whoever sits between changes pages at will.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 80;
//!     server_name erp.example.com;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx
//! server {
//!     listen 80;
//!     server_name erp.example.com;
//!     return 301 https://$host$request_uri;
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
//! Let the plain address redirect to https (`return 301 https://$host$request_uri;`) and pass requests on with TLS
//! only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::proxy::Request;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-plain-http", "PRX001", Group::Proxy, Severity::High, 319);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    for listen in view.site.listens.iter().filter(|listen| !listen.tls && !listen.address.is_some_and(|address| address.is_loopback())) {
        let request = Request::new("GET", "http", &view.site.host(), listen.port, "/web/login");
        let answer = view.front.answer(&request);
        if answer.reaches() {
            out.push(Report::at(view.place(&answer), format!("{} passes plain HTTP on port {} to Odoo", view.name(), listen.port)));
        }
    }
}
