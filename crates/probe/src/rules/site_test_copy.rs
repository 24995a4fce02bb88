//! A neutralised copy of a database is open to everybody.
//!
//! ## What it does
//!
//! Looks for the banner that Odoo 16 and newer put on every page of a database after `odoo-bin neutralize`.
//!
//! ## Why it matters
//!
//! A copy for tests holds the records of production, its users and their passwords, and is kept up to date and watched by nobody.
//! Neutralising stops mails and jobs; it does not remove a single record.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//!
//! <span id="oe_neutralize_banner">Database neutralized for testing: no emails sent, etc.</span><form class="oe_login_form"></form><script>odoo.__session_info__</script>
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form"></form><script>odoo.__session_info__</script>
//! ```
//!
//! ## How to fix
//!
//! Let only your own network or a log-in of the proxy reach copies, and give their users other passwords.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/administration/neutralized_database.html>
//! * <https://cwe.mitre.org/data/definitions/668.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-test-copy", "OUT048", Group::Outside, Severity::Medium, 668);

/// Of the back office's layout and of the website's, as Odoo 19.0 serves them.
const BANNERS: [&str; 2] = ["id=\"oe_neutralize_banner\"", "id=\"oe_neutralize_ribbon\""];

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let exchange = view.exchange("login")?;
    match BANNERS.iter().find(|banner| exchange.body.contains(*banner)) {
        Some(banner) => found(Report::at("login", "a copy for tests is open to everybody").shown_by(*banner)),
        None => FINE,
    }
}
