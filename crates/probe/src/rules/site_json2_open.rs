//! The JSON-2 interface is open to everybody.
//!
//! ## What it does
//!
//! Asks `/json/2/res.partner/search` with GET and without a key. Odoo 19.0 and newer answer with a JSON error.
//!
//! ## Why it matters
//!
//! Keys can be guessed and used from anywhere, and a wrong key leaves no line that fail2ban could count.
//!
//! ## Bad
//!
//! ```http
//! > json2
//! 404
//! content-type: application/json
//!
//! {"name": "werkzeug.exceptions.NotFound", "message": "Did you mean POST?", "debug": ""}
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
//! Let in the addresses of your integrations only, and limit its rate.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/749.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-json2-open", "OUT011", Group::Outside, Severity::Low, 749);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let exchange = view.exchange("json2")?;
    view.not_gated()?;
    let speaks = exchange.json().is_some_and(|json| json.get("name").is_some() && json.get("message").is_some());
    if speaks { found(Report::at("json2", "JSON-2 answers everybody")) } else { FINE }
}
