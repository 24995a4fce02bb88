//! One line a finding, for spreadsheets. Cells that a spreadsheet would take for a formula begin with an apostrophe.

use castellan_model::{AuditReport, Finding, SuppressedBy, calendar};

const HEAD: [&str; 15] = [
    "deployment",
    "time",
    "state",
    "severity",
    "confidence",
    "rule",
    "cwe",
    "module",
    "place",
    "line",
    "message",
    "fix",
    "records",
    "reason",
    "fingerprint",
];

/// The audit as CSV after RFC 4180.
#[must_use]
pub fn csv(report: &AuditReport) -> String {
    let mut out = line(&HEAD.map(str::to_owned));
    for finding in &report.findings {
        out.push_str(&row(report, finding, "open", ""));
    }
    for one in &report.suppressed {
        let reason = match &one.suppressed_by {
            SuppressedBy::Accepted { who, until } => format!("{} ({who}, until {until})", one.reason),
            _ => one.reason.clone(),
        };
        out.push_str(&row(report, &one.finding, "accepted", &reason));
    }
    out
}

fn row(report: &AuditReport, finding: &Finding, state: &str, reason: &str) -> String {
    let records: Vec<String> = finding.records.iter().map(|one| format!("{} {}", one.model, one.id)).collect();
    line(&[
        report.deployment.as_ref().map(|one| one.name.clone()).unwrap_or_default(),
        calendar::moment(report.time),
        state.to_owned(),
        finding.severity.to_string(),
        finding.confidence.to_string(),
        finding.rule.clone(),
        finding.cwe.to_string(),
        finding.module.clone().unwrap_or_default(),
        finding.location.path.clone(),
        finding.location.span.start.line.to_string(),
        finding.message.clone(),
        finding.help.clone(),
        records.join("; "),
        reason.to_owned(),
        finding.fingerprint.clone(),
    ])
}

fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    cells.join(",") + "\r\n"
}

fn quoted(cell: &str) -> String {
    let safe = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn cells_are_quoted_and_are_no_formulas() {
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(quoted("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(quoted("plain"), "plain");
    }
}
