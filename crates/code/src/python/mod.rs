//! Python texts: a guarded call of the parser, literals and names.

mod nesting;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, Mod, ModModule, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

use crate::source::Range;

pub use nesting::too_deep;

/// Why a text has no tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseFailure {
    /// Byte offset of the problem.
    pub offset: u32,
    /// What is wrong.
    pub reason: String,
}

/// A comment with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Place, `#` included.
    pub range: Range,
}

/// A tree with what was said about it.
#[derive(Debug)]
pub struct ParsedPython {
    /// The statements; also there when the text has errors.
    pub module: ModModule,
    /// First syntax error.
    pub error: Option<ParseFailure>,
    /// Comments that may hold a marker.
    pub comments: Vec<Comment>,
}

/// Parses a file. A tree always comes back, unless the text is nested deeper than a parser may safely go.
///
/// # Errors
///
/// Nesting deeper than the limit.
pub fn parse(text: &str) -> Result<ParsedPython, ParseFailure> {
    if let Some(offset) = too_deep(text) {
        return Err(ParseFailure { offset, reason: "nested deeper than the limit".into() });
    }
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let error = parsed
        .errors()
        .first()
        .map(|error| ParseFailure { offset: error.location.start().to_u32(), reason: error.error.to_string() });
    let comments = if may_hold_marker(text) {
        let tokens = parsed.tokens().iter();
        tokens.filter(|token| token.kind() == TokenKind::Comment).map(|token| Comment { range: range(token) }).collect()
    } else {
        Vec::new()
    };
    match parsed.into_syntax() {
        Mod::Module(module) => Ok(ParsedPython { module, error, comments }),
        Mod::Expression(_) => Err(ParseFailure { offset: 0, reason: "not a module".into() }),
    }
}

fn may_hold_marker(text: &str) -> bool {
    ["castellan:", "nosec", "noqa", "pylint:", "nosemgrep"].iter().any(|marker| text.contains(marker))
}

/// Parses a text that must be free of errors, such as a manifest.
///
/// # Errors
///
/// The first syntax error, or nesting deeper than the limit.
pub fn parse_module(text: &str) -> Result<ModModule, ParseFailure> {
    let parsed = parse(text)?;
    match parsed.error {
        Some(failure) => Err(failure),
        None => Ok(parsed.module),
    }
}

/// Parses one expression, such as an `eval` attribute.
///
/// # Errors
///
/// The first syntax error, or nesting deeper than the limit.
pub fn parse_expression(text: &str) -> Result<Expr, ParseFailure> {
    if let Some(offset) = too_deep(text) {
        return Err(ParseFailure { offset, reason: "nested deeper than the limit".into() });
    }
    ruff_python_parser::parse_expression(text.trim())
        .map(ruff_python_parser::Parsed::into_expr)
        .map_err(|error| ParseFailure { offset: error.location.start().to_u32(), reason: error.error.to_string() })
}

/// Whether a text with syntax errors is Python 2: it uses statements that Python 3 dropped.
#[must_use]
pub fn looks_like_python2(text: &str) -> bool {
    text.lines().map(str::trim_start).filter(|line| !line.starts_with('#')).any(|line| {
        let print = line.strip_prefix("print ").is_some_and(|rest| rest.starts_with(['"', '\'', 'u', '%']));
        let raise = line.starts_with("raise ") && line.contains("Error, ");
        let except = line.starts_with("except ") && line.contains(", ") && line.ends_with(':') && !line.contains('(');
        let exec = line.strip_prefix("exec ").is_some();
        print || raise || except || exec || line.contains(" <> ") || line.contains("ur'") || line.contains("ur\"")
    })
}

/// Byte range of a node.
pub fn range(node: &impl Ranged) -> Range {
    let range = node.range();
    Range { start: range.start().to_u32(), end: range.end().to_u32() }
}

/// The text of a string literal.
#[must_use]
pub fn string(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}

/// `True`, `False`, 0, 1 as a truth value.
#[must_use]
pub fn boolean(expression: &Expr) -> Option<bool> {
    match expression {
        Expr::BooleanLiteral(literal) => Some(literal.value),
        Expr::NoneLiteral(_) => Some(false),
        Expr::NumberLiteral(number) => match &number.value {
            ruff_python_ast::Number::Int(int) => int.as_u64().map(|value| value != 0),
            _ => None,
        },
        _ => None,
    }
}

