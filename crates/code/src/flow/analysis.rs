//! Interprets one function: statements, branches and loops.

use ruff_python_ast::{ExceptHandler, Expr, Parameters, Stmt};
use ustr::Ustr;

use super::guards::{Effects, Guards};
use super::sources::{Source, SourceKind};
use super::summary::{ParameterSink, ReturnOrigin, Sink, SinkSite, Step, StepKind, Summary};
use super::value::{Arena, Clean, FIRST_SOURCE, Kind, Origin, Taint, Traits, Value};
use crate::program::{Auth, Definition, Function, FunctionId, Program, Unit, UnitKind};
use crate::python;
use crate::rule::Report;
use crate::rules::CallTable;
use crate::source::Site;

/// Names in scope with their values. Functions are small: a list beats a map.
#[derive(Debug, Clone, Default)]
pub(super) struct State<'a> {
    pub vars: Vec<(&'a str, Value)>,
    /// Values kept on objects: `self.query`.
    pub attributes: Vec<(&'a str, &'a str, Value)>,
    pub dead: bool,
}

/// One origin that reaches a sink.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum HitOrigin {
    Parameter(u32),
    Source(Source),
}

/// A sink with everything that reaches it.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub sink: SinkSite,
    pub origins: Vec<(HitOrigin, Vec<Step>)>,
    /// Guards of the function that holds the sink and of those between.
    pub guards: Guards,
    /// The sink lies in another function.
    pub through_call: bool,
}

/// What one interpretation gives.
#[derive(Debug, Default)]
pub(super) struct FunctionResult {
    pub summary: Summary,
    pub hits: Vec<Hit>,
    pub reports: Vec<(usize, Report)>,
    /// Functions of the scan that it calls.
    pub callees: Vec<FunctionId>,
}

pub(super) struct Analysis<'a, 'p> {
    pub program: &'p Program<'a>,
    pub unit: &'a Unit,
    pub id: FunctionId,
    pub function: &'p Function<'a>,
    pub summaries: &'p [Summary],
    pub table: &'p CallTable,
    pub arena: Arena,
    pub state: State<'a>,
    pub sources: Vec<Source>,
    pub hits: Vec<Hit>,
    pub reports: Vec<(usize, Report)>,
    pub callees: Vec<FunctionId>,
    pub guards: Guards,
    pub effects: Effects,
    pub returned: Option<Value>,
    pub nested: u32,
    pub loops: u32,
    pub depth: u32,
}

/// Expressions nest at most as deep as the parser's guard allows; this is the second wall.
pub(super) const MAX_DEPTH: u32 = 3_000;
const MAX_STATEMENT_DEPTH: u32 = 120;

pub(super) fn interpret<'a>(
    program: &Program<'a>,
    id: FunctionId,
    summaries: &[Summary],
    table: &CallTable,
) -> FunctionResult {
    let function = program.function(id);
    let mut analysis = Analysis {
        program,
        unit: program.unit(function.unit),
        id,
        function,
        summaries,
        table,
        arena: Arena::new(),
        state: State::default(),
        sources: Vec::new(),
        hits: Vec::new(),
        reports: Vec::new(),
        callees: Vec::new(),
        guards: Guards::empty(),
        effects: Effects::empty(),
        returned: None,
        nested: 0,
        loops: 0,
        depth: 0,
    };
    analysis.enter();
    analysis.decorators();
    analysis.statements(function.body, 0);
    analysis.finish()
}

