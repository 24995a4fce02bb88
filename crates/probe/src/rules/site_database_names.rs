//! The names of the databases are shown to everybody.
//!
//! ## What it does
//!
//! Reads the pages that were fetched for links with a database name.
//!
//! ## Why it matters
//!
//! Names are half of a log-in over RPC, and often name the customer.
//!
//! ## Bad
//!
//! ```http
//! > selector
//! 200
//! content-type: text/html
//!
//! <a href="/web?db=acme" class="list-group-item">acme</a><a href="/web?db=acme_test">acme_test</a>
//! ```
//!
//! ```http
//! > http-home
//! 200
//! content-type: text/html
//!
//! <a href="/odoo?db=acme">acme</a>
//! ```
//!
//! ## Good
//!
//! ```http
//! > selector
//! 403
//! ```
//!
//! ## How to fix
//!
//! Set `list_db = False` and a `dbfilter` that leaves one database for each host name.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{count, databases};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-database-names", "OUT006", Group::Outside, Severity::Medium, 200);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    for probe in ["manager", "selector", "login", "http-home"] {
        let Ok(exchange) = view.exchange(probe) else { continue };
        let databases = databases(&exchange.body);
        if let Some(first) = databases.first() {
            let message = format!("everybody may read the names of {}", count(databases.len(), "database"));
            return found(Report::at(probe, message).shown_by(format!("?db={first}")));
        }
    }
    view.exchange("login")?;
    FINE
}
