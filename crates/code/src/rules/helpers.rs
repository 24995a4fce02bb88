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
