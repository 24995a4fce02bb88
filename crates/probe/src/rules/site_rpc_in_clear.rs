//! RPC is answered over plain HTTP.
//!
//! ## What it does
//!
//! Asks for the version over plain HTTP. Consent B.
//!
//! ## Why it matters
//!
//! Integrations that were set up with `http://` send their passwords and keys in clear.
//!
//! ## Bad
//!
//! ```http
//! > post-http
//! 200
//! content-type: application/json
//!
//! {"jsonrpc": "2.0", "id": 1, "result": {"server_version": "17.0"}}
//! ```
//!
//! ## Good
//!
//! ```http
//! > post-http
//! 301
//! location: https://erp.example.com/jsonrpc
//! ```
//!
//! ## How to fix
//!
//! Redirect or refuse everything on port 80.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-rpc-in-clear", "OUT041", Group::Outside, Severity::High, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    match view.exchange("post-http") {
        Ok(exchange) if exchange.status == 200 && exchange.json().is_some_and(|json| json.get("jsonrpc").is_some()) => {
            found(Report::at("post-http", "JSON-RPC answers over plain HTTP").shown_by("jsonrpc"))
        }
        Ok(_) => FINE,
        Err(_) if view.is_closed("post-http") => FINE,
        Err(reason) => Err(reason),
    }
}
