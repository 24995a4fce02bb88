//! A security header is lost on some paths.
//!
//! ## What it does
//!
//! Compares the headers that the proxy adds on the login page with those on other paths of Odoo. In nginx a block with
//! an `add_header` of its own drops all those of the blocks around it.
//!
//! ## Why it matters
//!
//! The paths without the header are those that an attacker frames or downgrades; the login page looks fine in every
//! test.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     add_header Strict-Transport-Security "max-age=31536000" always;
//!     location ~ ^/[^/]+/static/ {
//!         add_header Cache-Control public;
//!         proxy_pass http://127.0.0.1:8069;
//!     }
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
//!     add_header Strict-Transport-Security "max-age=31536000" always;
//!     location ~ ^/[^/]+/static/ {
//!         expires 1d;
//!         proxy_pass http://127.0.0.1:8069;
//!     }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Repeat the headers in the block, or keep them in a file that each block includes.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1021.html>
//! * nginx documentation, "add_header": <https://nginx.org/en/docs/http/ngx_http_headers_module.html>

use castellan_model::{Fix, Group, RuleMeta, Severity};

use super::helpers::{add_header_fix};
use crate::deployment::Place;
use crate::proxy::Outcome;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-header-lost", "PRX007", Group::Proxy, Severity::Medium, 1021);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    const HEADERS: [&str; 5] =
        ["Strict-Transport-Security", "X-Frame-Options", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"];
    const PATHS: [&str; 7] = ["/", "/web", "/web/image/1", "/web/assets/1/web.assets.js", "/web/static/src/x.js", "/my", "/web/content/1"];
    let login = view.ask("GET", "/web/login");
    let sent: Vec<&str> = HEADERS.into_iter().filter(|name| login.header(name).is_some()).collect();
    if sent.is_empty() {
        return;
    }
    for path in PATHS {
        let answer = view.ask("GET", path);
        if !matches!(answer.outcome, Outcome::Proxy { .. } | Outcome::File { .. }) {
            continue;
        }
        let lost: Vec<&str> = sent.iter().copied().filter(|name| answer.header(name).is_none()).collect();
        if lost.is_empty() {
            continue;
        }
        let place = answer.steps.iter().rev().find(|step| step.text.starts_with("location")).and_then(|step| step.site);
        let report = Report::at(place.map_or_else(|| view.place(&answer), Place::Site), format!("{path} is answered without {}", lost.join(", ")));
        if !out.iter().any(|known| known.place == report.place) {
            let mut fix: Option<Fix> = None;
            for name in &lost {
                let value = login.header(name).map_or(String::new(), |header| header.value.clone());
                let Some(more) = add_header_fix(view, &answer, name, &value) else { continue };
                match &mut fix {
                    Some(fix) => fix.changes.extend(more.changes),
                    None => fix = Some(Fix { title: "repeat the headers in the block".into(), ..more }),
                }
            }
            out.push(report.fix(fix));
        }
    }
}
