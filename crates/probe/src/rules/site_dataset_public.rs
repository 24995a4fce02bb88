//! Records are read without a session.
//!
//! ## What it does
//!
//! Asks `/web/dataset/call_kw` for the code of one language, without a session. Odoo answers that the session has expired.
//! Consent B.
//!
//! ## Why it matters
//!
//! Something in front of Odoo or a module has switched the check of the session off: everybody reads, and likely writes,
//! every record.
//!
//! ## Bad
//!
//! ```http
//! > post-dataset
//! 200
//! content-type: application/json
//!
//! {"jsonrpc": "2.0", "id": 1, "result": [{"id": 1, "code": "en_US"}]}
//! ```
//!
//! ## Good
//!
//! ```http
//! > post-dataset
//! 200
//! content-type: application/json
//!
//! {"jsonrpc": "2.0", "id": 1, "error": {"code": 100, "message": "Odoo Session Expired", "data": {}}}
//! ```
//!
//! ```http
//! > post-dataset
//! 404
//! ```
//!
//! ## How to fix
//!
//! Find the module that overrides `/web/dataset` or logs visitors in by itself, and take it out at once. Then look into
//! the log for who has used it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/306.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-dataset-public", "OUT047", Group::Outside, Severity::Critical, 306);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let exchange = view.exchange("post-dataset")?;
    view.not_gated()?;
    let records = exchange.json().and_then(|json| json.get("result")?.as_array().map(Vec::len)).unwrap_or(0);
    if exchange.status == 200 && records > 0 {
        return found(Report::at("post-dataset", "a record was read without a session").shown_by("result"));
    }
    FINE
}
