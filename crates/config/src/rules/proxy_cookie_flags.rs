//! The session cookie is neither Secure nor SameSite.
//!
//! ## What it does
//!
//! Reports a site with TLS that leaves Odoo's cookies as they are. Odoo sets HttpOnly only.
//!
//! ## Why it matters
//!
//! One plain request to the same name sends the session in the clear; requests from other sites carry it.
//!
//! ## Bad
//!
//! ```nginx
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
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     proxy_cookie_flags session_id samesite=lax secure;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! nginx 1.19.3 and newer: `proxy_cookie_flags session_id samesite=lax secure;`. Apache: `Header edit Set-Cookie
//! ^(.*)$ "$1; Secure; SameSite=Lax"`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/614.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{insert_before};
use crate::proxy::Program;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-cookie-flags", "PRX020", Group::Proxy, Severity::Medium, 614);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let answer = view.ask("GET", "/web/login");
    if view.has_tls() && answer.reaches() && !answer.secures_cookies {
        let fix = (view.front.program == Program::Nginx)
            .then(|| super::helpers::server_insertion(view))
            .flatten()
            .and_then(|at| insert_before(view.deployment, at, &["proxy_cookie_flags session_id samesite=lax secure;"], "make the session cookie Secure and SameSite", None));
        let report = Report::at(view.place(&answer), format!("{} leaves the session cookie without Secure and SameSite", view.name())).fix(fix);
        // Without a way to change cookies there is nothing to do here.
        out.push(if view.front.program == Program::Traefik { report.severity(Severity::Low) } else { report });
    }
}
