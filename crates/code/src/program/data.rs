//! Data files: XML records, templates and views, and CSV tables, each with positions.

use castellan_model::{NotAssessed, NotAssessedKind, Position};
use roxmltree::{Document, Node, ParsingOptions};

use crate::source::{FileId, Range, SourceFile};

/// An attribute with the place of its value.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Name as written.
    pub name: String,
    /// Value, entities resolved.
    pub value: String,
    /// Place of the value, without the quotes.
    pub range: Range,
}

/// An element of a view or template that may matter to a rule.
#[derive(Debug, Clone)]
pub struct Element {
    /// Tag name.
    pub tag: String,
    /// Place of the start tag's name up to the end of its last attribute.
    pub range: Range,
    /// Attributes in the order of the file.
    pub attributes: Vec<Attribute>,
    /// Text directly inside, trimmed.
    pub text: String,
    /// Whether it lies in a `<script>`.
    pub in_script: bool,
    /// Groups that this element or one around it asks for.
    pub groups: String,
    /// XML id of the view or template.
    pub owner: String,
    /// The model of the view, if it is one.
    pub view_model: String,
    /// A client-side template.
    pub is_owl: bool,
}

impl Element {
    /// The attribute of this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The value of an attribute; empty when it is not there.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.attribute(name).map_or("", |attribute| attribute.value.as_str())
    }
}

/// A `<field>` of a record.
#[derive(Debug, Clone)]
pub struct RecordField {
    /// Name of the field.
    pub name: String,
    /// `ref` attribute.
    pub reference: Option<String>,
    /// `search` attribute.
    pub search: Option<String>,
    /// `eval` attribute with its place.
    pub eval: Option<(String, Range)>,
    /// Text inside, entities resolved.
    pub text: String,
    /// Place of the text inside, if there is any.
    pub content: Option<Range>,
    /// Place of the element.
    pub range: Range,
}

/// A `<record>`, a `<menuitem>`-like short form, or a `<function>`.
#[derive(Debug, Clone)]
pub struct Record {
    /// XML id as written; may lack the module.
    pub id: String,
    /// Model.
    pub model: String,
    /// Fields.
    pub fields: Vec<RecordField>,
    /// Whether it lies in a `noupdate` part.
    pub noupdate: bool,
    /// Place of the start tag.
    pub range: Range,
    /// For `<function>`: the name of the method.
    pub function: Option<String>,
}

impl Record {
    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&RecordField> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// `ref`, else the trimmed text, of a field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let field = self.field(name)?;
        Some(field.reference.as_deref().unwrap_or_else(|| field.text.trim()))
    }

    /// A truth value: `eval="True"`, `eval="1"`, text `1` or `True`.
    #[must_use]
    pub fn truth(&self, name: &str) -> Option<bool> {
        let field = self.field(name)?;
        let text = field.eval.as_ref().map_or(field.text.trim(), |(value, _)| value.trim());
        match text {
            "True" | "1" | "true" => Some(true),
            "False" | "0" | "false" | "None" | "" => Some(false),
            _ => None,
        }
    }
}

/// One XML file.
#[derive(Debug)]
pub struct XmlFile {
    /// The file.
    pub file: FileId,
    /// Records in the order of the file.
    pub records: Vec<Record>,
    /// Elements of views and templates.
    pub elements: Vec<Element>,
    /// Comments that may hold a marker.
    pub comments: Vec<Range>,
}

/// One CSV file: a header and rows with positions.
#[derive(Debug)]
pub struct CsvTable {
    /// The file.
    pub file: FileId,
    /// Model: the file name without its extension.
    pub model: String,
    /// Column names.
    pub header: Vec<String>,
    /// Rows: cells and place of the whole line.
    pub rows: Vec<(Vec<String>, Range)>,
}

const MAX_DEPTH: usize = 200;
const MAX_NODES: u32 = 2_000_000;

