//! Text that is built from values.

use ruff_python_ast::{Expr, ExprFString, FStringPart, InterpolatedStringElement};
use ustr::Ustr;

use super::analysis::{Analysis, SinkDetail};
use super::summary::{Sink, Step, StepKind};
use super::value::{Clean, Kind, Taint, Traits, Value};
use crate::python;

/// Format characters that give numbers.
fn is_numeric_conversion(conversion: char) -> bool {
    matches!(conversion, 'd' | 'i' | 'u' | 'f' | 'F' | 'e' | 'g' | 'x' | 'X' | 'o')
}

/// Whether a format begins with a constant of some length.
fn prefixed(format: &str) -> Traits {
    let constant = format.split(['%', '{']).next().unwrap_or("");
    if constant.len() >= 3 { Traits::PREFIXED } else { Traits::empty() }
}

/// The conversions of a `%` format: name (empty when positional) and character.
fn conversions(text: &str) -> Vec<(String, char)> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '%' {
            continue;
        }
        let mut name = String::new();
        if chars.peek() == Some(&'(') {
            chars.next();
            for part in chars.by_ref() {
                if part == ')' {
                    break;
                }
                name.push(part);
            }
        }
        while chars.peek().is_some_and(|next| "#0- +.123456789*".contains(*next)) {
            chars.next();
        }
        match chars.next() {
            Some('%') | None => {}
            Some(conversion) => out.push((name, conversion)),
        }
    }
    out
}

