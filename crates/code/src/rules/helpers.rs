//! Small questions that several rules ask.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, ExprCompare, Stmt, UnaryOp};

use crate::flow::{SourceKind, entry_source};
use crate::program::{Auth, Role, UnitKind};
use crate::python;
use crate::rule::FunctionView;

/// Whether a client can run the function: a route, or a public method of a model.
#[must_use]
pub fn is_client_callable(view: &FunctionView<'_>) -> bool {
    let unit = view.program.unit(view.function.unit);
    if unit.role != Role::Server || unit.kind != UnitKind::File {
        return false;
    }
    if let Some(route) = &view.function.route {
        return !matches!(route.auth, Auth::Bearer);
    }
    let Some(class) = view.function.class.map(|class| view.program.class(class)) else { return false };
    class.kind.is_model()
        && crate::flow::is_rpc_method(view.function)
        && !view.function.is_field_hook
        && (view.function.parameters.len() < 2
            || matches!(entry_source(view.program, view.id, 1), Some(SourceKind::Rpc | SourceKind::Values)))
}

struct Calls<'a>(Vec<&'a ExprCall>);

impl<'a> Visitor<'a> for Calls<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            self.0.push(call);
        }
        walk_expr(self, expression);
    }
}

/// Every call in some statements, nested functions included.
#[must_use]
pub fn calls_in(body: &[Stmt]) -> Vec<&ExprCall> {
    let mut calls = Calls(Vec::new());
    body.iter().for_each(|statement| calls.visit_stmt(statement));
    calls.0
}

/// Every call in an expression.
#[must_use]
pub fn calls_within(expression: &Expr) -> Vec<&ExprCall> {
    let mut calls = Calls(Vec::new());
    calls.visit_expr(expression);
    calls.0
}

struct Statements<'a>(Vec<&'a Stmt>);

impl<'a> Visitor<'a> for Statements<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.0.push(statement);
        if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// Every statement, nested functions and classes left out.
#[must_use]
pub fn statements_in(body: &[Stmt]) -> Vec<&Stmt> {
    let mut statements = Statements(Vec::new());
    body.iter().for_each(|statement| statements.visit_stmt(statement));
    statements.0
}

/// The values of the `return` statements.
#[must_use]
pub fn returns_in(body: &[Stmt]) -> Vec<&Expr> {
    statements_in(body)
        .into_iter()
        .filter_map(|statement| match statement {
            Stmt::Return(result) => result.value.as_deref(),
            _ => None,
        })
        .collect()
}

/// `self.env.cr.execute`, `cr.execute`, `self._cr.execute`.
#[must_use]
pub fn is_cursor_method(call: &ExprCall, method: &str) -> bool {
    match &*call.func {
        Expr::Attribute(attribute) => {
            attribute.attr.as_str() == method
                && matches!(python::last_name(&attribute.value), Some("cr" | "_cr" | "cursor" | "cur"))
        }
        _ => false,
    }
}

struct Comparisons<'a>(Vec<&'a ExprCompare>);

impl<'a> Visitor<'a> for Comparisons<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Compare(compare) = expression {
            self.0.push(compare);
        }
        walk_expr(self, expression);
    }
}

/// Every comparison in some statements.
#[must_use]
pub fn comparisons_in(body: &[Stmt]) -> Vec<&ExprCompare> {
    let mut comparisons = Comparisons(Vec::new());
    body.iter().for_each(|statement| comparisons.visit_stmt(statement));
    comparisons.0
}

struct Tests<'a>(Vec<&'a Expr>);

impl<'a> Visitor<'a> for Tests<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::If(branch) => {
                self.0.push(&branch.test);
                self.0.extend(branch.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref()));
            }
            Stmt::While(repeat) => self.0.push(&repeat.test),
            Stmt::Assert(assert) => self.0.push(&assert.test),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// The conditions of `if`, `while` and `assert`.
