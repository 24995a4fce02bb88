//! Code inside data files: server actions, jobs, automations, `eval`, domains, contexts and `t-*` expressions.

use super::data::{Element, Record, XmlFile};
use super::units::UnitKind;
use crate::source::{FileId, Range, SourceFile};

/// A piece of code with its way back to the file.
pub(super) struct Fragment {
    pub file: FileId,
    pub kind: UnitKind,
    pub code: String,
    pub offsets: Vec<(u32, u32)>,
}

/// Fields that hold statements, by model.
fn holds_code(model: &str, field: &str) -> bool {
    match field {
        "code" => matches!(model, "ir.actions.server" | "ir.cron" | "base.automation" | "base.action.rule"),
        _ => false,
    }
}

pub(super) fn fragments<'f>(xml: &'f XmlFile, files: &'f [SourceFile]) -> Vec<Fragment> {
    let file = &files[xml.file.0 as usize];
    let mut out = Vec::new();
    for record in &xml.records {
        code_fields(record, file, xml.file, &mut out);
    }
    for element in &xml.elements {
        expressions(element, file, xml.file, &mut out);
    }
    out
}

fn code_fields(record: &Record, file: &SourceFile, id: FileId, out: &mut Vec<Fragment>) {
    for field in &record.fields {
        if holds_code(&record.model, &field.name)
            && let Some(range) = field.content
        {
            out.push(statements(file, id, range));
        }
        // Expressions that the server evaluates later, kept as text.
        let later = matches!(
            field.name.as_str(),
            "print_report_name"
                | "attachment"
                | "filter_domain"
                | "filter_pre_domain"
                | "domain_force"
                | "domain"
                | "context"
        ) && (record.model.starts_with("ir.") || record.model == "base.automation");
        if let (true, Some(range)) = (later && has_call(&field.text), field.content) {
            out.push(expression(file, id, range));
        }
        if let Some((value, range)) = &field.eval
            && has_call(value)
        {
            out.push(expression(file, id, *range));
        }
    }
}

fn expressions(element: &Element, file: &SourceFile, id: FileId, out: &mut Vec<Fragment>) {
    for attribute in &element.attributes {
        let holds_expression = match attribute.name.as_str() {
            "t-esc" | "t-out" | "t-raw" | "t-value" | "t-if" | "t-elif" | "t-foreach" | "eval" | "domain"
            | "context" => true,
            name => name.starts_with("t-att-"),
        };
        // Only calls can be wrong by themselves; names and attributes are judged by the template rules.
        if holds_expression && has_call(&attribute.value) && !element.is_owl {
            out.push(expression(file, id, attribute.range));
        }
    }
}

/// Whether an expression calls something: a bracket right behind a name. The tuples of a domain are no calls.
fn has_call(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair[1] == b'(' && (pair[0].is_ascii_alphanumeric() || pair[0] == b'_'))
}

/// Decodes the text of a range of XML, keeping the way back for every run of unchanged bytes.
fn decode(file: &SourceFile, range: Range) -> (String, Vec<(u32, u32)>) {
    let raw = file.slice(range);
    let mut code = String::with_capacity(raw.len());
    let mut offsets = vec![(0, range.start)];
    let mut at = 0;
    while at < raw.len() {
        let rest = &raw[at..];
        if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            let end = inner.find("]]>").unwrap_or(inner.len());
            note(&mut offsets, code.len(), range.start, at + 9);
            code.push_str(&inner[..end]);
            at += 9 + end + 3;
            note(&mut offsets, code.len(), range.start, at.min(raw.len()));
        } else if rest.starts_with("<!--") {
            at += rest.find("-->").map_or(rest.len(), |end| end + 3);
            note(&mut offsets, code.len(), range.start, at);
        } else if rest.starts_with('&') {
            let end = rest.find(';').unwrap_or(0);
            let char = entity(rest.get(1..end.max(1)).unwrap_or(""));
            match char {
                Some(char) => {
                    code.push(char);
                    at += end + 1;
                    note(&mut offsets, code.len(), range.start, at);
                }
                None => {
                    code.push('&');
                    at += 1;
                }
            }
        } else {
            let step = rest.chars().next().map_or(1, char::len_utf8);
            code.push_str(&rest[..step]);
            at += step;
        }
    }
    (code, offsets)
}

fn note(offsets: &mut Vec<(u32, u32)>, code: usize, start: u32, at: usize) {
    let to = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    offsets.push((to(code), start + to(at)));
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = number
                .strip_prefix(['x', 'X'])
                .map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())?;
            char::from_u32(code)
        }
    }
}

fn statements(file: &SourceFile, id: FileId, range: Range) -> Fragment {
    let (code, offsets) = decode(file, range);
    let (code, offsets) = dedent(&code, &offsets);
    Fragment { file: id, kind: UnitKind::ActionCode, code, offsets }
}

fn expression(file: &SourceFile, id: FileId, range: Range) -> Fragment {
    let (code, offsets) = decode(file, range);
    // White space around an expression would be read as indentation; new lines inside need brackets.
    let lead = code.len() - code.trim_start().len();
    let trimmed = code.trim();
    let wrapped = format!("({trimmed})");
    let shift = |(at, to): &(u32, u32)| {
        let lead = u32::try_from(lead).unwrap_or(0);
        (at.saturating_sub(lead) + 1, to + lead.saturating_sub(*at))
    };
    let mut offsets: Vec<_> = offsets.iter().map(shift).collect();
    offsets.insert(0, (0, offsets.first().map_or(range.start, |pair| pair.1)));
    Fragment { file: id, kind: UnitKind::Expression, code: wrapped, offsets }
}

/// Removes the indentation that all lines share, as people indent code with the XML around it.
fn dedent(code: &str, offsets: &[(u32, u32)]) -> (String, Vec<(u32, u32)>) {
    let indent = code
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    let map = |offset: usize| {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        let at = offsets.partition_point(|(code, _)| *code <= offset);
        offsets.get(at.saturating_sub(1)).map_or(offset, |(code, file)| file + (offset - code))
    };
    let mut out = String::with_capacity(code.len());
    let mut pairs = Vec::new();
    let mut at = 0;
    for line in code.split_inclusive('\n') {
        let cut = if line.trim().is_empty() { 0 } else { indent };
        pairs.push((u32::try_from(out.len()).unwrap_or(u32::MAX), map(at + cut)));
        // Changes of the map inside the line are kept too.
        for (from, to) in offsets {
            let from = *from as usize;
            if from > at + cut && from < at + line.len() {
                pairs.push((u32::try_from(out.len() + from - at - cut).unwrap_or(u32::MAX), *to));
            }
        }
        out.push_str(&line[cut..]);
        at += line.len();
    }
    (out, pairs)
}
