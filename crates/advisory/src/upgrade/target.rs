//! The source of the target series, where it is at hand: whether what modules refer to is still there.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use castellan_model::core_modules::core_module_series;
use regex::Regex;

use super::changes::{Effect, Language, place};
use super::text::without_comments;
use super::{ModuleSource, Place};
use crate::collect::tree::{Tree, join};

/// A reference to a record: `inherit_id="sale.view_order_form"`, `ref="base.group_user"`, `env.ref('stock.picking_type_out')`.
static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?:\b(?:inherit_id|ref|parent|t-call|t-inherit|action|menu_id)\s*=\s*["']|\bref\(\s*["'])([a-z][a-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_.]*)["']"#,
    )
    .ok()
});

/// `from odoo.addons.sale.models.sale import SaleOrder`.
static IMPORT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*from\s+odoo\.addons\.([a-z][a-z0-9_]*)((?:\.[A-Za-z_][A-Za-z0-9_]*)*)\s+import\s+([A-Za-z_][A-Za-z0-9_]*)")
        .ok()
});

/// `_inherit = 'sale.order'`, `_inherit = ['sale.order', ...]`.
static INHERIT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?m)^\s+_inherit\s*=\s*\[?\s*["']([a-z][a-z0-9_.]*)["']"#).ok());

/// `_name = 'sale.order'`.
static NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?m)^\s+_name\s*=\s*["']([a-z][a-z0-9_.]*)["']"#).ok());

/// Records that Odoo makes itself: models, fields, modules.
const MADE: [&str; 6] = ["model_", "field_", "selection_", "constraint_", "module_", "access_"];

/// How deep files of a module are looked for.
const DEPTH: usize = 6;

/// Odoo's own modules of the target series.
pub struct TargetSource {
    tree: Tree,
    /// Module -> its folder.
    modules: BTreeMap<String, String>,
    models: BTreeSet<String>,
    /// Texts of modules that were referred to: data and Python in one.
    texts: RefCell<BTreeMap<String, String>>,
}

impl TargetSource {
    /// Below a folder: a checkout, or an installed package.
    #[must_use]
    pub fn open(folder: &Path) -> Option<Self> {
        let tree = Tree::new(folder);
        let mut modules = BTreeMap::new();
        for place in ["addons", "odoo/addons", "openerp/addons", ""] {
            for name in tree.list(place).iter().filter_map(|name| name.strip_suffix('/')) {
                let own = join(place, name);
                if tree.has(&join(&own, "__manifest__.py")) {
                    modules.insert(name.to_owned(), own);
                }
            }
        }
        if !modules.contains_key("base") {
            return None;
        }
        let mut models = BTreeSet::new();
        for folder in modules.values() {
            for path in files(&tree, folder, DEPTH, &[".py"]) {
                let text = tree.text(&path).unwrap_or_default();
                let found = NAME.iter().flat_map(|name| name.captures_iter(&text)).map(|found| found[1].to_owned());
                models.extend(found);
            }
        }
        Some(Self { tree, modules, models, texts: RefCell::new(BTreeMap::new()) })
    }

    /// Whether Odoo ships a module.
    #[must_use]
    pub fn has_module(&self, name: &str) -> bool {
        self.modules.contains_key(name)
    }

    /// Whether a module's files hold a name anywhere; none: it has no such module.
    fn holds(&self, module: &str, name: &str) -> Option<bool> {
        let folder = self.modules.get(module)?;
        let mut texts = self.texts.borrow_mut();
        let text = texts.entry(module.to_owned()).or_insert_with(|| {
            let paths = files(&self.tree, folder, DEPTH, &[".xml", ".csv", ".sql", ".py"]);
            paths.iter().filter_map(|path| self.tree.text(path)).collect::<Vec<_>>().join("\n")
        });
        let is_part = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '_');
        Some(text.match_indices(name).any(|(at, _)| {
            !is_part(text.get(..at).and_then(|before| before.chars().next_back()))
                && !is_part(text.get(at + name.len()..).and_then(|after| after.chars().next()))
        }))
    }

    /// Whether a Python name can be imported; none: it has no such module.
    fn imports(&self, module: &str, path: &str, name: &str) -> Option<bool> {
        let folder = self.modules.get(module)?;
        let inside = join(folder, path.trim_start_matches('.').replace('.', "/").trim_end_matches('/'));
        let package = inside.trim_end_matches('/').to_owned();
        let beside = [format!("{package}.py"), join(&package, "__init__.py")];
        let Some(text) = beside.iter().find_map(|path| self.tree.text(path)) else { return Some(false) };
        let is_file = self.tree.has(&join(&package, &format!("{name}.py"))) || self.tree.has(&join(&package, name));
        // A package may gather names with `from . import *`.
        Some(is_file || text.contains(name) || text.contains("import *"))
    }
}

fn files(tree: &Tree, folder: &str, depth: usize, endings: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    for name in tree.list(folder) {
        match name.strip_suffix('/') {
            Some(below) if depth > 0 && !matches!(below, "static" | "i18n" | "tests") => {
                out.extend(files(tree, &join(folder, below), depth - 1, endings));
            }
            Some(_) => {}
            None if endings.iter().any(|ending| name.ends_with(ending)) => out.push(join(folder, &name)),
            None => {}
        }
    }
    out
}

/// The places of a module that refer to what the target does not have.
pub fn places(module: &ModuleSource, source: &TargetSource, since: &str) -> Vec<Place> {
    let mut out = Vec::new();
    let names = module.files.iter().flat_map(|(_, text)| NAME.iter().flat_map(move |name| name.captures_iter(text)));
    let own: BTreeSet<String> = names.map(|found| found[1].to_owned()).collect();
    // A model may be of another module that is needed; only where those are all Odoo's it must be Odoo's.
    let needs_odoo_alone = module.depends.iter().all(|needed| !core_module_series(needed).is_empty());
    for (path, text) in &module.files {
        let Some(language) = Language::of(path) else { continue };
        let bare = without_comments(text, language);
        let mut add = |at: usize, advice: String| out.push(place(path, text, at, Effect::Breaks, &advice, since));
        if matches!(language, Language::Xml | Language::Python) {
            for found in REFERENCE.iter().flat_map(|reference| reference.captures_iter(&bare)) {
                let (other, name) = (&found[1], &found[2]);
                let at = found.get(1).map_or(0, |group| group.start());
                if !MADE.iter().any(|made| name.starts_with(made)) && source.holds(other, name) == Some(false) {
                    add(at, format!("`{other}.{name}` is not in this series: find what took its place"));
                }
            }
        }
        if language == Language::Python {
            for found in IMPORT.iter().flat_map(|import| import.captures_iter(&bare)) {
                let at = found.get(1).map_or(0, |group| group.start());
                if source.imports(&found[1], &found[2], &found[3]) == Some(false) {
                    add(at, format!("`odoo.addons.{}{}` has no `{}` in this series", &found[1], &found[2], &found[3]));
                }
            }
            for found in INHERIT.iter().flat_map(|inherit| inherit.captures_iter(&bare)) {
                let at = found.get(1).map_or(0, |group| group.start());
                if !source.models.contains(&found[1]) && !own.contains(&found[1]) && needs_odoo_alone {
                    add(at, format!("Odoo has no model `{}` in this series", &found[1]));
                }
            }
        }
    }
    out
}
