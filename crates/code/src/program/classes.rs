//! Classes, fields, functions and routes as a file declares them.

use castellan_model::Reach;
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef};
use rustc_hash::FxHashMap;
use ustr::Ustr;

use super::{ClassId, Unit, UnitId};
use crate::python;

/// Index of a [`Function`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u32);

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Definition {
    /// A function of the scan.
    Function(FunctionId),
    /// A class of the scan.
    Class(ClassId),
    /// A Python file of the scan.
    Unit(UnitId),
    /// Something outside the scan, by its dotted name.
    External(Ustr),
}

/// What kind of class it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassKind {
    /// A stored model.
    Model,
    /// A wizard: rows belong to the user who made them.
    Transient,
    /// An abstract model.
    Abstract,
    /// A controller: has routes or derives from a controller.
    Controller,
    /// Any other class.
    Plain,
}

impl ClassKind {
    /// Whether it is a model of the ORM.
    #[must_use]
    pub const fn is_model(self) -> bool {
        matches!(self, Self::Model | Self::Transient | Self::Abstract)
    }
}

/// `auth` of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Auth {
    /// Nobody is identified and there may be no database.
    None,
    /// Anybody, as the public user.
    Public,
    /// Logged in; portal users count.
    User,
    /// An API key in the header.
    Bearer,
    /// A method of its own (`_auth_method_x`).
    Custom,
    /// Inherited from a parent that is not in the scan.
    Unknown,
}

impl Auth {
    /// Who may call the route.
    #[must_use]
    pub const fn reach(self) -> Option<Reach> {
        match self {
            Self::None | Self::Public => Some(Reach::Anonymous),
            Self::User => Some(Reach::Portal),
            Self::Bearer | Self::Custom | Self::Unknown => None,
        }
    }
}

/// The settings of a route, merged over the inheritance chain.
#[derive(Debug, Clone)]
pub struct Route<'a> {
    /// Paths.
    pub paths: Vec<&'a str>,
    /// Who may call it.
    pub auth: Auth,
    /// `http`, `json`, `jsonrpc`.
    pub kind: &'a str,
    /// HTTP methods; empty for all.
    pub methods: Vec<&'a str>,
    /// `csrf` when it is set.
    pub csrf: Option<bool>,
    /// `cors` when it is set.
    pub cors: Option<&'a str>,
    /// `save_session` is off: no cookie matters.
    pub stateless: bool,
    /// The decorator.
    pub decorator: &'a Expr,
    /// What the decorator itself sets, before the parents were merged in.
    pub own: Vec<&'a str>,
}

/// A field of a model.
#[derive(Debug)]
pub struct Field<'a> {
    /// Name.
    pub name: &'a str,
    /// Type: `Char`, `Many2one`.
    pub kind: &'a str,
    /// The call that declares it.
    pub call: &'a ExprCall,
    /// Model that a relation points to, when it is a literal.
    pub comodel: Option<Ustr>,
}

impl<'a> Field<'a> {
    /// The value of a keyword argument.
    #[must_use]
    pub fn keyword(&self, name: &str) -> Option<&'a Expr> {
        self.call.arguments.find_keyword(name).map(|keyword| &keyword.value)
    }

    /// A keyword argument that is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.keyword(name).and_then(python::string)
    }

    /// A keyword argument that is a truth value.
    #[must_use]
    pub fn truth(&self, name: &str) -> Option<bool> {
        self.keyword(name).and_then(python::boolean)
    }

    /// Whether it holds free text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.kind, "Char" | "Text" | "Html" | "char" | "text" | "html" | "Json" | "Serialized")
    }

    /// Whether it leads to records.
    #[must_use]
    pub fn is_relation(&self) -> bool {
        matches!(self.kind, "Many2one" | "One2many" | "Many2many" | "many2one" | "one2many" | "many2many")
    }
}

/// A class.
#[derive(Debug)]
pub struct Class<'a> {
    /// Where it is.
    pub unit: UnitId,
    /// Name in Python.
    pub name: &'a str,
    /// What it is.
    pub kind: ClassKind,
    /// `_name`, else the first `_inherit`.
    pub model: Option<Ustr>,
    /// Whether it introduces the model and does not only extend it.
    pub defines_model: bool,
    /// `_inherit`.
    pub inherit: Vec<Ustr>,
    /// `_inherits`: models that it delegates to.
    pub delegates: Vec<Ustr>,
    /// Base classes as written.
    pub bases: Vec<String>,
    /// Assignments in the class body.
    pub attributes: FxHashMap<&'a str, &'a Expr>,
    /// Fields.
    pub fields: Vec<Field<'a>>,
    /// Methods in the order of the body.
    pub methods: Vec<(Ustr, FunctionId)>,
    /// The definition.
    pub node: &'a StmtClassDef,
}

