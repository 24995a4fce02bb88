//! Calls: of the scan, of the ORM, of libraries; and the view that rules get of a call.

use ruff_python_ast::{Expr, ExprCall};
use ustr::Ustr;

use super::analysis::{Analysis, Hit, HitOrigin, SinkDetail};
use super::guards::{Effects, Guards, guard_of_call, guard_of_domain};
use super::library::{self, Known};
use super::sources::SourceKind;
use super::summary::{ReturnOrigin, Sink, Step, StepKind};
use super::value::{Clean, FIRST_SOURCE, Kind, Label, Origin, Taint, Traits, Value};
use crate::program::{Function, FunctionId, Program};
use crate::python;
use crate::rule::Report;
use crate::rules::helpers::is_superuser;
use crate::source::Site;

/// A call as rules see it: names resolved, arguments evaluated.
pub struct CallView<'v, 'a> {
    /// The program.
    pub program: &'v Program<'a>,
    /// The function that holds the call.
    pub function: &'v Function<'a>,
    /// The call.
    pub call: &'a ExprCall,
    /// Last part of the called name.
    pub name: &'v str,
    /// Dotted name of something outside the scan: `subprocess.run`.
    pub dotted: &'v str,
    /// The object that the method is called on.
    pub receiver: Option<Value>,
    /// Positional arguments.
    pub arguments: &'v [Value],
    /// Keyword arguments; no name for `**x`.
    pub keywords: &'v [(Option<&'a str>, Value)],
    /// Guards performed so far.
    pub guards: Guards,
    tainted: &'v dyn Fn(Value) -> bool,
}

impl<'a> CallView<'_, 'a> {
    /// An argument by position or keyword.
    #[must_use]
    pub fn argument(&self, index: usize, keyword: &str) -> Option<Value> {
        self.keyword(keyword).or_else(|| self.arguments.get(index).copied())
    }

    /// A keyword argument.
    #[must_use]
    pub fn keyword(&self, keyword: &str) -> Option<Value> {
        self.keywords.iter().find(|(name, _)| *name == Some(keyword)).map(|(_, value)| *value)
    }

    /// The expression of an argument.
    #[must_use]
    pub fn expression(&self, index: usize, keyword: &str) -> Option<&'a Expr> {
        self.call.arguments.find_argument_value(keyword, index)
    }

    /// Whether somebody outside chooses a value, wholly or in part.
    #[must_use]
    pub fn is_tainted(&self, value: Value) -> bool {
        (self.tainted)(value)
    }

    /// The place of a node.
    #[must_use]
    pub fn site(&self, node: &impl ruff_text_size::Ranged) -> Site {
        self.program.site(self.function.unit, node)
    }

    /// The source text of a node.
    #[must_use]
    pub fn source(&self, node: &impl ruff_text_size::Ranged) -> &'a str {
        let site = self.site(node);
        self.program.file(site.file).slice(site.range)
    }

    /// The name of the object that the method is called on, as far as it has one.
    #[must_use]
    pub fn receiver_name(&self) -> &'a str {
        match &*self.call.func {
            Expr::Attribute(attribute) => python::last_name(&attribute.value).unwrap_or_default(),
            _ => "",
        }
    }

    /// Whether the call works on a database cursor.
    #[must_use]
    pub fn is_cursor_call(&self) -> bool {
        self.receiver.is_some_and(|value| value.kind == Kind::Cursor)
            || matches!(self.receiver_name(), "cr" | "_cr" | "cursor" | "cur")
    }
}

struct Arguments<'a> {
    positional: Vec<Value>,
    keywords: Vec<(Option<&'a str>, Value)>,
    taint: Taint,
}

impl Arguments<'_> {
    fn get(&self, index: usize, keyword: &str) -> Option<Value> {
        self.keywords
            .iter()
            .find(|(name, _)| *name == Some(keyword))
            .map(|(_, value)| *value)
            .or_else(|| self.positional.get(index).copied())
    }
}

