//! JavaScript files: the calls and assignments that rules look at, with what is known about their values.

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    AssignmentExpression, AssignmentTarget, CallExpression, Expression, NewExpression, TaggedTemplateExpression,
    VariableDeclaration,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};
use rustc_hash::FxHashSet;

use crate::source::{FileId, Range, SourceFile};

/// What an expression is, as far as a rule needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsValue {
    /// A literal, with its text.
    Literal(String),
    /// Text built with a value in it.
    Built(String),
    /// A function.
    Function(String),
    /// Anything else, with its source text.
    Other(String),
}

impl JsValue {
    /// Whether it holds only literals.
    #[must_use]
    pub const fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }

    /// The source text, or the text of the literal.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Literal(text) | Self::Built(text) | Self::Function(text) | Self::Other(text) => text,
        }
    }
}

/// One thing that happens in a script.
#[derive(Debug, Clone)]
pub enum JsEvent {
    /// A call or `new`: dotted name and arguments.
    Call {
        /// `this.$el.html`, `new Function`.
        callee: String,
        /// Arguments.
        arguments: Vec<JsValue>,
        /// Place.
        range: Range,
    },
    /// An assignment: dotted target and value.
    Assign {
        /// `el.innerHTML`.
        target: String,
        /// The value.
        value: JsValue,
        /// Place.
        range: Range,
    },
}

/// What was read from one file.
#[derive(Debug)]
pub struct Script {
    /// The file.
    pub file: FileId,
    /// Events in the order of the file.
    pub events: Vec<JsEvent>,
    /// Comments that may hold a marker.
    pub comments: Vec<Range>,
}

/// Why a script was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptProblem {
    /// A third-party library or a minified file.
    Vendored,
    /// Nested deeper than the limit, at this byte.
    Nesting(u32),
    /// Not JavaScript that the parser reads, at this byte.
    Syntax(u32, String),
}

const MAX_LINE: usize = 4_000;
const MAX_BRACKETS: usize = 300;
const MAX_CHAIN: usize = 3_000;

/// Reads a script.
///
/// # Errors
///
/// Libraries of others, and texts that cannot be parsed safely.
pub fn read(id: FileId, file: &SourceFile) -> Result<Script, ScriptProblem> {
    if is_vendored(file) {
        return Err(ScriptProblem::Vendored);
    }
    if let Some(offset) = too_deep(&file.text) {
        return Err(ScriptProblem::Nesting(offset));
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, &file.text, SourceType::mjs()).parse();
    if parsed.panicked {
        let reason =
            parsed.diagnostics.first().map_or_else(|| "not readable".to_owned(), |error| error.message.to_string());
        let offset =
            parsed.diagnostics.first().and_then(|error| error.labels.first().map(|label| label.offset())).unwrap_or(0);
        return Err(ScriptProblem::Syntax(offset, reason));
    }
    let mut visitor = Visitor { text: &file.text, events: Vec::new(), constants: FxHashSet::default() };
    visitor.visit_program(&parsed.program);
    let comments = parsed
        .program
        .comments
        .iter()
        .map(|comment| range(comment.span))
        .filter(|range| file.slice(*range).contains("castellan:"))
        .collect();
    Ok(Script { file: id, events: visitor.events, comments })
}

fn is_vendored(file: &SourceFile) -> bool {
    file.path.contains("/static/lib/")
        || file.path.contains("/static/src/lib/")
        || file.path.contains("/node_modules/")
        || file.name().ends_with(".min.js")
        || file.text.lines().any(|line| line.len() > MAX_LINE)
}

/// A bound on nesting, judged over characters; strings and comments count as what they hold, which errs on the safe side.
fn too_deep(text: &str) -> Option<u32> {
    let mut depth = 0usize;
    let mut chain = 0usize;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                chain += 1;
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' | b';' => chain = 0,
            b'\n' if !continues(bytes, at) => chain = 0,
            byte if is_operator(*byte) => chain += 1,
            _ => {}
        }
        if depth > MAX_BRACKETS || chain > MAX_CHAIN {
            return u32::try_from(at).ok();
        }
    }
    None
}

const fn is_operator(byte: u8) -> bool {
    matches!(
        byte,
        b'.' | b'+'
            | b'-'
            | b'!'
            | b'~'
            | b'?'
            | b':'
            | b'='
            | b'*'
            | b'/'
            | b'|'
            | b'&'
            | b'`'
            | b'<'
            | b'>'
            | b'%'
            | b'^'
    )
}

/// Whether an expression goes on over a line end: an operator stands before or after it.
fn continues(bytes: &[u8], at: usize) -> bool {
    let is_space = |byte: &&u8| byte.is_ascii_whitespace();
    let before = bytes[..at].iter().rev().take(200).find(|byte| !is_space(byte));
    let after = bytes[at..].iter().take(200).find(|byte| !is_space(byte));
    before.is_some_and(|byte| is_operator(*byte) || *byte == b'(') || after.is_some_and(|byte| is_operator(*byte))
}

