//! Python texts: files, and code embedded in data files with its own way back to the bytes of the file.

use castellan_model::{NotAssessed, NotAssessedKind};
use rayon::prelude::*;
use ruff_python_ast::ModModule;
use ustr::Ustr;

use super::data::XmlFile;
use super::embedded::{self, Fragment};
use crate::discover::Module;
use crate::python::{self, Comment};
use crate::source::{FileId, Language, Range, SourceFile};

/// What a Python file is for; many rules look at some roles only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Code that runs in the server.
    Server,
    /// Tests: never run in production.
    Test,
    /// Migrations and install hooks: run once, by an administrator.
    Migration,
    /// A manifest.
    Manifest,
    /// Outside a module: scripts, set-up files.
    Script,
}

/// Where the code of a unit comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// A `.py` file.
    File,
    /// Statements of a server action, a scheduled job or an automation.
    ActionCode,
    /// An expression: `eval`, a domain, a context, `t-*`.
    Expression,
}

/// One Python text with its tree.
#[derive(Debug)]
pub struct Unit {
    /// The file that holds the text.
    pub file: FileId,
    /// Where the code comes from.
    pub kind: UnitKind,
    /// What the file is for.
    pub role: Role,
    /// Import path: `odoo.addons.sale.models.order`.
    pub dotted: Ustr,
    /// Whether the file is the `__init__.py` of a package.
    pub is_package: bool,
    /// The tree.
    pub module: ModModule,
    /// Comments that may hold markers.
    pub comments: Vec<Comment>,
    /// For embedded code: pairs of offset in the code and offset in the file.
    offsets: Vec<(u32, u32)>,
}

impl Unit {
    /// From a range of the code to a range of the file.
    #[must_use]
    pub fn map(&self, range: Range) -> Range {
        if self.offsets.is_empty() {
            return range;
        }
        Range { start: self.map_offset(range.start), end: self.map_offset(range.end) }
    }

    fn map_offset(&self, offset: u32) -> u32 {
        let at = self.offsets.partition_point(|(code, _)| *code <= offset);
        self.offsets.get(at.saturating_sub(1)).map_or(offset, |(code, file)| file + offset.saturating_sub(*code))
    }
}

/// Parses every Python file and every piece of embedded code.
#[must_use]
pub fn build_units(files: &[SourceFile], modules: &[Module], xml: &[XmlFile]) -> (Vec<Unit>, Vec<NotAssessed>) {
    let from_files: Vec<Result<(Unit, Option<NotAssessed>), NotAssessed>> = files
        .par_iter()
        .enumerate()
        .filter(|(_, file)| file.language == Language::Python)
        .map(|(index, file)| parse_file(index, file, modules))
        .collect();
    let mut units = Vec::with_capacity(from_files.len());
    let mut notes = Vec::new();
    for result in from_files {
        match result {
            Ok((unit, note)) => {
                units.push(unit);
                notes.extend(note);
            }
            Err(note) => notes.push(note),
        }
    }
    let fragments: Vec<Fragment> = xml.par_iter().flat_map_iter(|file| embedded::fragments(file, files)).collect();
    for fragment in fragments {
        match parse_fragment(&fragment) {
            Ok(unit) => units.push(unit),
            Err(failure) if fragment.kind == UnitKind::ActionCode => {
                let file = &files[fragment.file.0 as usize];
                let at = file.position(fragment.offsets.first().map_or(0, |pair| pair.1) + failure.offset);
                notes.push(NotAssessed {
                    path: file.path.clone(),
                    kind: NotAssessedKind::Syntax,
                    reason: format!("line {}: embedded code: {}", at.line, failure.reason),
                });
            }
            // An attribute that is no Python expression is a domain with placeholders or another language.
            Err(_) => {}
        }
    }
    (units, notes)
}

fn parse_file(index: usize, file: &SourceFile, modules: &[Module]) -> Result<(Unit, Option<NotAssessed>), NotAssessed> {
    let note = |kind, offset: u32, reason: &str| {
        let at = file.position(offset);
        NotAssessed {
            path: file.path.clone(),
            kind,
            reason: format!("line {}, column {}: {reason}", at.line, at.column),
        }
    };
    let parsed =
        python::parse(&file.text).map_err(|failure| note(NotAssessedKind::Nesting, failure.offset, &failure.reason))?;
    let module = file.module.map(|id| &modules[id.0 as usize]);
    let broken = parsed.error.as_ref().map(|error| {
        if python::looks_like_python2(&file.text) {
            note(NotAssessedKind::Python2, error.offset, "Python 2; read as far as Python 3 allows")
        } else {
            note(NotAssessedKind::Syntax, error.offset, &error.reason)
        }
    });
    let role = role(&file.path, module);
    let mut tree = parsed.module;
    if matches!(role, Role::Test | Role::Manifest) {
        // Read for its errors and markers only: no rule looks at it, and trees are what memory goes into.
        tree.body.clear();
        tree.body.shrink_to_fit();
    }
    let unit = Unit {
        file: FileId(u32::try_from(index).unwrap_or(u32::MAX)),
        kind: UnitKind::File,
        role,
        dotted: dotted(&file.path, module),
        is_package: file.name() == "__init__.py",
        module: tree,
        comments: parsed.comments,
        offsets: Vec::new(),
    };
    Ok((unit, broken))
}

fn parse_fragment(fragment: &Fragment) -> Result<Unit, python::ParseFailure> {
    let parsed = python::parse(&fragment.code)?;
    if let Some(error) = parsed.error {
        return Err(error);
    }
    Ok(Unit {
        file: fragment.file,
        kind: fragment.kind,
        role: Role::Server,
        dotted: Ustr::from(""),
        is_package: false,
        module: parsed.module,
        comments: parsed.comments,
        offsets: fragment.offsets.clone(),
    })
}

fn within<'p>(path: &'p str, module: Option<&Module>) -> &'p str {
    module.map_or(path, |module| {
        path.strip_prefix(module.path.as_str()).map_or(path, |rest| rest.trim_start_matches('/'))
    })
}

fn role(path: &str, module: Option<&Module>) -> Role {
    let inner = within(path, module);
    let name = inner.rsplit('/').next().unwrap_or(inner);
    let in_folder = |folder: &str| inner.split('/').rev().skip(1).any(|part| part == folder);
    if in_folder("tests") || in_folder("test") || name.starts_with("test_") || name == "conftest.py" {
        return Role::Test;
    }
    if module.is_some_and(|module| module.name.starts_with("test_")) {
        return Role::Test;
    }
    if ["__manifest__.py", "__openerp__.py", "__terp__.py"].contains(&name) {
        return Role::Manifest;
    }
    if in_folder("migrations") || in_folder("upgrades") || name == "hooks.py" {
        return Role::Migration;
    }
    if name == "setup.py" || (module.is_none() && in_folder("setup")) {
        return Role::Script;
    }
    Role::Server
}

fn dotted(path: &str, module: Option<&Module>) -> Ustr {
    let inner = within(path, module);
    let stem = inner.strip_suffix(".py").unwrap_or(inner);
    let stem = stem.strip_suffix("__init__").map_or(stem, |folder| folder.trim_end_matches('/'));
    let tail = stem.replace('/', ".");
    match module {
        Some(module) if tail.is_empty() => Ustr::from(&format!("odoo.addons.{}", module.name)),
        Some(module) => Ustr::from(&format!("odoo.addons.{}.{tail}", module.name)),
        None => Ustr::from(&tail),
    }
}