impl Class<'_> {
    /// The method of this name.
    #[must_use]
    pub fn method(&self, name: Ustr) -> Option<FunctionId> {
        self.methods.iter().rev().find(|(own, _)| *own == name).map(|(_, id)| *id)
    }

    /// Whether a class attribute is this truth value.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.attributes.get(name).and_then(|value| python::boolean(value))
    }
}

/// A function, a method, or the body of a unit.
#[derive(Debug)]
pub struct Function<'a> {
    /// Where it is.
    pub unit: UnitId,
    /// The class that holds it.
    pub class: Option<ClassId>,
    /// Name; `<body>` for the statements of a unit.
    pub name: Ustr,
    /// The definition; `None` for the statements of a unit.
    pub node: Option<&'a StmtFunctionDef>,
    /// Statements.
    pub body: &'a [Stmt],
    /// Names of parameters: positional, keyword-only, then `*args` and `**kwargs`.
    pub parameters: Vec<&'a str>,
    /// Index of `*args` in the parameters.
    pub rest: Option<usize>,
    /// Index of `**kwargs` in the parameters.
    pub keywords: Option<usize>,
    /// Number of positional parameters.
    pub positional: usize,
    /// Last names of the decorators: `route`, `model`, `onchange`, `private`.
    pub decorators: Vec<&'a str>,
    /// Its route, if it is one.
    pub route: Option<Route<'a>>,
    /// Named as `search=` of a field.
    pub is_field_search: bool,
    /// Named as `compute=`, `inverse=` or `default=` of a field.
    pub is_field_hook: bool,
}

impl Function<'_> {
    /// Whether it has a decorator of this last name.
    #[must_use]
    pub fn has_decorator(&self, name: &str) -> bool {
        self.decorators.contains(&name)
    }
}

/// Collects what a unit declares.
pub(super) struct Collector<'a, 'p> {
    pub unit_id: UnitId,
    pub unit: &'a Unit,
    pub classes: &'p mut Vec<Class<'a>>,
    pub functions: &'p mut Vec<Function<'a>>,
    pub names: FxHashMap<&'a str, Definition>,
    pub constants: FxHashMap<&'a str, &'a Expr>,
}

