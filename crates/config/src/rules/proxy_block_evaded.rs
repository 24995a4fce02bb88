//! A path that the proxy refuses is reached by another spelling.
//!
//! ## What it does
//!
//! For every route of the database manager and of RPC that the proxy refuses, asks for the same route with a letter or a slash
//! percent-encoded, with a second slash in front, and with one behind.
//!
//! ## Why it matters
//!
//! Odoo 14 to 19 serve `/web/%64atabase/manager`, `//web/database/manager` and `/web/database/manager/` like the plain path.
//! HAProxy compares paths as they were sent, and rules for exact paths miss the slash, so the block is none.
//!
//! ## Bad
//!
//! ```haproxy
//! frontend web
//!     bind :443 ssl crt /etc/ssl/erp.pem
//!     http-request deny if { path_beg /web/database }
//!     default_backend odoo
//! backend odoo
//!     server one 127.0.0.1:8069
//! ```
//!
//! ## Good
//!
//! ```haproxy
//! frontend web
//!     bind :443 ssl crt /etc/ssl/erp.pem
//!     http-request deny if { path,url_dec -m reg ^/+web/database }
//!     default_backend odoo
//! backend odoo
//!     server one 127.0.0.1:8069
//! ```
//!
//! ## How to fix
//!
//! HAProxy: compare the decoded path with a pattern that takes several slashes, or tidy it first with
//! `http-request normalize-uri`. Others: refuse the whole folder instead of exact paths.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/436.html>
//! * HAProxy configuration manual, "path", "url_dec", "http-request normalize-uri"

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::rpc_paths;
use crate::proxy::Program;
use crate::rule::{Check, Report, SiteView};

pub(super) const META: RuleMeta =
    RuleMeta::new("proxy-block-evaded", "PRX029", Group::Proxy, Severity::High, 436);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let manager = ["/web/database/manager", "/web/database/selector"];
    let mut evaded: Vec<(&str, String)> = Vec::new();
    let mut place = None;
    for path in manager.into_iter().chain(rpc_paths(view.major())) {
        let method = if path.starts_with("/web/") { "GET" } else { "POST" };
        if view.ask(method, path).reaches() {
            continue;
        }
        for spelling in spellings(path, view.front.program) {
            let answer = view.ask(method, &spelling);
            if answer.reaches() {
                place.get_or_insert_with(|| view.place(&answer));
                evaded.push((path, spelling));
                break;
            }
        }
    }
    let (Some((path, spelling)), Some(place)) = (evaded.first(), place) else { return };
    let more = match evaded.len() {
        1 => String::new(),
        2 => "; one route more is open like this".to_owned(),
        count => format!("; {} routes more are open like this", count - 1),
    };
    out.push(Report::at(place, format!("{} refuses {path} and passes {spelling} on, which Odoo serves alike{more}", view.name())));
}

/// Spellings that Odoo takes for the same path; measured with 14.0 and 19.0.
fn spellings(path: &str, program: Program) -> Vec<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut all = vec![encoded(path), format!("{folder}%2f{name}"), format!("{path}/")];
    // For nginx this is a rule of its own: `merge_slashes off`.
    if program != Program::Nginx {
        all.push(format!("/{path}"));
    }
    all.retain(|spelling| spelling.starts_with('/'));
    all
}

/// The first letter of the second segment, or of the only one, percent-encoded.
fn encoded(path: &str) -> String {
    let at = path.match_indices('/').nth(1).map_or(1, |(at, _)| at + 1);
    let (before, after) = path.split_at(at);
    let mut letters = after.chars();
    letters.next().map_or_else(|| path.to_owned(), |letter| format!("{before}%{:02x}{}", letter as u32, letters.as_str()))
}
