//! Log-ins may be tried without end.
//!
//! ## What it does
//!
//! Looks at `base.login_cooldown_after` and `base.login_cooldown_duration`: switched off, more than 20 tries, or a pause of less than 30
//! seconds.
//!
//! ## Why it matters
//!
//! It is the only thing inside Odoo that slows guessing down.
//!
//! ## Bad
//!
//! ```json
//! {"parameters": [{"key": "base.login_cooldown_after", "value": "0"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"without": ["parameters/base.login_cooldown_after", "parameters/base.login_cooldown_duration"]}
//! ```
//!
//! ## How to fix
//!
//! Remove both parameters (5 tries, 60 seconds), and put a limit on log-ins at the proxy, which counts for all workers.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/307.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("login-cooldown-weak", "SET003", Group::Settings, Severity::Medium, 307);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters"])?;
    let number =
        |key: &str, usual: i64| view.parameter(key).and_then(|value| value.trim().parse::<i64>().ok()).unwrap_or(usual);
    let (after, seconds) = (number("base.login_cooldown_after", 5), number("base.login_cooldown_duration", 60));
    let message = if after == 0 {
        "failed log-ins are never slowed down".to_owned()
    } else if after > 20 {
        format!("{after} log-ins may fail before a pause")
    } else if seconds < 30 {
        format!("the pause after failed log-ins is {seconds} seconds")
    } else {
        return FINE;
    };
    let mut records = view.parameter_record("base.login_cooldown_after");
    records.extend(view.parameter_record("base.login_cooldown_duration"));
    found(
        Report::of("ir.config_parameter", "key base.login_cooldown_after, base.login_cooldown_duration", message)
            .records(records),
    )
}