#[must_use]
pub fn tests_in(body: &[Stmt]) -> Vec<&Expr> {
    let mut tests = Tests(Vec::new());
    body.iter().for_each(|statement| tests.visit_stmt(statement));
    tests.0
}

/// Whether some condition asks whether a variable is empty.
#[must_use]
pub fn checks_truth(body: &[Stmt], name: &str) -> bool {
    fn asks(test: &Expr, name: &str) -> bool {
        match test {
            Expr::Name(own) => own.id.as_str() == name,
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => asks(&unary.operand, name),
            Expr::BoolOp(operation) => operation.values.iter().any(|value| asks(value, name)),
            _ => false,
        }
    }
    tests_in(body).into_iter().any(|test| asks(test, name))
}

struct Mentions<'n>(&'n str, bool);

impl<'a> Visitor<'a> for Mentions<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Attribute(attribute) = expression {
            self.1 |= attribute.attr.as_str() == self.0;
        }
        walk_expr(self, expression);
    }
}

/// Whether an attribute of this name is read.
#[must_use]
pub fn mentions(body: &[Stmt], attribute: &str) -> bool {
    let mut mentions = Mentions(attribute, false);
    body.iter().for_each(|statement| mentions.visit_stmt(statement));
    mentions.1
}

/// `SUPERUSER_ID`, `odoo.SUPERUSER_ID`, 1.
#[must_use]
pub fn is_superuser(expression: &Expr) -> bool {
    python::last_name(expression) == Some("SUPERUSER_ID") || python::integer(expression) == Some(1)
}

/// `self.sudo()`.
#[must_use]
pub fn is_sudo_of_self(expression: &Expr) -> bool {
    let Expr::Call(call) = expression else { return false };
    let Expr::Attribute(attribute) = &*call.func else { return false };
    let on_self = match &*attribute.value {
        Expr::Name(name) => name.id.as_str() == "self",
        Expr::Call(_) => is_sudo_of_self(&attribute.value),
        _ => false,
    };
    attribute.attr.as_str() == "sudo" && on_self
}

/// Every comparison in an expression.
#[must_use]
pub fn comparisons_within(expression: &Expr) -> Vec<&ExprCompare> {
    let mut comparisons = Comparisons(Vec::new());
    comparisons.visit_expr(expression);
    comparisons.0
}

struct Strings<'a>(Vec<(&'a str, &'a Expr)>);

impl<'a> Visitor<'a> for Strings<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Some(text) = python::string(expression) {
            self.0.push((text, expression));
        }
        walk_expr(self, expression);
    }
}

/// Every text literal in an expression.
#[must_use]
pub fn strings_within(expression: &Expr) -> Vec<(&str, &Expr)> {
    let mut strings = Strings(Vec::new());
    strings.visit_expr(expression);
    strings.0
}

/// The place of the text literal in a comparison, to be masked.
#[must_use]
pub fn literal_range(view: &FunctionView<'_>, compare: &ExprCompare) -> crate::source::Range {
    let sides = compare.comparators.iter().chain([&*compare.left]);
    let literal = sides.into_iter().find(|side| python::string(side).is_some());
    literal.map_or(view.site(compare).range, |side| view.site(side).range)
}

/// The key of `self.env.context.get('key')` or `self._context.get('key')` in a condition.
#[must_use]
pub fn context_key(test: &Expr) -> Option<(&str, &ExprCall)> {
    calls_within(test).into_iter().find_map(|call| {
        let Expr::Attribute(attribute) = &*call.func else { return None };
        let on_context = matches!(python::last_name(&attribute.value), Some("context" | "_context"));
        let key = call.arguments.args.first().and_then(python::string)?;
        (on_context && attribute.attr.as_str() == "get").then_some((key, call))
    })
}

struct Names<'a>(Vec<&'a str>);

