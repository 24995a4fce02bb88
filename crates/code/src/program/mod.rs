//! One graph over everything that was scanned: modules, classes, models, fields, methods, routes, data records,
//! access rows, record rules, groups and templates.

mod access;
mod classes;
mod core_index;
mod data;
mod embedded;
pub(crate) mod link;
mod units;

use castellan_model::Series;
use rustc_hash::FxHashMap;
use ustr::Ustr;

use crate::discover::{Discovered, Module};
use crate::source::{FileId, ModuleId, Site, SourceFile};

pub use access::{AccessRow, Groups, Operation, RecordRule, domain_is_open, references};
pub use classes::{Auth, Class, ClassKind, Definition, Field, Function, FunctionId, Route};
pub use core_index::{CoreRoute, SensitiveModel, core_grants, core_route, group_tier, sensitive_model};
pub use data::{CsvTable, Element, Record, RecordField, XmlFile, read_csv, read_xml};
pub(crate) use link::overridden;
pub use units::{Role, Unit, UnitKind, build_units};

/// Index of a [`Unit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub u32);

/// Index of a [`Class`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u32);

/// The whole scan as one graph. Borrows the trees of the units.
pub struct Program<'a> {
    /// Every text.
    pub files: &'a [SourceFile],
    /// Every module.
    pub modules: &'a [Module],
    /// Python texts: files and embedded code.
    pub units: &'a [Unit],
    /// XML data files.
    pub xml: &'a [XmlFile],
    /// CSV data files.
    pub csv: &'a [CsvTable],
    /// Classes in the order of the units.
    pub classes: Vec<Class<'a>>,
    /// Functions and methods in the order of the units; the body of a unit is one too.
    pub functions: Vec<Function<'a>>,
    /// Names that a unit imports or defines.
    pub(crate) names: Vec<FxHashMap<&'a str, Definition>>,
    /// Names that a unit assigns at its top, with the last value.
    pub(crate) constants: Vec<FxHashMap<&'a str, &'a ruff_python_ast::Expr>>,
    pub(crate) by_dotted: FxHashMap<Ustr, Definition>,
    pub(crate) methods_by_name: FxHashMap<Ustr, Vec<FunctionId>>,
    pub(crate) methods_by_model: FxHashMap<(Ustr, Ustr), Vec<FunctionId>>,
    pub(crate) classes_by_model: FxHashMap<Ustr, Vec<ClassId>>,
    /// Access rows of every front end.
    pub access: Vec<AccessRow>,
    /// Record rules.
    pub rules: Vec<RecordRule>,
    /// Groups and what they imply.
    pub groups: Groups,
    /// Templates by their ids without the module, with the templates that they call.
    pub(crate) template_calls: FxHashMap<String, Vec<String>>,
    /// Data files that some module of the scan loads, outside demonstration data.
    pub(crate) loaded: FxHashMap<FileId, Loaded>,
}

/// How a data file is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// Listed under `data`.
    Data,
    /// Listed under `demo` only.
    Demo,
}

