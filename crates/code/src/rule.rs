//! What a rule is: fixed facts, a page, and a pure check for exactly one kind of input.

use castellan_model::{Confidence, Reach, Severity};

use crate::flow::{CallView, Flow, Sink, Summary};
use crate::javascript::Script;
use crate::program::{AccessRow, Class, Element, Field, Function, FunctionId, Program, Record, RecordRule, Route};
use crate::source::{FileId, ModuleId, Range, Site};

/// A rule: what the registry holds.
pub type Rule = castellan_model::Rule<Check>;

/// The check of a rule, by its kind of input. Every check is a pure function.
pub enum Check {
    /// A flow into one of the sinks. The first rule of the registry that answers claims the flow.
    Flow(&'static [Sink], fn(&Flow<'_>) -> Option<Report>),
    /// A call of one of these names, arguments evaluated. No names: every call.
    Call(&'static [&'static str], fn(&CallView<'_, '_>) -> Option<Report>),
    /// A function or method.
    Function(fn(&FunctionView<'_>, &mut Vec<Report>)),
    /// A route.
    Route(fn(&RouteView<'_>) -> Option<Report>),
    /// A class.
    Class(fn(&ClassView<'_>, &mut Vec<Report>)),
    /// A field of a model.
    Field(fn(&FieldView<'_>) -> Option<Report>),
    /// An access row.
    Access(fn(&Program<'_>, &AccessRow) -> Option<Report>),
    /// A record rule.
    RecordRule(fn(&Program<'_>, &RecordRule) -> Option<Report>),
    /// A record of a data file.
    Record(fn(&RecordView<'_>, &mut Vec<Report>)),
    /// An element of a view or template.
    Element(fn(&ElementView<'_>) -> Option<Report>),
    /// A JavaScript file.
    Script(fn(&ScriptView<'_>, &mut Vec<Report>)),
    /// A module: its manifest and files.
    Module(fn(&Program<'_>, ModuleId, &mut Vec<Report>)),
    /// The engine itself reports it.
    Engine,
}

/// A function with its place in the program.
pub struct FunctionView<'v> {
    /// The program.
    pub program: &'v Program<'v>,
    /// Its id.
    pub id: FunctionId,
    /// The function.
    pub function: &'v Function<'v>,
    /// What it does, callees included.
    pub summary: &'v Summary,
}

impl FunctionView<'_> {
    /// The place of a node.
    #[must_use]
    pub fn site(&self, node: &impl ruff_text_size::Ranged) -> Site {
        self.program.site(self.function.unit, node)
    }
}

/// A route with its function.
pub struct RouteView<'v> {
    /// The program.
    pub program: &'v Program<'v>,
    /// The function.
    pub function: &'v Function<'v>,
    /// Its id.
    pub id: FunctionId,
    /// Merged settings.
    pub route: &'v Route<'v>,
    /// What the function does, callees included.
    pub summary: &'v Summary,
}

impl RouteView<'_> {
    /// The place of the decorator.
    #[must_use]
    pub fn site(&self) -> Site {
        self.program.site(self.function.unit, self.route.decorator)
    }

    /// The first path, for messages.
    #[must_use]
    pub fn path(&self) -> &str {
        self.route.paths.first().copied().unwrap_or(self.function.name.as_str())
    }
}

/// A class with its place in the program.
pub struct ClassView<'v> {
    /// The program.
    pub program: &'v Program<'v>,
    /// The class.
    pub class: &'v Class<'v>,
}

impl ClassView<'_> {
    /// The place of a node.
    #[must_use]
    pub fn site(&self, node: &impl ruff_text_size::Ranged) -> Site {
        self.program.site(self.class.unit, node)
    }
}

/// A field with its class.
pub struct FieldView<'v> {
    /// The program.
    pub program: &'v Program<'v>,
    /// The class.
    pub class: &'v Class<'v>,
    /// The field.
    pub field: &'v Field<'v>,
}

impl FieldView<'_> {
    /// The place of a node.
    #[must_use]
    pub fn site(&self, node: &impl ruff_text_size::Ranged) -> Site {
        self.program.site(self.class.unit, node)
    }
}

impl<'v> FieldView<'v> {
    /// A keyword of the field, merged over all classes of the model.
    #[must_use]
    pub fn merged(&self, keyword: &str) -> Option<&'v ruff_python_ast::Expr> {
        match self.class.model {
            Some(model) => self.program.field_keyword(model, self.field.name, keyword),
            None => self.field.keyword(keyword),
        }
    }

    /// A truth value of the field, merged over all classes of the model.
    #[must_use]
    pub fn merged_truth(&self, keyword: &str) -> Option<bool> {
        self.merged(keyword).and_then(crate::python::boolean)
    }
}

/// A record with its file.
pub struct RecordView<'v> {
    /// The program.
    pub program: &'v Program<'v>,
    /// The file.
    pub file: FileId,
    /// The record.
    pub record: &'v Record,
}

impl RecordView<'_> {
    /// A place in the file.
    #[must_use]
    pub fn site(&self, range: Range) -> Site {
        Site { file: self.file, range }
    }

    /// The record's id with its module.
    #[must_use]
    pub fn full_id(&self) -> String {
        let module = self.program.module_of(self.file).map_or("", |module| module.name.as_str());
        if self.record.id.contains('.') || module.is_empty() {
            self.record.id.clone()
        } else {
            format!("{module}.{}", self.record.id)
        }
    }
}

/// An element with its file.
pub struct ElementView<'v> {
    /// The program.
    pub program: &'v Program<'v>,
    /// The file.
    pub file: FileId,
    /// The element.
    pub element: &'v Element,
}

impl ElementView<'_> {
    /// A place in the file.
    #[must_use]
    pub fn site(&self, range: Range) -> Site {
        Site { file: self.file, range }
    }
}

/// A JavaScript file with what was read from it.
pub struct ScriptView<'v> {
    /// The program.
    pub program: &'v Program<'v>,
    /// The script.
    pub script: &'v Script,
}

impl ScriptView<'_> {
    /// A place in the file.
    #[must_use]
    pub fn site(&self, range: Range) -> Site {
        Site { file: self.script.file, range }
    }
}

/// What a check says. Reasons and repair come from the rule's page.
#[derive(Debug, Clone)]
pub struct Report {
    /// Where.
    pub site: Option<Site>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Severity, when it differs from the rule's.
    pub severity: Option<Severity>,
    /// Confidence, when it differs from the rule's.
    pub confidence: Option<Confidence>,
    /// Other places that belong to it.
    pub related: Vec<(Site, String)>,
    /// Bytes that must not be shown.
    pub masks: Vec<Range>,
    /// Who can use it without anything else, where that is known.
    pub reach: Option<Reach>,
}

impl Report {
    /// A report at the place that the engine looks at: the sink of a flow, the call.
    #[must_use]
    pub fn here(message: impl Into<String>) -> Self {
        Self {
            site: None,
            message: message.into(),
            severity: None,
            confidence: None,
            related: Vec::new(),
            masks: Vec::new(),
            reach: None,
        }
    }

    /// A report at a place.
    #[must_use]
    pub fn at(site: Site, message: impl Into<String>) -> Self {
        Self { site: Some(site), ..Self::here(message) }
    }

    /// With another severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// With another confidence.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = Some(confidence);
        self
    }

    /// With one more place.
    #[must_use]
    pub fn related(mut self, site: Site, message: impl Into<String>) -> Self {
        self.related.push((site, message.into()));
        self
    }

    /// With bytes that must not be shown.
    #[must_use]
    pub fn mask(mut self, range: Range) -> Self {
        self.masks.push(range);
        self
    }
}
