//! Browsers remember to use HTTPS for a short time only.
//!
//! ## What it does
//!
//! Reports a `max-age` below one year, and 0, which switches it off.
//!
//! ## Why it matters
//!
//! After the time has passed the first visit is open to a man in the middle again.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     add_header Strict-Transport-Security "max-age=3600" always;
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
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Set `max-age=31536000` or more.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-hsts-short", "PRX006", Group::Proxy, Severity::Low, 319);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let answer = view.ask("GET", "/web/login");
    let Some(header) = answer.header("strict-transport-security").filter(|_| view.has_tls()) else { return };
    let age = header.value.split(';').find_map(|part| part.trim().to_lowercase().strip_prefix("max-age=")?.trim_matches('"').parse::<u64>().ok());
    if age.is_none_or(|age| age < 31_536_000) {
        let shown = age.map_or_else(|| "no max-age".to_owned(), |age| format!("{} days", age / 86_400));
        out.push(Report::at(header.site, format!("{} sends Strict-Transport-Security for {shown}", view.name())));
    }
}
