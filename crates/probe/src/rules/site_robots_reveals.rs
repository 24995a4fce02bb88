//! robots.txt names paths that are meant to stay unknown.
//!
//! ## What it does
//!
//! Reads `/robots.txt` for names of back-ups, tests and administration.
//!
//! ## Why it matters
//!
//! The file is public: it shows strangers where to look.
//!
//! ## Bad
//!
//! ```http
//! > robots
//! 200
//! content-type: text/plain
//!
//! User-agent: *
//! Disallow: /backup-2024/
//! Disallow: /web/
//! ```
//!
//! ## Good
//!
//! ```http
//! > robots
//! 200
//! content-type: text/plain
//!
//! User-agent: *
//! Disallow: /
//! ```
//!
//! ## How to fix
//!
//! Protect the paths instead of naming them.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-robots-reveals", "OUT037", Group::Outside, Severity::Info, 200)
    .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    let Some(exchange) = view.served("robots")? else { return FINE };
    let telling =
        exchange.body.lines().filter_map(|line| line.trim().strip_prefix("Disallow:")).map(str::trim).find(|path| {
            let path = path.to_lowercase();
            let mut words = path.split(|char: char| !char.is_ascii_alphanumeric());
            words.any(|word| {
                ["backup", "backups", "dump", "dumps", "staging", "secret", "private", "phpmyadmin", "pgadmin"]
                    .contains(&word)
            })
        });
    match telling {
        Some(path) => found(Report::at("robots", format!("robots.txt names {path}")).shown_by(path)),
        None => FINE,
    }
}
