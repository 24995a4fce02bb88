//! JSON-RPC is open to everybody.
//!
//! ## What it does
//!
//! Asks `/jsonrpc` with GET. Odoo answers 400 or 415 because it wants JSON, and calls nothing.
//!
//! ## Why it matters
//!
//! Over RPC a password is tried without the second factor and, from 19.0, without a lock-out; whoever has a key or
//! password reads everything that the account may. The same path serves the database service.
//!
//! ## Bad
//!
//! ```http
//! > jsonrpc
//! 400
//! content-type: text/html
//!
//! <title>400 Bad Request</title> Function declared as capable of handling request of type json
//! ```
//!
//! ```http
//! > jsonrpc
//! 415
//! content-type: text/html
//!
//! <title>415 Unsupported Media Type</title>
//! ```
//!
//! ## Good
//!
//! ```http
//! > jsonrpc
//! 403
//! ```
//!
//! ## How to fix
//!
//! Refuse `/jsonrpc` at the proxy, or let in the addresses of your integrations only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/749.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::wants_json;
use crate::rule::Judged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-jsonrpc-open", "OUT010", Group::Outside, Severity::Medium, 749);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    wants_json(view, "jsonrpc", "JSON-RPC is open to everybody")
}