impl<'a> Visitor<'a> for Names<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => self.0.push(name.id.as_str()),
            Expr::Attribute(attribute) => self.0.push(attribute.attr.as_str()),
            // What a call makes of its arguments is another thing than they are.
            Expr::Call(call) => {
                if let Expr::Attribute(attribute) = &*call.func
                    && matches!(attribute.attr.as_str(), "format" | "join" | "get")
                {
                    call.arguments.args.iter().for_each(|argument| self.visit_expr(argument));
                }
                return;
            }
            Expr::Compare(_) | Expr::StringLiteral(_) => return,
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// Names of variables and attributes whose values an expression shows.
#[must_use]
pub fn names_within(expression: &Expr) -> Vec<&str> {
    let mut names = Names(Vec::new());
    names.visit_expr(expression);
    names.0
}

struct Keys<'a>(Vec<&'a str>);

impl<'a> Visitor<'a> for Keys<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Dict(dict) = expression {
            self.0.extend(dict.items.iter().filter_map(|item| item.key.as_ref().and_then(python::string)));
        }
        walk_expr(self, expression);
    }
}

/// Keys of the dictionaries in an expression.
#[must_use]
pub fn keys_within(expression: &Expr) -> Vec<&str> {
    let mut keys = Keys(Vec::new());
    keys.visit_expr(expression);
    keys.0
}

struct NamedLiterals<'a> {
    found: Vec<(&'a str, &'a Expr)>,
    at_top: bool,
}

impl<'a> Visitor<'a> for NamedLiterals<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    let name = match target {
                        Expr::Subscript(subscript) => python::string(&subscript.slice),
                        other => python::last_name(other),
                    };
                    if let Some(name) = name {
                        self.found.push((name, &assign.value));
                    }
                }
            }
            // Functions at the top are looked at on their own.
            Stmt::FunctionDef(_) if self.at_top => return,
            Stmt::ClassDef(class) if self.at_top => {
                for inner in class.body.iter().filter(|inner| !matches!(inner, Stmt::FunctionDef(_))) {
                    self.visit_stmt(inner);
                }
                return;
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => {
                for keyword in &call.arguments.keywords {
                    if let Some(name) = &keyword.arg {
                        self.found.push((name.as_str(), &keyword.value));
                    }
                }
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    if let Some(name) = item.key.as_ref().and_then(python::string) {
                        self.found.push((name, &item.value));
                    }
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// Literals with the name that they are kept or passed under.
#[must_use]
pub fn named_literals(body: &[Stmt], at_top: bool) -> Vec<(&str, &Expr)> {
    let mut visitor = NamedLiterals { found: Vec::new(), at_top };
    body.iter().for_each(|statement| visitor.visit_stmt(statement));
    visitor.found.retain(|(_, value)| python::string(value).is_some());
    visitor.found
}

struct Attributes<'a>(Vec<&'a ruff_python_ast::ExprAttribute>);

impl<'a> Visitor<'a> for Attributes<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Attribute(attribute) = expression {
            self.0.push(attribute);
        }
        walk_expr(self, expression);
    }
}

/// Every attribute that an expression reads.
#[must_use]
pub fn attributes_within(expression: &Expr) -> Vec<&ruff_python_ast::ExprAttribute> {
    let mut attributes = Attributes(Vec::new());
    attributes.visit_expr(expression);
    attributes.0
}

struct AllNames<'a>(Vec<&'a str>);

impl<'a> Visitor<'a> for AllNames<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            self.0.push(name.id.as_str());
        }
        walk_expr(self, expression);
    }
}

/// Every variable that an expression reads.
#[must_use]
pub fn all_names(expression: &Expr) -> Vec<&str> {
    let mut names = AllNames(Vec::new());
    names.visit_expr(expression);
    names.0
}

/// `_logger.warning(...)` and its like.
#[must_use]
pub fn is_log_call(call: &ExprCall) -> bool {
    matches!(&*call.func, Expr::Attribute(attribute)
        if matches!(python::last_name(&attribute.value), Some("_logger" | "logger" | "logging" | "log")))
}
