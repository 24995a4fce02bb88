//! The databases are listed over RPC.
//!
//! ## What it does
//!
//! Calls `list` of the database service. Consent B.
//!
//! ## Why it matters
//!
//! Names are half of a log-in over RPC, and often name the customer.
//!
//! ## Bad
//!
//! ```http
//! > post-xmlrpc-db
//! 200
//! content-type: text/xml
//!
//! <methodResponse><params><param><value><array><data><value><string>acme</string></value></data></array></value></param></params></methodResponse>
//! ```
//!
//! ## Good
//!
//! ```http
//! > post-xmlrpc-db
//! 200
//! content-type: text/xml
//!
//! <methodResponse><fault><value><string>Access Denied</string></value></fault></methodResponse>
//! ```
//!
//! ## How to fix
//!
//! Set `list_db = False` and refuse `/xmlrpc/2/db` at the proxy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-database-list-rpc", "OUT042", Group::Outside, Severity::Medium, 200);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let exchange = view.exchange("post-xmlrpc-db")?;
    let listed =
        exchange.status == 200 && exchange.body.contains("<methodResponse") && !exchange.body.contains("<fault");
    if listed && exchange.body.contains("<string>") {
        return found(Report::at("post-xmlrpc-db", "everybody may read the names of the databases over XML-RPC"));
    }
    FINE
}
