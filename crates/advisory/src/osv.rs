//! Records of OSV as they are published, and the bare facts that are kept of them.
//!
//! Format: <https://ossf.github.io/osv-schema/>.

use serde::Deserialize;

use crate::version::Scheme;

/// A published record.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Id.
    pub id: String,
    /// Other ids.
    pub aliases: Vec<String>,
    /// Ids that this one stands for, in Debian's and Ubuntu's records.
    pub upstream: Vec<String>,
    /// Taken back.
    pub withdrawn: Option<String>,
    /// When it was changed last.
    pub modified: String,
    /// How bad.
    pub severity: Vec<Score>,
    /// What is affected.
    pub affected: Vec<Affected>,
    /// What the source adds.
    pub database_specific: serde_json::Value,
}

/// A vector of CVSS.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Score {
    /// `CVSS_V3`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The vector.
    pub score: String,
}

/// An affected package.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Affected {
    /// The package.
    pub package: Package,
    /// Ranges.
    pub ranges: Vec<Range>,
    /// Single versions.
    pub versions: Vec<String>,
    /// How bad.
    pub severity: Vec<Score>,
}

/// A package.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Package {
    /// `PyPI`, `Debian:12`.
    pub ecosystem: String,
    /// Name.
    pub name: String,
}

/// A range.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Range {
    /// `ECOSYSTEM`, `SEMVER`, `GIT`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Events.
    pub events: Vec<RawEvent>,
}

/// An event as it is published: one of its fields is there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RawEvent {
    /// First version that is affected.
    pub introduced: Option<String>,
    /// First version that is not any more.
    pub fixed: Option<String>,
    /// Last version that is.
    pub last_affected: Option<String>,
}

/// An event on the line of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Affected from here; `0` is the beginning.
    Introduced(String),
    /// Not any more from here.
    Fixed(String),
    /// Not any more after this one.
    LastAffected(String),
}

/// The bare facts of one record about one package.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Advisory {
    /// `PyPI`, `Debian:12`.
    pub ecosystem: String,
    /// Name of the package, as its ecosystem compares names.
    pub package: String,
    /// Id.
    pub id: String,
    /// Other ids.
    pub aliases: Vec<String>,
    /// Ranges.
    pub ranges: Vec<Vec<Event>>,
    /// Single versions that no range covers.
    pub versions: Vec<String>,
    /// CVSS base score, 0 to 10; none: not rated.
    pub score: Option<f32>,
}

/// Names of PyPI are the same whatever their case and `-`, `_`, `.`: PEP 503.
#[must_use]
pub fn package_name(ecosystem: &str, name: &str) -> String {
    if !ecosystem.starts_with("PyPI") {
        return name.to_owned();
    }
    let mut out = String::with_capacity(name.len());
    for char in name.chars() {
        match char {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            other => out.extend(other.to_lowercase()),
        }
    }
    out
}

impl Record {
    /// What is kept, one for each package. Withdrawn records and ranges of commits are left out.
    #[must_use]
    pub fn facts(&self) -> Vec<Advisory> {
        if self.withdrawn.is_some() {
            return Vec::new();
        }
        let mut aliases = self.aliases.clone();
        aliases.extend(self.upstream.iter().cloned());
        aliases.sort();
        aliases.dedup();
        let of = |affected: &Affected| {
            let ecosystem = affected.package.ecosystem.clone();
            let scheme = Scheme::of(&ecosystem);
            let ranges: Vec<Vec<Event>> = affected
                .ranges
                .iter()
                .filter(|range| range.kind != "GIT")
                .map(events)
                .filter(|one| !one.is_empty())
                .collect();
            let mut advisory = Advisory {
                package: package_name(&ecosystem, &affected.package.name),
                ecosystem,
                id: self.id.clone(),
                aliases: aliases.clone(),
                ranges,
                versions: Vec::new(),
                score: score(&affected.severity).or_else(|| score(&self.severity)).or_else(|| self.word()),
            };
            let outside = affected.versions.iter().filter(|version| advisory.affects(scheme, version) != Some(true));
            advisory.versions = outside.cloned().collect();
            advisory
        };
        self.affected.iter().filter(|affected| !affected.package.name.is_empty()).map(of).collect()
    }

    /// `HIGH` of the sources that say no vector: the middle of its band.
    fn word(&self) -> Option<f32> {
        match self.database_specific.get("severity")?.as_str()?.to_lowercase().as_str() {
            "critical" => Some(9.5),
            "high" => Some(8.0),
            "medium" | "moderate" => Some(5.5),
            "low" => Some(2.0),
            _ => None,
        }
    }
}

fn events(range: &Range) -> Vec<Event> {
    let event = |raw: &RawEvent| {
        let introduced = raw.introduced.clone().map(Event::Introduced);
        introduced
            .or_else(|| raw.fixed.clone().map(Event::Fixed))
            .or_else(|| raw.last_affected.clone().map(Event::LastAffected))
    };
    range.events.iter().filter_map(event).collect()
}

