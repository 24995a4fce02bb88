//! Joins what the files declare into one [`Program`].

use castellan_model::Series;
use rustc_hash::FxHashMap;
use ustr::Ustr;

use super::access::{self, Context, Groups};
use super::classes::{Auth, ClassKind, Collector, Definition, FunctionId};
use super::{ClassId, Loaded, Parsed, Program, UnitId, core_route};
use crate::discover::Module;
use crate::python;
use crate::source::{FileId, SourceFile};

pub(super) fn link<'a>(files: &'a [SourceFile], modules: &'a [Module], parsed: &'a Parsed) -> Program<'a> {
    let mut classes = Vec::new();
    let mut functions = Vec::new();
    let mut names = Vec::with_capacity(parsed.units.len());
    let mut constants = Vec::with_capacity(parsed.units.len());
    for (index, unit) in parsed.units.iter().enumerate() {
        let unit_id = UnitId(u32::try_from(index).unwrap_or(u32::MAX));
        let mut collector = Collector {
            unit_id,
            unit,
            classes: &mut classes,
            functions: &mut functions,
            names: FxHashMap::default(),
            constants: FxHashMap::default(),
        };
        collector.collect();
        names.push(collector.names);
        constants.push(collector.constants);
    }
    let mut program = Program {
        files,
        modules,
        units: &parsed.units,
        xml: &parsed.xml,
        csv: &parsed.csv,
        classes,
        functions,
        names,
        constants,
        by_dotted: FxHashMap::default(),
        methods_by_name: FxHashMap::default(),
        methods_by_model: FxHashMap::default(),
        classes_by_model: FxHashMap::default(),
        access: Vec::new(),
        rules: Vec::new(),
        groups: Groups::default(),
        template_calls: template_calls(&parsed.xml),
        loaded: FxHashMap::default(),
    };
    index_names(&mut program);
    spread_controllers(&mut program);
    index_methods(&mut program);
    mark_field_functions(&mut program);
    merge_routes(&mut program);
    index_loaded(&mut program);
    read_access(&mut program);
    program
}

/// The `t-call` graph of server templates, by ids without their modules.
fn template_calls(files: &[super::XmlFile]) -> FxHashMap<String, Vec<String>> {
    let bare = |id: &str| id.rsplit('.').next().unwrap_or(id).to_owned();
    let mut calls: FxHashMap<String, Vec<String>> = FxHashMap::default();
    for element in files.iter().flat_map(|file| &file.elements).filter(|element| !element.is_owl) {
        if let Some(call) = element.attribute("t-call") {
            calls.entry(bare(&element.owner)).or_default().push(bare(&call.value));
        }
    }
    calls
}

fn index_names(program: &mut Program<'_>) {
    for (index, unit) in program.units.iter().enumerate() {
        if unit.dotted.is_empty() {
            continue;
        }
        let id = UnitId(u32::try_from(index).unwrap_or(u32::MAX));
        program.by_dotted.entry(unit.dotted).or_insert(Definition::Unit(id));
        for (name, definition) in &program.names[index] {
            if !matches!(definition, Definition::External(_)) {
                program.by_dotted.entry(Ustr::from(&format!("{}.{name}", unit.dotted))).or_insert(*definition);
            }
        }
    }
}

/// The class that a base names, when the scan holds it.
pub(crate) fn base_class(program: &Program<'_>, unit: UnitId, base: &str) -> Option<ClassId> {
    let (first, rest) = base.split_once('.').map_or((base, None), |(first, rest)| (first, Some(rest)));
    let definition = program.name(unit, first)?;
    let resolved = match (definition, rest) {
        (Definition::External(dotted), None) => program.dotted(dotted)?,
        (Definition::External(dotted), Some(rest)) => program.dotted(Ustr::from(&format!("{dotted}.{rest}")))?,
        (Definition::Unit(unit), Some(rest)) => program.name(unit, rest)?,
        (other, _) => other,
    };
    match resolved {
        Definition::Class(class) => Some(class),
        _ => None,
    }
}

