//! The table of what changed, and the places of a module that it speaks of.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::text::without_comments;
use super::{ModuleSource, Place};

/// What becomes of a place in the newer series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The module does not load, or fails when it runs.
    Breaks,
    /// It is silently without effect.
    Ignored,
    /// It works, and Odoo says that it will not any more.
    Warns,
}

impl Effect {
    /// Every effect, the worst first.
    pub const ALL: [Self; 3] = [Self::Breaks, Self::Ignored, Self::Warns];

    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Breaks => "breaks",
            Self::Ignored => "ignored",
            Self::Warns => "warns",
        }
    }
}

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Python.
    Python,
    /// XML.
    Xml,
    /// JavaScript.
    JavaScript,
    /// A manifest.
    Manifest,
    /// Access rows.
    Csv,
}

impl Language {
    /// By the name of a file.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next()?;
        match name.rsplit_once('.')?.1 {
            _ if matches!(name, "__manifest__.py" | "__openerp__.py") => Some(Self::Manifest),
            "py" => Some(Self::Python),
            "xml" => Some(Self::Xml),
            "js" => Some(Self::JavaScript),
            "csv" if name == "ir.model.access.csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

struct Change {
    series: u8,
    effect: Effect,
    language: Language,
    pattern: Regex,
    advice: &'static str,
}

static CHANGES: LazyLock<Vec<Change>> = LazyLock::new(|| {
    include_str!("../../data/api-changes.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(change)
        .collect()
});

fn change(line: &'static str) -> Option<Change> {
    let mut fields = line.split('\t');
    let series = fields.next()?.split('.').next()?.parse().ok()?;
    let word = fields.next()?;
    let effect = Effect::ALL.into_iter().find(|effect| effect.name() == word)?;
    let language = match fields.next()? {
        "py" => Language::Python,
        "xml" => Language::Xml,
        "js" => Language::JavaScript,
        "manifest" => Language::Manifest,
        "csv" => Language::Csv,
        _ => return None,
    };
    let pattern = Regex::new(&format!("(?m){}", fields.next()?)).ok()?;
    Some(Change { series, effect, language, pattern, advice: fields.next()? })
}

/// The places of a module that changes up to a series speak of.
pub fn places(module: &ModuleSource, target: u8) -> Vec<Place> {
    let wanted: Vec<&Change> =
        CHANGES.iter().filter(|change| change.series > module.series && change.series <= target).collect();
    let mut out = Vec::new();
    for (path, text) in &module.files {
        let Some(language) = Language::of(path) else { continue };
        let of_file: Vec<_> = wanted.iter().filter(|change| change.language == language).collect();
        if of_file.is_empty() {
            continue;
        }
        let bare = without_comments(text, language);
        for change in of_file {
            // A tag may begin lines before the attribute that is meant.
            for found in change.pattern.find_iter(&bare) {
                out.push(place(
                    path,
                    text,
                    found.end().saturating_sub(1),
                    change.effect,
                    change.advice,
                    &format!("{}.0", change.series),
                ));
            }
        }
    }
    out
}

/// A place, with the line that a byte is in.
pub fn place(path: &str, text: &str, at: usize, effect: Effect, advice: &str, since: &str) -> Place {
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count();
    let shown: String = text.lines().nth(line).unwrap_or_default().trim().chars().take(80).collect();
    Place {
        effect,
        file: path.to_owned(),
        line: u32::try_from(line + 1).unwrap_or(u32::MAX),
        text: shown,
        advice: advice.to_owned(),
        since: since.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table_is_read() {
        let lines = include_str!("../../data/api-changes.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(CHANGES.len(), lines);
        assert!(lines > 25);
    }
}
