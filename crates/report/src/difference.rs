//! Two audits compared, for people at a terminal.

use anstyle::Style;
use castellan_audit::Difference;
use castellan_model::{AuditReport, Finding, calendar};

use crate::terminal::{Look, color, paint, wrap};

/// Findings of one kind that are named; `--json` lists all.
const NAMED: usize = 40;

/// The comparison.
#[must_use]
pub fn terminal(old: &AuditReport, new: &AuditReport, found: &Difference, look: Look) -> String {
    let mut out = String::new();
    let moved = i32::from(new.score.points) - i32::from(old.score.points);
    out.push_str(&wrap(
        &format!(
            "{} to {}: score {} ({}) to {} ({}), {moved:+}",
            calendar::moment(old.time),
            calendar::moment(new.time),
            old.score.points,
            old.score.grade,
            new.score.points,
            new.score.grade
        ),
        "",
        "  ",
        look.width,
    ));
    list(&mut out, "new", &found.new, look);
    list(&mut out, "back again", &found.regressed, look);
    list(&mut out, "fixed", &found.fixed, look);
    let accepted: Vec<Finding> = found.accepted.iter().map(|one| one.finding.clone()).collect();
    list(&mut out, "accepted since", &accepted, look);
    list(&mut out, "cannot be told, less was looked at", &found.unknown, look);
    out.push_str(&format!("{:>5} still open\n", found.still_open.len()));
    out
}

fn list(out: &mut String, title: &str, findings: &[Finding], look: Look) {
    if findings.is_empty() {
        return;
    }
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    out.push_str(&paint(look, Style::new().bold(), &format!("{:>5} {title}", sorted.len())));
    out.push('\n');
    for finding in sorted.iter().take(NAMED) {
        let head = format!("{:<8}", finding.severity.as_str());
        let text = format!("{} {} ({})", finding.rule, finding.location.path, finding.message);
        let wrapped = wrap(&text, "               ", "               ", look.width);
        out.push_str(&format!("      {} {}", paint(look, color(finding.severity), &head), wrapped.trim_start()));
    }
    if sorted.len() > NAMED {
        out.push_str(&format!("      and {} more (--json lists all)\n", sorted.len() - NAMED));
    }
}
