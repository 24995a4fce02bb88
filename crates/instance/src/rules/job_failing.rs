//! A job fails again and again.
//!
//! ## What it does
//!
//! Looks at the count of failures that 18.0 and later keep: three or more in a row.
//!
//! ## Why it matters
//!
//! After five failures in a week Odoo switches the job off, without a word to anybody.
//!
//! ## Bad
//!
//! ```json odoo-19.0
//! {"jobs": [{"id": 1, "failures": 4}]}
//! ```
//!
//! ## Good
//!
//! ```json odoo-19.0
//! {"jobs": [{"id": 1, "failures": 1}]}
//! ```
//!
//! ## How to fix
//!
//! Look at the log for the reason.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any, not_applicable};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("job-failing", "JOB006", Group::Jobs, Severity::Medium, 778);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["jobs"])?;
    if view.series() < 18 {
        return not_applicable("failures are counted from 18.0");
    }
    let records: Vec<_> = view
        .evidence
        .jobs
        .iter()
        .filter(|job| job.failures >= 3)
        .map(|job| {
            (
                job.id,
                format!("{}, {} failures{}", job.name, job.failures, if job.active { "" } else { ", switched off" }),
            )
        })
        .collect();
    let message = format!("jobs that fail again and again: {}", records.len());
    found_if_any(Report::of("ir.cron", "three failures or more", message).records(records))
}
