//! Expressions to abstract values.

use ruff_python_ast::{Comprehension, Expr, ExprAttribute, Operator};
use ustr::Ustr;

use super::analysis::{Analysis, MAX_DEPTH, SinkDetail};
use super::guards::{Effects, Guards};
use super::sources::SourceKind;
use super::summary::Sink;
use super::value::{Clean, Kind, Taint, Traits, Value};
use crate::program::{ClassKind, Definition};
use crate::python;

/// Longest constant text that is kept by value.
const MAX_TEXT: usize = 2_000;

impl<'a> Analysis<'a, '_> {
    pub fn eval(&mut self, expression: &'a Expr) -> Value {
        if self.depth > MAX_DEPTH {
            return Value::UNKNOWN;
        }
        self.depth += 1;
        let value = self.eval_inner(expression);
        self.depth -= 1;
        value
    }

    fn eval_inner(&mut self, expression: &'a Expr) -> Value {
        match expression {
            Expr::StringLiteral(literal) => {
                let text = literal.value.to_str();
                let text = (text.len() <= MAX_TEXT).then(|| Ustr::from(text));
                Value { text, ..Value::literal(Kind::Str) }
            }
            Expr::BytesLiteral(_) => Value::literal(Kind::Str),
            Expr::NumberLiteral(_) => Value::literal(Kind::Number),
            Expr::BooleanLiteral(_) => Value::literal(Kind::Bool),
            Expr::NoneLiteral(_) => Value::literal(Kind::None),
            Expr::EllipsisLiteral(_) => Value::literal(Kind::Unknown),
            Expr::Name(name) => self.name(name.id.as_str()),
            Expr::Attribute(attribute) => self.attribute(attribute),
            Expr::Call(call) => self.call(call),
            Expr::FString(string) => self.f_string(string),
            Expr::TString(_) => Value::of(Kind::Unknown),
            Expr::BinOp(operation) => {
                let left = self.eval(&operation.left);
                let right = self.eval(&operation.right);
                self.binary(left, operation.op, right, &operation.right, expression)
            }
            Expr::BoolOp(operation) => {
                let mut result: Option<Value> = None;
                for part in &operation.values {
                    let value = self.eval(part);
                    result = Some(result.map_or(value, |known| self.join_values(known, value)));
                    // `x and f(x)`: what the left proves holds on the right.
                    if operation.op == ruff_python_ast::BoolOp::And {
                        self.refine(part, true);
                    }
                }
                result.unwrap_or(Value::UNKNOWN)
            }
            Expr::UnaryOp(unary) => {
                let value = self.eval(&unary.operand);
                match unary.op {
                    ruff_python_ast::UnaryOp::Not => Value::of(Kind::Bool),
                    _ if value.is_literal() => value,
                    _ => Value::of(Kind::Number),
                }
            }
            Expr::Compare(compare) => {
                self.compare(compare);
                Value::of(Kind::Bool)
            }
            Expr::If(choice) => {
                self.eval(&choice.test);
                let before = self.state.clone();
                self.refine(&choice.test, true);
                let body = self.eval(&choice.body);
                self.state = before.clone();
                self.refine(&choice.test, false);
                let other = self.eval(&choice.orelse);
                self.state = before;
                self.join_values(body, other)
            }
            Expr::Named(named) => {
                let value = self.eval(&named.value);
                self.assign(&named.target, value, None);
                value
            }
            Expr::List(list) => self.collection(&list.elts),
            Expr::Tuple(tuple) => self.collection(&tuple.elts),
            Expr::Set(set) => self.collection(&set.elts),
            Expr::Dict(dict) => {
                let mut taint = Taint::CLEAN;
                let mut literal = true;
                let mut raw = Traits::empty();
                for item in &dict.items {
                    if let Some(key) = &item.key {
                        literal &= self.eval(key).is_literal();
                    }
                    let value = self.eval(&item.value);
                    literal &= value.is_literal();
                    taint = self.arena.union(taint, value.taint);
                    if item.key.is_none() {
                        raw |= value.traits & Traits::RAW_PARAMS;
                    }
                }
                let traits = raw | if literal { Traits::LITERAL } else { Traits::empty() };
                Value { taint, kind: Kind::Dict, text: None, traits }
            }
            Expr::ListComp(list) => self.comprehension(&list.generators, &[&list.elt], Kind::Collection),
            Expr::SetComp(set) => self.comprehension(&set.generators, &[&set.elt], Kind::Collection),
            Expr::Generator(generator) => {
                self.comprehension(&generator.generators, &[&generator.elt], Kind::Collection)
            }
            Expr::DictComp(dict) => {
                let mut parts: Vec<&'a Expr> = vec![&dict.value];
                parts.extend(dict.key.as_deref());
                let value = self.comprehension(&dict.generators, &parts, Kind::Dict);
                self.filtered_by_literal(&dict.generators, value)
            }
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Starred(starred) => self.eval(&starred.value),
            Expr::Lambda(lambda) => {
                self.in_closure(lambda.parameters.as_deref(), |analysis| {
                    analysis.eval(&lambda.body);
                });
                Value::UNKNOWN
            }
            Expr::Await(wait) => self.eval(&wait.value),
            Expr::Yield(value) => value.value.as_ref().map_or(Value::UNKNOWN, |value| self.eval(value)),
            Expr::YieldFrom(value) => self.eval(&value.value),
            Expr::Slice(slice) => {
                for part in [&slice.lower, &slice.upper, &slice.step].into_iter().flatten() {
                    self.eval(part);
                }
                Value::of(Kind::Number)
            }
            Expr::IpyEscapeCommand(_) => Value::UNKNOWN,
        }
    }

    fn collection(&mut self, elements: &'a [Expr]) -> Value {
        let mut taint = Taint::CLEAN;
        let mut literal = true;
        for element in elements {
            let value = self.eval(element);
            taint = self.arena.union(taint, value.taint);
            literal &= value.is_literal();
        }
        let traits = if literal { Traits::LITERAL } else { Traits::empty() };
        Value { taint, kind: Kind::Collection, text: None, traits }
    }

    fn comprehension(&mut self, generators: &'a [Comprehension], parts: &[&'a Expr], kind: Kind) -> Value {
        let before = self.state.clone();
        for generator in generators {
            let iterated = self.eval(&generator.iter);
            let element = self.element_of(iterated);
            self.assign(&generator.target, element, None);
            for test in &generator.ifs {
                self.eval(test);
                self.refine(test, true);
            }
        }
        let mut taint = Taint::CLEAN;
        let mut literal = true;
        let mut traits = Traits::empty();
        for part in parts {
            let value = self.eval(part);
            taint = self.arena.union(taint, value.taint);
            literal &= value.is_literal();
            traits |= value.traits & (Traits::FORMAT | Traits::CONCAT);
        }
        self.state = before;
        if literal {
            traits |= Traits::LITERAL;
        }
        Value { taint, kind, text: None, traits }
    }

    /// `{k: v for k, v in post.items() if k in ALLOWED}` is no raw dictionary; without the test it is.
    fn filtered_by_literal(&mut self, generators: &'a [Comprehension], value: Value) -> Value {
        let raw = generators
            .iter()
            .any(|generator| generator.ifs.is_empty() && self.eval(&generator.iter).is(Traits::RAW_PARAMS));
        if raw { value.with(Traits::RAW_PARAMS) } else { value }
    }

    /// What iterating over a value gives.
    pub fn element_of(&mut self, value: Value) -> Value {
        match value.kind {
            Kind::Records(_) => value,
            Kind::Collection | Kind::Dict => Value {
                kind: Kind::Unknown,
                text: None,
                traits: value.traits & (Traits::LITERAL | Traits::FORMAT | Traits::CONCAT),
                ..value
            },
            _ => Value { kind: Kind::Unknown, text: None, traits: value.traits & Traits::LITERAL, ..value },
        }
    }

    fn name(&mut self, name: &'a str) -> Value {
        if let Some(value) = self.lookup(name) {
            return value;
        }
        match self.program.name(self.function.unit, name) {
            Some(Definition::Function(id)) => Value::of(Kind::Function(id)),
            Some(Definition::Class(id)) => Value::of(Kind::Class(id)),
            Some(Definition::Unit(id)) => Value::of(Kind::Named(self.program.unit(id).dotted)),
            Some(Definition::External(dotted)) => self.named(dotted),
            None => match self.program.constants[self.function.unit.0 as usize].get(name) {
                Some(constant) => self.constant(constant),
                None => Value::of(Kind::Named(Ustr::from(name))),
            },
        }
    }

    /// A name assigned at the top of a file. Only what does not depend on where it runs is looked at.
    fn constant(&mut self, expression: &'a Expr) -> Value {
        if self.depth > 40 {
            return Value::UNKNOWN;
        }
        self.depth += 20;
        let state = std::mem::take(&mut self.state);
        let (effects, guards) = (self.effects, self.guards);
        let value = self.eval(expression);
        self.state = state;
        self.effects = effects;
        self.guards = guards;
        self.depth -= 20;
        value
    }

    /// Something with a dotted name: of the scan when it holds it, else outside.
    pub fn named(&mut self, dotted: Ustr) -> Value {
        match self.program.dotted(dotted) {
            Some(Definition::Function(id)) => return Value::of(Kind::Function(id)),
            Some(Definition::Class(id)) => return Value::of(Kind::Class(id)),
            _ => {}
        }
        if dotted.as_str() == "odoo.http.request" {
            return Value::of(Kind::Request);
        }
        // A constant of another file of the scan.
        if let Some((unit, name)) = dotted.as_str().rsplit_once('.')
            && let Some(Definition::Unit(unit)) = self.program.by_dotted.get(&Ustr::from(unit)).copied()
            && let Some(constant) = self.program.constants[unit.0 as usize].get(name)
            && python::is_literal(constant)
        {
            return self.constant(constant);
        }
        Value::of(Kind::Named(dotted))
    }

    fn attribute(&mut self, attribute: &'a ExprAttribute) -> Value {
        let name = attribute.attr.as_str();
        if let Expr::Name(base) = &*attribute.value
            && let Some(value) = self.lookup_attribute(base.id.as_str(), name)
        {
            return value;
        }
        let base = self.eval(&attribute.value);
        self.attribute_of(base, attribute)
    }

    fn attribute_of(&mut self, base: Value, attribute: &'a ExprAttribute) -> Value {
        let name = attribute.attr.as_str();
        let sudo = base.traits & (Traits::SUDO | Traits::SUPERUSER_ENV);
        match base.kind {
            Kind::Records(model) => match name {
                "env" => Value { traits: sudo, ..Value::of(Kind::Env) },
                "_cr" | "cr" => Value::of(Kind::Cursor),
                "_context" => self.context(attribute),
                "pool" => Value::of(Kind::Registry),
                "_uid" | "uid" => Value::of(Kind::Number).with(Traits::OWN),
                "id" | "ids" | "_ids" | "create_date" | "write_date" => {
                    let taint = self.arena.clean(base.taint, Clean::NUMBER);
                    let kind = if name == "ids" || name == "_ids" { Kind::Collection } else { Kind::Number };
                    Value { taint, kind, text: None, traits: base.traits & Traits::OWN }
                }
                _ if name.starts_with('_') => self.class_attribute(model, name),
                _ => self.field_value(base, model, attribute),
            },
            Kind::Env => match name {
                "cr" => Value::of(Kind::Cursor),
                "context" => self.context(attribute),
                "user" => Value { traits: sudo | Traits::OWN, ..Value::of(Kind::Records(Ustr::from("res.users"))) },
                "company" | "companies" => {
                    Value { traits: sudo | Traits::OWN, ..Value::of(Kind::Records(Ustr::from("res.company"))) }
                }
                "uid" => Value::of(Kind::Number).with(Traits::OWN),
                "registry" => Value::of(Kind::Registry),
                _ => Value::UNKNOWN,
            },
            Kind::Request => match name {
                "env" => Value::of(Kind::Env),
                "cr" => Value::of(Kind::Cursor),
                "session" => Value::of(Kind::Session),
                "httprequest" => Value::of(Kind::HttpRequest),
                "params" | "jsonrequest" | "kwargs" => {
                    self.effects |= Effects::BODY;
                    let kind = self.request_kind();
                    let taint = self.source(kind, attribute, &format!("request.{name}"), Clean::empty());
                    Value { taint, kind: Kind::Dict, text: None, traits: Traits::RAW_PARAMS | Traits::WHOLE }
                }
                "website" => Value::of(Kind::Records(Ustr::from("website"))),
                "uid" => Value::of(Kind::Number).with(Traits::OWN),
                "context" => self.context(attribute),
                "registry" => Value::of(Kind::Registry),
                _ => Value::UNKNOWN,
            },
            Kind::HttpRequest => match name {
                "args" | "form" | "values" | "data" | "files" | "json" | "stream" | "headers" | "cookies" | "url"
                | "base_url" | "host" | "host_url" | "url_root" | "path" | "full_path" | "query_string"
                | "referrer" | "user_agent" | "environ" => {
                    if matches!(name, "data" | "form" | "args" | "values" | "files" | "json" | "stream") {
                        self.effects |= Effects::BODY;
                    }
                    let kind = self.request_kind();
                    let taint = self.source(kind, attribute, &format!("httprequest.{name}"), Clean::empty());
                    let raw = matches!(name, "form" | "args" | "values" | "data" | "json");
                    let kind = if matches!(name, "form" | "args" | "values") { Kind::Dict } else { Kind::Unknown };
                    let raw = if raw { Traits::RAW_PARAMS } else { Traits::empty() };
                    Value { taint, kind, text: None, traits: raw | Traits::WHOLE }
                }
                _ => Value::of(Kind::Str),
            },
            Kind::Named(dotted) => {
                if dotted.len() > 120 {
                    return Value::UNKNOWN;
                }
                self.named(Ustr::from(&format!("{dotted}.{name}")))
            }
            Kind::Class(class) => {
                if let Some(method) = self.program.class(class).method(Ustr::from(name)) {
                    return Value::of(Kind::Function(method));
                }
                match self.program.class(class).attributes.get(name) {
                    Some(constant) if python::is_literal(constant) => self.constant(constant),
                    _ => Value::UNKNOWN,
                }
            }
            Kind::Object(class) => match self.program.class(class).attributes.get(name) {
                Some(constant) if python::is_literal(constant) => self.constant(constant),
                _ if matches!(name, "env" | "_env") => Value::of(Kind::Env),
                _ if matches!(name, "cr" | "_cr") => Value::of(Kind::Cursor),
                _ => Value::UNKNOWN,
            },
            Kind::Session | Kind::Context => Value { kind: Kind::Unknown, text: None, ..base },
            // Plain data has methods only; an attribute means an object of the server, or an uploaded file.
            Kind::Unknown
                if !matches!(
                    name,
                    "filename"
                        | "content_type"
                        | "mimetype"
                        | "stream"
                        | "data"
                        | "text"
                        | "content"
                        | "body"
                        | "cr"
                        | "_cr"
                        | "env"
                ) =>
            {
                Value::UNKNOWN
            }
            _ => Value {
                taint: base.taint,
                kind: if matches!(name, "cr" | "_cr") {
                    Kind::Cursor
                } else if name == "env" {
                    Kind::Env
                } else {
                    Kind::Unknown
                },
                text: None,
                traits: base.traits & (Traits::LITERAL | Traits::SETTING),
            },
        }
    }

    /// `self._table` and relatives are set by code; a literal class attribute keeps its text.
    fn class_attribute(&mut self, model: Ustr, name: &'a str) -> Value {
        let program = self.program;
        let constant =
            program.model_classes(model).iter().find_map(|class| program.class(*class).attributes.get(name).copied());
        match constant {
            Some(constant) if python::is_literal(constant) => self.constant(constant),
            _ => Value::of(Kind::Str).with(Traits::LITERAL),
        }
    }

    fn context(&mut self, node: &'a ExprAttribute) -> Value {
        let taint = self.source(SourceKind::Context, node, "context", Clean::empty());
        Value { taint, kind: Kind::Context, text: None, traits: Traits::WHOLE }
    }

    /// A field of records: relations lead on, numbers are harmless, texts were written by somebody.
    fn field_value(&mut self, base: Value, model: Ustr, attribute: &'a ExprAttribute) -> Value {
        let name = attribute.attr.as_str();
        let keep = base.traits & (Traits::SUDO | Traits::OWN | Traits::CHOSEN);
        let field = self.program.field(model, name);
        if let Some(field) = field
            && field.is_relation()
        {
            let comodel = field.comodel.unwrap_or_else(|| Ustr::from(""));
            return Value { taint: base.taint, kind: Kind::Records(comodel), text: None, traits: keep };
        }
        if field.is_none() && (name.ends_with("_id") || name.ends_with("_ids")) {
            return Value {
                taint: base.taint,
                kind: Kind::Records(Ustr::from(core_comodel(name))),
                text: None,
                traits: keep,
            };
        }
        let is_text = match field {
            Some(field) => field.is_text(),
            None => matches!(
                name,
                "name"
                    | "display_name"
                    | "note"
                    | "description"
                    | "comment"
                    | "body"
                    | "email"
                    | "login"
                    | "phone"
                    | "mobile"
                    | "street"
                    | "city"
                    | "zip"
                    | "website"
                    | "reference"
                    | "ref"
                    | "client_order_ref"
                    | "code"
                    | "subject"
                    | "default_code"
                    | "barcode"
                    | "vat"
                    | "origin"
                    | "title"
                    | "text"
                    | "html"
                    | "content"
                    | "query"
                    | "domain"
                    | "narration"
            ),
        };
        let secret = if crate::rules::secrets::is_secret_name(name) { Traits::SECRET } else { Traits::empty() };
        let class = self.program.model_classes(model).first().map(|class| self.program.class(*class).kind);
        if class == Some(ClassKind::Transient) && field.is_some_and(|field| field.kind == "Binary") {
            let taint = self.source(SourceKind::Import, attribute, &format!("{model}.{name}"), Clean::empty());
            return Value { taint, kind: Kind::Str, text: None, traits: Traits::WHOLE };
        }
        if !is_text {
            if model.is_empty() || field.is_some() {
                return Value { kind: Kind::Number, traits: secret, ..Value::UNKNOWN };
            }
            return Value::UNKNOWN.with(secret);
        }
        // What a wizard or a form that is being filled holds was typed by the user who runs the code.
        let typed = class == Some(ClassKind::Transient) || self.function.has_decorator("onchange");
        let kind = if typed { SourceKind::Wizard } else { SourceKind::Stored };
        let html = if field.is_some_and(|field| field.kind == "Html" && field.truth("sanitize") != Some(false)) {
            Clean::HTML
        } else {
            Clean::empty()
        };
        let label = format!("{}.{name}", if model.is_empty() { "record" } else { model.as_str() });
        // A related or computed text without a column of its own is still somebody's text.
        let taint = self.source(kind, attribute, &label, html);
        Value { taint, kind: Kind::Str, text: None, traits: secret | Traits::WHOLE }
    }

    fn subscript(&mut self, subscript: &'a ruff_python_ast::ExprSubscript) -> Value {
        let base = self.eval(&subscript.value);
        let index = self.eval(&subscript.slice);
        match base.kind {
            Kind::Env | Kind::Registry => {
                if !index.is_literal() {
                    let guards = self.guards;
                    self.sink(
                        Sink::ModelName,
                        index.with(base.traits),
                        &*subscript.slice,
                        "env",
                        SinkDetail { guards, ..SinkDetail::default() },
                    );
                }
                let traits = base.traits & (Traits::SUDO | Traits::SUPERUSER_ENV);
                let model = if index.text().is_empty() { Ustr::from("") } else { Ustr::from(index.text()) };
                Value { traits, ..Value::of(Kind::Records(model)) }
            }
            Kind::Records(_) => {
                if !index.is_literal() && index.kind != Kind::Number {
                    self.sink(Sink::FieldName, index.with(base.traits), &*subscript.slice, "[]", SinkDetail::default());
                }
                if matches!(*subscript.slice, Expr::Slice(_)) || index.kind == Kind::Number {
                    return base;
                }
                Value::UNKNOWN
            }
            // A look-up in a fixed table gives one of the table's values.
            Kind::Dict | Kind::Collection if base.is_literal() => Value { kind: Kind::Unknown, text: None, ..base },
            Kind::Str if matches!(*subscript.slice, Expr::Slice(_)) => Value { text: None, ..base },
            Kind::Context => Value { kind: Kind::Unknown, text: None, ..base },
            _ => {
                let secret =
                    if crate::rules::secrets::is_secret_name(index.text()) { Traits::SECRET } else { Traits::empty() };
                Value {
                    kind: Kind::Unknown,
                    text: None,
                    traits: (base.traits & (Traits::LITERAL | Traits::WHOLE)) | secret,
                    ..base
                }
            }
        }
    }

    fn compare(&mut self, compare: &'a ruff_python_ast::ExprCompare) {
        let left = self.eval(&compare.left);
        let mut sides = vec![(left, &*compare.left)];
        for part in &compare.comparators {
            let value = self.eval(part);
            sides.push((value, part));
        }
        let names_secret = |expression: &Expr| {
            python::last_name(expression).is_some_and(crate::rules::secrets::is_secret_name)
                || matches!(expression, Expr::Subscript(subscript) if python::string(&subscript.slice).is_some_and(crate::rules::secrets::is_secret_name))
        };
        let secret = sides.iter().any(|(value, expression)| {
            value.traits.intersects(Traits::SECRET | Traits::SETTING) || names_secret(expression)
        });
        let constant = sides.iter().any(|(value, _)| value.is_literal());
        // `state != expected_state` of OAuth and its like.
        let expected =
            sides.iter().any(|(_, side)| python::last_name(side).is_some_and(|name| name.starts_with("expected")));
        if (secret || expected) && !constant {
            self.guards |= Guards::TOKEN;
        }
        if sides.iter().any(|(value, _)| value.is(Traits::OWN)) {
            self.guards |= Guards::OWNER;
        }
    }

    /// `+`, `%` and the rest.
    pub fn binary(
        &mut self,
        left: Value,
        op: Operator,
        right: Value,
        right_expression: &'a Expr,
        node: &'a Expr,
    ) -> Value {
        match op {
            Operator::Mod if !matches!(left.kind, Kind::Number | Kind::Bool) => {
                self.percent(left, right, right_expression, node)
            }
            Operator::Add => self.add(left, right, node),
            Operator::BitOr | Operator::BitAnd | Operator::Sub if matches!(left.kind, Kind::Records(_)) => {
                self.join_values(left, right)
            }
            Operator::Div if left.taint != Taint::CLEAN || right.taint != Taint::CLEAN => {
                // pathlib joins with `/`.
                let taint = self.arena.union(left.taint, right.taint);
                let kind = if matches!(left.kind, Kind::Instance(_)) { left.kind } else { Kind::Unknown };
                Value { taint, kind, text: None, traits: Traits::empty() }
            }
            Operator::BitOr if left.kind == Kind::Dict || right.kind == Kind::Dict => {
                let taint = self.arena.union(left.taint, right.taint);
                Value { taint, kind: Kind::Dict, text: None, traits: (left.traits | right.traits) & Traits::RAW_PARAMS }
            }
            Operator::Mult if left.is_text() && left.kind == Kind::Str || left.kind == Kind::Collection => {
                Value { text: None, ..left }
            }
            _ if left.is_literal() && right.is_literal() => Value { text: None, ..left },
            _ => Value::of(Kind::Number),
        }
    }
}

/// Models behind the names that Odoo's own fields use.
fn core_comodel(field: &str) -> &'static str {
    match field {
        "partner_id" | "commercial_partner_id" | "partner_ids" => "res.partner",
        "user_id" | "user_ids" | "create_uid" | "write_uid" => "res.users",
        "company_id" | "company_ids" => "res.company",
        "groups_id" | "group_ids" => "res.groups",
        "order_id" => "sale.order",
        _ => "",
    }
}
