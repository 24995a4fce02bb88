//! A decoded path goes into a header.
//!
//! ## What it does
//!
//! Reports `$uri` and `$document_uri` in `return`, redirecting `rewrite`, `add_header` and `proxy_set_header`.
//!
//! ## Why it matters
//!
//! nginx decodes `%0d%0a` in these variables: a visitor adds headers of their own, such as Set-Cookie, to the answer
//! or to the request for Odoo.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 80;
//!     return 301 https://$host$uri;
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx
//! server {
//!     listen 80;
//!     return 301 https://$host$request_uri;
//! }
//! ```
//!
//! ## How to fix
//!
//! Use `$request_uri`, which is as the client sent it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/113.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-header-injection", "NGX003", Group::Proxy, Severity::High, 113);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(deployment: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        for directive in block.children() {
            let name = directive.name.text.as_str();
            let redirects = name == "rewrite"
                && (directive.argument(1).starts_with("http") || matches!(directive.argument(2), "redirect" | "permanent"));
            if !matches!(name, "return" | "add_header" | "proxy_set_header") && !redirects {
                continue;
            }
            let word = directive.arguments.iter().find(|word| {
                ["$uri", "${uri}", "$document_uri", "${document_uri}"].iter().any(|variable| {
                    word.text.match_indices(variable).any(|(at, _)| {
                        !word.text.get(at + variable.len()..).is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '_'))
                    })
                })
            });
            if let Some(word) = word {
                let text = deployment.slice(word.site).replace("${uri}", "$request_uri").replace("$document_uri", "$request_uri").replace("$uri", "$request_uri");
                let fix = (name == "return").then(|| replace(deployment, word.site, &text, "use `$request_uri`", None)).flatten();
                out.push(Report::at(directive.site, format!("`{}` puts the decoded path into a header", directive.text())).fix(fix));
            }
        }
    });
}
