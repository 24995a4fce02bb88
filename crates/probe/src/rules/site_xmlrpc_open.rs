//! XML-RPC is open to everybody.
//!
//! ## What it does
//!
//! Asks `/xmlrpc/2/common` with GET, which Odoo answers with 405 and calls nothing.
//!
//! ## Why it matters
//!
//! Over RPC a password is tried without the second factor and, from 19.0, without a lock-out; whoever has a key or
//! password reads everything that the account may.
//!
//! ## Bad
//!
//! ```http
//! > xmlrpc
//! 405
//! allow: POST
//! content-type: text/html
//!
//! <title>405 Method Not Allowed</title>
//! ```
//!
//! ```http
//! > xmlrpc
//! 403
//!
//!
//! > xmlrpc-old
//! 405
//! allow: POST
//! ```
//!
//! ## Good
//!
//! ```http
//! > xmlrpc
//! 403
//! ```
//!
//! ## How to fix
//!
//! Refuse `/xmlrpc` at the proxy, or let in the addresses of your integrations only, and limit its rate.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/749.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::wants_post;
use crate::rule::Judged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-xmlrpc-open", "OUT008", Group::Outside, Severity::Medium, 749);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let plain = wants_post(view, "xmlrpc", "XML-RPC is open to everybody")?;
    if plain.is_empty() && view.is_refused("xmlrpc") && view.exchange("random-web").is_ok_and(|one| one.status != 405) {
        return wants_post(view, "xmlrpc-old", "/xmlrpc/2 is refused, and XML-RPC answers everybody at /xmlrpc");
    }
    Ok(plain)
}
