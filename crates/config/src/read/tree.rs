//! YAML, JSON and TOML as one tree with places. JSON is read as the YAML that it is.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::source::{FileId, Problem, Site, Word};

/// Nodes of one document at most, aliases expanded: an alias bomb stops here.
const MAX_NODES: usize = 200_000;
const MAX_DEPTH: usize = 128;

/// A node.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where.
    pub site: Site,
}

/// What a node is.
#[derive(Debug, Clone)]
pub enum Value {
    /// Keys with values, in order.
    Map(Vec<(Word, Node)>),
    /// Items.
    List(Vec<Node>),
    /// A text, number or truth value as written, without quotes.
    Scalar(String),
    /// Nothing.
    Null,
}

impl Node {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().rfind(|(name, _)| name.text == key).map(|(_, node)| node)
    }

    /// The value below several keys.
    #[must_use]
    pub fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Keys with values; empty for anything but a map.
    #[must_use]
    pub fn entries(&self) -> &[(Word, Self)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// Items; empty for anything but a list.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// Text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Value::Scalar(text) = &self.value { Some(text) } else { None }
    }

    /// Text of a scalar with its place.
    #[must_use]
    pub fn word(&self) -> Option<Word> {
        self.text().map(|text| Word { text: text.to_owned(), site: self.site })
    }

    /// A scalar, or the scalars of a list.
    #[must_use]
    pub fn words(&self) -> Vec<Word> {
        match &self.value {
            Value::List(items) => items.iter().filter_map(Self::word).collect(),
            _ => self.word().into_iter().collect(),
        }
    }

    /// A truth value of YAML 1.1, as compose and Docker read it.
    #[must_use]
    pub fn truth(&self) -> Option<bool> {
        match self.text()?.to_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        }
    }
}

/// Reads the first YAML document. A mistake gives what was read before it, and the problem.
#[must_use]
pub fn yaml(file: FileId, text: &str) -> (Option<Node>, Vec<Problem>) {
    let mut builder = Builder { stack: Vec::new(), anchors: HashMap::new(), count: 0, root: None };
    let mut problems = Vec::new();
    // The parser counts characters.
    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect();
    let byte = |index: usize| offsets.get(index).copied().unwrap_or(text.len());
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                let site = Site::new(file, byte(span.start.index()), byte(span.end.index()));
                match builder.event(event, site) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(message) => {
                        problems.push(Problem { range: site.range, message: message.into() });
                        break;
                    }
                }
            }
            Err(error) => {
                let at = byte(error.marker().index());
                problems.push(Problem::new(at, at, error.info()));
                break;
            }
        }
    }
    while builder.stack.len() > 1 {
        builder.end();
    }
    builder.end();
    (builder.root, problems)
}

enum Open {
    Map { anchor: usize, site: Site, entries: Vec<(Word, Node)>, key: Option<Word> },
    List { anchor: usize, site: Site, items: Vec<Node> },
}

struct Builder {
    stack: Vec<Open>,
    anchors: HashMap<usize, Node>,
    count: usize,
    root: Option<Node>,
}

