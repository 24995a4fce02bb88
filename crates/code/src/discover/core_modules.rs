//! Tells Odoo's own modules from custom code, by place and content and never by name alone.

use std::collections::HashMap;

use castellan_model::core_modules::{core_module_series, is_enterprise_module};

use super::{Module, parent};
use crate::source::SourceFile;

/// How many neighbours with core names make a folder an addons folder of Odoo itself.
const CORE_NEIGHBOURS: usize = 10;

/// Folders of modules that are Odoo's own: the name is a core name, the manifest names Odoo as author, and the folder
/// lies in an addons folder of Odoo (`odoo-bin` or `release.py` where Odoo has them, or many core neighbours).
pub(super) fn core_folders(modules: &[Module], files: &[SourceFile]) -> Vec<String> {
    let mut by_parent: HashMap<&str, Vec<&Module>> = HashMap::new();
    for module in modules {
        by_parent.entry(parent(&module.path)).or_default().push(module);
    }
    let has_file = |path: &str| files.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok();
    let mut folders = Vec::new();
    for (addons, members) in by_parent {
        let looks_core = |module: &&&Module| {
            (!core_module_series(&module.name).is_empty() || is_enterprise_module(&module.name))
                && (module.manifest.author.contains("Odoo S") || module.manifest.author.contains("OpenERP"))
        };
        let core: Vec<_> = members.iter().filter(looks_core).collect();
        let above = parent(addons);
        let join =
            |folder: &str, name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        // `odoo/addons` beside `odoo/release.py`, or `addons` beside the `odoo` package of a checkout.
        let placed = has_file(&join(above, "release.py"))
            || has_file(&join(above, "odoo/release.py"))
            || has_file(&join(above, "openerp/release.py"));
        if placed || core.len() >= CORE_NEIGHBOURS {
            folders.extend(core.iter().map(|module| module.path.clone()));
        }
    }
    folders.sort();
    folders
}
