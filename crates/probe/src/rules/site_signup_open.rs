//! Everybody may make an account.
//!
//! ## What it does
//!
//! Asks `/web/signup` and looks for its form.
//!
//! ## Why it matters
//!
//! A shop wants this. Elsewhere, a stranger with a portal account reaches far more code than one without.
//!
//! ## Bad
//!
//! ```http
//! > signup
//! 200
//! content-type: text/html
//!
//! <form class="oe_signup_form" method="post"><input name="login"/><input name="confirm_password"/></form>
//! ```
//!
//! ## Good
//!
//! ```http
//! > signup
//! 404
//! ```
//!
//! ## How to fix
//!
//! Settings, General Settings, Customer Account: "On invitation". Keep it open only for a shop.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/284.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-signup-open", "OUT021", Group::Outside, Severity::Low, 284);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    match view.served("signup")? {
        Some(exchange) if exchange.body.contains("oe_signup_form") || exchange.body.contains("confirm_password") => {
            found(Report::at("signup", "everybody may make an account").shown_by("oe_signup_form"))
        }
        _ => FINE,
    }
}
