//! Places in the files that were read.

use castellan_model::Range;

/// Index of a file in a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A place: file and byte range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub range: Range,
}

impl Site {
    /// From two offsets.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Self { file, range: Range::new(start, end) }
    }

    /// From the start of this place to the end of the other.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { file: self.file, range: Range { start: self.range.start, end: other.range.end.max(self.range.start) } }
    }
}

/// A word of a file: its meaning (quotes and escapes removed) and its place (with them).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The meaning.
    pub text: String,
    /// The place.
    pub site: Site,
}

impl std::ops::Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// Something that a parser could not understand. The rest of the file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub range: Range,
    /// What.
    pub message: String,
}

impl Problem {
    /// A problem at a byte range.
    #[must_use]
    pub fn new(start: usize, end: usize, message: impl Into<String>) -> Self {
        Self { range: Range::new(start, end), message: message.into() }
    }
}
