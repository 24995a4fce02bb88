//! A table of advisories in one text: small enough to be embedded, quick enough to be read at every start.
//!
//! One line a record and package, fields apart by tabs: ecosystem, package, id, other ids, ranges, single versions, score. A range is its
//! events, apart by blanks: `+1.0` introduced, `-1.5` fixed, `=1.4` last affected; ranges are apart by `|`. The first line is
//! `# castellan advisories 1 DATE`; a line `# ECOSYSTEM DATE` tells that the records of one ecosystem are of another day.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use crate::osv::{Advisory, Event};
use crate::version::Scheme;

/// First words of every table.
const HEAD: &str = "# castellan advisories 1 ";

/// A table that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Another format.
    #[error("it does not begin with `{HEAD}DATE`: no table of advisories, or one of a newer castellan")]
    Head,
    /// A line that is no record.
    #[error("line {0}: seven fields are expected")]
    Line(usize),
}

/// A table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The day of the data: `2026-11-22`.
    pub date: String,
    /// The day of single ecosystems, where it is another one.
    dates: BTreeMap<String, String>,
    advisories: Vec<Advisory>,
    index: HashMap<(String, String), Vec<usize>>,
}

impl Table {
    /// Of advisories.
    #[must_use]
    pub fn new(date: &str, advisories: Vec<Advisory>) -> Self {
        let mut index: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (at, one) in advisories.iter().enumerate() {
            index.entry((one.ecosystem.clone(), one.package.clone())).or_default().push(at);
        }
        Self { date: date.to_owned(), dates: BTreeMap::new(), advisories, index }
    }

    /// With the days of single ecosystems.
    #[must_use]
    pub fn with_dates(self, dates: BTreeMap<String, String>) -> Self {
        Self { dates, ..self }
    }

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// What is wrong with it, with the line.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let (head, rest) = text.split_once('\n').ok_or(TableError::Head)?;
        let date = head.strip_prefix(HEAD).ok_or(TableError::Head)?.trim();
        let mut advisories = Vec::new();
        let mut dates = BTreeMap::new();
        for (number, line) in rest.lines().enumerate() {
            let dated = line.strip_prefix("# ").and_then(|rest| rest.rsplit_once(' '));
            if let Some((ecosystem, date)) = dated.filter(|(_, date)| date.len() == 10 && date.starts_with("20")) {
                dates.insert(ecosystem.to_owned(), date.to_owned());
            }
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            advisories.push(advisory(line).ok_or(TableError::Line(number + 2))?);
        }
        Ok(Self { dates, ..Self::new(date, advisories) })
    }

    /// The text of it.
    #[must_use]
    pub fn print(&self) -> String {
        let mut lines: Vec<String> = self.advisories.iter().map(line).collect();
        lines.sort();
        lines.dedup();
        let mut out = format!("{HEAD}{}\n", self.date);
        for (ecosystem, date) in &self.dates {
            let _ = writeln!(out, "# {ecosystem} {date}");
        }
        for line in lines {
            let _ = writeln!(out, "{line}");
        }
        out
    }

    /// The ecosystems that it knows.
    #[must_use]
    pub fn ecosystems(&self) -> BTreeSet<&str> {
        self.advisories.iter().map(|one| one.ecosystem.as_str()).collect()
    }

    /// The day of the records of an ecosystem.
    #[must_use]
    pub fn date_of(&self, ecosystem: &str) -> &str {
        self.dates.get(ecosystem).unwrap_or(&self.date)
    }

    /// This table with the records of another one: those take the place of all that was known of their ecosystems.
    #[must_use]
    pub fn renewed(&self, other: &Self) -> Self {
        let renewed = other.ecosystems();
        let kept = self.advisories.iter().filter(|one| !renewed.contains(one.ecosystem.as_str()));
        let mut dates: BTreeMap<String, String> = self
            .ecosystems()
            .into_iter()
            .filter(|ecosystem| !renewed.contains(ecosystem))
            .map(|ecosystem| (ecosystem.to_owned(), self.date_of(ecosystem).to_owned()))
            .collect();
        dates.extend(renewed.iter().map(|one| ((*one).to_owned(), other.date_of(one).to_owned())));
        let date = dates.values().max().cloned().unwrap_or_else(|| other.date.clone());
        dates.retain(|_, own| *own != date);
        Self { dates, ..Self::new(&date, kept.chain(&other.advisories).cloned().collect()) }
    }

    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.advisories.len()
    }

    /// No record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.advisories.is_empty()
    }

    /// Every record.
    #[must_use]
    pub fn advisories(&self) -> &[Advisory] {
        &self.advisories
    }

    /// Whether anything is known of an ecosystem.
    #[must_use]
    pub fn knows(&self, ecosystem: &str) -> bool {
        self.index.keys().any(|(known, _)| known == ecosystem)
    }

    /// Advisories about a package.
    pub fn about(&self, ecosystem: &str, package: &str) -> impl Iterator<Item = &Advisory> {
        let found = self.index.get(&(ecosystem.to_owned(), package.to_owned()));
        found.into_iter().flatten().filter_map(|at| self.advisories.get(*at))
    }

    /// Advisories that a version is affected by, one of each weakness: records that name each other are one.
    #[must_use]
    pub fn affecting(&self, ecosystem: &str, package: &str, version: &str) -> Vec<&Advisory> {
        let scheme = Scheme::of(ecosystem);
        let mut out: Vec<&Advisory> = Vec::new();
        for one in self.about(ecosystem, package) {
            let known = |other: &&Advisory| {
                other.id == one.id
                    || other.aliases.contains(&one.id)
                    || one.aliases.contains(&other.id)
                    || one.aliases.iter().any(|alias| alias.starts_with("CVE-") && other.aliases.contains(alias))
            };
            if one.affects(scheme, version) == Some(true) && !out.iter().any(known) {
                out.push(one);
            }
        }
        out
    }
}

