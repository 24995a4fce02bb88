//! Dockerfiles: instructions with joined lines, stages.
//!
//! Source: Dockerfile reference. Variables are not expanded.

use crate::source::{FileId, Site, Word};

/// An instruction.
#[derive(Debug, Clone)]
pub struct Instruction {
    /// Name in capitals.
    pub name: Word,
    /// The rest, joined lines with a blank between them.
    pub arguments: Word,
    /// Number of the stage, from 0; what stands before the first FROM has 0 too.
    pub stage: usize,
}

/// Reads a Dockerfile.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Vec<Instruction> {
    let mut found: Vec<Instruction> = Vec::new();
    let mut goes_on = false;
    let mut stage = 0;
    let mut has_from = false;
    let mut here: Option<String> = None;
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end_matches(['\n', '\r']);
        let body = line.trim();
        if let Some(end) = &here {
            if body == end {
                here = None;
            } else if let Some(last) = found.last_mut() {
                last.arguments.text.push('\n');
                last.arguments.text.push_str(body);
            }
            continue;
        }
        if body.starts_with('#') || body.is_empty() {
            continue;
        }
        let (content, continued) = body.strip_suffix('\\').map_or((body, false), |body| (body.trim_end(), true));
        let from = start + (line.len() - line.trim_start().len());
        if goes_on {
            if let Some(last) = found.last_mut() {
                last.arguments.text.push(' ');
                last.arguments.text.push_str(content);
                last.arguments.site = last.arguments.site.to(Site::new(file, from, from + content.len()));
            }
            goes_on = continued;
            continue;
        }
        let (name, rest) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
        let rest = rest.trim_start();
        let name = Word { text: name.to_uppercase(), site: Site::new(file, from, from + name.len()) };
        if name.text == "FROM" {
            if has_from {
                stage += 1;
            }
            has_from = true;
        }
        let begin = from + content.len() - rest.len();
        here = rest.split_once("<<").and_then(|(_, tag)| {
            let tag = tag.trim_start_matches('-').trim_matches(['"', '\'']);
            let word: String = tag.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
            (!word.is_empty() && matches!(name.text.as_str(), "RUN" | "COPY")).then_some(word)
        });
        found.push(Instruction {
            name,
            arguments: Word { text: rest.to_owned(), site: Site::new(file, begin, from + content.len()) },
            stage,
        });
        goes_on = continued;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_stages_and_joined_lines() {
        let text = "# x\nARG V=1\nFROM odoo:17.0 AS a\nRUN apt-get update \\\n  # c\n  && apt-get install -y x\nFROM a\nUSER odoo\n";
        let read = parse(FileId(0), text);
        let shown: Vec<String> =
            read.iter().map(|one| format!("{} {} {}", one.stage, one.name.text, one.arguments.text)).collect();
        assert_eq!(
            shown,
            [
                "0 ARG V=1",
                "0 FROM odoo:17.0 AS a",
                "0 RUN apt-get update && apt-get install -y x",
                "1 FROM a",
                "1 USER odoo"
            ]
        );
    }

    #[test]
    fn here_documents_are_no_instructions() {
        let read = parse(FileId(0), "FROM x\nRUN <<EOF\nUSER root\nEOF\nUSER odoo\n");
        assert_eq!(read.iter().filter(|one| one.name.text == "USER").count(), 1);
    }
}