/// Reads an XML file.
///
/// # Errors
///
/// A note with line and column when it is not well-formed or breaks a limit.
pub fn read_xml(id: FileId, file: &SourceFile) -> Result<XmlFile, NotAssessed> {
    if let Some(offset) = too_deep(&file.text) {
        let at = file.position(offset);
        return Err(xml_note(file, NotAssessedKind::Nesting, at, "elements nested deeper than the limit"));
    }
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&file.text, options).map_err(|error| {
        let at = Position { line: error.pos().row, column: error.pos().col };
        let reason = error.to_string();
        let reason = reason.split(" at ").next().unwrap_or("not well-formed");
        xml_note(file, NotAssessedKind::Syntax, at, reason)
    })?;
    let mut out = XmlFile { file: id, records: Vec::new(), elements: Vec::new(), comments: Vec::new() };
    let root = document.root_element();
    let owl_file = file.path.contains("/static/");
    if root.has_tag_name("templates") || owl_file {
        for child in root.children().filter(Node::is_element) {
            let owner = attribute(&child, "t-name").unwrap_or_default();
            collect_elements(child, &owner, "", true, &mut out);
        }
    } else {
        read_container(root, false, &mut out, 0);
    }
    for node in document.descendants().filter(Node::is_comment) {
        if node.text().is_some_and(|text| text.contains("castellan:")) {
            out.comments.push(range(&node));
        }
    }
    Ok(out)
}

fn xml_note(file: &SourceFile, kind: NotAssessedKind, at: Position, reason: &str) -> NotAssessed {
    NotAssessed { path: file.path.clone(), kind, reason: format!("line {}, column {}: {reason}", at.line, at.column) }
}

/// A scan over `<` and `>` that bounds the depth before a tree is built.
fn too_deep(text: &str) -> Option<u32> {
    let mut depth = 0usize;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(open) = bytes[at..].iter().position(|byte| *byte == b'<').map(|found| at + found) {
        let rest = &text.as_bytes()[open..];
        if rest.starts_with(b"<!--") {
            at = find(bytes, open, b"-->");
        } else if rest.starts_with(b"<![CDATA[") {
            at = find(bytes, open, b"]]>");
        } else if rest.starts_with(b"<?") || rest.starts_with(b"<!") {
            at = open + 2;
        } else if rest.starts_with(b"</") {
            depth = depth.saturating_sub(1);
            at = open + 2;
        } else {
            let close = tag_end(bytes, open);
            if bytes.get(close.saturating_sub(1)) != Some(&b'/') {
                depth += 1;
            }
            if depth > MAX_DEPTH {
                return u32::try_from(open).ok();
            }
            at = close;
        }
        if at >= bytes.len() {
            break;
        }
    }
    None
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> usize {
    bytes[from..].windows(what.len()).position(|window| window == what).map_or(bytes.len(), |at| from + at + what.len())
}

/// Where a start tag ends, `>` inside quotes skipped.
fn tag_end(bytes: &[u8], open: usize) -> usize {
    let mut quote = 0u8;
    for (at, byte) in bytes.iter().enumerate().skip(open) {
        match *byte {
            b'"' | b'\'' if quote == 0 => quote = *byte,
            byte if byte == quote => quote = 0,
            b'>' if quote == 0 => return at,
            _ => {}
        }
    }
    bytes.len()
}

fn range(node: &Node<'_, '_>) -> Range {
    Range::new(node.range().start, node.range().end)
}

/// The start tag of an element: its name and attributes.
fn tag_range(node: &Node<'_, '_>) -> Range {
    let start = node.range().start;
    let end = node.attributes().next_back().map_or(start + 1 + node.tag_name().name().len(), |last| last.range().end);
    Range::new(start, end.max(start + 1))
}

fn attribute(node: &Node<'_, '_>, name: &str) -> Option<String> {
    node.attribute(name).map(str::to_owned)
}

fn read_container(node: Node<'_, '_>, noupdate: bool, out: &mut XmlFile, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    let noupdate = node.attribute("noupdate").map_or(noupdate, |value| matches!(value, "1" | "True" | "true"));
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "odoo" | "openerp" | "data" => read_container(child, noupdate, out, depth + 1),
            "record" => read_record(child, noupdate, out),
            "template" => {
                let owner = attribute(&child, "id").unwrap_or_default();
                collect_elements(child, &owner, "", false, out);
            }
            "function" => {
                let mut record = start_record(&child, noupdate);
                record.function = attribute(&child, "name");
                read_fields(child, &mut record);
                // `<value>` children and the `eval` of the function itself are arguments.
                if let Some(eval) = child.attribute_node("eval") {
                    record.fields.push(argument(&child, eval.value(), eval.range_value()));
                }
                for value in child.children().filter(|value| value.has_tag_name("value")) {
                    if let Some(eval) = value.attribute_node("eval") {
                        record.fields.push(argument(&value, eval.value(), eval.range_value()));
                    }
                }
                out.records.push(record);
            }
            "menuitem" | "act_window" | "report" | "delete" | "asset" => {
                let mut record = start_record(&child, noupdate);
                record.model = child.tag_name().name().to_owned();
                out.records.push(record);
            }
            // A bare view file (up to 8.0) or an unknown wrapper: look inside.
            _ => read_container(child, noupdate, out, depth + 1),
        }
    }
}

