//! Forms that continuous-integration hosts read.

use castellan_model::{AuditReport, Finding, Severity};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

use crate::json::pretty;

/// Workflow commands of GitHub Actions: each finding becomes an annotation.
#[must_use]
pub fn github(report: &AuditReport) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        let kind = match finding.severity {
            Severity::Critical | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low | Severity::Info => "notice",
        };
        let span = finding.location.span;
        out.push_str(&format!(
            "::{kind} file={},line={},col={},endLine={},title={}::{}\n",
            property(&finding.location.path),
            span.start.line,
            span.start.column,
            span.end.line,
            property(&format!("{} ({})", finding.rule, finding.severity)),
            data(&format!("{}\n{}\nFix: {}", finding.message, finding.why, finding.help)),
        ));
    }
    for note in &report.not_assessed {
        out.push_str(&format!(
            "::notice file={}::{}\n",
            property(&note.path),
            data(&format!("not assessed: {}", note.reason))
        ));
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// GitLab's SAST report, schema 15.
#[must_use]
pub fn gitlab(report: &AuditReport) -> String {
    let vulnerabilities: Vec<Value> = report.findings.iter().map(vulnerability).collect();
    let tool = json!({ "id": "castellan", "name": "Castellan", "version": report.castellan, "vendor": { "name": "Castellan" } });
    // The schema asks for times; a report has none, so that it is the same for the same input.
    let time = "1970-01-01T00:00:00";
    pretty(&json!({
        "version": "15.0.0",
        "scan": { "analyzer": tool, "scanner": tool, "type": "sast", "status": "success", "start_time": time, "end_time": time },
        "vulnerabilities": vulnerabilities,
    }))
}

fn vulnerability(finding: &Finding) -> Value {
    let severity = match finding.severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    };
    json!({
        "id": finding.fingerprint,
        "name": finding.message,
        "description": format!("{}\n\n{}", finding.message, finding.why),
        "solution": finding.help,
        "severity": severity,
        "location": {
            "file": finding.location.path,
            "start_line": finding.location.span.start.line,
            "end_line": finding.location.span.end.line,
        },
        "identifiers": [
            { "type": "castellan_rule_id", "name": finding.rule, "value": finding.rule },
            {
                "type": "cwe",
                "name": format!("CWE-{}", finding.cwe),
                "value": finding.cwe.to_string(),
                "url": format!("https://cwe.mitre.org/data/definitions/{}.html", finding.cwe),
            },
        ],
    })
}

/// JUnit XML: a suite for each module, a failed case for each finding, a skipped case for each thing not assessed.
#[must_use]
pub fn junit(report: &AuditReport) -> String {
    let mut out = Report::new("castellan");
    let mut names: Vec<&str> = report.modules.iter().map(|module| module.name.as_str()).collect();
    names.push("");
    for name in names {
        let of_module: Vec<&Finding> =
            report.findings.iter().filter(|finding| finding.module.as_deref().unwrap_or("") == name).collect();
        if name.is_empty() && of_module.is_empty() && report.not_assessed.is_empty() {
            continue;
        }
        let mut suite = TestSuite::new(if name.is_empty() { "(outside modules)" } else { name });
        for finding in &of_module {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(finding.severity.as_str());
            status.set_message(finding.message.as_str());
            let start = finding.location.span.start;
            status.set_description(format!(
                "{}:{}:{}\n{}\nFix: {}",
                finding.location.path, start.line, start.column, finding.why, finding.help
            ));
            let mut case = TestCase::new(format!("{} {}:{}", finding.rule, finding.location.path, start.line), status);
            case.set_classname(finding.location.path.as_str());
            suite.add_test_case(case);
        }
        if of_module.is_empty() && !name.is_empty() {
            suite.add_test_case(TestCase::new("no findings", TestCaseStatus::success()));
        }
        if name.is_empty() {
            for note in &report.not_assessed {
                let mut status = TestCaseStatus::skipped();
                status.set_message(note.reason.as_str());
                suite.add_test_case(TestCase::new(format!("not assessed {}", note.path), status));
            }
        }
        out.add_test_suite(suite);
    }
    out.to_string().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflow_commands_are_escaped() {
        assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
    }
}
