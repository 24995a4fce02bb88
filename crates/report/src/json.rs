//! The whole audit as JSON, format 1. Its schema is generated from the types and committed.

use castellan_model::AuditReport;

/// The audit, indented, with a line end.
#[must_use]
pub fn json(report: &AuditReport) -> String {
    pretty(&serde_json::to_value(report).unwrap_or_default())
}

/// The JSON schema of the report.
#[must_use]
pub fn schema() -> serde_json::Value {
    serde_json::to_value(schemars::schema_for!(AuditReport)).unwrap_or_default()
}

pub(crate) fn pretty(value: &serde_json::Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