impl Builder {
    /// `false` when the first document is complete.
    fn event(&mut self, event: Event<'_>, site: Site) -> Result<bool, &'static str> {
        self.count += 1;
        if self.count > MAX_NODES {
            return Err("too many nodes");
        }
        if self.stack.len() > MAX_DEPTH {
            return Err("nested too deep");
        }
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if is_null { Value::Null } else { Value::Scalar(text.into_owned()) };
                self.put(Node { value, site }, anchor);
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned().unwrap_or(Node { value: Value::Null, site });
                self.count += size(&node);
                if self.count > MAX_NODES {
                    return Err("too many nodes behind aliases");
                }
                self.put(node, 0);
            }
            Event::SequenceStart(anchor, _) => self.stack.push(Open::List { anchor, site, items: Vec::new() }),
            Event::MappingStart(anchor, _) => {
                self.stack.push(Open::Map { anchor, site, entries: Vec::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::DocumentEnd => return Ok(false),
            _ => {}
        }
        Ok(true)
    }

    fn put(&mut self, node: Node, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.stack.last_mut() {
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => match key.take() {
                None => {
                    let text = node.text().unwrap_or_default().to_owned();
                    *key = Some(Word { text, site: node.site });
                }
                Some(key) if key.text == "<<" => merge(entries, node),
                Some(key) => entries.push((key, node)),
            },
            None => self.root = Some(node),
        }
    }

    fn end(&mut self) {
        match self.stack.pop() {
            Some(Open::Map { anchor, site, entries, key }) => {
                let mut entries = entries;
                if let Some(key) = key {
                    let site = key.site;
                    entries.push((key, Node { value: Value::Null, site }));
                }
                let site = entries.last().map_or(site, |(_, last)| {
                    if last.site.range.end >= site.range.start { site.to(last.site) } else { site }
                });
                self.put(Node { value: Value::Map(entries), site }, anchor);
            }
            Some(Open::List { anchor, site, items }) => {
                let site = items.last().map_or(site, |last| {
                    if last.site.range.end >= site.range.start { site.to(last.site) } else { site }
                });
                self.put(Node { value: Value::List(items), site }, anchor);
            }
            None => {}
        }
    }
}

/// `<<: *base`: keys that are there already win.
fn merge(entries: &mut Vec<(Word, Node)>, node: Node) {
    match node.value {
        Value::Map(others) => {
            for (key, value) in others.into_iter().rev() {
                if !entries.iter().any(|(own, _)| own.text == key.text) {
                    entries.insert(0, (key, value));
                }
            }
        }
        Value::List(nodes) => nodes.into_iter().for_each(|node| merge(entries, node)),
        _ => {}
    }
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::Map(entries) => 1 + entries.iter().map(|(_, node)| 1 + size(node)).sum::<usize>(),
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// Reads a TOML document.
#[must_use]
pub fn toml(file: FileId, text: &str) -> (Option<Node>, Vec<Problem>) {
    let (table, errors) = toml::de::DeTable::parse_recoverable(text);
    let problems = errors
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            Problem::new(span.start, span.end, error.message())
        })
        .collect();
    let span = table.span();
    let root = toml_table(file, table.get_ref(), Site::new(file, span.start, span.end), 0);
    (Some(root), problems)
}

fn toml_table(file: FileId, table: &toml::de::DeTable<'_>, site: Site, depth: usize) -> Node {
    let entries = table
        .iter()
        .map(|(key, value)| {
            let span = key.span();
            let key = Word { text: key.get_ref().to_string(), site: Site::new(file, span.start, span.end) };
            (key, toml_value(file, value, depth + 1))
        })
        .collect();
    Node { value: Value::Map(entries), site }
}

fn toml_value(file: FileId, value: &toml::Spanned<toml::de::DeValue<'_>>, depth: usize) -> Node {
    use toml::de::DeValue;
    let span = value.span();
    let site = Site::new(file, span.start, span.end);
    let value = match value.get_ref() {
        _ if depth > MAX_DEPTH => Value::Null,
        DeValue::Table(table) => return toml_table(file, table, site, depth),
        DeValue::Array(items) => Value::List(items.iter().map(|item| toml_value(file, item, depth + 1)).collect()),
        DeValue::String(text) => Value::Scalar(text.to_string()),
        DeValue::Boolean(truth) => Value::Scalar(truth.to_string()),
        DeValue::Integer(number) => Value::Scalar(number.as_str().to_owned()),
        DeValue::Float(number) => Value::Scalar(number.as_str().to_owned()),
        DeValue::Datetime(time) => Value::Scalar(time.to_string()),
    };
    Node { value, site }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_keeps_places_and_merges() {
        let text =
            "x: &base\n  restart: always\nservices:\n  é:\n    <<: *base\n    ports: [\"8069:8069\", 80]\n    empty:\n";
        let (root, problems) = yaml(FileId(0), text);
        assert!(problems.is_empty(), "{problems:?}");
        let root = root.unwrap();
        let service = root.at(&["services", "é"]).unwrap();
        assert_eq!(service.get("restart").unwrap().text(), Some("always"));
        let ports = service.get("ports").unwrap();
        assert_eq!(text.get(ports.items()[0].site.range.as_usize()), Some("\"8069:8069\""));
        assert!(matches!(service.get("empty").unwrap().value, Value::Null));
    }

    #[test]
    fn json_is_yaml() {
        let (root, problems) = yaml(FileId(0), "{\"apps\": {\"http\": [1, true, null, \"a\\u0041\"]}}");
        assert!(problems.is_empty());
        assert_eq!(root.unwrap().at(&["apps", "http"]).unwrap().items()[3].text(), Some("aA"));
    }

    #[test]
    fn bombs_and_mistakes_stop_early() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let items = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{items}]\n"));
        }
        let (_, problems) = yaml(FileId(0), &bomb);
        assert!(problems[0].message.contains("too many"));
        let (root, problems) = yaml(FileId(0), "a: 1\nb: [1, 2\nc: }\n");
        assert!(!problems.is_empty());
        assert_eq!(root.unwrap().get("a").unwrap().text(), Some("1"));
        let deep = "[".repeat(5000);
        assert!(!yaml(FileId(0), &deep).1.is_empty());
    }

    #[test]
    fn toml_gives_the_same_tree() {
        let (root, problems) = toml(FileId(0), "[http.routers.a]\nrule = \"Host(`x`)\"\nport = 80\n");
        assert!(problems.is_empty());
        assert_eq!(root.unwrap().at(&["http", "routers", "a", "rule"]).unwrap().text(), Some("Host(`x`)"));
    }
}
