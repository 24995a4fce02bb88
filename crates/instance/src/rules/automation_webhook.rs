//! An address without log-in starts code.
//!
//! ## What it does
//!
//! Looks at active automation rules that a webhook starts (17.0 and later).
//!
//! ## Why it matters
//!
//! The number in the address is the only secret; it stands in logs of proxies and of the caller.
//!
//! ## Bad
//!
//! ```json
//! {"automations": [{"id": 4, "name": "From the shop", "model": "sale.order", "trigger": "on_webhook", "active": true}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"automations": [{"id": 4, "name": "From the shop", "model": "sale.order", "trigger": "on_webhook", "active": false}]}
//! ```
//!
//! ## How to fix
//!
//! Let the proxy pass the address from the caller's network only, and rotate the number.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/306.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("automation-webhook", "JOB003", Group::Jobs, Severity::Low, 306);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["automations"])?;
    let records: Vec<_> = view
        .evidence
        .automations
        .iter()
        .filter(|one| one.active && one.trigger == "on_webhook")
        .map(|one| (one.id, format!("{} on {}", one.name, one.model)))
        .collect();
    let message = format!("automation rules that a webhook starts: {}", records.len());
    found_if_any(Report::of("base.automation", "active, trigger = on_webhook", message).records(records))
}
