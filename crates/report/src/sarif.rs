//! SARIF 2.1.0, as code-scanning hosts expect it: rule help, CWE tags, `security-severity`, code flows, fingerprints.

use castellan_audit::catalogue;
use castellan_model::{AuditReport, Finding, Location, NotAssessed, RuleDoc, Severity, SuppressedBy};
use serde_json::{Value, json};

use crate::json::pretty;

/// The audit as a SARIF log with one run.
#[must_use]
pub fn sarif(report: &AuditReport) -> String {
    let registry = catalogue();
    let mut descriptors: Vec<Value> = registry.iter().map(descriptor).collect();
    let mut ids: Vec<String> = registry.iter().map(|rule| rule.meta.id.to_owned()).collect();
    let accepted = report.suppressed.iter().map(|item| &item.finding);
    for finding in report.findings.iter().chain(accepted) {
        if !ids.contains(&finding.rule) {
            ids.push(finding.rule.clone());
            descriptors.push(marker_descriptor(finding));
        }
    }
    let index = |rule: &str| ids.iter().position(|id| id == rule).unwrap_or(0);
    let mut results: Vec<Value> = report.findings.iter().map(|finding| result(finding, index(&finding.rule))).collect();
    for item in &report.suppressed {
        let mut value = result(&item.finding, index(&item.finding.rule));
        let kind = if matches!(item.suppressed_by, SuppressedBy::Comment { .. }) { "inSource" } else { "external" };
        value["suppressions"] = json!([{ "kind": kind, "status": "accepted", "justification": item.reason }]);
        results.push(value);
    }
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Castellan",
                "semanticVersion": report.castellan,
                "rules": descriptors,
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "SRCROOT": { "description": { "text": "the scanned path" } } },
            "results": results,
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": report.not_assessed.iter().map(notification).collect::<Vec<_>>(),
            }],
        }],
    }))
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn descriptor(rule: &RuleDoc) -> Value {
    let meta = &rule.meta;
    let page = rule.page();
    let help = format!("{}\n\n{}\n\nHow to fix: {}", page.what, page.why, page.fix);
    let markdown = crate::rules::markdown(rule);
    json!({
        "id": meta.id,
        "name": meta.code,
        "shortDescription": { "text": page.title },
        "fullDescription": { "text": page.why },
        "help": { "text": help, "markdown": markdown },
        "helpUri": format!("https://cwe.mitre.org/data/definitions/{}.html", meta.cwe),
        "defaultConfiguration": { "level": level(meta.severity) },
        "properties": {
            "tags": ["security", format!("external/cwe/cwe-{:03}", meta.cwe)],
            "precision": precision(meta.confidence.as_str()),
            "security-severity": meta.severity.security_severity(),
        },
    })
}

fn precision(confidence: &str) -> &'static str {
    match confidence {
        "high" => "high",
        "medium" => "medium",
        _ => "low",
    }
}

fn marker_descriptor(finding: &Finding) -> Value {
    json!({
        "id": finding.rule,
        "name": finding.code,
        "shortDescription": { "text": finding.message },
        "help": { "text": finding.help },
        "defaultConfiguration": { "level": level(finding.severity) },
        "properties": {
            "tags": ["security", format!("external/cwe/cwe-{:03}", finding.cwe)],
            "security-severity": finding.severity.security_severity(),
        },
    })
}

fn physical(location: &Location) -> Value {
    // A file of a host has its whole path.
    let artifact = if location.path.starts_with('/') {
        json!({ "uri": format!("file://{}", uri(&location.path)) })
    } else {
        json!({ "uri": uri(&location.path), "uriBaseId": "SRCROOT" })
    };
    json!({
        "artifactLocation": artifact,
        "region": {
            "startLine": location.span.start.line,
            "startColumn": location.span.start.column,
            "endLine": location.span.end.line,
            "endColumn": location.span.end.column,
        },
    })
}

/// A path as the relative reference of RFC 3986.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn result(finding: &Finding, rule_index: usize) -> Value {
    let mut value = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": level(finding.severity),
        "message": { "text": format!("{}. {}", finding.message, finding.help) },
        "locations": [{ "physicalLocation": physical(&finding.location) }],
        "partialFingerprints": { "castellan/v1": finding.fingerprint },
        "properties": {
            "severity": finding.severity.as_str(),
            "confidence": finding.confidence.as_str(),
            "persona": finding.persona.as_str(),
            "module": finding.module,
            "tags": [format!("external/cwe/cwe-{:03}", finding.cwe)],
            "security-severity": finding.severity.security_severity(),
        },
    });
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(number, related)| {
            json!({ "id": number, "physicalLocation": physical(&related.location), "message": { "text": related.message } })
        });
        value["relatedLocations"] = related.collect();
    }
    if !finding.flow.is_empty() {
        let steps: Vec<Value> = finding
            .flow
            .iter()
            .map(|step| json!({ "location": { "physicalLocation": physical(&step.location), "message": { "text": step.message } } }))
            .collect();
        value["codeFlows"] = json!([{ "threadFlows": [{ "locations": steps }] }]);
    }
    value
}

fn notification(note: &NotAssessed) -> Value {
    json!({
        "level": "note",
        "message": { "text": format!("not assessed: {}", note.reason) },
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(&note.path), "uriBaseId": "SRCROOT" } } }],
    })
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("a b/ü.py"), "a%20b/%C3%BC.py");
        assert_eq!(uri("x.whl!/m/a.py"), "x.whl!/m/a.py");
    }
}
