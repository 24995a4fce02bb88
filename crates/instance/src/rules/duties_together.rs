//! One person can do both halves of a payment.
//!
//! ## What it does
//!
//! Looks for active users, other than administrators, with pairs of groups that should be apart: who approves purchases and keeps the books,
//! who keeps bank accounts and confirms them. `[[duties]]` in castellan.toml adds pairs.
//!
//! ## Why it matters
//!
//! The classic fraud: one person makes the supplier, the order, the invoice and the payment.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "groups": [1, 11, 7]}]}
//! ```
//!
//! ```json
//! {"duties": [{"first": "sales_team.group_sale_salesman", "second": "base.group_allow_export", "can": "sell and export"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 7, "groups": [1, 11]}, {"id": 9, "groups": [1, 7]}]}
//! ```
//!
//! ## How to fix
//!
//! Take one of the two groups away, or have a second person approve.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report};
use crate::view::{View, record};

pub(super) const META: RuleMeta =
    RuleMeta::new("duties-together", "RGT016", Group::Rights, Severity::Medium, 269).confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let mut reports = Vec::new();
    let mut told = std::collections::BTreeSet::new();
    let known = helpers::TOXIC.into_iter();
    let own = view.evidence.duties.iter().map(|one| (one.first.as_str(), one.second.as_str(), one.can.as_str()));
    for (first, second, what) in own.chain(known) {
        // A group that brings the other is told once, with the strongest pair.
        let records: Vec<_> = view
            .internal()
            .filter(|user| {
                !told.contains(&user.id)
                    && !view.is_administrator(user)
                    && view.has_group(user, first)
                    && view.has_group(user, second)
            })
            .map(record)
            .collect();
        if !records.is_empty() {
            told.extend(records.iter().map(|(id, _)| *id));
            let message = format!("users who can {what}: {}", records.len());
            reports.push(
                Report::of("res.users", format!("active, {first} with {second}"), message)
                    .scope(format!("{first} {second}"))
                    .records(records),
            );
        }
    }
    Ok(reports)
}