/// A class that derives from a controller of the scan is a controller; so is one that derives from Odoo's.
fn spread_controllers(program: &mut Program<'_>) {
    for _ in 0..3 {
        for index in 0..program.classes.len() {
            let class = &program.classes[index];
            if class.kind != ClassKind::Plain {
                continue;
            }
            let unit = class.unit;
            let derives = class.bases.iter().any(|base| {
                base_class(program, unit, base).map_or_else(
                    || from_controllers(program, unit, base),
                    |parent| program.class(parent).kind == ClassKind::Controller,
                )
            });
            if derives {
                program.classes[index].kind = ClassKind::Controller;
            }
        }
    }
}

fn from_controllers(program: &Program<'_>, unit: UnitId, base: &str) -> bool {
    let first = base.split('.').next().unwrap_or(base);
    matches!(program.name(unit, first), Some(Definition::External(full)) if full.contains(".controllers"))
}

fn index_methods(program: &mut Program<'_>) {
    for (index, class) in program.classes.iter().enumerate() {
        let class_id = ClassId(u32::try_from(index).unwrap_or(u32::MAX));
        if let Some(model) = class.model {
            program.classes_by_model.entry(model).or_default().push(class_id);
        }
        for (name, id) in &class.methods {
            program.methods_by_name.entry(*name).or_default().push(*id);
            if let Some(model) = class.model {
                program.methods_by_model.entry((model, *name)).or_default().push(*id);
            }
        }
    }
    // Methods of the models that a model inherits, nearest first, where it has none of its own.
    let mut inherited: Vec<((Ustr, Ustr), Vec<FunctionId>)> = Vec::new();
    let mut models: Vec<Ustr> = program.classes_by_model.keys().copied().collect();
    models.sort_by_key(Ustr::as_str);
    for model in models {
        let mut seen = vec![model];
        let mut queue = parents(program, model);
        while let Some(parent) = queue.pop() {
            if seen.contains(&parent) || seen.len() > 64 {
                continue;
            }
            seen.push(parent);
            queue.extend(parents(program, parent));
            for class in program.model_classes(parent) {
                for (name, id) in &program.class(*class).methods {
                    inherited.push(((model, *name), vec![*id]));
                }
            }
        }
    }
    for (key, ids) in inherited {
        program.methods_by_model.entry(key).or_default().extend(ids);
    }
    for ids in program.methods_by_model.values_mut() {
        ids.sort_unstable();
        ids.dedup();
    }
}

fn parents(program: &Program<'_>, model: Ustr) -> Vec<Ustr> {
    program.model_classes(model).iter().flat_map(|class| program.class(*class).inherit.clone()).collect()
}

fn mark_field_functions(program: &mut Program<'_>) {
    let mut searches = Vec::new();
    let mut hooks = Vec::new();
    for class in &program.classes {
        let Some(model) = class.model else { continue };
        for field in &class.fields {
            if let Some(name) = field.keyword("search").and_then(method_name) {
                searches.extend_from_slice(program.methods(model, Ustr::from(name)));
            }
            for keyword in ["compute", "inverse", "default", "group_expand", "selection"] {
                if let Some(name) = field.keyword(keyword).and_then(method_name) {
                    hooks.extend_from_slice(program.methods(model, Ustr::from(name)));
                }
            }
        }
    }
    for id in searches {
        program.functions[id.0 as usize].is_field_search = true;
    }
    for id in hooks {
        program.functions[id.0 as usize].is_field_hook = true;
    }
}

fn method_name(value: &ruff_python_ast::Expr) -> Option<&str> {
    python::string(value).or_else(|| match value {
        ruff_python_ast::Expr::Name(name) => Some(name.id.as_str()),
        _ => None,
    })
}

