//! nginx tells its version.
//!
//! ## What it does
//!
//! Reports servers without `server_tokens off`.
//!
//! ## Why it matters
//!
//! Scanners pick the exploits that fit.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 80;
//!     return 404;
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx
//! server_tokens off;
//! server {
//!     listen 80;
//!     server_tokens off;
//!     return 404;
//! }
//! ```
//!
//! ## How to fix
//!
//! Set `server_tokens off;` in the http block.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use super::helpers::{insert_before, replace};
use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::proxy::nginx::nearest;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-server-tokens", "NGX010", Group::Proxy, Severity::Low, 200).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(deployment: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    for server in nginx.server_blocks() {
        let scope = [&nginx.http, server];
        let setting = nearest(&scope, "server_tokens");
        if setting.is_some_and(|directive| directive.argument(0) == "off" || directive.argument(0).is_empty()) {
            continue;
        }
        let place = setting.map_or(server.site, |directive| directive.site);
        let fix = match setting.and_then(|directive| directive.arguments.first()) {
            Some(word) => replace(deployment, word.site, "off", "set `server_tokens off`", None),
            None => server.children().first().and_then(|first| insert_before(deployment, first.site, &["server_tokens off;"], "set `server_tokens off`", None)),
        };
        out.push(Report::at(place, "the version of nginx is sent with every answer").fix(fix));
        return;
    }
}