fn argument(node: &Node<'_, '_>, value: &str, at: std::ops::Range<usize>) -> RecordField {
    RecordField {
        name: String::new(),
        reference: None,
        search: None,
        eval: Some((value.to_owned(), Range::new(at.start, at.end))),
        text: String::new(),
        content: None,
        range: range(node),
    }
}

fn start_record(node: &Node<'_, '_>, noupdate: bool) -> Record {
    Record {
        id: attribute(node, "id").unwrap_or_default(),
        model: attribute(node, "model").unwrap_or_default(),
        fields: Vec::new(),
        noupdate,
        range: tag_range(node),
        function: None,
    }
}

/// Models whose records rules look at; of others, only fields with the name of a secret are kept.
fn is_judged(model: &str) -> bool {
    ["ir.", "res.users", "res.groups", "base.", "mail.", "payment", "auth", "fetchmail", "website", "function"]
        .iter()
        .any(|prefix| model.starts_with(prefix))
}

fn read_fields(node: Node<'_, '_>, record: &mut Record) {
    let kept = is_judged(&record.model);
    for field in node.children().filter(|child| child.has_tag_name("field")) {
        let name = field.attribute("name").unwrap_or_default();
        if !kept && !crate::rules::secrets::is_secret_name(name) {
            continue;
        }
        let eval = field.attribute_node("eval").map(|eval| {
            let at = eval.range_value();
            (eval.value().to_owned(), Range::new(at.start, at.end))
        });
        let text: String = field.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
        let content = match (field.first_child(), field.last_child()) {
            (Some(first), Some(last)) => Some(Range::new(first.range().start, last.range().end)),
            _ => None,
        };
        record.fields.push(RecordField {
            name: name.to_owned(),
            reference: attribute(&field, "ref"),
            search: attribute(&field, "search"),
            eval,
            text,
            content,
            range: range(&field),
        });
    }
}

fn read_record(node: Node<'_, '_>, noupdate: bool, out: &mut XmlFile) {
    let mut record = start_record(&node, noupdate);
    read_fields(node, &mut record);
    let view_model = record.value("model").unwrap_or_default().to_owned();
    for field in node.children().filter(|child| child.has_tag_name("field")) {
        let name = field.attribute("name").unwrap_or_default();
        if matches!(name, "arch" | "body_html" | "arch_base" | "arch_db")
            || matches!(field.attribute("type"), Some("xml" | "html"))
        {
            for child in field.children().filter(Node::is_element) {
                collect_elements(child, &record.id, &view_model, false, out);
            }
        }
    }
    out.records.push(record);
}

