//! Names and their values: binding, joining branches, and what a condition proves.

use ruff_python_ast::{BoolOp, CmpOp, Expr, Operator, StmtAugAssign, UnaryOp};

use super::analysis::{Analysis, SinkDetail, State};
use super::summary::{Sink, Step, StepKind};
use super::value::{Clean, Kind, Taint, Traits, Value};
use crate::python;

impl<'a> Analysis<'a, '_> {
    pub fn bind(&mut self, name: &'a str, value: Value) {
        match self.state.vars.iter_mut().find(|(known, _)| *known == name) {
            Some((_, slot)) => *slot = value,
            None => self.state.vars.push((name, value)),
        }
    }

    pub fn lookup(&self, name: &str) -> Option<Value> {
        self.state.vars.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    pub fn lookup_attribute(&self, base: &str, name: &str) -> Option<Value> {
        self.state
            .attributes
            .iter()
            .find(|(known, attribute, _)| *known == base && *attribute == name)
            .map(|(_, _, value)| *value)
    }

    pub fn assign(&mut self, target: &'a Expr, value: Value, from: Option<&'a Expr>) {
        match target {
            Expr::Name(name) => {
                let mut value = value;
                if value.taint != Taint::CLEAN {
                    let what = StepKind::Assigned(ustr::Ustr::from(name.id.as_str()));
                    let step = Step { site: self.site(target), what };
                    value.taint = self.arena.step(value.taint, step);
                }
                self.bind(name.id.as_str(), value);
            }
            Expr::Attribute(attribute) => {
                if let Expr::Name(base) = &*attribute.value {
                    let (base, name) = (base.id.as_str(), attribute.attr.as_str());
                    match self.state.attributes.iter_mut().find(|(known, own, _)| *known == base && *own == name) {
                        Some((_, _, slot)) => *slot = value,
                        None => self.state.attributes.push((base, name, value)),
                    }
                }
                let receiver = self.eval(&attribute.value);
                self.attribute_assigned(receiver, attribute, value, from);
            }
            Expr::Subscript(subscript) => {
                // A container takes over what is put into it.
                self.eval(&subscript.slice);
                if python::last_name(&subscript.value) == Some("headers") {
                    self.sink(Sink::Header, value, target, "headers", SinkDetail::default());
                }
                self.absorb(&subscript.value, value);
            }
            Expr::Tuple(_) | Expr::List(_) => {
                let Some(targets) = python::elements(target) else { return };
                let parts = from.and_then(python::elements).filter(|parts| parts.len() == targets.len());
                for (index, target) in targets.iter().enumerate() {
                    let part = match parts {
                        Some(parts) => self.eval(&parts[index]),
                        None => self.element_of(value),
                    };
                    self.assign(target, part, parts.map(|parts| &parts[index]));
                }
            }
            Expr::Starred(starred) => self.assign(&starred.value, value, None),
            _ => {}
        }
    }

    /// Adds the taint of a value to the variable that an expression names.
    pub fn absorb(&mut self, container: &'a Expr, value: Value) {
        match container {
            Expr::Name(name) => {
                if let Some(mut known) = self.lookup(name.id.as_str()) {
                    known.taint = self.arena.union(known.taint, value.taint);
                    if !value.is_literal() {
                        known.traits.remove(Traits::LITERAL);
                    }
                    known.traits |= value.traits & (Traits::FORMAT | Traits::CONCAT | Traits::FROM_CALL);
                    known.text = None;
                    self.bind(name.id.as_str(), known);
                }
            }
            Expr::Subscript(subscript) => self.absorb(&subscript.value, value),
            Expr::Attribute(attribute) => {
                if let Expr::Name(base) = &*attribute.value {
                    let (base, name) = (base.id.as_str(), attribute.attr.as_str());
                    let known = self.lookup_attribute(base, name).unwrap_or(Value::UNKNOWN);
                    let taint = self.arena.union(known.taint, value.taint);
                    let merged = Value { taint, text: None, ..known };
                    match self.state.attributes.iter_mut().find(|(other, own, _)| *other == base && *own == name) {
                        Some((_, _, slot)) => *slot = merged,
                        None => self.state.attributes.push((base, name, merged)),
                    }
                }
            }
            _ => {}
        }
    }

    pub fn augment(&mut self, assign: &'a StmtAugAssign) {
        let left = self.eval(&assign.target);
        let right = self.eval(&assign.value);
        let value = self.binary(left, assign.op, right, &assign.value, &assign.value);
        let value = match assign.op {
            // Growing over statements is the form that the reader should see named.
            Operator::Add if value.kind == Kind::Str && !value.is_literal() => value.with(Traits::CONCAT),
            _ => value,
        };
        self.assign(&assign.target, value, None);
    }

    pub fn join_values(&mut self, a: Value, b: Value) -> Value {
        if a == b {
            return a;
        }
        let kind = if a.kind == b.kind {
            a.kind
        } else {
            match (a.kind, b.kind) {
                (Kind::None, other) | (other, Kind::None) => other,
                (Kind::Records(model), Kind::Records(_)) => Kind::Records(model),
                (Kind::Unknown, other @ (Kind::Records(_) | Kind::Cursor | Kind::Str))
                | (other @ (Kind::Records(_) | Kind::Cursor | Kind::Str), Kind::Unknown) => other,
                _ => Kind::Unknown,
            }
        };
        let both = Traits::LITERAL | Traits::NON_EMPTY | Traits::OWN;
        let traits = ((a.traits | b.traits) - both) | (a.traits & b.traits & both);
        Value {
            taint: self.arena.union(a.taint, b.taint),
            kind,
            text: if a.text == b.text { a.text } else { None },
            traits,
        }
    }

    pub fn join_into(&mut self, into: &mut State<'a>, other: State<'a>) {
        if other.dead {
            return;
        }
        if into.dead {
            *into = other;
            return;
        }
        // Both sides grew from the same state: a name mostly stands at the same place.
        for (index, (name, value)) in other.vars.into_iter().enumerate() {
            let at = match into.vars.get(index) {
                Some((known, _)) if *known == name => Some(index),
                _ => into.vars.iter().position(|(known, _)| *known == name),
            };
            match at.and_then(|at| into.vars.get_mut(at)) {
                Some((_, slot)) => *slot = self.join_values(*slot, value),
                None => into.vars.push((name, value)),
            }
        }
        for (index, (base, name, value)) in other.attributes.into_iter().enumerate() {
            let at = match into.attributes.get(index) {
                Some((known, own, _)) if *known == base && *own == name => Some(index),
                _ => into.attributes.iter().position(|(known, own, _)| *known == base && *own == name),
            };
            match at.and_then(|at| into.attributes.get_mut(at)) {
                Some((_, _, slot)) => *slot = self.join_values(*slot, value),
                None => into.attributes.push((base, name, value)),
            }
        }
    }

    /// What a condition proves about names when it is true or false.
    pub fn refine(&mut self, test: &'a Expr, truth: bool) {
        match test {
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => self.refine(&unary.operand, !truth),
            Expr::BoolOp(operation) if (operation.op == BoolOp::And) == truth => {
                for value in &operation.values {
                    self.refine(value, truth);
                }
            }
            Expr::Compare(compare) if compare.ops.len() == 1 => {
                let (Some(op), Some(right)) = (compare.ops.first(), compare.comparators.first()) else { return };
                let proves = match op {
                    CmpOp::In => truth && self.is_closed_list(right),
                    CmpOp::NotIn => !truth && self.is_closed_list(right),
                    CmpOp::Eq => truth && python::is_literal(right),
                    CmpOp::NotEq => !truth && python::is_literal(right),
                    _ => false,
                };
                if proves {
                    self.clean_name(&compare.left, Clean::ALL);
                }
                let is_none = matches!(right, Expr::NoneLiteral(_));
                if is_none
                    && matches!((op, truth), (CmpOp::Is | CmpOp::Eq, false) | (CmpOp::IsNot | CmpOp::NotEq, true))
                {
                    self.not_empty(&compare.left);
                }
            }
            Expr::Call(call) => {
                let name = python::last_name(&call.func).unwrap_or_default();
                let first = call.arguments.args.first();
                match (name, first) {
                    ("isinstance", Some(value)) => {
                        let class = call.arguments.args.get(1).and_then(python::last_name).unwrap_or_default();
                        if truth && matches!(class, "int" | "float" | "bool") {
                            self.clean_name(value, Clean::NUMBER);
                        }
                        if truth && class == "str" {
                            self.not_empty(value);
                        }
                    }
                    ("isdigit" | "isnumeric" | "isdecimal" | "isidentifier" | "isalnum" | "isalpha", None) if truth => {
                        if let Expr::Attribute(attribute) = &*call.func {
                            self.clean_name(&attribute.value, Clean::NUMBER);
                        }
                    }
                    ("match" | "fullmatch", Some(pattern)) if truth => {
                        let subject = call.arguments.args.get(1).unwrap_or(pattern);
                        self.clean_name(subject, Clean::NUMBER);
                    }
                    ("startswith", Some(prefix)) if truth && python::is_literal(prefix) => {
                        if let Expr::Attribute(attribute) = &*call.func {
                            self.clean_name(&attribute.value, Clean::URL | Clean::PATH);
                        }
                    }
                    _ => {
                        // A checking helper of the scan or of a library: what it accepts is taken as checked.
                        if truth && is_checker(name) {
                            for argument in &call.arguments.args {
                                self.clean_name(argument, Clean::NUMBER);
                            }
                        }
                    }
                }
            }
            Expr::Name(_) | Expr::Attribute(_) if truth => self.not_empty(test),
            _ => {}
        }
    }

    /// A literal collection, a constant one, or the names of the registry.
    fn is_closed_list(&mut self, expression: &'a Expr) -> bool {
        if python::is_literal(expression) && !matches!(expression, Expr::StringLiteral(_)) {
            return true;
        }
        if let Expr::Attribute(attribute) = expression
            && matches!(attribute.attr.as_str(), "_fields" | "_columns")
        {
            return true;
        }
        if let Expr::Call(call) = expression {
            let name = python::last_name(&call.func).unwrap_or_default();
            if matches!(name, "keys" | "fields_get" | "get_fields" | "_get_allowed_fields") {
                return true;
            }
            if matches!(name, "list" | "set" | "tuple" | "dict" | "frozenset")
                && let Some(first) = call.arguments.args.first()
            {
                return self.is_closed_list(first);
            }
        }
        let value = self.eval(expression);
        let named = python::last_name(expression).unwrap_or_default().to_ascii_lowercase();
        let list = !matches!(value.kind, Kind::Str | Kind::Number) || value.kind == Kind::Unknown;
        list && (value.is_literal()
            || (value.taint == Taint::CLEAN
                && ["allow", "white", "valid", "permitted"].iter().any(|word| named.contains(word))))
    }

    fn clean_name(&mut self, expression: &'a Expr, clean: Clean) {
        if let Expr::Name(name) = expression
            && let Some(mut value) = self.lookup(name.id.as_str())
        {
            value.taint = self.arena.clean(value.taint, clean);
            self.bind(name.id.as_str(), value);
        }
        if let Expr::Call(call) = expression
            && matches!(python::last_name(&call.func), Some("lower" | "upper" | "strip"))
            && let Expr::Attribute(attribute) = &*call.func
        {
            self.clean_name(&attribute.value, clean);
        }
    }

    fn not_empty(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression
            && let Some(value) = self.lookup(name.id.as_str())
        {
            self.bind(name.id.as_str(), value.with(Traits::NON_EMPTY));
        }
    }
}

fn is_checker(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [
        "is_valid",
        "is_safe",
        "is_allowed",
        "is_same",
        "is_local",
        "validate_",
        "_validate",
        "is_whitelisted",
        "url_has_allowed",
    ]
    .iter()
    .any(|word| lower.contains(word))
}