impl<'a> Analysis<'a, '_> {
    pub fn call(&mut self, call: &'a ExprCall) -> Value {
        let mut receiver = None;
        let mut callee = Value::UNKNOWN;
        let mut name = "";
        match &*call.func {
            Expr::Attribute(attribute) => {
                let value = self.eval(&attribute.value);
                name = attribute.attr.as_str();
                receiver = Some(value);
                if let Kind::Named(base) = value.kind
                    && base.len() < 120
                {
                    callee = self.named(Ustr::from(&format!("{base}.{name}")));
                } else if let Kind::Class(class) = value.kind
                    && let Some(method) = self.program.class(class).method(Ustr::from(name))
                {
                    callee = Value::of(Kind::Function(method));
                }
            }
            Expr::Name(function) => {
                name = function.id.as_str();
                callee = self.eval(&call.func);
            }
            other => callee = self.eval(other),
        }
        let arguments = self.arguments(call);
        let dotted = match (callee.kind, receiver.map(|value| value.kind)) {
            (Kind::Named(dotted), _) => dotted.as_str(),
            // `requests.Session().get()` and relatives keep the name of what made the object.
            (_, Some(Kind::Instance(base))) if base.len() < 120 => Ustr::from(&format!("{base}.{name}")).as_str(),
            _ => "",
        };
        self.run_call_rules(call, name, dotted, receiver, &arguments);
        self.note_guards(call, name, &arguments);
        if name == "super" && receiver.is_none() {
            self.effects |= Effects::SUPER;
            return match self.function.class {
                Some(class) => Value::of(Kind::Super(class)),
                None => Value::UNKNOWN,
            };
        }
        if self.is_dynamic_method(call) {
            let called = self.dynamic_name(call);
            if let Some((value, node)) = called {
                let guards = self.guards;
                self.sink(Sink::MethodName, value, node, "getattr", SinkDetail { guards, ..SinkDetail::default() });
            }
        }
        let targets = self.targets(callee, receiver, name);
        if !targets.is_empty() {
            let result = self.call_known(call, &targets, receiver, name, &arguments);
            // The ORM's own methods keep their meaning when the scan overrides them.
            if let Some(receiver) = receiver
                && matches!(receiver.kind, Kind::Records(_) | Kind::Super(_))
                && is_orm_method(name)
            {
                return self.orm_call(call, receiver, name, &arguments);
            }
            return result;
        }
        self.call_outside(call, callee, receiver, name, dotted, &arguments)
    }

    fn arguments(&mut self, call: &'a ExprCall) -> Arguments<'a> {
        let mut taint = Taint::CLEAN;
        let mut positional = Vec::with_capacity(call.arguments.args.len());
        for argument in &call.arguments.args {
            let value = self.eval(argument);
            taint = self.arena.union(taint, value.taint);
            positional.push(value);
        }
        let mut keywords = Vec::with_capacity(call.arguments.keywords.len());
        for keyword in &call.arguments.keywords {
            let value = self.eval(&keyword.value);
            taint = self.arena.union(taint, value.taint);
            keywords.push((keyword.arg.as_ref().map(ruff_python_ast::Identifier::as_str), value));
        }
        Arguments { positional, keywords, taint }
    }

    fn run_call_rules(
        &mut self,
        call: &'a ExprCall,
        name: &str,
        dotted: &str,
        receiver: Option<Value>,
        arguments: &Arguments<'a>,
    ) {
        let rules = self.table.rules_for(name);
        if rules.is_empty() {
            return;
        }
        let mut found: Vec<(usize, Report)> = Vec::new();
        {
            let arena = &self.arena;
            let tainted = |value: Value| arena.is_dangerous(value.taint, Clean::TEXT);
            let view = CallView {
                program: self.program,
                function: self.function,
                call,
                name,
                dotted,
                receiver,
                arguments: &arguments.positional,
                keywords: &arguments.keywords,
                guards: self.guards,
                tainted: &tainted,
            };
            for (index, check) in rules {
                if let Some(mut report) = check(&view) {
                    report.site.get_or_insert_with(|| view.site(call));
                    found.push((*index, report));
                }
            }
        }
        for (index, report) in found {
            let known = self.reports.iter().any(|(other, old)| *other == index && old.site == report.site);
            if !known {
                self.reports.push((index, report));
            }
        }
    }

    fn note_guards(&mut self, call: &'a ExprCall, name: &str, arguments: &Arguments<'a>) {
        self.guards |= guard_of_call(name);
        match name {
            "send_mail" | "message_post" | "message_notify" => self.effects |= Effects::MAIL,
            "Environment" => self.effects |= Effects::ENVIRONMENT,
            "filtered" | "filtered_domain" => {
                if let Some(argument) = call.arguments.args.first() {
                    let site = self.site(argument);
                    self.guards |= guard_of_domain(self.program.file(site.file).slice(site.range))
                        & (Guards::OWNER | Guards::TOKEN);
                }
            }
            _ => {}
        }
        let _ = arguments;
    }

    /// `getattr(record, name)(...)`.
    fn is_dynamic_method(&self, call: &ExprCall) -> bool {
        matches!(&*call.func, Expr::Call(inner) if python::last_name(&inner.func) == Some("getattr"))
    }

    fn dynamic_name(&mut self, call: &'a ExprCall) -> Option<(Value, &'a Expr)> {
        let Expr::Call(inner) = &*call.func else { return None };
        let name = inner.arguments.args.get(1)?;
        let value = self.eval(name);
        (!value.is(Traits::PREFIXED)).then_some((value, name))
    }

    /// The functions of the scan that a call may run.
    fn targets(&self, callee: Value, receiver: Option<Value>, name: &str) -> Vec<FunctionId> {
        let own = self.id;
        let mut out: Vec<FunctionId> = match (callee.kind, receiver.map(|value| value.kind)) {
            (Kind::Function(id), _) => vec![id],
            (Kind::Class(class), _) => self.program.class(class).method(Ustr::from("__init__")).into_iter().collect(),
            (_, Some(Kind::Records(model))) if !model.is_empty() => {
                self.program.methods(model, Ustr::from(name)).to_vec()
            }
            (_, Some(Kind::Records(_))) => self.unique(name),
            (_, Some(Kind::Object(class))) => self.object_method(class, name),
            (_, Some(Kind::Super(class))) => {
                let class = self.program.class(class);
                match class.model {
                    Some(model) => {
                        self.program.methods(model, Ustr::from(name)).iter().copied().filter(|id| *id != own).collect()
                    }
                    None => crate::program::link::overridden(
                        self.program,
                        self.function.class.unwrap_or(crate::program::ClassId(0)),
                        Ustr::from(name),
                    )
                    .into_iter()
                    .collect(),
                }
            }
            (_, Some(Kind::Unknown)) => self.unique(name),
            _ => Vec::new(),
        };
        out.truncate(12);
        out
    }

    fn object_method(&self, class: crate::program::ClassId, name: &str) -> Vec<FunctionId> {
        let name = Ustr::from(name);
        if let Some(method) = self.program.class(class).method(name) {
            return vec![method];
        }
        crate::program::link::overridden(self.program, class, name).into_iter().collect()
    }

    /// A method that only one or two classes of the scan have, by a name that nothing else uses.
    fn unique(&self, name: &str) -> Vec<FunctionId> {
        if is_orm_method(name)
            || name.len() < 6
            || (!name.starts_with('_') && !name.contains('_'))
            || name.starts_with("__")
        {
            return Vec::new();
        }
        let found = self.program.methods_by_name.get(&Ustr::from(name)).map_or(&[][..], Vec::as_slice);
        if found.len() <= 2 { found.to_vec() } else { Vec::new() }
    }

    // --- functions of the scan --------------------------------------------------------------------------------------

    fn call_known(
        &mut self,
        call: &'a ExprCall,
        targets: &[FunctionId],
        receiver: Option<Value>,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Value {
        let mut result: Option<Value> = None;
        for target in targets {
            self.callees.push(*target);
            let value = self.apply(call, *target, receiver, name, arguments);
            result = Some(result.map_or(value, |known| self.join_values(known, value)));
        }
        let mut result = result.unwrap_or(Value::UNKNOWN);
        if let (Some(receiver), Kind::Records(_)) = (receiver, result.kind) {
            result.traits |= receiver.traits & (Traits::SUDO | Traits::SUPERUSER_ENV);
        }
        result
    }

    /// Positions of a call's arguments among the parameters of the target.
    fn argument_for(
        &self,
        target: &Function<'a>,
        parameter: usize,
        bound: bool,
        receiver: Option<Value>,
        arguments: &Arguments<'a>,
    ) -> Option<Value> {
        if bound && parameter == 0 {
            return receiver;
        }
        let position = parameter - usize::from(bound);
        let name = target.parameters.get(parameter).copied().unwrap_or_default();
        if Some(parameter) == target.keywords {
            // Keywords without a parameter of their own, and `**x`.
            return arguments
                .keywords
                .iter()
                .filter(|(key, _)| key.is_none_or(|key| !target.parameters.contains(&key)))
                .map(|(_, value)| *value)
                .max_by_key(|value| value.taint.0);
        }
        if Some(parameter) == target.rest {
            return arguments
                .positional
                .iter()
                .skip(target.positional - usize::from(bound))
                .copied()
                .max_by_key(|value| value.taint.0);
        }
        arguments
            .keywords
            .iter()
            .find(|(key, _)| *key == Some(name))
            .or_else(|| {
                arguments.keywords.iter().find(|(key, value)| {
                    key.is_none() && value.taint != Taint::CLEAN && position >= arguments.positional.len()
                })
            })
            .map(|(_, value)| *value)
            .or_else(|| (parameter < target.positional).then(|| arguments.positional.get(position).copied()).flatten())
    }

    fn apply(
        &mut self,
        call: &'a ExprCall,
        target_id: FunctionId,
        receiver: Option<Value>,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Value {
        let target = self.program.function(target_id);
        let summary = &self.summaries[target_id.0 as usize];
        let bound = target.class.is_some()
            && !target.has_decorator("staticmethod")
            && receiver.is_none_or(|value| !matches!(value.kind, Kind::Class(_)));
        self.guards |= summary.guards;
        self.effects |= summary.effects;
        if receiver.is_some_and(|value| value.is(Traits::SUDO)) && summary.effects.contains(Effects::WRITES) {
            self.effects |= Effects::SUDO_WRITES;
        }
        let shown = Ustr::from(if name.is_empty() { target.name.as_str() } else { name });
        // Sinks below.
        for below in summary.sinks.clone() {
            let Some(value) = self.argument_for(target, below.parameter as usize, bound, receiver, arguments) else {
                continue;
            };
            let needs = below.sink.sink.needs();
            if !self.arena.is_dangerous(value.taint, needs) || (bound && below.parameter == 0) {
                continue;
            }
            let passed = Step { site: self.site(call), what: StepKind::Passed(shown) };
            let mut origins = Vec::new();
            for label in self.arena.labels(value.taint).to_vec() {
                if label.clean.contains(needs) {
                    continue;
                }
                let mut steps = self.arena.path(label.step);
                steps.push(passed);
                steps.extend_from_slice(&below.steps);
                origins.push((self.hit_origin(label.origin), steps));
            }
            origins.retain(|(origin, _)| *origin != HitOrigin::Parameter(0) || self.function.class.is_none());
            if !origins.is_empty() {
                self.add_hit(Hit { sink: below.sink, origins, guards: below.guards, through_call: true });
            }
        }
        // What comes back.
        let returned = Step { site: self.site(call), what: StepKind::Returned(shown) };
        let mut taint = Taint::CLEAN;
        for (origin, steps, clean) in summary.returns.clone() {
            match origin {
                ReturnOrigin::Parameter(parameter) => {
                    let Some(value) = self.argument_for(target, parameter as usize, bound, receiver, arguments) else {
                        continue;
                    };
                    let mut through = self.arena.clean(value.taint, clean);
                    if !steps.is_empty() {
                        through = self.arena.step(through, returned);
                    }
                    taint = self.arena.union(taint, through);
                }
                ReturnOrigin::Source(source) => {
                    let index = self.sources.iter().position(|known| *known == source).unwrap_or_else(|| {
                        self.sources.push(source);
                        self.sources.len() - 1
                    });
                    let mut at = super::value::Arena::START;
                    for step in steps {
                        at = self.arena.push(at, step);
                    }
                    at = self.arena.push(at, returned);
                    let label =
                        Label { origin: Origin(FIRST_SOURCE + u32::try_from(index).unwrap_or(0)), step: at, clean };
                    let single = self.arena.single(label.origin, label.step, label.clean);
                    taint = self.arena.union(taint, single);
                }
            }
        }
        let mut traits = summary.traits;
        if traits.intersects(Traits::FORMAT | Traits::CONCAT) {
            traits |= Traits::FROM_CALL;
        }
        // A class of the scan that is called gives an object of it.
        let kind = match (target.name.as_str(), target.class) {
            ("__init__", Some(class)) => Kind::Object(class),
            _ => summary.kind,
        };
        Value { taint, kind, text: summary.text, traits }
    }

    // --- the ORM, the request and libraries -------------------------------------------------------------------------

    fn call_outside(
        &mut self,
        call: &'a ExprCall,
        callee: Value,
        receiver: Option<Value>,
        name: &'a str,
        dotted: &str,
        arguments: &Arguments<'a>,
    ) -> Value {
        if let Kind::Class(class) = callee.kind {
            return Value { taint: arguments.taint, ..Value::of(Kind::Object(class)) };
        }
        if !dotted.is_empty()
            && let Some(value) = self.library_call(call, name, dotted, arguments)
        {
            return value;
        }
        let Some(receiver) = receiver else {
            return self.plain_call(call, callee, name, dotted, arguments);
        };
        match receiver.kind {
            Kind::Cursor => return self.cursor_call(call, name, arguments),
            Kind::Records(_) | Kind::Super(_) => return self.orm_call(call, receiver, name, arguments),
            Kind::Env => return self.env_method(call, receiver, name, arguments),
            Kind::Named(_) => return self.plain_call(call, callee, name, dotted, arguments),
            Kind::Request => return self.request_call(call, name, arguments),
            Kind::HttpRequest => {
                if matches!(name, "get_data" | "get_json") {
                    self.effects |= Effects::BODY;
                }
                let kind = self.request_kind();
                let taint = self.source(kind, call, &format!("httprequest.{name}()"), Clean::empty());
                return Value { taint, traits: Traits::WHOLE, ..Value::UNKNOWN };
            }
            _ => {}
        }
        if matches!(python::last_name(receiver_expression(call)), Some("cr" | "_cr" | "cursor" | "cur")) {
            return self.cursor_call(call, name, arguments);
        }
        if let Some(value) = self.text_method(receiver, name, &arguments.positional, arguments.taint, call) {
            return value;
        }
        self.container_call(call, receiver, name, arguments)
    }

    fn container_call(&mut self, call: &'a ExprCall, receiver: Value, name: &str, arguments: &Arguments<'a>) -> Value {
        match name {
            "append" | "extend" | "insert" | "add" | "update" | "setdefault" | "appendleft" => {
                let mut merged = arguments
                    .positional
                    .iter()
                    .copied()
                    .fold(Value::UNKNOWN, |known, value| self.join_values(known, value));
                merged.taint = arguments.taint;
                if arguments.positional.iter().all(Value::is_literal) {
                    merged.traits |= Traits::LITERAL;
                }
                if let Expr::Attribute(attribute) = &*call.func {
                    self.absorb(&attribute.value, merged);
                }
                Value { taint: receiver.taint, ..Value::UNKNOWN }
            }
            "get" | "pop" => {
                let secret_name =
                    arguments.positional.first().is_some_and(|key| crate::rules::secrets::is_secret_name(key.text()));
                let secret = if secret_name { Traits::SECRET } else { Traits::empty() };
                if receiver.kind == Kind::Dict && receiver.is_literal() {
                    // The default of a fixed table may be the key itself.
                    let default = arguments.positional.get(1).copied().unwrap_or(Value::literal(Kind::None));
                    let inside = Value { kind: Kind::Unknown, text: None, ..receiver };
                    return self.join_values(inside, default);
                }
                let default = arguments.positional.get(1).map_or(Taint::CLEAN, |value| value.taint);
                let taint = self.arena.union(receiver.taint, default);
                Value { taint, kind: Kind::Unknown, text: None, traits: (receiver.traits & Traits::WHOLE) | secret }
            }
            "copy" | "items" | "values" | "keys" | "getlist" | "to_dict" => {
                let kind = if matches!(name, "copy" | "to_dict") { receiver.kind } else { Kind::Collection };
                Value { kind, text: None, ..receiver }
            }
            "json" | "text" | "content" | "read" | "getvalue" | "json_body" => {
                Value { kind: Kind::Unknown, text: None, ..receiver }
            }
            "extractall" | "extract" => {
                self.sink(Sink::Archive, receiver, call, name, SinkDetail::default());
                Value::UNKNOWN
            }
            "xpath" | "iterfind" => {
                if let Some(value) = arguments.get(0, "_path")
                    && !value.is_literal()
                {
                    self.sink(Sink::Xpath, value, call, name, SinkDetail::default());
                }
                Value { taint: receiver.taint, ..Value::UNKNOWN }
            }
            "from_string" => {
                if let Some(value) = arguments.get(0, "source") {
                    self.sink(Sink::Template, value, call, name, SinkDetail::default());
                }
                Value::UNKNOWN
            }
            "search_s" | "search_ext_s" | "search_st" | "search_ext" | "simple_bind_s" | "query" => {
                if let Some(value) = arguments.positional.get(2) {
                    self.sink(Sink::Ldap, *value, call, name, SinkDetail::default());
                }
                Value::UNKNOWN
            }
            "add_where" | "add_join" | "add_table" => {
                if let Some(value) = arguments.get(0, "where_clause") {
                    let with_parameters = arguments.positional.len() > 1;
                    self.sink(
                        Sink::SqlQueryPart,
                        value,
                        call,
                        name,
                        SinkDetail { with_parameters, ..SinkDetail::default() },
                    );
                }
                Value::UNKNOWN
            }
            _ => {
                // What a client sends is text, numbers, lists and dictionaries: an object with other methods is not his.
                let own =
                    if receiver.kind == Kind::Unknown && !is_data_method(name) { Taint::CLEAN } else { receiver.taint };
                let taint = self.arena.union(own, arguments.taint);
                let kind = match receiver.kind {
                    Kind::Instance(base) => Kind::Instance(base),
                    _ => Kind::Unknown,
                };
                Value { taint, kind, text: None, traits: Traits::empty() }
            }
        }
    }

    fn plain_call(
        &mut self,
        call: &'a ExprCall,
        callee: Value,
        name: &str,
        dotted: &str,
        arguments: &Arguments<'a>,
    ) -> Value {
        if callee.kind == Kind::Env {
            // `self.env(user=...)`, `self.env(su=True)`.
            let superuser = call.arguments.keywords.iter().any(|keyword| {
                let key = keyword.arg.as_ref().map(ruff_python_ast::Identifier::as_str);
                (key == Some("user") && is_superuser(&keyword.value))
                    || (key == Some("su") && python::boolean(&keyword.value) == Some(true))
            });
            let traits = if superuser { Traits::SUDO | Traits::SUPERUSER_ENV } else { callee.traits & Traits::SUDO };
            return Value { traits, ..Value::of(Kind::Env) };
        }
        match name {
            "getattr" => {
                let base = arguments.positional.first().copied().unwrap_or(Value::UNKNOWN);
                let key = arguments.positional.get(1).copied().unwrap_or(Value::UNKNOWN);
                if !key.is_literal() && matches!(base.kind, Kind::Records(_)) {
                    self.sink(Sink::FieldName, key.with(base.traits), call, name, SinkDetail::default());
                }
                return Value { taint: base.taint, ..Value::UNKNOWN };
            }
            "_" | "_lt" => {
                let mut value = arguments.positional.first().copied().unwrap_or(Value::UNKNOWN);
                value.taint = arguments.taint;
                let traits = if arguments.positional.len() > 1 || !arguments.keywords.is_empty() {
                    Traits::FORMAT
                } else {
                    value.traits
                };
                return Value { kind: Kind::Str, text: None, traits, ..value };
            }
            "Environment" => {
                let superuser = call.arguments.args.get(1).is_some_and(is_superuser);
                let traits = if superuser { Traits::SUDO | Traits::SUPERUSER_ENV } else { Traits::empty() };
                return Value { traits, ..Value::of(Kind::Env) };
            }
            _ => {}
        }
        let kind =
            if dotted.is_empty() || dotted.len() > 120 { Kind::Unknown } else { Kind::Instance(Ustr::from(dotted)) };
        Value { taint: arguments.taint, kind, text: None, traits: Traits::empty() }
    }

    fn library_call(
        &mut self,
        call: &'a ExprCall,
        name: &str,
        dotted: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value> {
        let odoo_environment = dotted.ends_with("api.Environment") || dotted == "odoo.Environment";
        if odoo_environment {
            return Some(self.plain_call(call, Value::UNKNOWN, "Environment", "", arguments));
        }
        if dotted.starts_with("os.environ") || dotted == "os.getenv" {
            let empty = arguments
                .positional
                .get(1)
                .is_some_and(|value| value.is_literal() && value.kind == Kind::Str && value.text().is_empty());
            let traits = Traits::SETTING | if empty { Traits::EMPTY_DEFAULT } else { Traits::empty() };
            return Some(Value { traits, ..Value::of(Kind::Str) });
        }
        let first = |analysis: &Self, keyword: &str, index: usize| {
            let _ = analysis;
            arguments.get(index, keyword).unwrap_or(Value::UNKNOWN)
        };
        match library::known(dotted)? {
            Known::Sink(sink, index, keyword) => {
                let value = first(self, keyword, index);
                let node = call.arguments.find_argument_value(keyword, index);
                let detail = SinkDetail {
                    guards: Guards::empty(),
                    with_parameters: arguments.positional.len() > 1,
                    ..SinkDetail::default()
                };
                let sink = match sink {
                    // A shell makes the whole list one command line.
                    Sink::Argument
                        if call
                            .arguments
                            .find_keyword("shell")
                            .is_some_and(|shell| python::boolean(&shell.value) == Some(true)) =>
                    {
                        Sink::Shell
                    }
                    // A list that was given as one text is a program name.
                    other => other,
                };
                match node {
                    Some(node) => self.sink(sink, value, node, name, detail),
                    None => self.sink(sink, value, call, name, detail),
                }
                Some(match sink {
                    Sink::Markup => {
                        let taint = self.arena.clean(value.taint, Clean::HTML);
                        Value { taint, kind: Kind::Markup, text: None, traits: value.traits & Traits::LITERAL }
                    }
                    Sink::SqlWrapper => {
                        Value { traits: value.traits & Traits::LITERAL, text: value.text, ..Value::of(Kind::Sql) }
                    }
                    Sink::SqlAsIs => Value::of(Kind::Sql),
                    Sink::Redirect => Value::of(Kind::Response),
                    Sink::Path if matches!(name, "open" | "Path") => Value {
                        taint: value.taint,
                        kind: Kind::Instance(Ustr::from(dotted)),
                        text: None,
                        traits: Traits::empty(),
                    },
                    Sink::Path => Value::of(Kind::Response),
                    Sink::Pattern => {
                        let subject = arguments
                            .positional
                            .iter()
                            .skip(1)
                            .fold(Taint::CLEAN, |taint, value| self.arena.union(taint, value.taint));
                        Value { taint: subject, ..Value::UNKNOWN }
                    }
                    Sink::Database => Value::of(Kind::Registry),
                    _ => Value {
                        taint: value.taint,
                        kind: Kind::Instance(Ustr::from(dotted)),
                        text: None,
                        traits: Traits::empty(),
                    },
                })
            }
            Known::Cleans(clean, kind) => {
                let value = first(self, "", 0);
                if value.is_literal() {
                    return Some(Value { kind, text: value.text, ..Value::literal(kind) });
                }
                let taint = self.arena.clean(arguments.taint, clean);
                Some(Value { taint, kind, text: None, traits: Traits::empty() })
            }
            Known::Passes(kind) => {
                let value = first(self, "", 0);
                let keep = Traits::LITERAL | Traits::RAW_PARAMS | Traits::FORMAT | Traits::CONCAT | Traits::SECRET;
                let literal = arguments.positional.iter().all(Value::is_literal)
                    && arguments.taint == Taint::CLEAN
                    && !arguments.positional.is_empty();
                let mut traits = value.traits & keep;
                traits.set(Traits::LITERAL, literal);
                let kind =
                    if kind == Kind::Collection && matches!(value.kind, Kind::Records(_)) { value.kind } else { kind };
                Some(Value {
                    taint: arguments.taint,
                    kind,
                    text: if kind == Kind::Str { value.text } else { None },
                    traits,
                })
            }
            Known::Fresh(kind) => Some(Value::of(kind)),
            Known::Request(index, keyword) => {
                self.effects |= Effects::NETWORK;
                let value = first(self, keyword, index);
                let fixed_host = self.has_fixed_host(call.arguments.find_argument_value(keyword, index));
                if !fixed_host {
                    let node: &'a Expr = match call.arguments.find_argument_value(keyword, index) {
                        Some(node) => node,
                        None => return Some(Value::UNKNOWN),
                    };
                    self.sink(Sink::Url, value, node, name, SinkDetail::default());
                }
                let taint = self.source(SourceKind::External, call, &format!("{dotted}()"), Clean::empty());
                Some(Value {
                    taint,
                    kind: Kind::Instance(Ustr::from("requests.Response")),
                    text: None,
                    traits: Traits::empty(),
                })
            }
        }
    }

    /// Whether a URL expression begins with a constant scheme and host, so that a value cannot change the host.
    fn has_fixed_host(&mut self, expression: Option<&'a Expr>) -> bool {
        let Some(expression) = expression else { return false };
        let prefix: String = match expression {
            Expr::FString(string) => match string.value.elements().next() {
                Some(ruff_python_ast::InterpolatedStringElement::Literal(text)) => text.value.to_string(),
                Some(ruff_python_ast::InterpolatedStringElement::Interpolation(part)) => {
                    return self.eval(&part.expression).taint == Taint::CLEAN;
                }
                None => String::new(),
            },
            Expr::BinOp(operation) => {
                let left = self.eval(&operation.left);
                if left.text().is_empty() && left.taint == Taint::CLEAN && left.kind != Kind::Unknown {
                    return true;
                }
                if left.taint == Taint::CLEAN && left.text().is_empty() {
                    return matches!(&*operation.left, Expr::Attribute(_) | Expr::Name(_) | Expr::Call(_));
                }
                left.text().to_owned()
            }
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(attribute) if attribute.attr.as_str() == "format" => {
                    self.eval(&attribute.value).text().to_owned()
                }
                _ => return false,
            },
            Expr::Name(_) => return false,
            _ => return false,
        };
        prefix.split_once("://").is_some_and(|(_, rest)| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or("");
            !host.is_empty() && !host.contains(['%', '{']) && rest.len() > host.len()
        })
    }

    fn cursor_call(&mut self, call: &'a ExprCall, name: &str, arguments: &Arguments<'a>) -> Value {
        match name {
            "execute" | "executemany" | "execute_values" | "_execute" => {
                self.effects |= Effects::SQL;
                let query = arguments.get(0, "query").unwrap_or(Value::UNKNOWN);
                let text = query.text().trim_start().to_ascii_lowercase();
                if ["delete", "truncate", "alter", "drop", "update", "insert", "create"]
                    .iter()
                    .any(|word| text.starts_with(word))
                {
                    self.effects |= Effects::SQL_WRITES;
                } else {
                    self.effects |= Effects::READS;
                }
                let with_parameters = arguments.positional.len() > 1
                    || arguments.keywords.iter().any(|(key, _)| matches!(key, Some("params" | "vars")));
                let node = call.arguments.find_argument_value("query", 0);
                if query.kind != Kind::Sql
                    && let Some(node) = node
                {
                    self.sink(Sink::Sql, query, node, name, SinkDetail { with_parameters, ..SinkDetail::default() });
                }
                if let Some(parameters) = arguments.positional.get(1)
                    && text.contains("like")
                    && let Some(node) = call.arguments.args.get(1)
                {
                    let wild = parameters.traits.intersects(Traits::FORMAT | Traits::CONCAT) || self.has_wildcard(node);
                    if wild {
                        self.sink(Sink::LikeParameter, *parameters, node, name, SinkDetail::default());
                    }
                }
                Value::UNKNOWN
            }
            "copy_expert" | "copy_from" | "copy_to" => {
                let index = usize::from(name != "copy_expert");
                if let (Some(value), Some(node)) = (arguments.positional.get(index), call.arguments.args.get(index)) {
                    self.sink(Sink::SqlCopy, *value, node, name, SinkDetail::default());
                }
                Value::UNKNOWN
            }
            "mogrify" => Value::of(Kind::Sql),
            "fetchone" | "fetchall" | "dictfetchall" | "dictfetchone" | "fetchmany" => Value::of(Kind::Collection),
            _ => Value::UNKNOWN,
        }
    }

    /// `'%' + x + '%'` or `f"%{x}%"` among the parameters.
    fn has_wildcard(&mut self, node: &'a Expr) -> bool {
        python::elements(node).is_some_and(|elements| {
            elements.iter().any(|element| {
                let value = self.eval(element);
                value.traits.intersects(Traits::FORMAT | Traits::CONCAT) && value.taint != Taint::CLEAN
            })
        })
    }

    fn env_method(&mut self, call: &'a ExprCall, receiver: Value, name: &str, arguments: &Arguments<'a>) -> Value {
        let traits = receiver.traits & (Traits::SUDO | Traits::SUPERUSER_ENV);
        match name {
            "ref" => Value { traits, ..Value::of(Kind::Records(Ustr::from(""))) },
            "__getitem__" | "get" => {
                let value = arguments.positional.first().copied().unwrap_or(Value::UNKNOWN);
                if !value.is_literal() {
                    let guards = self.guards;
                    self.sink(
                        Sink::ModelName,
                        value.with(receiver.traits),
                        call,
                        name,
                        SinkDetail { guards, ..SinkDetail::default() },
                    );
                }
                Value { traits, ..Value::of(Kind::Records(Ustr::from(value.text()))) }
            }
            _ => Value::UNKNOWN,
        }
    }

    fn request_call(&mut self, call: &'a ExprCall, name: &str, arguments: &Arguments<'a>) -> Value {
        match name {
            "get_json_data" | "get_http_params" => {
                self.effects |= Effects::BODY;
                let kind = self.request_kind();
                let taint = self.source(kind, call, &format!("request.{name}()"), Clean::empty());
                Value { taint, kind: Kind::Dict, text: None, traits: Traits::RAW_PARAMS | Traits::WHOLE }
            }
            "render" => Value::of(Kind::Response),
            "redirect" | "redirect_query" => {
                let open = name == "redirect_query"
                    || call
                        .arguments
                        .find_keyword("local")
                        .is_some_and(|local| python::boolean(&local.value) == Some(false));
                let value = arguments.get(0, "location").unwrap_or(Value::UNKNOWN);
                let text_first = call.arguments.args.first().is_some_and(starts_with_slash);
                if open && !text_first {
                    self.sink(Sink::Redirect, value, call, name, SinkDetail::default());
                }
                Value::of(Kind::Response)
            }
            "make_response" => {
                let body = arguments.get(0, "data").unwrap_or(Value::UNKNOWN);
                let site = self.site(call);
                let text = self.program.file(site.file).slice(site.range).to_ascii_lowercase();
                let other_type = ["text/plain", "application/", "text/csv", "image/", "text/xml", "text/calendar"]
                    .iter()
                    .any(|kind| text.contains(kind));
                if (body.traits.intersects(Traits::FORMAT | Traits::CONCAT) || body.kind == Kind::Str) && !other_type {
                    self.sink(Sink::Html, body, call, name, SinkDetail::default());
                }
                Value::of(Kind::Response)
            }
            "update_env" | "update_context" => Value::UNKNOWN,
            _ => Value { taint: arguments.taint, ..Value::UNKNOWN },
        }
    }

    fn orm_call(&mut self, call: &'a ExprCall, receiver: Value, name: &str, arguments: &Arguments<'a>) -> Value {
        let model = match receiver.kind {
            Kind::Records(model) => model,
            Kind::Super(class) => self.program.class(class).model.unwrap_or_else(|| Ustr::from("")),
            _ => Ustr::from(""),
        };
        let records = |traits: Traits, taint: Taint| Value { taint, kind: Kind::Records(model), text: None, traits };
        let is_sudo = receiver.is(Traits::SUDO);
        let detail = SinkDetail { model: model.as_str(), ..SinkDetail::default() };
        match name {
            "sudo" => {
                let off = call.arguments.args.first().is_some_and(|argument| {
                    python::boolean(argument) == Some(false) && !matches!(argument, Expr::NumberLiteral(_))
                });
                let mut traits = receiver.traits;
                traits.set(Traits::SUDO, !off);
                if !off {
                    self.effects |= Effects::SUDO;
                    if receiver.is(Traits::CHOSEN) {
                        self.sink(Sink::SudoRead, receiver, call, name, detail);
                    }
                }
                records(traits, receiver.taint)
            }
            "with_user" => {
                let superuser = call.arguments.args.first().is_some_and(is_superuser);
                let mut traits = receiver.traits;
                traits.set(Traits::SUDO, superuser);
                if superuser {
                    self.effects |= Effects::SUDO;
                }
                records(traits, receiver.taint)
            }
            "with_env" => {
                let env = arguments.positional.first().copied().unwrap_or(Value::UNKNOWN);
                let mut traits = receiver.traits;
                traits.set(Traits::SUDO, env.is(Traits::SUDO));
                records(traits, receiver.taint)
            }
            "with_context" | "with_company" | "with_prefetch" | "exists" | "ensure_one" | "sorted" | "with_delay"
            | "new" => records(receiver.traits, receiver.taint),
            "filtered" | "filtered_domain" => records(receiver.traits - Traits::CHOSEN, receiver.taint),
            "browse" => {
                self.effects |= Effects::READS;
                let ids = arguments.positional.first().copied().unwrap_or(Value::UNKNOWN);
                let chosen = if ids.taint == Taint::CLEAN { Traits::empty() } else { Traits::CHOSEN };
                let taint = self.arena.clean(ids.taint, Clean::NUMBER);
                let value = records(receiver.traits | chosen, taint);
                if is_sudo && let Some(node) = call.arguments.args.first() {
                    self.sink(Sink::SudoRead, ids, node, name, detail);
                }
                value
            }
            "search" | "search_read" | "search_count" | "read_group" | "_read_group" | "search_fetch"
            | "name_search" | "web_search_read" | "_search" | "_where_calc" => {
                self.search(call, receiver, name, arguments, model)
            }
            "read" | "export_data" | "copy_data" | "read_combined" => {
                self.effects |= Effects::READS;
                Value::of(Kind::Collection)
            }
            "write" | "create" | "unlink" | "copy" | "update" => self.write(call, receiver, name, arguments, model),
            "mapped" => {
                let path = arguments.positional.first().map_or("", |value| value.text());
                let last = path.rsplit('.').next().unwrap_or("");
                if last.ends_with("_id") || last.ends_with("_ids") || path.is_empty() {
                    return Value { kind: Kind::Records(Ustr::from("")), ..receiver };
                }
                if last == "id" {
                    return Value::of(Kind::Collection);
                }
                let text = self.program.field(model, last).map_or(
                    matches!(last, "name" | "display_name" | "email" | "login"),
                    crate::program::Field::is_text,
                );
                if !text {
                    return Value::of(Kind::Collection);
                }
                let taint = self.source(SourceKind::Stored, call, &format!("mapped('{path}')"), Clean::empty());
                Value { taint, kind: Kind::Collection, text: None, traits: Traits::empty() }
            }
            "get_param" => {
                let empty = arguments
                    .get(1, "default")
                    .is_some_and(|value| value.is_literal() && value.kind == Kind::Str && value.text().is_empty());
                let secret =
                    arguments.positional.first().is_some_and(|key| crate::rules::secrets::is_secret_name(key.text()));
                let mut traits = Traits::SETTING;
                traits.set(Traits::EMPTY_DEFAULT, empty);
                traits.set(Traits::SECRET, secret);
                Value { traits, ..Value::of(Kind::Str) }
            }
            "set_param" => {
                self.effects |= Effects::WRITES;
                for value in arguments.positional.iter().take(2).filter(|_| is_sudo) {
                    self.sink(Sink::SettingWrite, *value, call, name, detail);
                }
                Value::UNKNOWN
            }
            "_render_qweb_pdf" | "_render_qweb_html" | "render_qweb_pdf" | "_render" | "_render_qweb_text"
            | "get_pdf"
                if is_sudo && model.as_str() != "ir.qweb" && model.as_str() != "ir.ui.view" =>
            {
                let index = usize::from(arguments.positional.first().is_some_and(|value| value.kind == Kind::Str));
                if let (Some(value), Some(node)) = (arguments.positional.get(index), call.arguments.args.get(index)) {
                    self.sink(Sink::SudoReport, *value, node, name, detail);
                }
                Value::of(Kind::Response)
            }
            "_run_wkhtmltopdf" => {
                if let Some(value) = arguments.positional.first() {
                    self.sink(Sink::Wkhtml, *value, call, name, detail);
                }
                Value::UNKNOWN
            }
            "_render"
            | "_render_template"
            | "render_template"
            | "_render_template_qweb"
            | "_render_template_jinja"
            | "_render_template_inline_template"
            | "_render_template_qweb_view"
            | "render" => {
                if let (Some(value), Some(node)) = (arguments.positional.first(), call.arguments.args.first()) {
                    let sink = if matches!(model.as_str(), "ir.qweb" | "ir.ui.view") {
                        Sink::Qweb
                    } else {
                        Sink::MailTemplate
                    };
                    self.sink(sink, value.with(receiver.traits & Traits::SUDO), node, name, detail);
                }
                Value { kind: Kind::Markup, ..Value::UNKNOWN }
            }
            "add_where" | "add_join" | "add_table" => self.container_call(call, Value::UNKNOWN, name, arguments),
            "with_delay_record" => receiver,
            "has_group"
            | "user_has_groups"
            | "check_access_rights"
            | "check_access_rule"
            | "check_access"
            | "has_access" => Value::of(Kind::Bool),
            _ => {
                // An action on records that the client chose, as superuser.
                if is_sudo
                    && receiver.is(Traits::CHOSEN)
                    && (name.starts_with("action_") || name.starts_with("button_") || name == "toggle_active")
                {
                    self.effects |= Effects::WRITES | Effects::SUDO_WRITES;
                    self.sink(Sink::SudoWrite, receiver, call, name, detail);
                }
                if name.starts_with("action_") || name.starts_with("button_") {
                    self.effects |= Effects::WRITES;
                }
                if matches!(name, "message_post" | "send_mail" | "send") {
                    self.effects |= Effects::WRITES;
                }
                Value {
                    taint: arguments.taint,
                    kind: Kind::Unknown,
                    text: None,
                    traits: receiver.traits & Traits::SUDO,
                }
            }
        }
    }

    fn search(
        &mut self,
        call: &'a ExprCall,
        receiver: Value,
        name: &str,
        arguments: &Arguments<'a>,
        model: Ustr,
    ) -> Value {
        self.effects |= Effects::READS;
        let domain_at = usize::from(name == "name_search");
        let is_sudo = receiver.is(Traits::SUDO);
        let mut chosen = Traits::empty();
        let mut taint = Taint::CLEAN;
        let detail = SinkDetail { model: model.as_str(), ..SinkDetail::default() };
        if let (Some(domain), Some(node)) =
            (arguments.get(domain_at, "domain"), call.arguments.find_argument_value("domain", domain_at))
        {
            let site = self.site(node);
            let text = self.program.file(site.file).slice(site.range);
            let guards = guard_of_domain(text);
            self.inselect(node);
            if domain.taint != Taint::CLEAN {
                let whole = domain.is(Traits::WHOLE) || matches!(node, Expr::Name(_) if domain.kind == Kind::Unknown);
                if is_sudo && whole && !matches!(node, Expr::List(_)) {
                    self.sink(Sink::SudoDomain, domain, node, name, detail);
                }
                if matches!(node, Expr::List(_)) {
                    self.token_lookup(node, name, detail);
                }
                taint = self.arena.clean(domain.taint, Clean::NUMBER);
                // A search with the user's own rights has passed the record rules.
                if guards.is_empty() && is_sudo {
                    chosen = Traits::CHOSEN;
                    if picks_by_id(node) {
                        self.sink(Sink::SudoRead, domain, node, name, detail);
                    }
                } else {
                    self.guards |= guards;
                }
            }
        }
        for keyword in ["fields", "order", "groupby", "fields_list"] {
            if is_sudo && let Some(argument) = call.arguments.find_keyword(keyword) {
                let value = self.eval(&argument.value);
                if value.is(Traits::WHOLE) {
                    self.sink(Sink::SudoDomain, value, &argument.value, name, detail);
                }
            }
        }
        match name {
            "search" | "search_fetch" => {
                if call.arguments.find_keyword("count").is_some_and(|count| python::boolean(&count.value) == Some(true))
                {
                    return Value::of(Kind::Number);
                }
                Value { taint, kind: Kind::Records(model), text: None, traits: receiver.traits | chosen }
            }
            "search_count" => Value::of(Kind::Number),
            "_where_calc" | "_search" => Value::of(Kind::Unknown),
            _ => Value::of(Kind::Collection),
        }
    }

    /// A leaf `('id', 'inselect', (sql, params))`.
    fn inselect(&mut self, domain: &'a Expr) {
        for leaf in python::elements(domain).into_iter().flatten() {
            let Some([_, operator, operand]) =
                python::elements(leaf).and_then(|parts| <&[Expr; 3]>::try_from(parts).ok())
            else {
                continue;
            };
            if matches!(python::string(operator), Some("inselect" | "not inselect")) {
                let text = python::elements(operand).and_then(|parts| parts.first()).unwrap_or(operand);
                let value = self.eval(text);
                self.sink(Sink::SqlInSelect, value, text, "search", SinkDetail::default());
            }
        }
    }

    /// A leaf `('token', '=', value)` with a value that may be false.
    fn token_lookup(&mut self, domain: &'a Expr, name: &str, detail: SinkDetail) {
        for leaf in python::elements(domain).into_iter().flatten() {
            let Some([field, operator, operand]) =
                python::elements(leaf).and_then(|parts| <&[Expr; 3]>::try_from(parts).ok())
            else {
                continue;
            };
            let (Some(field), Some("=" | "in")) = (python::string(field), python::string(operator)) else { continue };
            if !crate::rules::secrets::is_secret_name(field) {
                continue;
            }
            let value = self.eval(operand);
            // Text that was built or converted is never false.
            let converted = matches!(value.kind, Kind::Str | Kind::Number)
                || value.traits.intersects(Traits::FORMAT | Traits::CONCAT);
            if !value.is(Traits::NON_EMPTY) && !converted {
                self.sink(Sink::TokenLookup, value, operand, name, detail);
            }
        }
    }

    fn write(
        &mut self,
        call: &'a ExprCall,
        receiver: Value,
        name: &str,
        arguments: &Arguments<'a>,
        model: Ustr,
    ) -> Value {
        self.effects |= Effects::WRITES;
        let is_sudo = receiver.is(Traits::SUDO);
        if is_sudo {
            self.effects |= Effects::SUDO_WRITES;
        }
        let detail = SinkDetail { model: model.as_str(), ..SinkDetail::default() };
        if is_sudo && receiver.is(Traits::CHOSEN) && matches!(name, "write" | "unlink" | "copy" | "update") {
            self.sink(Sink::SudoWrite, receiver, call, name, detail);
        }
        if let (Some(values), Some(node)) = (arguments.positional.first().copied(), call.arguments.args.first())
            && matches!(name, "write" | "create" | "update" | "copy")
        {
            if values.is(Traits::RAW_PARAMS) {
                self.sink(Sink::MassAssign, values.with(receiver.traits & Traits::SUDO), node, name, detail);
            }
            if is_sudo {
                match model.as_str() {
                    "ir.ui.view" | "mail.template" | "ir.actions.report" | "website.page" => self.keyed_sink(
                        Sink::ViewSource,
                        node,
                        &["arch", "arch_base", "arch_db", "body_html", "subject", "print_report_name", "report_name"],
                        name,
                        detail,
                    ),
                    "ir.actions.server" | "ir.cron" | "base.automation" => {
                        self.keyed_sink(Sink::ActionCode, node, &["code", "model_id", "filter_domain"], name, detail)
                    }
                    "ir.config_parameter" => self.keyed_sink(Sink::SettingWrite, node, &["key", "value"], name, detail),
                    _ => {}
                }
            }
        }
        match name {
            "create" | "copy" => {
                Value { kind: Kind::Records(model), traits: receiver.traits - Traits::CHOSEN, ..Value::UNKNOWN }
            }
            _ => Value::of(Kind::Bool),
        }
    }

    /// A sink for some keys of a literal dictionary, or for the whole of one that is not literal.
    fn keyed_sink(&mut self, sink: Sink, node: &'a Expr, keys: &[&str], name: &str, detail: SinkDetail) {
        match node {
            Expr::Dict(dict) => {
                for item in &dict.items {
                    if item.key.as_ref().and_then(python::string).is_some_and(|key| keys.contains(&key)) {
                        let value = self.eval(&item.value);
                        self.sink(sink, value, &item.value, name, detail);
                    }
                }
            }
            other => {
                for element in python::elements(other).into_iter().flatten() {
                    self.keyed_sink(sink, element, keys, name, detail);
                }
                if python::elements(other).is_none() {
                    let value = self.eval(other);
                    self.sink(sink, value, other, name, detail);
                }
            }
        }
    }

    /// `request.session.db = x` and relatives are told to the sinks here.
    pub fn attribute_assigned(
        &mut self,
        receiver: Value,
        attribute: &'a ruff_python_ast::ExprAttribute,
        value: Value,
        from: Option<&'a Expr>,
    ) {
        if receiver.kind == Kind::Session && attribute.attr.as_str() == "db" {
            self.sink(Sink::Database, value, attribute, "session.db", SinkDetail::default());
        }
        if let (Kind::Records(model), Some(node)) = (receiver.kind, from)
            && !attribute.attr.as_str().starts_with('_')
        {
            self.effects |= Effects::WRITES;
            if receiver.is(Traits::SUDO) && receiver.is(Traits::CHOSEN) {
                self.effects |= Effects::SUDO_WRITES;
                self.sink(
                    Sink::SudoWrite,
                    receiver,
                    attribute,
                    "write",
                    SinkDetail { model: model.as_str(), ..SinkDetail::default() },
                );
            }
            let _ = node;
        }
        let header = matches!(python::last_name(&attribute.value), Some("headers"));
        if header {
            self.sink(Sink::Header, value, attribute, "headers", SinkDetail::default());
        }
    }
}

