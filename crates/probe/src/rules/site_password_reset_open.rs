//! Everybody may ask for a mail that resets a password.
//!
//! ## What it does
//!
//! Looks for the link on the log-in page.
//!
//! ## Why it matters
//!
//! A mailbox that is taken over is then enough for the account. It is no fault by itself: without it, people call.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form"></form><script>odoo.__session_info__</script><a href="/web/reset_password?">Reset Password</a>
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
//! Leave it on, ask for a second factor, and limit its rate at the proxy. Settings, General Settings: "Password Reset".
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/640.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-password-reset-open", "OUT045", Group::Outside, Severity::Info, 640)
        .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let exchange = view.exchange("login")?;
    if exchange.body.contains("/web/reset_password") {
        return found(
            Report::at("login", "the log-in page offers to reset a password").shown_by("/web/reset_password"),
        );
    }
    FINE
}
