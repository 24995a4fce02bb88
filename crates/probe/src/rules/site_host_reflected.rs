//! A made-up `Host` header comes back in the answer.
//!
//! ## What it does
//!
//! Asks for the login page with a name that nobody has and looks for it in links and redirects.
//!
//! ## Why it matters
//!
//! Caches and mails can be filled with links to the attacker; a server that answers to every name also picks any
//! database.
//!
//! ## Bad
//!
//! ```http
//! > other-host
//! 303
//! location: https://castellan-probe.invalid/web/login
//! ```
//!
//! ## Good
//!
//! ```http
//! > other-host
//! 421
//! ```
//!
//! ## How to fix
//!
//! Give the proxy a default server that refuses (`return 444`), and list your own names only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/644.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::repeats;
use crate::probes::FOREIGN;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-host-reflected", "OUT025", Group::Outside, Severity::Medium, 644);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let exchange = view.exchange("other-host")?;
    if exchange.status < 400 && repeats(exchange) {
        return found(
            Report::at("other-host", "the site answers to a made-up host name and repeats it").shown_by(FOREIGN),
        );
    }
    FINE
}