/// Methods of plain data and of what is made from it: matches, files, buffers.
fn is_data_method(name: &str) -> bool {
    matches!(
        name,
        "group"
            | "groups"
            | "groupdict"
            | "read"
            | "readline"
            | "readlines"
            | "getvalue"
            | "tobytes"
            | "hex"
            | "isoformat"
            | "strftime"
            | "difference"
            | "union"
            | "intersection"
            | "pop"
            | "popitem"
            | "fromkeys"
            | "index"
            | "__getitem__"
            | "getlist"
            | "get_data"
            | "get_payload"
            | "find"
            | "findall"
            | "findtext"
            | "iter"
            | "getroot"
            | "sort"
            | "reverse"
    )
}

fn receiver_expression(call: &ExprCall) -> &Expr {
    match &*call.func {
        Expr::Attribute(attribute) => &attribute.value,
        other => other,
    }
}

fn starts_with_slash(expression: &Expr) -> bool {
    let first = match expression {
        Expr::StringLiteral(literal) => literal.value.to_str(),
        Expr::BinOp(operation) => return starts_with_slash(&operation.left),
        Expr::FString(string) => match string.value.elements().next() {
            Some(ruff_python_ast::InterpolatedStringElement::Literal(text)) => &text.value,
            _ => "",
        },
        _ => "",
    };
    first.starts_with('/') && !first.starts_with("//") && first.len() > 1
}

