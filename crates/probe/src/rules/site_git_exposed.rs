//! The git repository of the site can be downloaded.
//!
//! ## What it does
//!
//! Asks for the file once, reads its first 4 KiB and wants its very content, not only a status.
//!
//! ## Why it matters
//!
//! All code, its history and every password that was ever in it can be put together from the parts.
//!
//! ## Bad
//!
//! ```http
//! > git
//! 200
//! content-type: text/plain
//!
//! ref: refs/heads/17.0
//! ```
//!
//! ## Good
//!
//! ```http
//! > git
//! 200
//! content-type: text/html
//!
//! <html><title>Welcome</title></html>
//! ```
//!
//! ```http
//! > git
//! 404
//! ```
//!
//! ## How to fix
//!
//! Refuse `/.git` at the proxy, or move the checkout out of the served folder. Change every password that was in it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/527.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-git-exposed", "OUT029", Group::Outside, Severity::High, 527);

pub(super) fn check(view: &View<'_>) -> Judged {
    let Some(exchange) = view.served("git")? else { return FINE };
    let body = exchange.body.as_str();
    if !exchange.is_html()
        && (body.starts_with("ref: refs/")
            || (body.trim().len() == 40 && body.trim().chars().all(|char| char.is_ascii_hexdigit())))
    {
        return found(Report::at("git", "/.git can be downloaded"));
    }
    FINE
}
