//! Links that reset passwords live for long.
//!
//! ## What it does
//!
//! Looks at `auth_signup.reset_password.validity.hours`: more than a day.
//!
//! ## Why it matters
//!
//! Whoever gets into an old mailbox finds a link that still works.
//!
//! ## Bad
//!
//! ```json
//! {"parameters": [{"key": "auth_signup.reset_password.validity.hours", "value": "240"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "auth_signup.reset_password.validity.hours", "value": "4"}]}
//! ```
//!
//! ## How to fix
//!
//! Set it to 4.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/640.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("reset-link-long", "SET005", Group::Settings, Severity::Low, 640);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters"])?;
    let hours =
        view.parameter("auth_signup.reset_password.validity.hours").and_then(|value| value.trim().parse::<f64>().ok());
    match hours {
        Some(hours) if hours > 24.0 => found(
            Report::of(
                "ir.config_parameter",
                "key auth_signup.reset_password.validity.hours",
                format!("links that reset a password live {hours} hours"),
            )
            .records(view.parameter_record("auth_signup.reset_password.validity.hours")),
        ),
        _ => FINE,
    }
}
