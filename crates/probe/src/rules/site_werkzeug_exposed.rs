//! Odoo answers without a proxy in front of it.
//!
//! ## What it does
//!
//! Reads the `Server` header.
//!
//! ## Why it matters
//!
//! Werkzeug's server has no TLS, no limits and no protection against slow clients; what a proxy would refuse is open.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! server: Werkzeug/3.1.3 Python/3.13.5
//! content-type: text/html
//!
//! <form class="oe_login_form">
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! server: nginx
//! ```
//!
//! ## How to fix
//!
//! Put a proxy in front (`castellan harden nginx`), and bind Odoo to 127.0.0.1 with `http_interface`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-werkzeug-exposed", "OUT020", Group::Outside, Severity::Medium, 1188);

pub(super) fn check(view: &View<'_>) -> Judged {
    let exchange = view.exchange("login")?;
    match exchange.header("server") {
        Some(server) if server.starts_with("Werkzeug") => found(
            Report::at("login", "Werkzeug answers by itself, or its name passes through the proxy")
                .shown_by(format!("server: {server}")),
        ),
        _ => FINE,
    }
}
