//! The documentation of the interface is open to everybody.
//!
//! ## What it does
//!
//! Asks `/doc` without a session.
//!
//! ## Why it matters
//!
//! It names every model, field and method, custom ones included.
//!
//! ## Bad
//!
//! ```http
//! > doc
//! 200
//! content-type: text/html
//!
//! <title>Odoo Runtime Doc</title><script src="/web/assets/1/3f1a2b4/api_doc.assets.min.js"></script>
//! ```
//!
//! ## Good
//!
//! ```http
//! > doc
//! 303
//! location: /web/login?redirect=%2Fdoc%3F
//! ```
//!
//! ```http
//! > doc
//! 200
//! content-type: text/html
//!
//! <title>Documentation | Acme</title> How to use our API rapidly
//! ```
//!
//! ## How to fix
//!
//! Refuse `/doc` and `/doc-bearer` at the proxy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-api-documentation", "OUT015", Group::Outside, Severity::Medium, 200);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    match view.served("doc")? {
        Some(exchange) if exchange.body.contains("Odoo Runtime Doc") || exchange.body.contains("api_doc.assets") => {
            found(Report::at("doc", "/doc is served without a session"))
        }
        _ => FINE,
    }
}