/// Fills what a bare `@http.route()` leaves out: from the method that it overrides, else from Odoo's own route of the
/// same path.
fn merge_routes(program: &mut Program<'_>) {
    for index in 0..program.functions.len() {
        let function = &program.functions[index];
        let (Some(route), Some(class_id)) = (&function.route, function.class) else { continue };
        let mut route = route.clone();
        let series = program.series(program.unit(function.unit).file);
        let mut parent = overridden(program, class_id, function.name);
        let mut hops = 0;
        while let Some(id) = parent {
            let above = &program.functions[id.0 as usize];
            if let Some(inherited) = &above.route {
                if route.paths.is_empty() {
                    route.paths.clone_from(&inherited.paths);
                }
                if route.auth == Auth::Unknown && !route.own.contains(&"auth") {
                    route.auth = inherited.auth;
                }
                if route.kind.is_empty() {
                    route.kind = inherited.kind;
                }
                if route.methods.is_empty() && !route.own.contains(&"methods") {
                    route.methods.clone_from(&inherited.methods);
                }
                route.csrf = route.csrf.or(inherited.csrf);
                route.cors = route.cors.or(inherited.cors);
            }
            hops += 1;
            parent = if hops < 8 { above.class.and_then(|class| overridden(program, class, above.name)) } else { None };
        }
        complete(&mut route, series);
        program.functions[index].route = Some(route);
    }
}

fn complete(route: &mut super::Route<'_>, series: Series) {
    if route.auth == Auth::Unknown && !route.own.contains(&"auth") {
        let core = route.paths.iter().find_map(|path| core_route(path, series));
        // Odoo's own default is `user`; a bare override of something that is not in the scan stays unknown.
        route.auth = match core {
            Some(core) => core.auth,
            None if route.own.contains(&"route") && !route.stateless => Auth::User,
            None => Auth::Unknown,
        };
    }
    if route.kind.is_empty() {
        route.kind = "http";
    }
}

/// The method of this name in a base class of the scan.
pub(crate) fn overridden(program: &Program<'_>, class: ClassId, name: Ustr) -> Option<FunctionId> {
    let class = program.class(class);
    class.bases.iter().filter_map(|base| base_class(program, class.unit, base)).find_map(|parent| {
        program.class(parent).method(name).or_else(|| {
            let parent = program.class(parent);
            parent
                .bases
                .iter()
                .filter_map(|base| base_class(program, parent.unit, base))
                .find_map(|above| program.class(above).method(name))
        })
    })
}

fn index_loaded(program: &mut Program<'_>) {
    let by_path: FxHashMap<&str, FileId> = program
        .files
        .iter()
        .enumerate()
        .map(|(index, file)| (file.path.as_str(), FileId(u32::try_from(index).unwrap_or(u32::MAX))))
        .collect();
    for module in program.modules {
        let full = |path: &str| {
            let path = path.trim_start_matches("./").trim_start_matches('/');
            if module.path.is_empty() { path.to_owned() } else { format!("{}/{path}", module.path) }
        };
        for file in &module.manifest.demo {
            if let Some(id) = by_path.get(full(&file.path).as_str()) {
                program.loaded.entry(*id).or_insert(Loaded::Demo);
            }
        }
        for file in &module.manifest.data {
            if let Some(id) = by_path.get(full(&file.path).as_str()) {
                program.loaded.insert(*id, Loaded::Data);
            }
        }
    }
}

fn read_access(program: &mut Program<'_>) {
    let models = program
        .classes_by_model
        .keys()
        .map(|model| (model.as_str().replace('.', "_"), *model))
        .collect::<FxHashMap<_, _>>();
    let context = Context { files: program.files, modules: program.modules, models };
    for table in program.csv {
        if table.model == "ir.model.access" || table.model == "ir.access" {
            program.access.extend(access::rows_of_csv(table, &context));
        }
    }
    for xml in program.xml {
        access::read_xml(xml, &context, &mut program.access, &mut program.rules, &mut program.groups);
    }
}