impl<'a> Analysis<'a, '_> {
    pub fn site(&self, node: &impl ruff_text_size::Ranged) -> Site {
        self.program.site(self.function.unit, node)
    }

    /// Parameters and the names that Odoo puts into embedded code.
    fn enter(&mut self) {
        let function = self.function;
        if self.unit.kind != UnitKind::File {
            for (name, kind) in [
                ("env", Kind::Env),
                ("model", Kind::Records(Ustr::from(""))),
                ("record", Kind::Records(Ustr::from(""))),
                ("records", Kind::Records(Ustr::from(""))),
                ("object", Kind::Records(Ustr::from(""))),
                // The names that report templates use by convention.
                ("doc", Kind::Records(Ustr::from(""))),
                ("docs", Kind::Records(Ustr::from(""))),
                ("o", Kind::Records(Ustr::from(""))),
                ("user", Kind::Records(Ustr::from("res.users"))),
            ] {
                self.state.vars.push((name, Value::of(kind)));
            }
            return;
        }
        let own = function.class.map(|class| self.program.class(class));
        for (index, name) in function.parameters.iter().enumerate() {
            let is_self = index == 0 && own.is_some() && !function.has_decorator("staticmethod");
            let value = match (is_self, own) {
                (true, Some(class)) if class.kind.is_model() => {
                    Value::of(Kind::Records(class.model.unwrap_or_else(|| Ustr::from(""))))
                }
                (true, Some(_)) => function.class.map_or(Value::UNKNOWN, |class| Value::of(Kind::Object(class))),
                _ => self.parameter(index, name),
            };
            self.state.vars.push((name, value));
        }
    }

    fn parameter(&mut self, index: usize, name: &'a str) -> Value {
        let origin = u32::try_from(index).unwrap_or(u32::MAX).min(FIRST_SOURCE - 1);
        let taint = self.arena.single(Origin(origin), Arena::START, Clean::empty());
        let value = Value { taint, kind: Kind::Unknown, text: None, traits: Traits::WHOLE };
        if Some(index) == self.function.keywords {
            let raw = if self.function.route.is_some() { Traits::RAW_PARAMS } else { Traits::empty() };
            return Value { kind: Kind::Dict, traits: raw, ..value };
        }
        if Some(index) == self.function.rest {
            return Value { kind: Kind::Collection, ..value };
        }
        match name {
            "cr" | "cursor" | "_cr" => return Value::of(Kind::Cursor),
            "env" => return Value::of(Kind::Env),
            "uid" if index <= 2 => return Value::of(Kind::Number),
            _ => {}
        }
        if let Some(route) = &self.function.route {
            // `<int:id>` gives a number, `<model('x'):record>` a record.
            for path in &route.paths {
                for part in path.split('<').skip(1).filter_map(|part| part.split_once('>').map(|(inner, _)| inner)) {
                    let (converter, variable) = part.rsplit_once(':').unwrap_or(("", part));
                    if variable.trim() != name {
                        continue;
                    }
                    if converter.starts_with("int") || converter.starts_with("float") {
                        let taint = self.arena.clean(taint, Clean::NUMBER);
                        return Value { taint, kind: Kind::Number, ..value };
                    }
                    if let Some(rest) = converter.strip_prefix("model") {
                        let model = rest.split(['"', '\'']).nth(1).unwrap_or_default();
                        let taint = self.arena.clean(taint, Clean::NUMBER);
                        return Value {
                            taint,
                            kind: Kind::Records(Ustr::from(model)),
                            text: None,
                            traits: Traits::CHOSEN,
                        };
                    }
                }
            }
        }
        value
    }

    /// Guards of decorators that wrap the function.
    fn decorators(&mut self) {
        let Some(node) = self.function.node else { return };
        for decorator in &node.decorator_list {
            let expression = match &decorator.expression {
                Expr::Call(call) => &*call.func,
                other => other,
            };
            let name = python::last_name(expression).unwrap_or_default();
            if matches!(name, "route" | "model" | "depends" | "multi" | "onchange" | "constrains") {
                continue;
            }
            let target = match expression {
                Expr::Name(name) => self.program.name(self.function.unit, name.id.as_str()),
                Expr::Attribute(_) => None,
                _ => None,
            };
            let resolved = match target {
                Some(Definition::External(dotted)) => self.program.dotted(dotted),
                other => other,
            };
            match resolved {
                Some(Definition::Function(id)) => {
                    self.callees.push(id);
                    self.guards |= self.summaries[id.0 as usize].guards;
                }
                _ => self.guards |= super::guards::guard_of_call(name),
            }
        }
        for default in node.parameters.iter_non_variadic_params().filter_map(|parameter| parameter.default()) {
            self.eval(default);
        }
    }

    fn finish(mut self) -> FunctionResult {
        let returned = self.returned.unwrap_or(Value::UNKNOWN);
        let mut returns = Vec::new();
        for label in self.arena.labels(returned.taint).to_vec() {
            let origin = match self.sources.get((label.origin.0.wrapping_sub(FIRST_SOURCE)) as usize) {
                Some(source) if label.origin.0 >= FIRST_SOURCE => ReturnOrigin::Source(*source),
                _ => ReturnOrigin::Parameter(label.origin.0),
            };
            let mut path = self.arena.path(label.step);
            path.truncate(12);
            returns.push((origin, path, label.clean));
        }
        returns.truncate(16);
        let mut sinks: Vec<ParameterSink> = Vec::new();
        for hit in &mut self.hits {
            hit.guards |= self.guards;
            for (origin, steps) in &hit.origins {
                if let HitOrigin::Parameter(parameter) = origin
                    && steps.len() < 24
                    && sinks.len() < 48
                    && !sinks.iter().any(|known| {
                        known.parameter == *parameter
                            && known.sink.site == hit.sink.site
                            && known.sink.sink == hit.sink.sink
                    })
                {
                    sinks.push(ParameterSink {
                        parameter: *parameter,
                        sink: hit.sink,
                        steps: steps.clone(),
                        guards: hit.guards,
                    });
                }
            }
        }
        self.callees.sort_unstable();
        self.callees.dedup();
        FunctionResult {
            summary: Summary {
                kind: returned.kind,
                traits: returned.traits,
                text: returned.text,
                returns,
                sinks,
                guards: self.guards,
                effects: self.effects,
            },
            hits: self.hits,
            reports: self.reports,
            callees: self.callees,
        }
    }

    /// A value that comes in at a node.
    pub fn source(&mut self, kind: SourceKind, node: &impl ruff_text_size::Ranged, name: &str, clean: Clean) -> Taint {
        let site = self.site(node);
        let name = Ustr::from(name);
        let source = Source { kind, site, name };
        let index = self.sources.iter().position(|known| *known == source).unwrap_or_else(|| {
            self.sources.push(source);
            self.sources.len() - 1
        });
        let what = StepKind::Enters(Ustr::from(&format!("`{name}` comes in, which {}", kind.who())));
        let step = self.arena.push(Arena::START, Step { site, what });
        self.arena.single(Origin(FIRST_SOURCE + u32::try_from(index).unwrap_or(0)), step, clean)
    }

    /// Records that a value reaches a sink. Nothing happens when the value is harmless there.
    pub fn sink(
        &mut self,
        sink: Sink,
        value: Value,
        node: &impl ruff_text_size::Ranged,
        callee: &str,
        detail: SinkDetail,
    ) {
        let needs = sink.needs();
        if !self.arena.is_dangerous(value.taint, needs) {
            return;
        }
        let site = self.site(node);
        let sink_site = SinkSite {
            sink,
            site,
            function: self.id,
            callee: Ustr::from(callee),
            traits: value.traits,
            kind: value.kind,
            model: Ustr::from(detail.model),
            with_parameters: detail.with_parameters,
        };
        let origins = self.origins(value.taint, needs);
        self.add_hit(Hit { sink: sink_site, origins, guards: detail.guards, through_call: false });
    }

    fn origins(&self, taint: Taint, needs: Clean) -> Vec<(HitOrigin, Vec<Step>)> {
        let labels = self.arena.labels(taint).iter().filter(|label| !label.clean.contains(needs));
        labels.map(|label| (self.hit_origin(label.origin), self.arena.path(label.step))).collect()
    }

    pub fn hit_origin(&self, origin: Origin) -> HitOrigin {
        match origin.0.checked_sub(FIRST_SOURCE).and_then(|index| self.sources.get(index as usize)) {
            Some(source) => HitOrigin::Source(*source),
            None => HitOrigin::Parameter(origin.0),
        }
    }

    pub fn add_hit(&mut self, hit: Hit) {
        let same = |known: &&mut Hit| known.sink.site == hit.sink.site && known.sink.sink == hit.sink.sink;
        let is_full = self.hits.len() >= 400;
        match self.hits.iter_mut().find(same) {
            Some(known) => {
                known.sink.traits |= hit.sink.traits;
                for (origin, steps) in hit.origins {
                    if !known.origins.iter().any(|(other, _)| *other == origin) {
                        known.origins.push((origin, steps));
                    }
                }
            }
            None if !is_full => self.hits.push(hit),
            None => {}
        }
    }

    // --- statements -------------------------------------------------------------------------------------------------

    pub fn statements(&mut self, body: &'a [Stmt], depth: u32) {
        if depth > MAX_STATEMENT_DEPTH {
            return;
        }
        for statement in body {
            if self.state.dead {
                return;
            }
            self.statement(statement, depth);
        }
    }

    fn statement(&mut self, statement: &'a Stmt, depth: u32) {
        match statement {
            Stmt::Expr(expression) => {
                self.eval(&expression.value);
            }
            Stmt::Assign(assign) => {
                let value = self.eval(&assign.value);
                for target in &assign.targets {
                    self.assign(target, value, Some(&assign.value));
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(expression) = &assign.value {
                    let value = self.eval(expression);
                    self.assign(&assign.target, value, Some(expression));
                }
            }
            Stmt::AugAssign(assign) => self.augment(assign),
            Stmt::Return(result) => {
                let value = result.value.as_ref().map_or(Value::of(Kind::None), |expression| self.eval(expression));
                if let (Some(expression), 0) = (&result.value, self.nested) {
                    self.returned_from_route(value, expression);
                }
                if self.nested == 0 {
                    self.returned = Some(self.returned.map_or(value, |known| self.join_values(known, value)));
                }
                self.state.dead = true;
            }
            Stmt::Raise(raise) => {
                if let Some(exception) = &raise.exc {
                    self.eval(exception);
                }
                self.effects |= Effects::RAISES;
                self.state.dead = true;
            }
            Stmt::If(branch) => self.branch(branch, depth),
            Stmt::For(each) => {
                let iterated = self.eval(&each.iter);
                let element = self.element_of(iterated);
                self.repeat(depth, &each.body, |analysis| analysis.assign(&each.target, element, None));
                self.statements(&each.orelse, depth + 1);
            }
            Stmt::While(repeat) => {
                self.eval(&repeat.test);
                self.repeat(depth, &repeat.body, |_| {});
                self.statements(&repeat.orelse, depth + 1);
            }
            Stmt::With(with) => {
                for item in &with.items {
                    let value = self.eval(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, value, None);
                    }
                }
                self.statements(&with.body, depth + 1);
            }
            Stmt::Try(attempt) => self.attempt(attempt, depth),
            Stmt::Assert(assert) => {
                self.eval(&assert.test);
                self.refine(&assert.test, true);
            }
            // Functions at the top of a file are interpreted on their own.
            Stmt::FunctionDef(_) if self.function.node.is_none() && self.nested == 0 => {}
            Stmt::FunctionDef(def) => {
                let parameters = Some(&*def.parameters);
                self.in_closure(parameters, |analysis| analysis.statements(&def.body, depth + 1));
                self.bind(def.name.as_str(), Value::UNKNOWN);
            }
            Stmt::ClassDef(def) if self.function.node.is_some() => {
                self.in_closure(None, |analysis| analysis.statements(&def.body, depth + 1));
            }
            Stmt::ClassDef(def) => self.class_body(def),
            Stmt::Match(matching) => {
                let subject = self.eval(&matching.subject);
                let before = self.state.clone();
                let mut after = before.clone();
                for case in &matching.cases {
                    self.state = before.clone();
                    // A literal pattern pins the subject; a capture passes it on.
                    if let ruff_python_ast::Pattern::MatchAs(capture) = &case.pattern
                        && let (None, Some(name)) = (&capture.pattern, &capture.name)
                    {
                        self.bind(name.as_str(), subject);
                    } else if let (
                        Expr::Name(name),
                        ruff_python_ast::Pattern::MatchValue(_) | ruff_python_ast::Pattern::MatchOr(_),
                    ) = (&*matching.subject, &case.pattern)
                    {
                        let clean = self.arena.clean(subject.taint, Clean::ALL);
                        self.bind(name.id.as_str(), subject.tainted(clean));
                    }
                    if let Some(guard) = &case.guard {
                        self.eval(guard);
                    }
                    self.statements(&case.body, depth + 1);
                    let end = std::mem::take(&mut self.state);
                    self.join_into(&mut after, end);
                }
                self.state = after;
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().map_or_else(
                        || alias.name.as_str().split('.').next().unwrap_or_default(),
                        |name| name.as_str(),
                    );
                    if self.program.name(self.function.unit, name).is_none() {
                        self.bind(name, Value::of(Kind::Named(Ustr::from(name))));
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                let base = import.module.as_deref().unwrap_or_default();
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    let dotted = Ustr::from(&format!("{base}.{}", alias.name));
                    let value = self.named(dotted);
                    self.bind(name, value);
                }
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.eval(target);
                }
            }
            _ => {}
        }
    }

    /// Class-level assignments, for defaults and lambdas; the methods are functions of their own.
    fn class_body(&mut self, def: &'a ruff_python_ast::StmtClassDef) {
        for statement in &def.body {
            match statement {
                Stmt::Assign(assign) => {
                    self.eval(&assign.value);
                }
                Stmt::AnnAssign(assign) => {
                    if let Some(value) = &assign.value {
                        self.eval(value);
                    }
                }
                Stmt::Expr(expression) => {
                    self.eval(&expression.value);
                }
                _ => {}
            }
        }
    }

    fn branch(&mut self, branch: &'a ruff_python_ast::StmtIf, depth: u32) {
        self.eval(&branch.test);
        let before = self.state.clone();
        self.refine(&branch.test, true);
        self.statements(&branch.body, depth + 1);
        let mut after = std::mem::replace(&mut self.state, before);
        self.refine(&branch.test, false);
        for clause in &branch.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.eval(test);
                let before = self.state.clone();
                self.refine(test, true);
                self.statements(&clause.body, depth + 1);
                let end = std::mem::replace(&mut self.state, before);
                self.join_into(&mut after, end);
                self.refine(test, false);
            } else {
                self.statements(&clause.body, depth + 1);
            }
        }
        let end = std::mem::take(&mut self.state);
        self.join_into(&mut after, end);
        self.state = after;
    }

    fn repeat(&mut self, depth: u32, body: &'a [Stmt], start: impl Fn(&mut Self)) {
        let before = self.state.clone();
        let rounds = if self.loops < 2 { 2 } else { 1 };
        self.loops += 1;
        for _ in 0..rounds {
            start(self);
            self.statements(body, depth + 1);
            let mut joined = before.clone();
            self.state.dead = false;
            let end = std::mem::take(&mut self.state);
            self.join_into(&mut joined, end);
            self.state = joined;
        }
        self.loops -= 1;
    }

    fn attempt(&mut self, attempt: &'a ruff_python_ast::StmtTry, depth: u32) {
        let before = self.state.clone();
        self.statements(&attempt.body, depth + 1);
        if !self.state.dead {
            self.statements(&attempt.orelse, depth + 1);
        }
        let mut after = std::mem::take(&mut self.state);
        let mut thrown = before;
        let mut body_end = after.clone();
        body_end.dead = false;
        self.join_into(&mut thrown, body_end);
        for handler in &attempt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            self.state = thrown.clone();
            if let Some(name) = &handler.name {
                self.bind(name.as_str(), Value::of(Kind::Instance(Ustr::from("Exception"))));
            }
            self.statements(&handler.body, depth + 1);
            let end = std::mem::take(&mut self.state);
            self.join_into(&mut after, end);
        }
        self.state = after;
        let dead = self.state.dead;
        self.state.dead = false;
        self.statements(&attempt.finalbody, depth + 1);
        self.state.dead |= dead;
    }

    /// Runs something in a scope of its own that sees the names around it.
    pub fn in_closure(&mut self, parameters: Option<&'a Parameters>, run: impl FnOnce(&mut Self)) {
        let before = self.state.clone();
        if let Some(parameters) = parameters {
            for parameter in parameters.iter() {
                self.bind(parameter.name().as_str(), Value::UNKNOWN);
            }
        }
        self.nested += 1;
        run(self);
        self.nested -= 1;
        self.state = before;
    }

    fn returned_from_route(&mut self, value: Value, expression: &'a Expr) {
        let Some(route) = &self.function.route else { return };
        if route.kind != "http" || !value.is_text() || matches!(value.kind, Kind::Response) {
            return;
        }
        // A parameter handed back as it is may be anything; text that was built is HTML.
        if value.kind == Kind::Str || value.traits.intersects(Traits::FORMAT | Traits::CONCAT) {
            let guards = self.guards;
            self.sink(Sink::Html, value, expression, "return", SinkDetail { guards, ..SinkDetail::default() });
        }
    }

    /// The source kind of the request in this function.
    pub fn request_kind(&self) -> SourceKind {
        match self.function.route.as_ref().map(|route| route.auth) {
            Some(Auth::None | Auth::Public) => SourceKind::PublicRoute,
            Some(Auth::User) => SourceKind::UserRoute,
            Some(Auth::Bearer | Auth::Custom) => SourceKind::Bearer,
            _ => SourceKind::Request,
        }
    }
}

/// What else is known about a sink.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SinkDetail {
    pub model: &'static str,
    pub with_parameters: bool,
    pub guards: Guards,
}
