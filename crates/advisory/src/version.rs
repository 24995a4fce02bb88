//! Versions as their ecosystems compare them.

use std::cmp::Ordering;
use std::str::FromStr;

/// How versions compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Python packages: PEP 440.
    Pep440,
    /// Packages of Debian and Ubuntu: deb-version(7).
    Debian,
    /// Numbers with dots and a suffix that makes a pre-release, as Semantic Versioning has it.
    Dotted,
}

impl Scheme {
    /// Of an ecosystem of OSV: `PyPI`, `Debian:12`, `Ubuntu:24.04:LTS`, `npm`, `Bitnami`.
    #[must_use]
    pub fn of(ecosystem: &str) -> Self {
        match ecosystem.split(':').next().unwrap_or_default() {
            "PyPI" => Self::Pep440,
            "Debian" | "Ubuntu" => Self::Debian,
            _ => Self::Dotted,
        }
    }

    /// Compares two versions; none: one of them is no version.
    #[must_use]
    pub fn compare(self, left: &str, right: &str) -> Option<Ordering> {
        match self {
            Self::Pep440 => {
                let left = pep440_rs::Version::from_str(left).ok()?;
                let right = pep440_rs::Version::from_str(right).ok()?;
                Some(left.cmp(&right))
            }
            Self::Debian => {
                let left = debversion::Version::from_str(left).ok()?;
                let right = debversion::Version::from_str(right).ok()?;
                Some(left.cmp(&right))
            }
            Self::Dotted => dotted(left, right),
        }
    }

    /// Whether it is a version at all.
    #[must_use]
    pub fn is_version(self, text: &str) -> bool {
        self.compare(text, text).is_some()
    }
}

/// Numbers first; of equal numbers one with a `-suffix` comes before one without.
fn dotted(left: &str, right: &str) -> Option<Ordering> {
    let split = |text: &str| {
        let text = text.trim().trim_start_matches(['v', 'V']).split('+').next().unwrap_or_default().to_owned();
        let (numbers, suffix) = match text.split_once('-') {
            Some((numbers, suffix)) => (numbers.to_owned(), suffix.to_owned()),
            None => (text, String::new()),
        };
        if !numbers.starts_with(|char: char| char.is_ascii_digit()) {
            return None;
        }
        let numbers: Vec<String> = numbers.split('.').map(str::to_owned).collect();
        Some((numbers, suffix))
    };
    let ((left, left_suffix), (right, right_suffix)) = (split(left)?, split(right)?);
    for at in 0..left.len().max(right.len()) {
        let part = |parts: &[String]| parts.get(at).cloned().unwrap_or_else(|| "0".to_owned());
        let order = identifiers(&part(&left), &part(&right));
        if order.is_ne() {
            return Some(order);
        }
    }
    Some(match (left_suffix.is_empty(), right_suffix.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => suffixes(&left_suffix, &right_suffix),
    })
}

fn suffixes(left: &str, right: &str) -> Ordering {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.split('.').collect(), right.split('.').collect());
    for (one, other) in left.iter().zip(&right) {
        let order = identifiers(one, other);
        if order.is_ne() {
            return order;
        }
    }
    left.len().cmp(&right.len())
}

/// Numbers by their value, of any length; numbers before words; words by their bytes.
fn identifiers(left: &str, right: &str) -> Ordering {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (number(left), number(right)) {
        (true, true) => {
            let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
            left.len().cmp(&right.len()).then_with(|| left.cmp(right))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => left.cmp(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scheme_has_its_order() {
        let ordered = |scheme: Scheme, versions: &[&str]| {
            for pair in versions.windows(2) {
                assert_eq!(scheme.compare(pair[0], pair[1]), Some(Ordering::Less), "{pair:?}");
                assert_eq!(scheme.compare(pair[1], pair[0]), Some(Ordering::Greater), "{pair:?}");
            }
        };
        ordered(Scheme::Pep440, &["1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0.post1", "1.1", "1!0.1"]);
        ordered(Scheme::Debian, &["1.0~rc1-1", "1.0-1", "1.0-1+deb12u1", "1.0-2", "1:0.5-1"]);
        ordered(Scheme::Dotted, &["1.9.0-rc.1", "1.9.0", "1.9.1", "1.10", "2.0.0-alpha", "2.0.0-alpha.1", "2.0.0"]);
        assert_eq!(Scheme::Dotted.compare("3.4", "3.4.0"), Some(Ordering::Equal));
        assert_eq!(Scheme::Pep440.compare("1.0", "1.0.0"), Some(Ordering::Equal));
    }

    #[test]
    fn what_is_no_version_is_not_compared() {
        for (scheme, text) in [(Scheme::Pep440, "unknown"), (Scheme::Dotted, "latest"), (Scheme::Debian, "")] {
            assert!(!scheme.is_version(text), "{text}");
        }
    }
}