fn collect_elements(node: Node<'_, '_>, owner: &str, view_model: &str, is_owl: bool, out: &mut XmlFile) {
    let base = node.ancestors().count();
    let mut stack: Vec<(usize, String, String)> = Vec::new();
    for element in node.descendants().filter(Node::is_element) {
        let depth = element.ancestors().count() - base;
        stack.truncate(depth);
        let own_groups = element.attribute("groups").or_else(|| element.attribute("t-groups")).unwrap_or("");
        let above = stack.last().map_or("", |(_, _, groups)| groups.as_str());
        let groups = if own_groups.is_empty() { above.to_owned() } else { own_groups.to_owned() };
        let tag = element.tag_name().name().to_owned();
        if matters(&element) {
            let attributes = element
                .attributes()
                .map(|attribute| {
                    let at = attribute.range_value();
                    Attribute {
                        name: attribute.name().to_owned(),
                        value: attribute.value().to_owned(),
                        range: Range::new(at.start, at.end),
                    }
                })
                .collect();
            let text: String = element
                .children()
                .filter(Node::is_text)
                .filter_map(|child| child.text())
                .collect::<Vec<_>>()
                .join(" ")
                .trim()
                .to_owned();
            out.elements.push(Element {
                tag: tag.clone(),
                range: tag_range(&element),
                attributes,
                text,
                in_script: tag == "script" || stack.iter().any(|(_, above, _)| above == "script"),
                groups: groups.clone(),
                owner: owner.to_owned(),
                view_model: view_model.to_owned(),
                is_owl,
            });
        }
        stack.push((depth, tag, groups));
    }
}

/// Elements that no rule looks at are left out: most of a view is layout.
fn matters(element: &Node<'_, '_>) -> bool {
    matches!(
        element.tag_name().name(),
        "script" | "iframe" | "style" | "link" | "button" | "field" | "object" | "embed" | "form" | "input"
    ) || element.attributes().any(|attribute| {
        let name = attribute.name();
        name.starts_with("t-") && !matches!(name, "t-name" | "t-set")
            || name.starts_with("on")
            || matches!(name, "src" | "href" | "srcdoc" | "eval")
    })
}

/// Reads a CSV file; rows of the wrong width keep the cells that they have.
///
/// # Errors
///
/// A note with the line when the file cannot be read as CSV.
pub fn read_csv(id: FileId, file: &SourceFile) -> Result<CsvTable, NotAssessed> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.text.as_bytes());
    let model = file.name().strip_suffix(".csv").unwrap_or(file.name()).to_owned();
    let mut table = CsvTable { file: id, model, header: Vec::new(), rows: Vec::new() };
    let holds_access = matches!(table.model.as_str(), "ir.model.access" | "ir.access");
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let start = record.position().map_or(0, csv::Position::byte) as usize;
                let end = (reader.position().byte() as usize).min(file.text.len());
                // The reader's position may point at the line end before the record.
                let skipped = file.text.get(start..end).map_or(0, |text| text.len() - text.trim_start().len());
                let length = file.text.get(start + skipped..end).map_or(0, |text| text.trim_end().len());
                let range = Range::new(start + skipped, start + skipped + length);
                let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
                if table.header.is_empty() {
                    table.header = cells;
                } else if !holds_access {
                    // Countries, tax codes, accounts: read for their errors, kept by nobody.
                } else if cells.iter().any(|cell| !cell.is_empty()) {
                    table.rows.push((cells, range));
                }
            }
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                return Err(NotAssessed {
                    path: file.path.clone(),
                    kind: NotAssessedKind::Syntax,
                    reason: format!("line {line}: not a readable CSV record"),
                });
            }
        }
    }
    Ok(table)
}

impl CsvTable {
    /// The cell of a column in a row.
    #[must_use]
    pub fn cell<'t>(&self, row: &'t [String], column: &str) -> Option<&'t str> {
        let at = self.header.iter().position(|name| name == column)?;
        row.get(at).map(String::as_str)
    }
}
