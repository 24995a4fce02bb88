//! Comments that accept a finding: `# castellan: ignore[rule-id] reason`.

use castellan_model::{Location, Position, Range};

use crate::deployment::Deployment;

/// A comment that accepts findings on its line, or on the next line when it stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Path of the file.
    pub path: String,
    /// Place of the comment.
    pub position: Position,
    /// First and last line that it covers.
    pub lines: (u32, u32),
    /// Ids of rules; empty for all.
    pub rules: Vec<String>,
    /// The reason.
    pub reason: String,
    /// The whole place, for findings about the marker.
    pub location: Location,
}

/// All markers of a look.
pub(crate) fn collect(deployment: &Deployment) -> Vec<Marker> {
    let mut markers = Vec::new();
    for file in &deployment.files {
        let mut at = 0;
        for raw in file.text.split_inclusive('\n') {
            let start = at;
            at += raw.len();
            let Some(found) = raw.find("castellan: ignore") else { continue };
            let Some(sign) = raw.get(..found).and_then(|before| before.rfind(['#', ';'])) else { continue };
            let rest = raw.get(found + "castellan: ignore".len()..).unwrap_or("");
            let (rules, reason) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                Some((rules, reason)) => (
                    rules.split(',').map(|rule| rule.trim().to_owned()).filter(|rule| !rule.is_empty()).collect(),
                    reason,
                ),
                None => (Vec::new(), rest),
            };
            let range = Range::new(start + sign, start + raw.trim_end().len());
            let location = file.location(range, &[]);
            let line = location.span.start.line;
            let alone = raw.get(..sign).is_some_and(|before| before.trim().is_empty());
            markers.push(Marker {
                path: file.path.clone(),
                position: location.span.start,
                lines: if alone { (line, line + 1) } else { (line, line) },
                rules,
                reason: reason.trim().to_owned(),
                location,
            });
        }
    }
    markers
}
