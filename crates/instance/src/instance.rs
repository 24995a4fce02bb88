//! One database from end to end: judge, and say in a few lines what it is.

use castellan_model::{Finding, InstanceSummary};

use crate::evidence::Evidence;
use crate::judge::judge;
use crate::view::{View, is_installed};

/// A database that was looked at.
#[derive(Debug, Clone, Default)]
pub struct InstanceScan {
    /// What was read.
    pub evidence: Evidence,
    /// The weaknesses.
    pub findings: Vec<Finding>,
    /// What it is and how every check ended.
    pub summary: InstanceSummary,
}

/// Judges evidence, today's or yesterday's.
#[must_use]
pub fn of(evidence: Evidence, disabled: &[String], only: &[String]) -> InstanceScan {
    let judged = judge(&evidence, disabled, only);
    let view = View::new(&evidence);
    let modules = evidence.modules.iter().filter(|module| is_installed(&module.state)).count();
    let series =
        evidence.series.map_or_else(|| "Odoo of an unknown series".to_owned(), |series| format!("Odoo {series}"));
    let mut facts = Vec::new();
    if !evidence.users.is_empty() {
        let active = view.active().count();
        facts.push(format!(
            "{active} active users: {} internal, {} of them administrators; {} others",
            view.internal().count(),
            view.administrators().count(),
            active - view.internal().count()
        ));
    }
    if !evidence.access.is_empty() {
        facts.push(format!(
            "{} groups, {} access rows, {} record rules, {} models",
            evidence.groups.len(),
            evidence.access.len(),
            evidence.rules.len(),
            evidence.models.len()
        ));
    }
    if !evidence.gaps.contains_key("keys") {
        facts.push(format!(
            "{} API keys, {} jobs, {} server actions",
            evidence.keys.len(),
            evidence.jobs.len(),
            evidence.actions.len()
        ));
    }
    let summary = InstanceSummary {
        source: evidence.source.clone(),
        database: evidence.database.clone(),
        identity: format!("{series}, {modules} modules"),
        ways: evidence.ways.clone(),
        account: evidence.account.clone(),
        time: evidence.time,
        facts,
        gaps: evidence.gaps.iter().map(|(table, reason)| format!("{}: {reason}", table.replace('_', " "))).collect(),
        checks: judged.checks,
        requests: 0,
        milliseconds: 0,
    };
    InstanceScan { findings: judged.findings, summary, evidence }
}
