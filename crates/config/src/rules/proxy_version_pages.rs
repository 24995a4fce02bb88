//! Pages that tell the version are open to everybody.
//!
//! ## What it does
//!
//! Reports `/web/webclient/version_info`, `/website/info`, and in 19.0 `/web/version`, `/json/version` and `/doc`,
//! that the proxy passes on.
//!
//! ## Why it matters
//!
//! They tell series, build and installed modules to everybody who plans an attack.
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
//!     location ~ ^/(website/info|web/version|web/webclient/version_info|json/version|doc) { return 403; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Refuse them at the proxy. Integrations that ask for the version use `/xmlrpc/2/common` from their own addresses.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use super::helpers::{block_fix};
use crate::proxy::Answer;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-version-pages", "PRX025", Group::Proxy, Severity::Low, 200).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let mut paths = vec!["/web/webclient/version_info", "/website/info"];
    if view.major() >= 19 {
        paths.extend(["/web/version", "/json/version", "/doc", "/doc-bearer/index.json"]);
    }
    let open: Vec<(&str, Answer)> =
        paths.into_iter().map(|path| (path, view.ask("POST", path))).filter(|(_, answer)| answer.reaches()).collect();
    let Some((_, answer)) = open.first() else { return };
    let shown: Vec<&str> = open.iter().map(|(path, _)| *path).collect();
    let fix = block_fix(view, "^/(website/info|web/version|web/webclient/version_info|json/version|doc)(/|-|$)", "refuse pages that tell the version");
    out.push(Report::at(view.place(answer), format!("{} passes {} on", view.name(), shown.join(", "))).fix(fix));
}
