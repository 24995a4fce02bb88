//! Files that nobody outside should see are served from the disk.
//!
//! ## What it does
//!
//! Asks for `/.git/config`, `/.env`, backups and dumps, and reports when the proxy would serve a file of its own disk
//! for them.
//!
//! ## Why it matters
//!
//! Source code with its history, passwords and whole databases are downloads; scanners ask for these names all day.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /backups/ { root /srv/www; }
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
//!     location ~ /\.(git|svn|env|ht) { return 404; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Move the files out of what is served, and refuse the paths: `location ~ /\.(git|svn|env|ht) { return 404; }`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/538.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{block_fix};
use crate::proxy::Outcome;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-private-files", "PRX028", Group::Proxy, Severity::High, 538);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    const PATHS: [&str; 8] = ["/.git/config", "/.svn/entries", "/.env", "/backup/db.sql.gz", "/backups/db.sql.gz", "/dump.sql", "/odoo.conf", "/filestore/x"];
    for path in PATHS {
        let answer = view.ask("GET", path);
        let Outcome::File { path: file } = &answer.outcome else { continue };
        if answer.asks.is_some() || answer.by_address.is_some() || out.iter().any(|known| known.place == view.place(&answer)) {
            continue;
        }
        let folder = path.trim_start_matches('/').split('/').next().unwrap_or("").replace('.', "\\.");
        let fix = block_fix(view, &format!("^/{folder}(/|$)"), &format!("refuse {path}"));
        out.push(Report::at(view.place(&answer), format!("{path} is served from the disk ({file})")).fix(fix));
    }
}
