//! The proxy takes weak ciphers.
//!
//! ## What it does
//!
//! Reports lists that name or include NULL, anonymous, export, RC4, DES, 3DES or MD5 suites, or that lower the
//! security level to 0.
//!
//! ## Why it matters
//!
//! Whoever records the traffic reads it, or a man in the middle chooses the weak suite.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     ssl_ciphers ALL:@SECLEVEL=0;
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
//!     ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Use `ECDHE+AESGCM:ECDHE+CHACHA20`, or leave the list to the program's default.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::proxy::Program;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-weak-ciphers", "PRX003", Group::Proxy, Severity::Medium, 327);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let Some((ciphers, place)) = view.site.tls.ciphers.as_ref().filter(|_| view.has_tls()) else { return };
    let parts: Vec<String> = ciphers.split([':', ',', ' ']).map(str::to_uppercase).collect();
    let excluded = |name: &str| parts.iter().any(|part| part.starts_with(['!', '-']) && part.get(1..) == Some(name));
    let named = parts.iter().find(|part| {
        let weak = ["NULL", "EXP", "RC4", "3DES", "DES-CBC", "ADH", "AECDH", "MD5", "LOW"];
        !part.starts_with(['!', '-']) && weak.iter().any(|weak| part.contains(weak))
    });
    let all = parts.iter().any(|part| part == "ALL") && !(excluded("ANULL") || excluded("ADH"));
    let level = parts.iter().any(|part| part == "@SECLEVEL=0");
    let what = match (named, all, level) {
        (Some(part), ..) => part.clone(),
        (None, true, _) => "ALL without `!aNULL`".to_owned(),
        (None, false, true) => "@SECLEVEL=0".to_owned(),
        _ => return,
    };
    let fix = (view.front.program == Program::Nginx)
        .then(|| replace(view.deployment, *place, "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20", "use forward-secret ciphers only", None))
        .flatten();
    out.push(Report::at(*place, format!("{} takes weak ciphers: {what}", view.name())).fix(fix));
}
