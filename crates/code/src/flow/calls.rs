//! Calls: of the scan, of the ORM, of libraries; and the view that rules get of a call.

use ruff_python_ast::{Expr, ExprCall};
use ustr::Ustr;

use super::analysis::{Analysis, Hit, HitOrigin, SinkDetail};
use super::guards::{Effects, Guards, guard_of_call, guard_of_domain};
use super::summary::{ReturnOrigin, Sink, Step, StepKind};
use super::value::{Clean, FIRST_SOURCE, Kind, Label, Origin, Taint, Traits, Value};
use crate::program::{Function, FunctionId, Program};
use crate::python;
use crate::rule::Report;
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
    chosen: &'v dyn Fn(Value) -> bool,
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

    /// Whether somebody outside chooses a value, if only as a number.
    #[must_use]
    pub fn is_chosen(&self, value: Value) -> bool {
        (self.chosen)(value)
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

pub(super) struct Arguments<'a> {
    pub positional: Vec<Value>,
    pub keywords: Vec<(Option<&'a str>, Value)>,
    pub taint: Taint,
}

impl Arguments<'_> {
    pub fn get(&self, index: usize, keyword: &str) -> Option<Value> {
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
                if name == "env" {
                    callee = Value { traits: value.traits & Traits::SUDO, ..Value::of(Kind::Env) };
                }
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
        self.note_guards(call, name);
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
        // A function with this many reports has been told enough about.
        if rules.is_empty() || self.reports.len() >= 500 {
            return;
        }
        let mut found: Vec<(usize, Report)> = Vec::new();
        {
            let arena = &self.arena;
            let tainted = |value: Value| arena.is_dangerous(value.taint, Clean::TEXT);
            let chosen = |value: Value| arena.is_dangerous(value.taint, Clean::IDENTITY);
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
                chosen: &chosen,
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

    fn note_guards(&mut self, call: &'a ExprCall, name: &str) {
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
            // Values that were picked by name are no raw dictionary, whatever the parameter's name.
            let raw = value.is(Traits::RAW_PARAMS)
                || (value.is(Traits::WHOLE) && matches!(value.kind, Kind::Unknown | Kind::Dict));
            if below.sink.sink == Sink::MassAssign && !raw {
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
        if let (Kind::Records(model), true) = (receiver.kind, from.is_some())
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
        }
        let header = matches!(python::last_name(&attribute.value), Some("headers"));
        if header {
            self.sink(Sink::Header, value, attribute, "headers", SinkDetail::default());
        }
    }
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
