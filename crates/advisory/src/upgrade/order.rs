//! Modules in the order of what they need.

use std::collections::BTreeMap;

use super::ModuleSource;

/// Those first that others need, by name among equals; and the names of those that need each other in a circle, which come last.
pub fn sorted(modules: &[ModuleSource]) -> (Vec<&ModuleSource>, Vec<String>) {
    let mut left: BTreeMap<&str, &ModuleSource> = modules.iter().map(|module| (module.name.as_str(), module)).collect();
    let mut out = Vec::with_capacity(modules.len());
    loop {
        let ready =
            left.values().find(|module| !module.depends.iter().any(|needed| left.contains_key(needed.as_str())));
        let Some(module) = ready.copied() else { break };
        left.remove(module.name.as_str());
        out.push(module);
    }
    let circles = left.keys().map(|name| (*name).to_owned()).collect();
    out.extend(left.into_values());
    (out, circles)
}
