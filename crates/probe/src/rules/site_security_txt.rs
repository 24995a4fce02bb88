//! Nobody is named to whom a weakness can be reported.
//!
//! ## What it does
//!
//! Asks for `/.well-known/security.txt`.
//!
//! ## Why it matters
//!
//! Who finds a weakness by chance does not know whom to tell.
//!
//! ## Bad
//!
//! ```http
//! > security-txt
//! 404
//! ```
//!
//! ## Good
//!
//! ```http
//! > security-txt
//! 200
//! content-type: text/plain
//!
//! Contact: mailto:security@example.com
//! Expires: 2030-01-01T00:00:00Z
//! ```
//!
//! ## How to fix
//!
//! Serve a `security.txt` with `Contact:` and `Expires:` (RFC 9116).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1059.html>
//! * <https://www.rfc-editor.org/rfc/rfc9116>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-security-txt", "OUT043", Group::Outside, Severity::Info, 1059)
    .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    match view.served("security-txt")? {
        Some(exchange) if exchange.body.contains("Contact:") => FINE,
        _ => found(Report::at("security-txt", "there is no security.txt")),
    }
}
