//! Odoo's release series, such as 17.0.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One release series of Odoo. Intermediate (`saas`) series are read as the major series that they precede.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", try_from = "String")]
#[schemars(with = "String")]
pub struct Series(u8);

/// The text is not an Odoo series.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not an Odoo series; write it as `17.0` (8.0 to 20.0)")]
pub struct ParseSeriesError(String);

impl Series {
    /// The oldest series that Castellan reads.
    pub const OLDEST: Self = Self(8);
    /// The newest series that Castellan knows.
    pub const NEWEST: Self = Self(20);
    /// What is assumed when nothing in a module tells its series.
    pub const ASSUMED: Self = Self(17);

    /// The series with this major number, if it is one that Castellan knows.
    #[must_use]
    pub const fn new(major: u8) -> Option<Self> {
        if major >= Self::OLDEST.0 && major <= Self::NEWEST.0 { Some(Self(major)) } else { None }
    }

    /// The major number: 17 for 17.0.
    #[must_use]
    pub const fn major(self) -> u8 {
        self.0
    }

    /// Reads the series from a manifest version such as `16.0.1.2.3`; `1.0` alone tells nothing.
    #[must_use]
    pub fn from_manifest_version(version: &str) -> Option<Self> {
        let mut parts = version.trim().split('.');
        let major: u8 = parts.next()?.parse().ok()?;
        let minor = parts.next()?;
        (parts.next().is_some() && minor == "0").then(|| Self::new(major)).flatten()
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.0", self.0)
    }
}

impl FromStr for Series {
    type Err = ParseSeriesError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let major = trimmed.strip_suffix(".0").unwrap_or(trimmed);
        major.parse().ok().and_then(Self::new).ok_or_else(|| ParseSeriesError(text.to_owned()))
    }
}

impl From<Series> for String {
    fn from(series: Series) -> Self {
        series.to_string()
    }
}

impl TryFrom<String> for Series {
    type Error = ParseSeriesError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// The series in which a rule applies, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesRange {
    first: u8,
    last: u8,
}

impl SeriesRange {
    /// Every series.
    pub const ALL: Self = Self { first: Series::OLDEST.0, last: Series::NEWEST.0 };

    /// From `first` on.
    #[must_use]
    pub const fn since(first: u8) -> Self {
        Self { first, last: Series::NEWEST.0 }
    }

    /// Up to and with `last`.
    #[must_use]
    pub const fn until(last: u8) -> Self {
        Self { first: Series::OLDEST.0, last }
    }

    /// Whether the rule applies to this series.
    #[must_use]
    pub const fn contains(self, series: Series) -> bool {
        self.first <= series.0 && series.0 <= self.last
    }
}

impl fmt::Display for SeriesRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.0 to {}.0", self.first, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifest_versions() {
        assert_eq!(Series::from_manifest_version("16.0.1.0.0"), Series::new(16));
        assert_eq!(Series::from_manifest_version(" 8.0.0.1"), Series::new(8));
        for unclear in ["1.0", "16.0", "0.1.2", "99.0.1", "17.1.0", "", "a.b.c", "300.0.1"] {
            assert_eq!(Series::from_manifest_version(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn text_goes_both_ways() {
        assert_eq!("17.0".parse(), Ok(Series(17)));
        assert_eq!("17".parse(), Ok(Series(17)));
        assert_eq!(Series(17).to_string(), "17.0");
        assert!("7.0".parse::<Series>().is_err());
    }
}
