//! Access rights were changed since the last audit.
//!
//! ## What it does
//!
//! Lists access rows and record rules that were made or changed after the last audit, with who did it and when. Works with `--since DATE`
//! or `--since REPORT.json`, the report of the last audit; without it nothing is assessed.
//!
//! ## Why it matters
//!
//! Rights drift one change at a time: each had its reason, nobody looks at the sum. What is not known from a release or a ticket is worth a
//! question.
//!
//! ## Bad
//!
//! ```json
//! {"since": 1789000000, "access": [{"id": 9, "name": "quick fix", "model": "sale.order", "group": 8, "active": true, "grants": {"read": true, "write": false, "create": false, "unlink": false}, "changed": 1789500000, "changed_by": 2}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"since": 1789000000, "access": [{"id": 5, "changed": 1780000000}]}
//! ```
//!
//! ## How to fix
//!
//! Ask the person what the change is for; put what should stay into a module.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Records, Report};
use crate::view::{View, date};

pub(super) const META: RuleMeta = RuleMeta::new("rights-changed", "RGT020", Group::Rights, Severity::Medium, 778);

pub(super) fn check(view: &View<'_>) -> Judged {
    let since = view.since()?;
    view.need(&["access", "rules", "users"])?;
    let text =
        |name: &str, model: &str, by: i64, at: i64| format!("{name} ({model}), by {} on {}", view.login(by), date(at));
    let rows = view.evidence.access.iter().filter(|one| one.changed > since);
    let rules = view.evidence.rules.iter().filter(|one| one.changed > since);
    let kinds: [(&str, &str, Records); 2] = [
        (
            "ir.model.access",
            "access rows",
            rows.map(|one| (one.id, text(&one.name, &one.model, one.changed_by, one.changed))).collect(),
        ),
        (
            "ir.rule",
            "record rules",
            rules.map(|one| (one.id, text(&one.name, &one.model, one.changed_by, one.changed))).collect(),
        ),
    ];
    Ok(kinds
        .into_iter()
        .filter(|(_, _, records)| !records.is_empty())
        .map(|(model, words, records)| {
            let message = format!("{words} that were made or changed since {}: {}", date(since), records.len());
            Report::of(model, format!("write_date after {}", date(since)), message).scope(model).records(records)
        })
        .collect())
}