fn id(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl<'a> Collector<'a, '_> {
    pub(super) fn collect(&mut self) {
        self.functions.push(Function {
            unit: self.unit_id,
            class: None,
            name: Ustr::from("<body>"),
            node: None,
            body: &self.unit.module.body,
            parameters: Vec::new(),
            rest: None,
            keywords: None,
            positional: 0,
            decorators: Vec::new(),
            route: None,
            is_field_search: false,
            is_field_hook: false,
        });
        self.statements(&self.unit.module.body, 0);
    }

    fn statements(&mut self, body: &'a [Stmt], depth: u32) {
        if depth > 6 {
            return;
        }
        for statement in body {
            match statement {
                Stmt::Import(import) => {
                    for alias in &import.names {
                        let full = normal(&alias.name);
                        match &alias.asname {
                            Some(name) => self.define(name.as_str(), &full),
                            None => {
                                let first = alias.name.as_str().split('.').next().unwrap_or_default();
                                let target = normal(first);
                                self.define(first, &target);
                            }
                        }
                    }
                }
                Stmt::ImportFrom(import) => {
                    let base = self.import_base(import.module.as_deref(), import.level);
                    for alias in &import.names {
                        let full =
                            if base.is_empty() { alias.name.to_string() } else { format!("{base}.{}", alias.name) };
                        let name = alias.asname.as_ref().unwrap_or(&alias.name);
                        self.define(name.as_str(), &full);
                    }
                }
                Stmt::FunctionDef(def) => {
                    let function = self.function(def, None);
                    self.names.insert(def.name.as_str(), Definition::Function(function));
                }
                Stmt::ClassDef(def) => {
                    let class = self.class(def);
                    self.names.insert(def.name.as_str(), Definition::Class(class));
                }
                Stmt::If(branch) => {
                    self.statements(&branch.body, depth + 1);
                    for clause in &branch.elif_else_clauses {
                        self.statements(&clause.body, depth + 1);
                    }
                }
                Stmt::Try(attempt) => {
                    self.statements(&attempt.body, depth + 1);
                    for handler in &attempt.handlers {
                        let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                        // `except ImportError: name = None` must not hide the import.
                        self.statements(&handler.body, depth + 1);
                    }
                    self.statements(&attempt.orelse, depth + 1);
                }
                Stmt::With(with) => self.statements(&with.body, depth + 1),
                Stmt::Assign(assign) if depth == 0 => {
                    for target in &assign.targets {
                        if let Expr::Name(name) = target {
                            self.constants.insert(name.id.as_str(), &assign.value);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn define(&mut self, name: &'a str, full: &str) {
        self.names.entry(name).or_insert_with(|| Definition::External(Ustr::from(full)));
    }

    fn import_base(&self, module: Option<&str>, level: u32) -> String {
        if level == 0 {
            return normal(module.unwrap_or_default());
        }
        let own = self.unit.dotted.as_str();
        let mut parts: Vec<&str> = own.split('.').collect();
        // The dotted name of a package is the package itself; of a file, the package is one level up.
        let is_package = self.unit_is_package();
        let drop = level as usize - usize::from(is_package);
        parts.truncate(parts.len().saturating_sub(drop));
        if let Some(module) = module {
            parts.push(module);
        }
        parts.join(".")
    }

    fn unit_is_package(&self) -> bool {
        self.unit.is_package
    }

    fn function(&mut self, def: &'a StmtFunctionDef, class: Option<ClassId>) -> FunctionId {
        let function_id = FunctionId(id(self.functions.len()));
        let parameters = &def.parameters;
        let mut names: Vec<&'a str> =
            parameters.iter_non_variadic_params().map(|parameter| parameter.name().as_str()).collect();
        let positional = parameters.posonlyargs.len() + parameters.args.len();
        let rest = parameters.vararg.as_ref().map(|parameter| {
            names.push(parameter.name.as_str());
            names.len() - 1
        });
        let keywords = parameters.kwarg.as_ref().map(|parameter| {
            names.push(parameter.name.as_str());
            names.len() - 1
        });
        let decorators: Vec<&'a str> = def
            .decorator_list
            .iter()
            .filter_map(|decorator| match &decorator.expression {
                Expr::Call(call) => python::last_name(&call.func),
                other => python::last_name(other),
            })
            .collect();
        let route = def.decorator_list.iter().find_map(|decorator| route(&decorator.expression));
        self.functions.push(Function {
            unit: self.unit_id,
            class,
            name: Ustr::from(def.name.as_str()),
            node: Some(def),
            body: &def.body,
            parameters: names,
            rest,
            keywords,
            positional,
            decorators,
            route,
            is_field_search: false,
            is_field_hook: false,
        });
        function_id
    }

    fn class(&mut self, def: &'a StmtClassDef) -> ClassId {
        let class_id = ClassId(id(self.classes.len()));
        let bases: Vec<String> = def.bases().iter().filter_map(python::dotted).collect();
        self.classes.push(Class {
            unit: self.unit_id,
            name: def.name.as_str(),
            kind: ClassKind::Plain,
            model: None,
            defines_model: false,
            inherit: Vec::new(),
            delegates: Vec::new(),
            bases,
            attributes: FxHashMap::default(),
            fields: Vec::new(),
            methods: Vec::new(),
            node: def,
        });
        let mut attributes = FxHashMap::default();
        let mut fields = Vec::new();
        let mut methods = Vec::new();
        for statement in &def.body {
            match statement {
                Stmt::Assign(assign) => {
                    for target in &assign.targets {
                        let Expr::Name(name) = target else { continue };
                        attributes.insert(name.id.as_str(), &*assign.value);
                        fields.extend(field(name.id.as_str(), &assign.value));
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                        attributes.insert(name.id.as_str(), &**value);
                        fields.extend(field(name.id.as_str(), value));
                    }
                }
                Stmt::FunctionDef(function) => {
                    let id = self.function(function, Some(class_id));
                    methods.push((Ustr::from(function.name.as_str()), id));
                }
                _ => {}
            }
        }
        let has_route = methods.iter().any(|(_, id)| self.functions[id.0 as usize].route.is_some());
        let class = &mut self.classes[class_id.0 as usize];
        class.kind = kind(class, &self.names, &attributes, has_route);
        if class.kind.is_model() {
            let own = attributes.get("_name").and_then(|value| python::string(value));
            class.inherit = attributes.get("_inherit").map_or_else(Vec::new, |value| interned(value));
            class.delegates = match attributes.get("_inherits") {
                Some(Expr::Dict(dict)) => dict
                    .items
                    .iter()
                    .filter_map(|item| item.key.as_ref().and_then(python::string))
                    .map(Ustr::from)
                    .collect(),
                _ => Vec::new(),
            };
            class.model = own.map(Ustr::from).or_else(|| class.inherit.first().copied());
            class.defines_model = own.is_some_and(|own| !class.inherit.iter().any(|parent| parent.as_str() == own));
        }
        class.attributes = attributes;
        class.fields = fields;
        class.methods = methods;
        class_id
    }
}

fn interned(value: &Expr) -> Vec<Ustr> {
    python::strings(value).into_iter().map(Ustr::from).collect()
}

/// `openerp` is the name of `odoo` up to 9.0.
fn normal(name: &str) -> String {
    match name.strip_prefix("openerp") {
        Some(rest) if rest.is_empty() || rest.starts_with('.') => format!("odoo{rest}"),
        _ => name.to_owned(),
    }
}

fn kind(
    class: &Class<'_>,
    names: &FxHashMap<&str, Definition>,
    attributes: &FxHashMap<&str, &Expr>,
    has_route: bool,
) -> ClassKind {
    for base in &class.bases {
        let last = base.rsplit('.').next().unwrap_or(base);
        let first = base.split('.').next().unwrap_or(base);
        let from_odoo = match names.get(first) {
            Some(Definition::External(full)) => full.starts_with("odoo") || full.starts_with("osv"),
            Some(_) => false,
            None => true,
        };
        if !from_odoo {
            continue;
        }
        match last {
            "Model" | "BaseModel" | "osv" | "CachedModel" => return ClassKind::Model,
            "TransientModel" | "osv_memory" => return ClassKind::Transient,
            "AbstractModel" | "osv_abstract" => return ClassKind::Abstract,
            "Controller" => return ClassKind::Controller,
            _ => {}
        }
    }
    if has_route {
        return ClassKind::Controller;
    }
    let odoo_style = attributes.contains_key("_inherit") || attributes.contains_key("_name");
    if odoo_style && class.bases.iter().any(|base| base.starts_with("models.") || base.ends_with("Model")) {
        return ClassKind::Model;
    }
    ClassKind::Plain
}

const FIELD_TYPES: [&str; 20] = [
    "Char",
    "Text",
    "Html",
    "Integer",
    "Float",
    "Monetary",
    "Boolean",
    "Date",
    "Datetime",
    "Binary",
    "Image",
    "Selection",
    "Many2one",
    "One2many",
    "Many2many",
    "Reference",
    "Many2oneReference",
    "Json",
    "Serialized",
    "Properties",
];

fn field<'a>(name: &'a str, value: &'a Expr) -> Option<Field<'a>> {
    let Expr::Call(call) = value else { return None };
    let Expr::Attribute(attribute) = &*call.func else { return None };
    let base = python::last_name(&attribute.value)?;
    let kind = attribute.attr.as_str();
    if base != "fields" || !(FIELD_TYPES.contains(&kind) || kind.starts_with(char::is_uppercase)) {
        return None;
    }
    let comodel = call
        .arguments
        .find_argument_value("comodel_name", 0)
        .filter(|_| matches!(kind, "Many2one" | "One2many" | "Many2many"))
        .and_then(python::string)
        .map(Ustr::from);
    Some(Field { name, kind, call, comodel })
}

/// Reads `@http.route(...)`, `@route(...)` and the router decorators of FastAPI.
fn route(decorator: &Expr) -> Option<Route<'_>> {
    let (call, name) = match decorator {
        Expr::Call(call) => (Some(call), python::last_name(&call.func)?),
        other => (None, python::last_name(other)?),
    };
    let is_router = call.is_some_and(|call| {
        matches!(name, "get" | "post" | "put" | "patch" | "delete")
            && python::dotted(&call.func).is_some_and(|dotted| {
                let base = dotted.rsplit_once('.').map_or("", |(base, _)| base);
                base.ends_with("router") || base == "app"
            })
    });
    if name != "route" && !is_router {
        return None;
    }
    let mut route = Route {
        paths: Vec::new(),
        auth: Auth::Unknown,
        kind: "",
        methods: Vec::new(),
        csrf: None,
        cors: None,
        stateless: is_router,
        decorator,
        own: Vec::new(),
    };
    let Some(call) = call else { return Some(route) };
    if let Some(paths) = call.arguments.find_argument_value("route", 0) {
        route.paths = python::strings(paths);
        // A path that is computed is a path all the same.
        route.own.push("route");
    }
    for keyword in &call.arguments.keywords {
        let Some(name) = keyword.arg.as_ref().map(ruff_python_ast::Identifier::as_str) else { continue };
        route.own.push(name);
        match name {
            "auth" => {
                route.auth = match python::string(&keyword.value) {
                    Some("none") => Auth::None,
                    Some("public") => Auth::Public,
                    Some("user") => Auth::User,
                    Some("bearer") => Auth::Bearer,
                    Some(_) => Auth::Custom,
                    None => Auth::Unknown,
                };
            }
            "type" => route.kind = python::string(&keyword.value).unwrap_or_default(),
            "methods" => route.methods = python::strings(&keyword.value),
            "csrf" => route.csrf = python::boolean(&keyword.value),
            "cors" => route.cors = python::string(&keyword.value),
            "save_session" => route.stateless = python::boolean(&keyword.value) == Some(false),
            _ => {}
        }
    }
    Some(route)
}
