//! The remediation plan for people at a terminal.

use anstyle::Style;
use castellan_model::{AuditReport, PlanStep};

use crate::terminal::{Look, paint, wrap};

/// What is done by hand that is named; other reports hold all.
const NAMED: usize = 8;

/// Effort in words: quarters of an hour.
#[must_use]
pub fn effort(units: u32) -> String {
    match units {
        1 => "a quarter of an hour".to_owned(),
        2 => "half an hour".to_owned(),
        3 => "three quarters of an hour".to_owned(),
        4..=7 => "an hour or two".to_owned(),
        8..=15 => "half a day".to_owned(),
        16..=32 => "a day".to_owned(),
        _ => "several days".to_owned(),
    }
}

/// `castellan plan`.
#[must_use]
pub fn terminal(report: &AuditReport, look: Look) -> String {
    let mut out = String::new();
    if report.plan.is_empty() {
        out.push_str("nothing to do: no finding is open\n");
        return out;
    }
    let text = format!(
        "score {} now. The steps are in the order of the risk that each takes away for its effort: 40 for a critical finding, 15 for a high, 4 for a \
         medium, 1 for a low one.",
        report.score.points
    );
    out.push_str(&wrap(&text, "", "", look.width));
    for (number, step) in report.plan.iter().enumerate() {
        one(&mut out, number + 1, step, look);
    }
    out
}

fn one(out: &mut String, number: usize, step: &PlanStep, look: Look) {
    out.push('\n');
    out.push_str(&paint(look, Style::new().bold(), &format!("{number:>2}. {}", step.title)));
    out.push('\n');
    let text = format!(
        "{} findings, risk {}, about {}; score after it {}",
        step.findings.len(),
        step.risk,
        effort(step.effort),
        step.score_after
    );
    out.push_str(&wrap(&text, "    ", "    ", look.width));
    for command in &step.commands {
        out.push_str(&wrap(command, "    $ ", "        ", look.width));
    }
    for line in step.by_hand.iter().take(NAMED) {
        out.push_str(&wrap(line, "    - ", "      ", look.width));
    }
    if step.by_hand.len() > NAMED {
        out.push_str(&format!("    - and {} more kinds of findings\n", step.by_hand.len() - NAMED));
    }
}
