//! Errors of the JSON interfaces hold a Python traceback.
//!
//! ## What it does
//!
//! Reads the JSON errors that were fetched.
//!
//! ## Why it matters
//!
//! Paths and line numbers tell the exact version. Odoo does so by design; only a proxy or a module can take it out.
//!
//! ## Bad
//!
//! ```http
//! > json2
//! 404
//! content-type: application/json
//!
//! {"name": "werkzeug.exceptions.NotFound", "message": "x", "debug": "Traceback (most recent call last):\n  File odoo/http.py"}
//! ```
//!
//! ## Good
//!
//! ```http
//! > json2
//! 403
//! ```
//!
//! ## How to fix
//!
//! Close the interface to strangers; where it must stay open, take the field `debug` out at the gateway.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/209.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-traceback-json", "OUT019", Group::Outside, Severity::Low, 209);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    for name in ["json2", "post-session", "post-jsonrpc"] {
        let Ok(exchange) = view.exchange(name) else { continue };
        if exchange.json().is_some() && exchange.body.contains("Traceback (most recent call last)") {
            return found(
                Report::at(name, "errors are sent with a traceback").shown_by("Traceback (most recent call last)"),
            );
        }
    }
    view.exchange("json2")?;
    FINE
}