fn range(span: Span) -> Range {
    Range { start: span.start, end: span.end }
}

struct Visitor<'t> {
    text: &'t str,
    events: Vec<JsEvent>,
    constants: FxHashSet<String>,
}

impl Visitor<'_> {
    fn source(&self, span: Span) -> String {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        text.chars().take(300).collect()
    }

    fn value(&self, expression: &Expression<'_>) -> JsValue {
        match expression {
            Expression::StringLiteral(literal) => JsValue::Literal(literal.value.to_string()),
            Expression::NumericLiteral(_) | Expression::BooleanLiteral(_) | Expression::NullLiteral(_) => {
                JsValue::Literal(self.source(expression.span()))
            }
            Expression::TemplateLiteral(template) => {
                if template.expressions.iter().all(|part| self.value(part).is_literal()) {
                    JsValue::Literal(self.source(template.span))
                } else {
                    JsValue::Built(self.source(template.span))
                }
            }
            Expression::BinaryExpression(sum) => {
                if self.value(&sum.left).is_literal() && self.value(&sum.right).is_literal() {
                    JsValue::Literal(self.source(sum.span))
                } else {
                    JsValue::Built(self.source(sum.span))
                }
            }
            Expression::ConditionalExpression(choice) => {
                if self.value(&choice.consequent).is_literal() && self.value(&choice.alternate).is_literal() {
                    JsValue::Literal(self.source(choice.span))
                } else {
                    JsValue::Other(self.source(choice.span))
                }
            }
            Expression::ParenthesizedExpression(inner) => self.value(&inner.expression),
            Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_) => {
                JsValue::Function(self.source_long(expression.span()))
            }
            Expression::Identifier(name) if self.constants.contains(name.name.as_str()) => {
                JsValue::Literal(name.name.to_string())
            }
            _ => JsValue::Other(self.source(expression.span())),
        }
    }

    fn source_long(&self, span: Span) -> String {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        text.chars().take(20_000).collect()
    }
}

fn dotted(expression: &Expression<'_>) -> String {
    match expression {
        Expression::Identifier(name) => name.name.to_string(),
        Expression::ThisExpression(_) => "this".to_owned(),
        Expression::StaticMemberExpression(member) => {
            let base = dotted(&member.object);
            if base.is_empty() { member.property.name.to_string() } else { format!("{base}.{}", member.property.name) }
        }
        Expression::CallExpression(call) => format!("{}()", dotted(&call.callee)),
        Expression::ParenthesizedExpression(inner) => dotted(&inner.expression),
        _ => String::new(),
    }
}

impl<'a> Visit<'a> for Visitor<'_> {
    fn visit_variable_declaration(&mut self, declaration: &VariableDeclaration<'a>) {
        for declarator in &declaration.declarations {
            if let (Some(name), Some(init)) = (declarator.id.get_identifier_name(), &declarator.init)
                && declaration.kind.is_const()
                && self.value(init).is_literal()
            {
                self.constants.insert(name.to_string());
            }
        }
        walk::walk_variable_declaration(self, declaration);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let arguments =
            call.arguments.iter().filter_map(|argument| argument.as_expression()).map(|value| self.value(value));
        let event =
            JsEvent::Call { callee: dotted(&call.callee), arguments: arguments.collect(), range: range(call.span) };
        self.events.push(event);
        walk::walk_call_expression(self, call);
    }

    fn visit_new_expression(&mut self, call: &NewExpression<'a>) {
        let arguments =
            call.arguments.iter().filter_map(|argument| argument.as_expression()).map(|value| self.value(value));
        let event = JsEvent::Call {
            callee: format!("new {}", dotted(&call.callee)),
            arguments: arguments.collect(),
            range: range(call.span),
        };
        self.events.push(event);
        walk::walk_new_expression(self, call);
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        let target = match &assignment.left {
            AssignmentTarget::StaticMemberExpression(member) => {
                format!("{}.{}", dotted(&member.object), member.property.name)
            }
            AssignmentTarget::AssignmentTargetIdentifier(name) => name.name.to_string(),
            _ => String::new(),
        };
        let value = self.value(&assignment.right);
        self.events.push(JsEvent::Assign { target, value, range: range(assignment.span) });
        walk::walk_assignment_expression(self, assignment);
    }

    fn visit_tagged_template_expression(&mut self, template: &TaggedTemplateExpression<'a>) {
        // markup`...${x}` escapes its values: nothing to note.
        walk::walk_tagged_template_expression(self, template);
    }
}
