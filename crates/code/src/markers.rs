//! Comments that accept a finding: our own, and those of other tools.

use castellan_model::{Location, Position};
use serde::{Deserialize, Serialize};

use crate::javascript::Script;
use crate::program::{Program, UnitKind};
use crate::source::{FileId, Range, SourceFile};

/// A comment that accepts findings on its line, or on the next line when it stands alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The module that holds it.
    pub module: Option<String>,
}

/// A comment of another tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// Path of the file.
    pub path: String,
    /// Line.
    pub line: u32,
    /// The marker as written.
    pub text: String,
}

/// All markers of a scan.
#[must_use]
pub fn collect(program: &Program<'_>, scripts: &[Script]) -> (Vec<Marker>, Vec<Foreign>) {
    let mut own = Vec::new();
    let mut foreign = Vec::new();
    for unit in program.units.iter().filter(|unit| unit.kind != UnitKind::Expression) {
        let file = program.file(unit.file);
        for comment in &unit.comments {
            let range = unit.map(comment.range);
            read_comment(program, unit.file, range, &mut own);
            foreign.extend(read_foreign(file, range));
        }
    }
    for xml in program.xml {
        for range in &xml.comments {
            read_comment(program, xml.file, *range, &mut own);
        }
    }
    for script in scripts {
        for range in &script.comments {
            read_comment(program, script.file, *range, &mut own);
        }
    }
    (own, foreign)
}

fn read_comment(program: &Program<'_>, id: FileId, range: Range, out: &mut Vec<Marker>) {
    let file = program.file(id);
    let text = file.slice(range);
    let Some((_, rest)) = text.split_once("castellan:") else { return };
    let Some(rest) = rest.trim_start().strip_prefix("ignore") else { return };
    let (rules, reason) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((rules, reason)) => {
            (rules.split(',').map(|rule| rule.trim().to_owned()).filter(|rule| !rule.is_empty()).collect(), reason)
        }
        None => (Vec::new(), rest),
    };
    let reason =
        reason.trim().trim_end_matches("-->").trim_end_matches("*/").trim().trim_start_matches([':', '-']).trim();
    let first = file.line(range.start);
    let last = file.line(range.end.saturating_sub(1).max(range.start));
    let alone = file.line_text(first).trim_start().starts_with(text.lines().next().unwrap_or(text).trim());
    out.push(Marker {
        path: file.path.clone(),
        position: file.position(range.start),
        lines: (first, if alone { next_code_line(file, last) } else { last }),
        rules,
        reason: reason.to_owned(),
        location: file.location(range, &[]),
        module: program.module_of(id).map(|module| module.name.clone()),
    });
}

/// The next line that is neither empty nor a comment.
fn next_code_line(file: &SourceFile, after: u32) -> u32 {
    (after + 1..after + 20)
        .find(|line| {
            let text = file.line_text(*line).trim();
            !text.is_empty() && !text.starts_with('#') && !text.starts_with("<!--") && !text.starts_with("//")
        })
        .unwrap_or(after + 1)
}

fn read_foreign(file: &SourceFile, range: Range) -> Option<Foreign> {
    let text = file.slice(range);
    let marker = ["nosec", "noqa", "nosemgrep"]
        .iter()
        .any(|word| text.split(|char: char| !char.is_ascii_alphanumeric()).any(|part| part == *word))
        || text.contains("pylint: disable")
        || text.contains("pylint:disable");
    marker.then(|| Foreign {
        path: file.path.clone(),
        line: file.line(range.start),
        text: text.trim().chars().take(200).collect(),
    })
}
