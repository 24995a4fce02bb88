//! Records are sent to a webhook in clear.
//!
//! ## What it does
//!
//! Looks at server actions that post to an http address.
//!
//! ## Why it matters
//!
//! What is sent, and the token in the address, can be read on the way.
//!
//! ## Bad
//!
//! ```json
//! {"actions": [{"id": 40, "name": "Post", "state": "webhook", "webhook": "http://hooks.example.com", "usage": "ir_actions_server"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"actions": [{"id": 40, "name": "Post", "state": "webhook", "webhook": "https://hooks.example.com", "usage": "ir_actions_server"}]}
//! ```
//!
//! ## How to fix
//!
//! Use an https address.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("action-webhook-in-clear", "JOB002", Group::Jobs, Severity::Medium, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["actions"])?;
    let records: Vec<_> = view
        .evidence
        .actions
        .iter()
        .filter(|action| action.webhook.starts_with("http://"))
        .map(|action| (action.id, format!("{} to {}", action.name, action.webhook)))
        .collect();
    found_if_any(
        Report::of("ir.actions.server", "webhook_url over http", "records are sent to a webhook without TLS")
            .records(records),
    )
}
