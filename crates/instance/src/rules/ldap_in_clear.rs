//! Passwords go to the directory in clear.
//!
//! ## What it does
//!
//! Looks at servers of LDAP without TLS that are not on this host.
//!
//! ## Why it matters
//!
//! Whoever is on the way reads the password of every user at every log-in.
//!
//! ## Bad
//!
//! ```json
//! {"ldap": [{"id": 1, "host": "ldap.example.com", "port": 389, "tls": false}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"ldap": [{"id": 1, "host": "ldap.example.com", "port": 389, "tls": true}]}
//! ```
//!
//! ## How to fix
//!
//! Switch on "Use TLS".
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("ldap-in-clear", "SET008", Group::Settings, Severity::High, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["ldap"])?;
    let records: Vec<_> = view
        .evidence
        .ldap
        .iter()
        .filter(|one| !one.tls && one.port != 636 && !helpers::is_local(&one.host))
        .map(|one| (one.id, one.host.clone()))
        .collect();
    found_if_any(Report::of("res.company.ldap", "no TLS", "passwords go to the directory in clear").records(records))
}
