//! Texts that were read: their module and language.

use std::ops::Deref;

pub use castellan_model::Range;
use castellan_model::TextFile;

/// Index of a [`SourceFile`] in a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// Index of a module in a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

/// A place: file and byte range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub range: Range,
}

/// The language of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// `.py`
    Python,
    /// `.xml`
    Xml,
    /// `.csv`
    Csv,
    /// `.js`
    JavaScript,
    /// Listed, not read: compiled files and archives inside a module.
    Binary,
}

/// One text with its place.
#[derive(Debug)]
pub struct SourceFile {
    /// The module that holds it.
    pub module: Option<ModuleId>,
    /// Its language.
    pub language: Language,
    file: TextFile,
}

impl SourceFile {
    /// A text with its place.
    #[must_use]
    pub fn new(path: String, module: Option<ModuleId>, language: Language, text: String) -> Self {
        Self { module, language, file: TextFile::new(path, text) }
    }

    /// Forgets the text; the path stays.
    pub fn clear(&mut self) {
        self.file = TextFile::new(std::mem::take(&mut self.file.path), String::new());
    }
}

impl Deref for SourceFile {
    type Target = TextFile;

    fn deref(&self) -> &TextFile {
        &self.file
    }
}
