//! Ordinary users may work in every company.
//!
//! ## What it does
//!
//! Looks at internal users, other than administrators, that may switch to all of more than two companies.
//!
//! ## Why it matters
//!
//! The walls between companies are drawn for nobody: one stolen account reads all of them.
//!
//! ## Bad
//!
//! ```json
//! {"companies": [{"id": 2, "name": "Second"}, {"id": 3, "name": "Third"}], "users": [{"id": 7, "companies": [1, 2, 3]}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"companies": [{"id": 2, "name": "Second"}, {"id": 3, "name": "Third"}], "users": [{"id": 7, "companies": [1]}]}
//! ```
//!
//! ## How to fix
//!
//! Leave each user the companies that he works for.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/668.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any, not_applicable};
use crate::view::{View, record};

pub(super) const META: RuleMeta = RuleMeta::new("user-many-companies", "USR022", Group::Users, Severity::Low, 668);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names", "companies"])?;
    let companies = view.evidence.companies.len();
    if companies < 3 {
        return not_applicable("there are less than three companies");
    }
    let records: Vec<_> = view
        .internal()
        .filter(|user| !view.is_administrator(user) && user.companies.len() >= companies)
        .map(record)
        .collect();
    let message = format!("ordinary users who may work in all {companies} companies: {}", records.len());
    found_if_any(Report::of("res.users", "active, internal, every company", message).records(records))
}
