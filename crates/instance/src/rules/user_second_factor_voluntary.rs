//! Nobody has to use two-factor authentication.
//!
//! ## What it does
//!
//! Looks at the parameter `auth_totp.policy`.
//!
//! ## Why it matters
//!
//! What is voluntary is switched on by those who need it least, and every new user starts without it.
//!
//! ## Bad
//!
//! ```json
//! {"without": ["parameters/auth_totp.policy"]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "auth_totp.policy", "value": "employee_required"}]}
//! ```
//!
//! ```json odoo-14.0
//! {"without": ["parameters/auth_totp.policy"]}
//! ```
//!
//! ## How to fix
//!
//! Settings, Permissions, "Enforce two-factor authentication": for employees or for all.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/308.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found, not_applicable};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("user-second-factor-voluntary", "USR003", Group::Users, Severity::Medium, 308);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters", "modules"])?;
    if view.series() < 15 {
        return not_applicable("Odoo has the setting from 15.0");
    }
    if !view.has_module("auth_totp") {
        return not_applicable("two-factor authentication is not installed: see module-second-factor-missing");
    }
    match view.parameter("auth_totp.policy") {
        Some("employee_required" | "all_required") => FINE,
        _ => found(
            Report::of(
                "ir.config_parameter",
                "key auth_totp.policy",
                "two-factor authentication is demanded of nobody",
            )
            .records(view.parameter_record("auth_totp.policy")),
        ),
    }
}
