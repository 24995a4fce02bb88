//! A forwarded header is not set, so the client chooses it.
//!
//! ## What it does
//!
//! Asks for paths of Odoo and reports those where the proxy does not set X-Forwarded-Host, X-Forwarded-For or
//! X-Forwarded-Proto. In nginx a block with a `proxy_set_header` of its own drops all those of the blocks around it.
//! Caddy and Traefik set them by themselves.
//!
//! ## Why it matters
//!
//! With `proxy_mode` Odoo believes these headers. Where the proxy does not overwrite them, a visitor forges their
//! address past cool-downs and logs, or the host name of reset links.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     proxy_set_header Host $host;
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
//!     proxy_set_header Host $host;
//!     proxy_set_header X-Forwarded-Host $host;
//!     proxy_set_header X-Forwarded-For $remote_addr;
//!     proxy_set_header X-Forwarded-Proto $scheme;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Set X-Forwarded-Host, X-Forwarded-For, X-Forwarded-Proto and X-Real-IP in every block that passes requests on.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/348.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Fix, Group, RuleMeta, Severity};

use super::helpers::{insert_before};
use crate::proxy::Answer;
use crate::proxy::Program;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-forwarded-missing", "PRX015", Group::Proxy, Severity::Medium, 348);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let trusts = view.odoo.is_none_or(|odoo| odoo.setting("proxy_mode").value.truth());
    for path in ["/web/login", "/", "/web/image/1", "/web/static/src/x.js", "/websocket", "/longpolling/poll", "/jsonrpc"] {
        let answer = view.ask("GET", path);
        if !answer.reaches() || answer.forwards_by_itself {
            continue;
        }
        let missing: Vec<&str> = ["X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Proto"]
            .into_iter()
            .filter(|name| answer.forwarded(name).is_none())
            .collect();
        if missing.is_empty() || out.iter().any(|known| known.place == view.place(&answer)) {
            continue;
        }
        let lost = missing.len() < 3 || !answer.forwarded.is_empty();
        let fix = set_forwarded(view, &answer, &missing);
        let report = Report::at(view.place(&answer), format!("{path} goes to Odoo without {}", missing.join(", "))).fix(fix);
        out.push(if trusts && lost { report.severity(Severity::High) } else { report });
    }
}

/// nginx: the missing lines in front of those that are there, or in the server block.
fn set_forwarded(view: &SiteView<'_>, answer: &Answer, missing: &[&str]) -> Option<Fix> {
    if view.front.program != Program::Nginx {
        return None;
    }
    let lines: Vec<String> = missing
        .iter()
        .map(|name| {
            let value = match *name {
                "X-Forwarded-Host" => "$host",
                "X-Forwarded-For" => "$remote_addr",
                _ => "$scheme",
            };
            format!("proxy_set_header {name} {value};")
        })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let at = match answer.forwarded.first() {
        Some(first) => first.site,
        None => super::helpers::server_insertion(view)?,
    };
    insert_before(view.deployment, at, &lines, "set the forwarded headers", None)
}
