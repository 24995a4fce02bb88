//! Log-in by OAuth goes over plain HTTP.
//!
//! ## What it does
//!
//! Looks at the addresses of providers that are in use.
//!
//! ## Why it matters
//!
//! Whoever is on the way takes the token and is logged in as that user.
//!
//! ## Bad
//!
//! ```json
//! {"oauth": [{"id": 1, "name": "Company", "enabled": true, "authorize": "http://id.example.com/a", "validate": "https://id.example.com/v", "has_client": true}], "users": [{"id": 7, "oauth": 1, "password": "none"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"oauth": [{"id": 1, "name": "Company", "enabled": true, "authorize": "https://id.example.com/a", "validate": "https://id.example.com/v", "has_client": true}], "users": [{"id": 7, "oauth": 1, "password": "none"}]}
//! ```
//!
//! ## How to fix
//!
//! Use https addresses.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("oauth-in-clear", "SET006", Group::Settings, Severity::High, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["oauth"])?;
    let clear = |url: &str| url.starts_with("http://");
    let records: Vec<_> = view
        .evidence
        .oauth
        .iter()
        .filter(|one| one.enabled && (clear(&one.authorize) || clear(&one.validate)))
        .map(|one| (one.id, one.name.clone()))
        .collect();
    found_if_any(
        Report::of("auth.oauth.provider", "enabled, http://", "tokens of log-in go over plain HTTP").records(records),
    )
}
