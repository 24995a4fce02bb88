//! What runs: plain data, without secrets and without records of business.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Everything that has a version.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Inventory {
    /// What it is of: `this host`, a folder.
    pub subject: String,
    /// Today, Unix time.
    pub time: i64,
    /// Installations of Odoo.
    pub odoo: Vec<OdooInstall>,
    /// Modules of Odoo that are not Odoo's own.
    pub modules: Vec<OdooModule>,
    /// Python packages.
    pub python: Vec<PythonPackage>,
    /// Packages of the system.
    pub system: Vec<SystemPackage>,
    /// The operating system.
    pub distribution: Option<Distribution>,
    /// Products that no package manager looks after: images of containers, interpreters of environments, servers that were asked.
    pub products: Vec<Product>,
    /// JavaScript libraries inside modules.
    pub libraries: Vec<Library>,
    /// What could not be read, and why.
    pub gaps: Vec<String>,
}

impl Inventory {
    /// Puts a folder in front of every place, so that those of several folders can be told apart.
    pub fn move_below(&mut self, folder: &str) {
        let places = self
            .odoo
            .iter_mut()
            .map(|one| &mut one.place)
            .chain(self.modules.iter_mut().map(|one| &mut one.place))
            .chain(self.python.iter_mut().map(|one| &mut one.place))
            .chain(self.products.iter_mut().map(|one| &mut one.place))
            .chain(self.libraries.iter_mut().map(|one| &mut one.place));
        for place in places {
            *place = format!("{}/{place}", folder.trim_end_matches('/'));
        }
    }

    /// Nothing that has a version was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.odoo.is_empty()
            && self.modules.iter().all(|module| module.core)
            && self.python.is_empty()
            && self.system.is_empty()
            && self.products.is_empty()
            && self.libraries.is_empty()
    }
}

/// One installation of Odoo.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OdooInstall {
    /// Where its version stands: `/usr/lib/python3/dist-packages/odoo/release.py`.
    pub place: String,
    /// Line in it, from 1.
    pub line: u32,
    /// `17.0`, `saas~18.2`.
    pub series: String,
    /// Day of the build: `2025-01-15`.
    pub date: Option<String>,
    /// Where the day is from, in words: `the version of the nightly package 17.0-20250115`.
    pub date_from: String,
    /// With the modules of Odoo Enterprise.
    pub enterprise: Option<bool>,
    /// Version of Debian's own package.
    pub debian: Option<String>,
    /// What the source says of advisories: id, and whether it is fixed.
    pub source: BTreeMap<String, SourceVerdict>,
    /// Advisories that a changelog beside it names as fixed.
    pub changelog: BTreeSet<String>,
    /// Modules whose files are there; none: not known.
    pub on_disk: Option<BTreeSet<String>>,
    /// Modules that are installed in the database; none: not known.
    pub installed: Option<BTreeSet<String>>,
}

/// What the source of a function says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceVerdict {
    /// The text of the fix is there.
    Fixed,
    /// The text before the fix is there.
    Vulnerable,
}

/// One module of Odoo.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OdooModule {
    /// Technical name.
    pub name: String,
    /// Where its manifest is.
    pub place: String,
    /// `17.0.1.2.0`, or as the manifest has it.
    pub version: String,
    /// Author.
    pub author: String,
    /// Licence, as the manifest has it; empty: LGPL-3 by Odoo's rule.
    pub licence: String,
    /// What it needs.
    pub depends: Vec<String>,
    /// Odoo ships it.
    pub core: bool,
    /// Files that differ from those of the release, by their paths inside the module.
    pub changed: Vec<String>,
    /// What knows the files of the release: `RECORD of odoo-addon-web-responsive 17.0.1.2.0`.
    pub compared_with: String,
}

/// A product with a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Product {
    /// As the data names it: `postgresql`.
    pub name: String,
    /// Version.
    pub version: String,
    /// Where it is seen.
    pub place: String,
    /// Line, from 1.
    pub line: u32,
}

/// One Python package.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PythonPackage {
    /// Name, as PyPI compares names.
    pub name: String,
    /// Version.
    pub version: String,
    /// Where it is.
    pub place: String,
    /// Line, from 1.
    pub line: u32,
    /// A file that asks for it, not an installation.
    pub pinned: bool,
    /// Under which condition it is asked for: `python_version < '3.10'`; empty: always.
    pub marker: String,
    /// The distribution brought it, and mends it without a new version.
    pub distribution: bool,
    /// Licence, as its metadata has it.
    pub licence: String,
}

/// One package of the system.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SystemPackage {
    /// Name.
    pub name: String,
    /// Name of the source package.
    pub source: String,
    /// Version.
    pub version: String,
    /// Version of the source package.
    pub source_version: String,
    /// Architecture.
    pub architecture: String,
    /// Where it is recorded.
    pub place: String,
    /// Line, from 1.
    pub line: u32,
}

/// The operating system.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Distribution {
    /// `debian`, `ubuntu`.
    pub id: String,
    /// `12`, `24.04`.
    pub version: String,
    /// As people read it.
    pub name: String,
    /// Where it stands.
    pub place: String,
}

/// One JavaScript library.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Library {
    /// `jquery`.
    pub name: String,
    /// Version, by its content.
    pub version: String,
    /// The file.
    pub place: String,
    /// Line, from 1.
    pub line: u32,
}
