//! The database service of XML-RPC is open to everybody.
//!
//! ## What it does
//!
//! Asks `/xmlrpc/2/db` with GET, which Odoo answers with 405 and calls nothing.
//!
//! ## Why it matters
//!
//! It lists, dumps and drops databases like the database manager, and is forgotten when only `/web/database` is refused.
//! It tells whether a database exists even with `list_db = False`.
//!
//! ## Bad
//!
//! ```http
//! > xmlrpc-db
//! 405
//! allow: OPTIONS, POST
//! content-type: text/html
//!
//! <title>405 Method Not Allowed</title>
//! ```
//!
//! ## Good
//!
//! ```http
//! > xmlrpc-db
//! 403
//! ```
//!
//! ## How to fix
//!
//! Refuse `/xmlrpc/db`, `/xmlrpc/2/db` at the proxy for everybody.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/749.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::wants_post;
use crate::rule::Judged;
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-database-service-open", "OUT009", Group::Outside, Severity::Medium, 749);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    wants_post(view, "xmlrpc-db", "the database service answers everybody over XML-RPC")
}
