//! Statements are slow on average.
//!
//! ## What it does
//!
//! Looks for statements that took more than half a second on average in more than 20 calls. Needs the extension pg_stat_statements; the
//! text of a statement is never read.
//!
//! ## Why it matters
//!
//! Whoever can cause such a statement can wear the server out with few requests.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"slow-statements": [{"subject": "statement 8123", "value": 1200}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"slow-statements": []}}
//! ```
//!
//! ## How to fix
//!
//! Look the statement up by its number in pg_stat_statements; an index or a narrower domain helps most.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/pgstatstatements.html>
//! * <https://cwe.mitre.org/data/definitions/400.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("server-statement-slow", "DBS015", Group::Server, Severity::Info, 400).persona(Persona::Auditor);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("slow-statements")?;
    let records: Vec<_> = facts
        .iter()
        .filter(|one| one.value > 500.0)
        .map(|one| (0, format!("{}, {:.0} ms", one.subject, one.value)))
        .collect();
    let message = format!("slow statements: {}", records.len());
    let report = Report::of("postgresql", "mean_exec_time in pg_stat_statements", message).records(records);
    found_if_any(report)
}
