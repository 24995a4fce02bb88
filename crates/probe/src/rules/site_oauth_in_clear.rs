//! A log-in through another provider goes over plain HTTP.
//!
//! ## What it does
//!
//! Reads the links of the login page to providers of OAuth.
//!
//! ## Why it matters
//!
//! The token that stands for the user travels in clear.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form"></form><script>odoo.__session_info__</script><a href="http://sso.example.com/auth?response_type=token&client_id=odoo">SSO</a>
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form"></form><script>odoo.__session_info__</script><a href="https://sso.example.com/auth?response_type=token&client_id=odoo">SSO</a>
//! ```
//!
//! ## How to fix
//!
//! Give the provider's address with https.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-oauth-in-clear", "OUT039", Group::Outside, Severity::Medium, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let exchange = view.exchange("login")?;
    let clear = exchange
        .body
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|link| link.starts_with("http://") && link.contains("response_type="));
    match clear {
        Some(link) => found(
            Report::at("login", "a provider of OAuth is asked over plain HTTP")
                .shown_by(link.split('?').next().unwrap_or(link)),
        ),
        None => FINE,
    }
}