fn clean(text: &str) -> String {
    text.chars().map(|char| if char.is_whitespace() || char.is_control() { '_' } else { char }).collect()
}

fn line(one: &Advisory) -> String {
    let event = |event: &Event| match event {
        Event::Introduced(at) => format!("+{}", clean(at)),
        Event::Fixed(at) => format!("-{}", clean(at)),
        Event::LastAffected(at) => format!("={}", clean(at)),
    };
    let ranges: Vec<String> =
        one.ranges.iter().map(|range| range.iter().map(event).collect::<Vec<_>>().join(" ")).collect();
    let words = |words: &[String]| words.iter().map(|word| clean(word)).collect::<Vec<_>>().join(" ");
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}",
        clean(&one.ecosystem),
        clean(&one.package),
        clean(&one.id),
        words(&one.aliases),
        ranges.join("|"),
        words(&one.versions),
        one.score.map_or_else(String::new, |score| format!("{score:.1}"))
    )
}

fn advisory(line: &str) -> Option<Advisory> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [ecosystem, package, id, aliases, ranges, versions, score] = fields.as_slice() else { return None };
    let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let event = |word: &str| {
        let at = word.get(1..).unwrap_or_default().to_owned();
        match word.as_bytes().first() {
            Some(b'+') => Some(Event::Introduced(at)),
            Some(b'-') => Some(Event::Fixed(at)),
            Some(b'=') => Some(Event::LastAffected(at)),
            _ => None,
        }
    };
    let ranges = ranges
        .split('|')
        .map(|range| range.split(' ').filter_map(event).collect::<Vec<_>>())
        .filter(|range| !range.is_empty())
        .collect();
    Some(Advisory {
        ecosystem: (*ecosystem).to_owned(),
        package: (*package).to_owned(),
        id: (*id).to_owned(),
        aliases: words(aliases),
        ranges,
        versions: words(versions),
        score: score.parse().ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_printed_and_read_the_same() {
        let one = Advisory {
            ecosystem: "PyPI".into(),
            package: "lxml".into(),
            id: "PYSEC-1".into(),
            aliases: vec!["CVE-1".into(), "GHSA-1".into()],
            ranges: vec![
                vec![Event::Introduced("0".into()), Event::Fixed("1.5".into())],
                vec![Event::Introduced("2".into()), Event::LastAffected("2.4".into())],
            ],
            versions: vec!["3.0b1".into()],
            score: Some(7.5),
        };
        let table = Table::new("2026-11-22", vec![one.clone()]);
        let again = Table::parse(&table.print()).unwrap();
        assert_eq!(again.advisories(), [one]);
        assert_eq!(again.affecting("PyPI", "lxml", "1.0").len(), 1);
        assert_eq!(again.affecting("PyPI", "lxml", "1.5").len(), 0);
    }

    #[test]
    fn a_renewed_ecosystem_leaves_the_others_as_they_are() {
        let one = |ecosystem: &str, id: &str| Advisory {
            ecosystem: ecosystem.into(),
            package: "x".into(),
            id: id.into(),
            ..Advisory::default()
        };
        let old = Table::new("2026-10-01", vec![one("PyPI", "A"), one("npm", "B")]);
        let new = old.renewed(&Table::new("2026-11-01", vec![one("PyPI", "C")]));
        let again = Table::parse(&new.print()).unwrap();
        let mut ids: Vec<&str> = again.advisories().iter().map(|one| one.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["B", "C"]);
        assert_eq!((again.date_of("PyPI"), again.date_of("npm")), ("2026-11-01", "2026-10-01"));
    }

    #[test]
    fn a_broken_table_says_where() {
        assert!(matches!(Table::parse("x\n"), Err(TableError::Head)));
        let broken = "# castellan advisories 1 2026-11-22\nPyPI\tlxml\n";
        assert_eq!(Table::parse(broken).unwrap_err().to_string(), "line 2: seven fields are expected");
    }
}