/// A whole number literal.
#[must_use]
pub fn integer(expression: &Expr) -> Option<i64> {
    match expression {
        Expr::NumberLiteral(number) => match &number.value {
            ruff_python_ast::Number::Int(int) => int.as_i64(),
            _ => None,
        },
        Expr::UnaryOp(unary) if unary.op == ruff_python_ast::UnaryOp::USub => integer(&unary.operand).map(|n| -n),
        _ => None,
    }
}

/// The texts of a string, list, tuple or set literal of strings.
#[must_use]
pub fn strings(expression: &Expr) -> Vec<&str> {
    match expression {
        Expr::StringLiteral(_) => string(expression).into_iter().collect(),
        Expr::List(list) => list.elts.iter().filter_map(string).collect(),
        Expr::Tuple(tuple) => tuple.elts.iter().filter_map(string).collect(),
        Expr::Set(set) => set.elts.iter().filter_map(string).collect(),
        _ => Vec::new(),
    }
}

/// The elements of a list, tuple or set literal.
#[must_use]
pub fn elements(expression: &Expr) -> Option<&[Expr]> {
    match expression {
        Expr::List(list) => Some(&list.elts),
        Expr::Tuple(tuple) => Some(&tuple.elts),
        Expr::Set(set) => Some(&set.elts),
        _ => None,
    }
}

/// A dotted name: `a`, `a.b.c`.
#[must_use]
pub fn dotted(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => {
            let mut base = dotted(&attribute.value)?;
            base.push('.');
            base.push_str(&attribute.attr);
            Some(base)
        }
        _ => None,
    }
}

/// The last part of a dotted name: `c` of `a.b.c`, also when its base is not a name.
#[must_use]
pub fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// Whether a literal holds only literals.
#[must_use]
pub fn is_literal(expression: &Expr) -> bool {
    match expression {
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::EllipsisLiteral(_) => true,
        Expr::UnaryOp(unary) => is_literal(&unary.operand),
        Expr::Dict(dict) => {
            dict.items.iter().all(|item| item.key.as_ref().is_some_and(is_literal) && is_literal(&item.value))
        }
        other => elements(other).is_some_and(|elements| elements.iter().all(is_literal)),
    }
}

/// Whether control never runs past the end of these statements.
#[must_use]
pub fn terminates(body: &[Stmt]) -> bool {
    body.last().is_some_and(|last| match last {
        Stmt::Return(_) | Stmt::Raise(_) | Stmt::Continue(_) | Stmt::Break(_) => true,
        Stmt::If(branch) => {
            terminates(&branch.body)
                && branch.elif_else_clauses.last().is_some_and(|clause| clause.test.is_none())
                && branch.elif_else_clauses.iter().all(|clause| terminates(&clause.body))
        }
        Stmt::With(with) => terminates(&with.body),
        Stmt::Try(attempt) => {
            terminates(&attempt.finalbody)
                || (terminates(&attempt.body)
                    && attempt.handlers.iter().all(|handler| {
                        let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                        terminates(&handler.body)
                    }))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python2_is_told_apart_from_broken_python3() {
        assert!(looks_like_python2("print 'x'\n"));
        assert!(looks_like_python2("try:\n    x\nexcept ValueError, e:\n    pass\n"));
        assert!(!looks_like_python2("def f(:\n    pass\n"));
        assert!(!looks_like_python2("# print 'x'\nx = (\n"));
    }

    #[test]
    fn a_broken_file_still_has_a_tree() {
        let parsed = parse("x = (\ndef f():\n    cr.execute(q)\n").unwrap();
        assert!(parsed.error.is_some());
    }

    #[test]
    fn deep_nesting_is_refused_not_crashed_on() {
        for text in ["(".repeat(20_000), "not ".repeat(200_000), "-".repeat(200_000), "a.".repeat(200_000)] {
            assert!(parse(&text).is_err());
        }
        assert!(parse(&format!("x = [{}]", "(1, 2), ".repeat(50_000))).is_ok());
    }
}
