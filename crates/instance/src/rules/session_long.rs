//! Sessions live for long without use.
//!
//! ## What it does
//!
//! Looks at `sessions.max_inactivity_seconds`: more than a day, or Odoo's own week (three months up to 15.0).
//!
//! ## Why it matters
//!
//! A notebook that is lost, or a cookie that is stolen, opens the company for days.
//!
//! ## Bad
//!
//! ```json
//! {"parameters": [{"key": "sessions.max_inactivity_seconds", "value": "604800"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "sessions.max_inactivity_seconds", "value": "36000"}]}
//! ```
//!
//! ## How to fix
//!
//! Set the parameter to a working day: 43200.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/613.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found, not_applicable};
use crate::view::{DAY, View};

pub(super) const META: RuleMeta = RuleMeta::new("session-long", "SET004", Group::Settings, Severity::Low, 613);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters"])?;
    if view.series() < 16 {
        return not_applicable("the parameter is new in 16.0");
    }
    let value = view.parameter("sessions.max_inactivity_seconds").and_then(|value| value.trim().parse::<i64>().ok());
    let seconds = value.unwrap_or(7 * DAY);
    if seconds <= DAY {
        return FINE;
    }
    let message = format!("a session lives {} days without use", seconds / DAY);
    found(
        Report::of("ir.config_parameter", "key sessions.max_inactivity_seconds", message)
            .records(view.parameter_record("sessions.max_inactivity_seconds")),
    )
}
