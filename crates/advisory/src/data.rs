//! The data that is embedded: made by `cargo xtask advisory-data`, besides two small tables that are written by hand.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::table::Table;

/// Facts about Odoo.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OdooFacts {
    /// The day of the data.
    pub compiled: String,
    /// Series.
    pub series: Vec<SeriesFacts>,
    /// Advisories.
    pub advisories: Vec<OdooAdvisory>,
}

/// A series of Odoo.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesFacts {
    /// `17.0`.
    pub series: String,
    /// Month or day of its release.
    pub released: String,
    /// Month in which free fixes end: `2026-09`.
    pub end: String,
    /// Least PostgreSQL.
    pub postgresql: Option<String>,
    /// Least Python.
    pub python: Option<String>,
}

/// An advisory about Odoo or a module of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OdooAdvisory {
    /// CVE, or the number of the vendor.
    pub id: String,
    /// Other ids.
    pub aliases: Vec<String>,
    /// `core`, `third_party`, `oca`, `packaging`, `dependency`.
    pub kind: String,
    /// In a few words.
    pub title: String,
    /// In a sentence.
    pub summary: String,
    /// Modules in which it is.
    pub modules: Vec<String>,
    /// `both`, `Enterprise`, `add-on`.
    pub edition: String,
    /// Series that are affected.
    pub series: Vec<String>,
    /// Day by which a series was fixed.
    pub fixed: BTreeMap<String, String>,
    /// Series that ended before.
    pub never_fixed: Vec<String>,
    /// Of those, the ones that the community's branches mended.
    pub backports: Vec<String>,
    /// `low` to `critical`.
    pub severity: String,
    /// CVSS 3.1 base score.
    pub score: Option<f32>,
    /// The score is an estimate from the description.
    pub score_estimated: bool,
    /// CWE.
    pub cwe: Vec<String>,
    /// `none`, `portal`, `user`, `admin`.
    pub auth_required: String,
    /// What must be the case besides.
    pub preconditions: Option<String>,
    /// What helps besides an update.
    pub mitigation: Option<String>,
    /// Of an add-on: which versions, in words.
    pub addon_range: Option<String>,
    /// Of an add-on: the first fixed version, in words.
    pub fixed_addon_version: Option<String>,
}

/// Support dates.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductFacts {
    /// The day of the data.
    pub compiled: String,
    /// By name: `postgresql`.
    pub products: BTreeMap<String, Product>,
}

/// A product.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Product {
    /// As people write it.
    pub title: String,
    /// Releases, newest first.
    pub releases: Vec<Release>,
}

/// A line of releases.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Release {
    /// `15`, `3.11`, `24.04`.
    pub cycle: String,
    /// The day on which support ends; true: it has ended.
    pub end_of_life: Ends,
    /// The day on which paid or community support ends.
    pub extended_support_end: Option<Ends>,
    /// The newest version.
    pub latest: Option<String>,
}

/// A day, or whether it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ends {
    /// `2027-11-11`.
    Day(String),
    /// Ended or not, on no day that is known.
    Known(bool),
}

impl Default for Ends {
    fn default() -> Self {
        Self::Known(false)
    }
}

/// What a series asks for of one package: a specifier and the marker under which it holds, for each line of it.
pub type Pins = Vec<(Option<String>, Option<String>)>;

/// Python packages that a series of Odoo asks for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Requirements {
    /// Series -> package -> pins.
    pub series: BTreeMap<String, BTreeMap<String, Pins>>,
}

/// JavaScript libraries in Odoo's web client.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LibraryFacts {
    /// Advisories.
    pub advisories: Vec<LibraryAdvisory>,
}

/// An advisory about a JavaScript library.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LibraryAdvisory {
    /// `jquery`.
    pub library: String,
    /// CVE.
    pub cve: String,
    /// First version that is affected.
    pub introduced: Option<String>,
    /// First that is not.
    pub fixed: Option<String>,
    /// In a few words.
    pub summary: String,
    /// `low` to `critical`.
    pub severity: String,
}

/// What the fix of an advisory left in the source.
#[derive(Debug, Clone, Copy)]
pub struct Fingerprint {
    /// The advisory.
    pub advisory: &'static str,
    /// The file: `addons/...` or `odoo/...`.
    pub file: &'static str,
    /// Only the fixed text matches.
    pub fixed: &'static str,
    /// Only the text before the fix matches.
    pub vulnerable: &'static str,
}

macro_rules! embedded {
    ($(#[$doc:meta])* $function:ident, $type:ty, $file:literal) => {
        $(#[$doc])*
        #[must_use]
        pub fn $function() -> &'static $type {
            static DATA: LazyLock<$type> =
                LazyLock::new(|| serde_json::from_str(include_str!(concat!("../data/", $file))).unwrap_or_default());
            &DATA
        }
    };
}

embedded!(
    /// Series and advisories of Odoo.
    odoo, OdooFacts, "odoo.json"
);
embedded!(
    /// Support dates.
    products, ProductFacts, "products.json"
);
embedded!(
    /// Python packages that each series asks for.
    requirements, Requirements, "requirements.json"
);
embedded!(
    /// Advisories about JavaScript libraries.
    libraries, LibraryFacts, "libraries.json"
);

/// Advisories about Python packages and products.
#[must_use]
pub fn table() -> &'static Table {
    static DATA: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("../data/osv.tsv")).unwrap_or_default());
    &DATA
}

fn lines(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| line.split('\t').collect())
}

/// The series and the day of an official image's package, by the SHA-1 that its recipe names.
#[must_use]
pub fn build_of(sha1: &str) -> Option<(&'static str, &'static str)> {
    lines(include_str!("../data/docker-builds.tsv")).find_map(|fields| match fields.as_slice() {
        [known, series, day] if known.eq_ignore_ascii_case(sha1) => Some((*series, *day)),
        _ => None,
    })
}

/// Fingerprints of fixes.
pub fn fingerprints() -> impl Iterator<Item = Fingerprint> {
    lines(include_str!("../data/fingerprints.tsv")).filter_map(|fields| match fields.as_slice() {
        [advisory, file, fixed, vulnerable] => Some(Fingerprint { advisory, file, fixed, vulnerable }),
        _ => None,
    })
}

/// Advisories that Debian mended in its own package of a series: id, first fixed version.
pub fn debian_fixes(major: u8) -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(include_str!("../data/debian-odoo.tsv")).filter_map(move |fields| match fields.as_slice() {
        [series, version, advisory] if *series == major.to_string() => Some((*advisory, *version)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_is_read() {
        assert_eq!(odoo().advisories.len(), 72);
        assert_eq!(odoo().series.len(), 13);
        assert!(products().products["postgresql"].releases.len() > 20);
        assert!(requirements().series["16.0"].contains_key("lxml"));
        assert_eq!(libraries().advisories.len(), 17);
        assert!(table().len() > 300);
        assert_eq!(fingerprints().count(), 11);
        assert_eq!(debian_fixes(14).count(), 11);
        for one in fingerprints() {
            assert!(
                regex::Regex::new(one.fixed).is_ok() && regex::Regex::new(one.vulnerable).is_ok(),
                "{}",
                one.advisory
            );
            assert!(odoo().advisories.iter().any(|known| known.id == one.advisory), "{}", one.advisory);
        }
    }
}
