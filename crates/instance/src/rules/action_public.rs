//! Code runs for everybody who calls a page.
//!
//! ## What it does
//!
//! Looks at server actions with code that are published on the website (`/website/action/...`).
//!
//! ## Why it matters
//!
//! No log-in, no token: the address is enough to run it, as often as one likes.
//!
//! ## Bad
//!
//! ```json
//! {"actions": [{"id": 40, "name": "Sync", "state": "code", "code": "model.search([])", "published": true, "usage": "ir_actions_server"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"actions": [{"id": 40, "name": "Sync", "state": "code", "code": "model.search([])", "published": false, "usage": "ir_actions_server"}]}
//! ```
//!
//! ## How to fix
//!
//! Take "Available on the Website" away; write a route that checks who asks.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/306.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("action-public", "JOB001", Group::Jobs, Severity::Critical, 306);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["actions"])?;
    let records: Vec<_> = view
        .evidence
        .actions
        .iter()
        .filter(|action| action.published && action.state == "code")
        .map(|action| (action.id, action.name.clone()))
        .collect();
    let message = format!("server actions that everybody can run: {}", records.len());
    found_if_any(Report::of("ir.actions.server", "website_published, state = code", message).records(records))
}
