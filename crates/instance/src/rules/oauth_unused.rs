//! A provider of log-in is open that nobody uses.
//!
//! ## What it does
//!
//! Looks at providers of OAuth in use to which no active user is bound.
//!
//! ## Why it matters
//!
//! With open sign-up everybody who has an account there can make one here.
//!
//! ## Bad
//!
//! ```json
//! {"oauth": [{"id": 1, "name": "Big provider", "enabled": true, "authorize": "https://id.example.com/a", "validate": "https://id.example.com/v", "has_client": true}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"oauth": [{"id": 1, "name": "Big provider", "enabled": false, "authorize": "https://id.example.com/a", "validate": "https://id.example.com/v", "has_client": true}]}
//! ```
//!
//! ## How to fix
//!
//! Switch it off.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1164.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("oauth-unused", "SET007", Group::Settings, Severity::Low, 1164);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["oauth", "users"])?;
    let records: Vec<_> = view
        .evidence
        .oauth
        .iter()
        .filter(|one| one.enabled && !view.active().any(|user| user.oauth == Some(one.id)))
        .map(|one| (one.id, one.name.clone()))
        .collect();
    let message = format!("providers of log-in, open and used by nobody: {}", records.len());
    found_if_any(Report::of("auth.oauth.provider", "enabled, no user", message).records(records))
}