/// A domain that picks records by `id` or by a relation and nothing else.
fn picks_by_id(domain: &Expr) -> bool {
    python::elements(domain).is_some_and(|leaves| {
        leaves.iter().any(|leaf| {
            python::elements(leaf).and_then(|parts| parts.first()).and_then(python::string).is_some_and(|field| {
                matches!(field, "id" | "name" | "number" | "reference" | "code" | "email" | "barcode")
                    || field.ends_with("_id")
            })
        })
    })
}

/// Names of the ORM that keep their meaning when a model overrides them.
fn is_orm_method(name: &str) -> bool {
    matches!(
        name,
        "search"
            | "browse"
            | "create"
            | "write"
            | "unlink"
            | "read"
            | "copy"
            | "search_read"
            | "search_count"
            | "read_group"
            | "sudo"
            | "with_user"
            | "with_context"
            | "with_company"
            | "with_env"
            | "filtered"
            | "mapped"
            | "sorted"
            | "exists"
            | "ensure_one"
            | "name_get"
            | "name_search"
            | "name_create"
            | "default_get"
            | "fields_get"
            | "get_param"
            | "set_param"
            | "export_data"
            | "message_post"
            | "_search"
            | "_name_search"
            | "check_access_rights"
            | "check_access_rule"
            | "check_access"
            | "has_group"
            | "_render"
            | "_render_template"
            | "render_template"
            | "_render_qweb_pdf"
            | "update"
            | "new"
            | "onchange"
            | "search_fetch"
    )
}