impl<'a> Program<'a> {
    /// The file of an id.
    #[must_use]
    pub fn file(&self, id: FileId) -> &'a SourceFile {
        &self.files[id.0 as usize]
    }

    /// The module of an id.
    #[must_use]
    pub fn module(&self, id: ModuleId) -> &'a Module {
        &self.modules[id.0 as usize]
    }

    /// The module that holds a file.
    #[must_use]
    pub fn module_of(&self, file: FileId) -> Option<&'a Module> {
        self.file(file).module.map(|id| self.module(id))
    }

    /// The series that a file is written for.
    #[must_use]
    pub fn series(&self, file: FileId) -> Series {
        self.module_of(file).map_or(Series::ASSUMED, |module| module.series)
    }

    /// A unit.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> &'a Unit {
        &self.units[id.0 as usize]
    }

    /// A class.
    #[must_use]
    pub fn class(&self, id: ClassId) -> &Class<'a> {
        &self.classes[id.0 as usize]
    }

    /// A function.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &Function<'a> {
        &self.functions[id.0 as usize]
    }

    /// The place of a node of a unit, mapped to its file.
    #[must_use]
    pub fn site(&self, unit: UnitId, node: &impl ruff_text_size::Ranged) -> Site {
        let unit = self.unit(unit);
        Site { file: unit.file, range: unit.map(crate::python::range(node)) }
    }

    /// The methods of this name on a model, over all classes of the scan that extend it.
    #[must_use]
    pub fn methods(&self, model: Ustr, name: Ustr) -> &[FunctionId] {
        self.methods_by_model.get(&(model, name)).map_or(&[], Vec::as_slice)
    }

    /// The classes of the scan that define or extend a model.
    #[must_use]
    pub fn model_classes(&self, model: Ustr) -> &[ClassId] {
        self.classes_by_model.get(&model).map_or(&[], Vec::as_slice)
    }

    /// The definition of a field, searched over the classes of the model and the models that it inherits.
    #[must_use]
    pub fn field(&self, model: Ustr, name: &str) -> Option<&Field<'a>> {
        self.field_within(model, name, 0)
    }

    /// A keyword of a field as the ORM merges it: the last class of the model that sets it wins.
    #[must_use]
    pub fn field_keyword(&self, model: Ustr, name: &str, keyword: &str) -> Option<&'a ruff_python_ast::Expr> {
        self.model_classes(model)
            .iter()
            .rev()
            .flat_map(|class| self.class(*class).fields.iter().rev())
            .filter(|field| field.name == name)
            .find_map(|field| field.keyword(keyword))
    }

    fn field_within(&self, model: Ustr, name: &str, depth: u32) -> Option<&Field<'a>> {
        let classes = self.model_classes(model);
        let own = classes.iter().flat_map(|id| &self.class(*id).fields).filter(|field| field.name == name);
        // A later extension may name the field only to change a label: the definition with a type argument wins.
        if let Some(field) = own.max_by_key(|field| field.call.arguments.keywords.len()) {
            return Some(field);
        }
        if depth > 4 {
            return None;
        }
        classes
            .iter()
            .flat_map(|id| self.class(*id).inherit.iter())
            .filter(|parent| **parent != model)
            .find_map(|parent| self.field_within(*parent, name, depth + 1))
    }

    /// Whether a model of the scan is transient.
    #[must_use]
    pub fn is_transient(&self, model: Ustr) -> bool {
        self.model_classes(model).iter().any(|id| self.class(*id).kind == ClassKind::Transient)
    }

    /// Whether the scan defines this model, and not only extends it.
    #[must_use]
    pub fn defines_model(&self, model: Ustr) -> bool {
        self.model_classes(model).iter().any(|id| self.class(*id).defines_model)
    }

    /// What a name means at the top of a unit.
    #[must_use]
    pub fn name(&self, unit: UnitId, name: &str) -> Option<Definition> {
        self.names[unit.0 as usize].get(name).copied()
    }

    /// What a dotted name means; follows names that a package imports from its own modules.
    #[must_use]
    pub fn dotted(&self, dotted: Ustr) -> Option<Definition> {
        let mut current = dotted;
        for _ in 0..4 {
            if let Some(found) = self.by_dotted.get(&current) {
                return Some(*found);
            }
            let (package, name) = current.rsplit_once('.')?;
            match self.by_dotted.get(&Ustr::from(package)) {
                Some(Definition::Unit(unit)) => match self.name(*unit, name)? {
                    Definition::External(next) if next != current => current = next,
                    Definition::External(_) => return None,
                    other => return Some(other),
                },
                Some(Definition::Class(class)) => {
                    return self.class(*class).method(Ustr::from(name)).map(Definition::Function);
                }
                _ => return None,
            }
        }
        None
    }

    /// Whether a template is part of a page for visitors: it calls a public layout, or a template that does, or it is called
    /// by one of those.
    #[must_use]
    pub fn is_public_page(&self, template: &str) -> bool {
        let bare = |id: &str| id.rsplit('.').next().unwrap_or(id).to_owned();
        let reaches_layout = |start: &str| {
            let mut seen: Vec<String> = Vec::new();
            let mut queue = vec![bare(start)];
            while let Some(next) = queue.pop() {
                if seen.contains(&next) || seen.len() > 200 {
                    continue;
                }
                let calls = self.template_calls.get(&next).into_iter().flatten();
                for called in calls {
                    if matches!(called.as_str(), "layout" | "portal_layout" | "frontend_layout" | "login_layout") {
                        return true;
                    }
                    queue.push(called.clone());
                }
                seen.push(next);
            }
            false
        };
        let own = bare(template);
        reaches_layout(&own)
            || self.template_calls.iter().any(|(caller, calls)| calls.contains(&own) && reaches_layout(caller))
    }

    /// How a data file is loaded; `None` when no manifest lists it.
    #[must_use]
    pub fn loaded(&self, file: FileId) -> Option<Loaded> {
        self.loaded.get(&file).copied()
    }

    /// Whether a data file holds demonstration or test data.
    #[must_use]
    pub fn is_demo(&self, file: FileId) -> bool {
        let path = &self.file(file).path;
        self.loaded(file) == Some(Loaded::Demo)
            || ["/demo/", "/tests/", "/test/", "/examples/"].iter().any(|part| path.contains(part))
            || path.starts_with("demo/")
            || path.starts_with("tests/")
            || self.file(file).name().contains("demo")
    }
}

/// What discovery and parsing gave, before it is linked.
pub struct Parsed {
    /// Python texts.
    pub units: Vec<Unit>,
    /// XML data files.
    pub xml: Vec<XmlFile>,
    /// CSV data files.
    pub csv: Vec<CsvTable>,
}

/// Links what was parsed.
#[must_use]
pub fn link<'a>(discovered: &'a Discovered, parsed: &'a Parsed) -> Program<'a> {
    link::link(&discovered.files, &discovered.modules, parsed)
}