impl<'a> Analysis<'a, '_> {
    fn formatted(&mut self, taint: Taint, node: &impl ruff_text_size::Ranged) -> Taint {
        let step = Step { site: self.site(node), what: StepKind::Formatted };
        self.arena.step(taint, step)
    }

    pub fn f_string(&mut self, string: &'a ExprFString) -> Value {
        let mut taint = Taint::CLEAN;
        let mut literal = true;
        let mut all_literal_text = true;
        for part in &string.value {
            let FStringPart::FString(part) = part else { continue };
            for element in &part.elements {
                if let InterpolatedStringElement::Interpolation(interpolation) = element {
                    let mut value = self.eval(&interpolation.expression);
                    if let Some(spec) = &interpolation.format_spec {
                        for nested in spec.elements.interpolations() {
                            self.eval(&nested.expression);
                        }
                        let numeric = spec.elements.literals().any(|text| {
                            text.value
                                .chars()
                                .last()
                                .is_some_and(|char| is_numeric_conversion(char) && char != 'x' || char == ',')
                        });
                        if numeric {
                            value.taint = self.arena.clean(value.taint, Clean::NUMBER);
                        }
                    }
                    literal &= value.is_literal();
                    all_literal_text = false;
                    taint = self.arena.union(taint, value.taint);
                }
            }
        }
        if literal && all_literal_text {
            return Value::literal(Kind::Str);
        }
        if literal {
            return Value::literal(Kind::Str).with(Traits::FORMAT);
        }
        let taint = self.formatted(taint, string);
        let prefix = match string.value.elements().next() {
            Some(InterpolatedStringElement::Literal(text)) => prefixed(&text.value),
            _ => Traits::empty(),
        };
        Value { taint, kind: Kind::Str, text: None, traits: Traits::FORMAT | prefix }
    }

    /// `left % right`.
    pub fn percent(&mut self, left: Value, right: Value, right_expression: &'a Expr, node: &'a Expr) -> Value {
        if left.kind == Kind::Markup {
            // Markup escapes what is formatted into it.
            let taint = self.arena.clean(right.taint, Clean::HTML);
            return Value { taint, kind: Kind::Markup, text: None, traits: Traits::empty() };
        }
        let left_is_text = left.kind == Kind::Str;
        if !left_is_text && left.taint == Taint::CLEAN && right.taint == Taint::CLEAN {
            return Value::UNKNOWN;
        }
        let mut taint = Taint::CLEAN;
        let mut literal = left.is_literal();
        let texts = conversions(left.text());
        if !left.text().is_empty() && !texts.is_empty() {
            match right_expression {
                Expr::Tuple(tuple) if tuple.elts.len() == texts.len() => {
                    for (element, (_, conversion)) in tuple.elts.iter().zip(&texts) {
                        let value = self.eval(element);
                        literal &= value.is_literal();
                        if !is_numeric_conversion(*conversion) {
                            taint = self.arena.union(taint, value.taint);
                        }
                    }
                }
                Expr::Dict(dict) => {
                    for item in &dict.items {
                        let key = item.key.as_ref().and_then(python::string).unwrap_or_default();
                        let value = self.eval(&item.value);
                        literal &= value.is_literal();
                        let textual =
                            texts.iter().any(|(name, conversion)| name == key && !is_numeric_conversion(*conversion));
                        if textual || item.key.is_none() {
                            taint = self.arena.union(taint, value.taint);
                        }
                    }
                }
                _ => {
                    literal &= right.is_literal();
                    if !texts.iter().all(|(_, conversion)| is_numeric_conversion(*conversion)) {
                        taint = right.taint;
                    }
                }
            }
        } else {
            literal &= right.is_literal();
            taint = right.taint;
        }
        if left.taint != Taint::CLEAN {
            // A format string that somebody else chose.
            if left.is(Traits::WHOLE) && matches!(right.kind, Kind::Records(_)) {
                self.sink(Sink::FormatString, left, node, "%", SinkDetail::default());
            }
            taint = self.arena.union(left.taint, taint);
        }
        if literal {
            return Value::literal(Kind::Str).with(Traits::FORMAT);
        }
        let taint = self.formatted(taint, node);
        Value {
            taint,
            kind: Kind::Str,
            text: None,
            traits: Traits::FORMAT | (left.traits & (Traits::CONCAT | Traits::FROM_CALL)) | prefixed(left.text()),
        }
    }

    /// `left + right`.
    pub fn add(&mut self, left: Value, right: Value, node: &'a Expr) -> Value {
        let is_text = left.kind == Kind::Str || right.kind == Kind::Str;
        let taint = self.arena.union(left.taint, right.taint);
        if left.kind == Kind::Markup || right.kind == Kind::Markup {
            let taint = self.arena.clean(taint, Clean::HTML);
            return Value { taint, kind: Kind::Markup, text: None, traits: Traits::empty() };
        }
        if left.kind == Kind::Sql || right.kind == Kind::Sql {
            return Value { taint, kind: Kind::Sql, text: None, traits: Traits::empty() };
        }
        if matches!(left.kind, Kind::Records(_)) {
            return self.join_values(left, right);
        }
        let both_literal = left.is_literal() && right.is_literal();
        if is_text {
            if both_literal {
                let text = match (left.text, right.text) {
                    (Some(a), Some(b)) if a.len() + b.len() < 2_000 => Some(Ustr::from(&format!("{a}{b}"))),
                    _ => None,
                };
                let carried = (left.traits | right.traits) & Traits::FORMAT;
                return Value { text, ..Value::literal(Kind::Str) }.with(carried);
            }
            let taint = self.formatted(taint, node);
            let carried = (left.traits | right.traits) & (Traits::FORMAT | Traits::FROM_CALL | Traits::CONCAT);
            let prefix = prefixed(left.text()) | (left.traits & Traits::PREFIXED);
            return Value { taint, kind: Kind::Str, text: None, traits: carried | Traits::CONCAT | prefix };
        }
        if left.kind == Kind::Collection || right.kind == Kind::Collection {
            let literal = if both_literal { Traits::LITERAL } else { Traits::empty() };
            let carried = (left.traits | right.traits) & (Traits::FORMAT | Traits::CONCAT);
            return Value { taint, kind: Kind::Collection, text: None, traits: literal | carried };
        }
        if left.kind == Kind::Number && right.kind == Kind::Number {
            return Value::of(Kind::Number);
        }
        let literal = if both_literal { Traits::LITERAL } else { Traits::empty() };
        Value { taint, kind: Kind::Unknown, text: None, traits: literal | Traits::CONCAT }
    }

    /// Methods of text. `None` when the name is none of them.
    pub fn text_method(
        &mut self,
        receiver: Value,
        name: &str,
        arguments: &[Value],
        taint_of_arguments: Taint,
        node: &'a ruff_python_ast::ExprCall,
    ) -> Option<Value> {
        match name {
            "format" | "format_map" => {
                if receiver.kind == Kind::Markup {
                    let taint = self.arena.clean(taint_of_arguments, Clean::HTML);
                    return Some(Value { taint, kind: Kind::Markup, text: None, traits: Traits::empty() });
                }
                if receiver.kind == Kind::Sql {
                    return Some(Value { taint: taint_of_arguments, ..Value::of(Kind::Sql) });
                }
                if receiver.taint != Taint::CLEAN && receiver.is(Traits::WHOLE) {
                    let objects = arguments
                        .iter()
                        .any(|value| !matches!(value.kind, Kind::Str | Kind::Number | Kind::Bool | Kind::None))
                        || !node.arguments.keywords.is_empty();
                    // `lang.format(pattern, value, grouping=True)` of Odoo formats numbers.
                    let of_language = node.arguments.find_keyword("grouping").is_some()
                        || node.arguments.find_keyword("monetary").is_some();
                    if objects && !of_language {
                        self.sink(Sink::FormatString, receiver, node, "format", SinkDetail::default());
                    }
                }
                let literal = receiver.is_literal()
                    && arguments.iter().all(Value::is_literal)
                    && taint_of_arguments == Taint::CLEAN
                    && node.arguments.keywords.iter().all(|keyword| self.eval(&keyword.value).is_literal());
                if literal {
                    return Some(Value::literal(Kind::Str).with(Traits::FORMAT));
                }
                let taint = self.arena.union(receiver.taint, taint_of_arguments);
                let taint = self.formatted(taint, node);
                Some(Value {
                    taint,
                    kind: Kind::Str,
                    text: None,
                    traits: Traits::FORMAT | (receiver.traits & Traits::CONCAT) | prefixed(receiver.text()),
                })
            }
            "join" if receiver.kind == Kind::Str || receiver.kind == Kind::Markup => {
                let list = arguments.first().copied().unwrap_or(Value::UNKNOWN);
                if receiver.kind == Kind::Markup {
                    let taint = self.arena.clean(list.taint, Clean::HTML);
                    return Some(Value { taint, kind: Kind::Markup, text: None, traits: Traits::empty() });
                }
                if list.is_literal() {
                    return Some(Value::literal(Kind::Str));
                }
                let taint = self.formatted(list.taint, node);
                Some(Value {
                    taint,
                    kind: Kind::Str,
                    text: None,
                    traits: Traits::CONCAT | (list.traits & Traits::FORMAT),
                })
            }
            "encode" | "decode" | "strip" | "lstrip" | "rstrip" | "lower" | "upper" | "title" | "capitalize"
            | "replace" | "split" | "rsplit" | "splitlines" | "partition" | "rpartition" | "zfill" | "ljust"
            | "rjust" | "center" | "expandtabs" | "casefold" | "translate" | "removeprefix" | "removesuffix"
                if matches!(receiver.kind, Kind::Str | Kind::Unknown | Kind::Markup) =>
            {
                let literal = receiver.is_literal() && arguments.iter().all(Value::is_literal);
                let taint = match name {
                    "replace" => self.arena.union(receiver.taint, taint_of_arguments),
                    _ => receiver.taint,
                };
                let kind = if matches!(name, "split" | "rsplit" | "splitlines" | "partition" | "rpartition") {
                    Kind::Collection
                } else if receiver.kind == Kind::Markup {
                    Kind::Markup
                } else {
                    Kind::Str
                };
                let traits = if literal { receiver.traits } else { receiver.traits - Traits::LITERAL };
                // `strip()` of a constant still is that constant for the judgement of prefixes.
                let text = if literal && name != "split" { receiver.text } else { None };
                Some(Value { taint, kind, text, traits })
            }
            "startswith" | "endswith" | "isdigit" | "find" | "index" | "count" | "isalnum" | "isidentifier"
            | "isnumeric" => Some(Value::of(Kind::Number)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::conversions;

    #[test]
    fn conversions_of_a_format() {
        assert_eq!(
            conversions("a %s %(x)d %% %5.2f %-10s"),
            [(String::new(), 's'), ("x".to_owned(), 'd'), (String::new(), 'f'), (String::new(), 's')]
        );
        assert_eq!(conversions("100%"), []);
        assert_eq!(conversions("%("), []);
    }
}
