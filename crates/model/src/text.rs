//! A text with its path, and the way from byte offsets to lines.

use std::sync::OnceLock;

use crate::{Excerpt, Location, Position, Span};

/// Byte range in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Range {
    /// From two offsets; files are far below 4 GiB.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: u32::try_from(start).unwrap_or(u32::MAX), end: u32::try_from(end).unwrap_or(u32::MAX) }
    }

    /// As a range to slice with.
    #[must_use]
    pub fn as_usize(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One text with its path.
#[derive(Debug)]
pub struct TextFile {
    /// Relative to the scanned path, with `/`; absolute for files of a host.
    pub path: String,
    /// The text, decoded to UTF-8.
    pub text: String,
    line_starts: OnceLock<Vec<u32>>,
}

const EXCERPT_COLUMNS: usize = 400;
const EXCERPT_LINES: u32 = 8;

impl TextFile {
    /// A text with its path.
    #[must_use]
    pub fn new(path: String, text: String) -> Self {
        Self { path, text, line_starts: OnceLock::new() }
    }

    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX))).collect()
        })
    }

    /// Line from 1 of a byte offset.
    #[must_use]
    pub fn line(&self, offset: u32) -> u32 {
        u32::try_from(self.line_starts().partition_point(|start| *start <= offset)).unwrap_or(u32::MAX).max(1)
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line(offset);
        let start = self.line_starts().get(line as usize - 1).copied().unwrap_or(0) as usize;
        let end = (offset as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(0, |text| text.chars().count());
        Position { line, column: u32::try_from(column + 1).unwrap_or(u32::MAX) }
    }

    /// The text of a line without its line end.
    #[must_use]
    pub fn line_text(&self, line: u32) -> &str {
        let starts = self.line_starts();
        let Some(start) = (line as usize).checked_sub(1).and_then(|index| starts.get(index)) else { return "" };
        let end = starts.get(line as usize).map_or(self.text.len(), |next| *next as usize);
        self.text.get(*start as usize..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// The text of a range; empty when it does not fit the text.
    #[must_use]
    pub fn slice(&self, range: Range) -> &str {
        self.text.get(range.as_usize()).unwrap_or("")
    }

    /// A place for reports: span and the lines around it, with the bytes in `masks` replaced by `*`.
    #[must_use]
    pub fn location(&self, range: Range, masks: &[Range]) -> Location {
        let start = self.position(range.start);
        let mut end = self.position(range.end.max(range.start));
        if end == start {
            end.column += 1;
        }
        let last = end.line.min(start.line + EXCERPT_LINES - 1);
        let lines = (start.line..=last).map(|line| self.masked_line(line, masks)).collect();
        Location {
            path: self.path.clone(),
            span: Span { start, end },
            excerpt: Excerpt { first_line: start.line, lines },
        }
    }

    fn masked_line(&self, line: u32, masks: &[Range]) -> String {
        let text = self.line_text(line);
        let start = self.line_starts().get(line as usize - 1).copied().unwrap_or(0);
        let mut out = String::with_capacity(text.len().min(EXCERPT_COLUMNS));
        for (index, (at, char)) in text.char_indices().enumerate() {
            if index == EXCERPT_COLUMNS {
                out.push('…');
                break;
            }
            let offset = start + u32::try_from(at).unwrap_or(u32::MAX);
            let hidden = masks.iter().any(|mask| mask.start <= offset && offset < mask.end);
            out.push(if hidden { '*' } else { char });
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> TextFile {
        TextFile::new("a.py".into(), text.into())
    }

    #[test]
    fn columns_count_characters() {
        let file = file("é = 1\nab = 'ü'\n");
        assert_eq!(file.position(7), Position { line: 2, column: 1 });
        assert_eq!(file.position(15), Position { line: 2, column: 8 });
        assert_eq!(file.position(9999).line, 3);
        assert_eq!(file.line_text(2), "ab = 'ü'");
        assert_eq!(file.line_text(99), "");
    }

    #[test]
    fn secrets_are_masked_in_the_excerpt() {
        let text = "key = 'abc'\n";
        let file = file(text);
        let mask = Range::new(7, 10);
        let location = file.location(Range::new(0, 11), &[mask]);
        assert_eq!(location.excerpt.lines, ["key = '***'"]);
    }
}
