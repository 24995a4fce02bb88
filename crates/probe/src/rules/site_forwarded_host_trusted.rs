//! The site believes a host name that the client makes up.
//!
//! ## What it does
//!
//! Sends `X-Forwarded-Host` with a name that nobody has, behind a query that no cache knows, and looks for it in the
//! answer. Consent B.
//!
//! ## Why it matters
//!
//! Links in mails for password resets then lead to the attacker, who gets the token.
//!
//! ## Bad
//!
//! ```http
//! > forwarded-host
//! 200
//! content-type: text/html
//!
//! <link rel="canonical" href="https://castellan-probe.invalid/web/login"/>
//! ```
//!
//! ## Good
//!
//! ```http
//! > forwarded-host
//! 200
//! content-type: text/html
//!
//! <link rel="canonical" href="https://erp.example.com/web/login"/>
//! ```
//!
//! ## How to fix
//!
//! Let the proxy set `X-Forwarded-Host` itself (`proxy_set_header X-Forwarded-Host $host`), and freeze `web.base.url`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/644.html>
//! * <https://owasp.org/www-project-web-security-testing-guide/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::repeats;
use crate::probes::FOREIGN;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-forwarded-host-trusted", "OUT024", Group::Outside, Severity::High, 644);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let exchange = view.exchange("forwarded-host")?;
    if repeats(exchange) {
        return found(
            Report::at("forwarded-host", "a made-up `X-Forwarded-Host` comes back in the answer").shown_by(FOREIGN),
        );
    }
    FINE
}
