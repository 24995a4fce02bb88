//! One weakness at one place, with everything that a reader needs to judge and repair it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Confidence, Fix, Persona, Reach, Severity};

/// A place in a text: line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// From `start` up to, not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// First character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
}

/// The source lines around a place, secrets already masked, so that a report needs no file access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excerpt {
    /// Number of the first line, from 1.
    pub first_line: u32,
    /// The lines without their line ends; very long ones are cut.
    pub lines: Vec<String>,
}

/// A place in a scanned file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Relative to the scanned path, with `/`; a place in an archive is `archive.whl!/member.py`.
    pub path: String,
    /// The smallest span that shows the weakness.
    pub span: Span,
    /// The lines that hold the span.
    pub excerpt: Excerpt,
}

/// One step of the way from a source to the weak place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FlowStep {
    /// Where it happens.
    pub location: Location,
    /// What happens, in one short sentence.
    pub message: String,
}

/// Another place that belongs to the finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Related {
    /// Where.
    pub location: Location,
    /// Why it belongs here.
    pub message: String,
}

/// A record of a live database that shows a weakness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// Its model: `res.users`.
    pub model: String,
    /// Its id.
    pub id: i64,
    /// Its external id, where it has one: `base.user_admin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What tells it apart for people: a log-in, a name.
    pub label: String,
}

/// A severity that was changed by what else the audit saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Adjusted {
    /// What it was.
    pub from: Severity,
    /// Why it is another now.
    pub because: String,
}

/// One weakness at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Id of the rule.
    pub rule: String,
    /// Short code of the rule.
    pub code: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Why it matters here.
    pub why: String,
    /// What to do now.
    pub help: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Who wants to see it.
    pub persona: Persona,
    /// CWE number.
    pub cwe: u16,
    /// Technical name of the Odoo module, if the place is inside one.
    pub module: Option<String>,
    /// Where.
    pub location: Location,
    /// Other places that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// Records of a live database that show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Record>,
    /// How those records were found, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The way from the source to the weak place, first step first; empty for a pattern.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flow: Vec<FlowStep>,
    /// How it is removed, where that can be done for the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// Who can use it without anything else, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// How severe it was before other findings were joined to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted: Option<Adjusted>,
    /// Stable identity: the same weakness keeps it when lines move.
    pub fingerprint: String,
}

impl Finding {
    /// The order of every report: module, path, place, rule.
    #[must_use]
    pub fn sort_key(&self) -> (&str, Position, &str, &str) {
        (&self.location.path, self.location.span.start, &self.rule, &self.message)
    }
}

/// Identity of a finding by meaning, not by line number: the rule, the file, the name of what holds the place
/// (`Model.method`, a record id) and the text of the place with its white space folded. `nth` tells equal places of
/// one file apart. 32 hexadecimal characters.
#[must_use]
pub fn fingerprint(rule: &str, path: &str, scope: &str, text: &str, nth: usize) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut hasher = blake3::Hasher::new();
    for part in [rule, path, scope, &folded] {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    hasher.update(&nth.to_le_bytes());
    hasher.finalize().to_hex().chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn a_fingerprint_survives_reformatting_only() {
        let base = fingerprint("r", "m/a.py", "M.f", "cr.execute(q)", 0);
        assert_eq!(base, fingerprint("r", "m/a.py", "M.f", "cr.execute(q)  ", 0));
        assert_ne!(base, fingerprint("r", "m/a.py", "M.g", "cr.execute(q)", 0));
        assert_ne!(base, fingerprint("r", "m/a.py", "M.f", "cr.execute(q)", 1));
        assert_eq!(base.len(), 32);
    }
}
