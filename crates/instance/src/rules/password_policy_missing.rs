//! Passwords may be short.
//!
//! ## What it does
//!
//! Looks at the parameter `auth_password_policy.minlength`: less than 10 characters, or none.
//!
//! ## Why it matters
//!
//! People choose what is allowed, and short passwords are guessed in the time between two audits.
//!
//! ## Bad
//!
//! ```json
//! {"parameters": [{"key": "auth_password_policy.minlength", "value": "1"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "auth_password_policy.minlength", "value": "12"}]}
//! ```
//!
//! ## How to fix
//!
//! Settings, Permissions, "Password Policy": 12 characters or more.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/521.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("password-policy-missing", "SET001", Group::Settings, Severity::Medium, 521);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters", "modules"])?;
    let length = view
        .parameter("auth_password_policy.minlength")
        .and_then(|value| value.trim().parse::<u32>().ok())
        .unwrap_or(0);
    if length >= 10 && view.has_module("auth_password_policy") {
        return FINE;
    }
    let message = if !view.has_module("auth_password_policy") {
        "no module asks for a length of passwords".to_owned()
    } else if length == 0 {
        "passwords may have any length".to_owned()
    } else {
        format!("passwords may have {length} characters")
    };
    found(
        Report::of("ir.config_parameter", "key auth_password_policy.minlength", message)
            .records(view.parameter_record("auth_password_policy.minlength")),
    )
}
