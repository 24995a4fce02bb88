//! A host as it was recorded: for bundles, tests and examples.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Attributes, Denied, Facts, Host, Kind};

/// A recorded host. Serialises without the texts, which a bundle keeps as files.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// Version of the format: 1.
    pub format: u32,
    /// Facts that no file tells.
    pub facts: Facts,
    /// Paths that were looked at, with their attributes.
    pub paths: BTreeMap<String, Attributes>,
    /// Paths that could not be looked at, with the reason.
    #[serde(default)]
    pub denied: BTreeMap<String, String>,
    #[serde(skip)]
    texts: BTreeMap<String, Vec<u8>>,
}

impl Snapshot {
    /// An empty host.
    #[must_use]
    pub fn new(facts: Facts) -> Self {
        Self { format: 1, facts, ..Self::default() }
    }

    /// Paths that were looked at.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.keys().map(String::as_str)
    }

    /// Adds a file with its folders, owned by root unless attributes are given.
    pub fn put(&mut self, path: &str, text: impl Into<Vec<u8>>, attributes: Option<Attributes>) {
        let text = text.into();
        let size = text.len() as u64;
        let standard = Attributes { kind: Kind::File, mode: 0o644, uid: 0, gid: 0, size, modified: 0 };
        self.paths.insert(path.to_owned(), attributes.unwrap_or(standard));
        self.texts.insert(path.to_owned(), text);
        let mut folder = path;
        while let Some((parent, _)) = folder.rsplit_once('/') {
            let name = if parent.is_empty() { "/" } else { parent };
            let attributes = Attributes { kind: Kind::Folder, mode: 0o755, uid: 0, gid: 0, size: 0, modified: 0 };
            self.paths.entry(name.to_owned()).or_insert(attributes);
            folder = parent;
        }
    }

    /// Adds the text of a path whose attributes are there.
    pub fn put_text(&mut self, path: &str, text: Vec<u8>) {
        self.texts.insert(path.to_owned(), text);
    }

    /// Sets attributes.
    pub fn put_attributes(&mut self, path: &str, attributes: Attributes) {
        self.paths.insert(path.to_owned(), attributes);
    }

    fn check(&self, path: &str) -> Result<(), Denied> {
        self.denied.get(path).map_or(Ok(()), |reason| Err(Denied(reason.clone())))
    }
}

impl Host for Snapshot {
    fn attributes(&self, path: &str) -> Result<Option<Attributes>, Denied> {
        self.check(path)?;
        Ok(self.paths.get(path).cloned())
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Denied> {
        self.check(path)?;
        Ok(self.texts.get(path).cloned())
    }

    fn list(&self, path: &str) -> Result<Vec<String>, Denied> {
        self.check(path)?;
        let prefix = format!("{}/", path.trim_end_matches('/'));
        let mut names: Vec<String> = self
            .paths
            .range(prefix.clone()..)
            .map_while(|(full, _)| full.strip_prefix(&prefix))
            .filter_map(|rest| rest.split('/').next())
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }
}