fn score(vectors: &[Score]) -> Option<f32> {
    let of = |one: &Score| {
        let parsed: cvss::Cvss = one.score.parse().ok()?;
        Some(parsed.score() as f32)
    };
    // The newest version of CVSS that is there.
    let mut sorted: Vec<&Score> = vectors.iter().collect();
    sorted.sort_by(|left, right| right.kind.cmp(&left.kind));
    sorted.into_iter().find_map(of)
}

impl Advisory {
    /// Whether a version is affected; none: it cannot be compared.
    #[must_use]
    pub fn affects(&self, scheme: Scheme, version: &str) -> Option<bool> {
        if self
            .versions
            .iter()
            .any(|one| one == version || scheme.compare(one, version).is_some_and(std::cmp::Ordering::is_eq))
        {
            return Some(true);
        }
        let mut known = false;
        for range in &self.ranges {
            match in_range(range, scheme, version) {
                Some(true) => return Some(true),
                Some(false) => known = true,
                None => {}
            }
        }
        (known || self.ranges.is_empty()).then_some(false).filter(|_| scheme.is_version(version))
    }

    /// The version that fixes it for somebody who has this one: the first fix above it.
    #[must_use]
    pub fn fixed_in(&self, scheme: Scheme, version: &str) -> Option<&str> {
        let mut best: Option<&str> = None;
        for event in self.ranges.iter().flatten() {
            let Event::Fixed(fixed) = event else { continue };
            let above = scheme.compare(fixed, version).is_some_and(std::cmp::Ordering::is_gt);
            let nearer = best.is_none_or(|best| scheme.compare(fixed, best).is_some_and(std::cmp::Ordering::is_lt));
            if above && nearer {
                best = Some(fixed);
            }
        }
        best
    }
}

/// The events in the order of versions, as the format describes it.
fn in_range(range: &[Event], scheme: Scheme, version: &str) -> Option<bool> {
    let place = |event: &Event| match event {
        Event::Introduced(at) | Event::Fixed(at) | Event::LastAffected(at) => at.clone(),
    };
    let mut sorted: Vec<&Event> = range.iter().collect();
    let mut comparable = true;
    sorted.sort_by(|left, right| {
        let (left, right) = (place(left), place(right));
        match (left == "0", right == "0") {
            (true, true) => std::cmp::Ordering::Equal,
            (true, false) => std::cmp::Ordering::Less,
            (false, true) => std::cmp::Ordering::Greater,
            (false, false) => scheme.compare(&left, &right).unwrap_or_else(|| {
                comparable = false;
                std::cmp::Ordering::Equal
            }),
        }
    });
    if !comparable || !scheme.is_version(version) {
        return None;
    }
    let mut affected = false;
    for event in sorted {
        let at = place(event);
        let order = if at == "0" { std::cmp::Ordering::Greater } else { scheme.compare(version, &at)? };
        match event {
            Event::Introduced(_) if order.is_ge() => affected = true,
            Event::Fixed(_) if order.is_ge() => affected = false,
            Event::LastAffected(_) if order.is_gt() => affected = false,
            _ => {}
        }
    }
    Some(affected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advisory(text: &str) -> Advisory {
        let record: Record = serde_json::from_str(text).unwrap();
        record.facts().remove(0)
    }

    #[test]
    fn ranges_are_read_as_the_format_says() {
        let one = advisory(
            r#"{"id": "X-1", "aliases": ["CVE-1"], "affected": [{"package": {"ecosystem": "PyPI", "name": "Foo.Bar"}, "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.5.3"}, {"introduced": "2.0"}, {"last_affected": "2.4"}]},
                {"type": "GIT", "events": [{"introduced": "0"}]}], "versions": ["1.0", "3.0b1"]}],
                "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}"#,
        );
        assert_eq!(one.package, "foo-bar");
        assert_eq!(one.versions, ["3.0b1"]);
        assert_eq!(one.score, Some(9.8));
        for (version, affected) in [
            ("0.1", true),
            ("1.5.2", true),
            ("1.5.3", false),
            ("1.9", false),
            ("2.0", true),
            ("2.4", true),
            ("2.4.1", false),
            ("3.0b1", true),
        ] {
            assert_eq!(one.affects(Scheme::Pep440, version), Some(affected), "{version}");
        }
        assert_eq!(one.affects(Scheme::Pep440, "unknown"), None);
        assert_eq!(one.fixed_in(Scheme::Pep440, "1.0"), Some("1.5.3"));
        assert_eq!(one.fixed_in(Scheme::Pep440, "2.1"), None);
    }

    #[test]
    fn withdrawn_records_say_nothing() {
        let record: Record = serde_json::from_str(r#"{"id": "X", "withdrawn": "2024-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "PyPI", "name": "a"}}]}"#).unwrap();
        assert!(record.facts().is_empty());
    }
}
