//! What stands between modules and a newer series of Odoo: what they use that is gone there, in the order in which they must be moved.

mod changes;
mod order;
pub mod target;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use castellan_model::core_modules::{core_module_series, is_enterprise_module};
use serde::{Deserialize, Serialize};

use crate::data::OdooFacts;
use crate::modules::ModuleIndex;
use crate::support::{self, Support};
pub use changes::{Effect, Language};
use target::TargetSource;

/// A module with its texts.
#[derive(Debug, Clone, Default)]
pub struct ModuleSource {
    /// Technical name.
    pub name: String,
    /// Its folder.
    pub place: String,
    /// Version, as the manifest says it.
    pub version: String,
    /// Major number of its series.
    pub series: u8,
    /// What it needs.
    pub depends: Vec<String>,
    /// Files: path and text.
    pub files: Vec<(String, String)>,
}

/// What is in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradePlan {
    /// Series of the modules, the oldest of them: `14.0`.
    pub from: String,
    /// Series that is wanted.
    pub target: String,
    /// Every series on the way, the wanted one last.
    pub steps: Vec<String>,
    /// Until when each of the series is mended, by its own facts.
    pub support: Vec<(String, String, bool)>,
    /// Least Python of the target; empty: not known.
    pub python: String,
    /// Least PostgreSQL of the target.
    pub postgresql: String,
    /// Modules, those first that others need.
    pub modules: Vec<ModulePlan>,
    /// Modules of Odoo that the target has no more, with who needs them.
    pub gone: Vec<(String, Vec<String>)>,
    /// Modules that are neither here nor Odoo's, with who needs them.
    pub missing: Vec<(String, Vec<String>)>,
    /// Modules that need each other in a circle.
    pub circles: Vec<String>,
    /// The source of the target was at hand, and references into it were looked up.
    pub compared_with_source: bool,
}

/// One module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModulePlan {
    /// Technical name.
    pub name: String,
    /// Its folder.
    pub place: String,
    /// Version.
    pub version: String,
    /// Lines of Python, XML, JavaScript and CSV that are not empty.
    pub lines: u64,
    /// `S` below 500 lines, `M` below 2,000, `L` below 8,000, `XL`.
    pub size: String,
    /// Modules of the plan that it needs.
    pub needs: Vec<String>,
    /// The version that the index of modules knows for the target.
    pub released: Option<String>,
    /// Places that need a hand.
    pub places: Vec<Place>,
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// What becomes of it.
    pub effect: Effect,
    /// File.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// What stands there, cut to what fits.
    pub text: String,
    /// What to do.
    pub advice: String,
    /// The series in which it changed.
    pub since: String,
}

impl UpgradePlan {
    /// How many places have an effect.
    #[must_use]
    pub fn count(&self, effect: Effect) -> usize {
        self.modules.iter().flat_map(|module| &module.places).filter(|place| place.effect == effect).count()
    }
}

/// Makes the plan. `today` is `2026-11-26`; `target` is a major number.
#[must_use]
pub fn plan(
    modules: &[ModuleSource],
    target: u8,
    today: &str,
    facts: &OdooFacts,
    index: &ModuleIndex,
    source: Option<&TargetSource>,
) -> UpgradePlan {
    let from = modules.iter().map(|module| module.series).min().unwrap_or(target);
    let target_series = format!("{target}.0");
    let steps: Vec<String> = (from + 1..=target).map(|major| format!("{major}.0")).collect();
    let support = (from..=target)
        .filter_map(|major| {
            let series = format!("{major}.0");
            Some(match support::odoo(facts, &series, today)? {
                Support::Until(end) => (series, end, false),
                Support::Ended(end) => (series, end, true),
            })
        })
        .collect();
    let known = facts.series.iter().find(|one| one.series == target_series);
    let names: BTreeSet<&str> = modules.iter().map(|module| module.name.as_str()).collect();
    let (sorted, circles) = order::sorted(modules);
    let mut gone: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for module in modules {
        for needed in module.depends.iter().filter(|needed| !names.contains(needed.as_str())) {
            match availability(needed, target, source) {
                Availability::There => {}
                Availability::Gone => gone.entry(needed.clone()).or_default().push(module.name.clone()),
                Availability::Unknown => missing.entry(needed.clone()).or_default().push(module.name.clone()),
            }
        }
    }
    let plans = sorted
        .into_iter()
        .map(|module| {
            let mut places = changes::places(module, target);
            if let Some(source) = source {
                places.extend(target::places(module, source, &target_series));
            }
            places.sort();
            places.dedup();
            let lines = lines(module);
            ModulePlan {
                name: module.name.clone(),
                place: module.place.clone(),
                version: module.version.clone(),
                lines,
                size: size(lines).to_owned(),
                needs: module.depends.iter().filter(|needed| names.contains(needed.as_str())).cloned().collect(),
                released: index.release(&module.name, &target_series).map(|release| release.version.clone()),
                places,
            }
        })
        .collect();
    UpgradePlan {
        from: format!("{from}.0"),
        target: target_series,
        steps,
        support,
        python: known.and_then(|one| one.python.clone()).unwrap_or_default(),
        postgresql: known.and_then(|one| one.postgresql.clone()).unwrap_or_default(),
        modules: plans,
        gone: gone.into_iter().collect(),
        missing: missing.into_iter().collect(),
        circles,
        compared_with_source: source.is_some(),
    }
}

enum Availability {
    There,
    Gone,
    Unknown,
}

/// Whether Odoo ships a module in the target. Series whose modules nobody listed are judged by their neighbours.
fn availability(name: &str, target: u8, source: Option<&TargetSource>) -> Availability {
    if let Some(source) = source
        && source.has_module(name)
    {
        return Availability::There;
    }
    let series = core_module_series(name);
    if series.is_empty() {
        return if is_enterprise_module(name) { Availability::There } else { Availability::Unknown };
    }
    let last = series.iter().copied().max().unwrap_or(0);
    // The newest list that there is, is of 19.0: what it has, later ones are taken to have too.
    let newest = core_module_series("base").iter().copied().max().unwrap_or(target);
    if source.is_none() && (series.contains(&target) || last >= target.min(newest)) {
        Availability::There
    } else {
        Availability::Gone
    }
}

fn lines(module: &ModuleSource) -> u64 {
    let counted = |path: &str| [".py", ".xml", ".js", ".csv"].iter().any(|ending| path.ends_with(ending));
    let files = module.files.iter().filter(|(path, _)| counted(path));
    let count: usize = files.map(|(_, text)| text.lines().filter(|line| !line.trim().is_empty()).count()).sum();
    u64::try_from(count).unwrap_or(u64::MAX)
}

const fn size(lines: u64) -> &'static str {
    match lines {
        0..500 => "S",
        500..2_000 => "M",
        2_000..8_000 => "L",
        _ => "XL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data;

    fn module(name: &str, depends: &[&str], files: &[(&str, &str)]) -> ModuleSource {
        ModuleSource {
            name: name.into(),
            place: name.into(),
            version: "14.0.1.0.0".into(),
            series: 14,
            depends: depends.iter().map(|one| (*one).to_owned()).collect(),
            files: files.iter().map(|(path, text)| (format!("{name}/{path}"), (*text).to_owned())).collect(),
        }
    }

    fn made(modules: &[ModuleSource], target: u8) -> UpgradePlan {
        plan(modules, target, "2026-11-26", data::odoo(), &ModuleIndex::default(), None)
    }

    #[test]
    fn what_is_gone_is_found_at_its_line() {
        let one = module(
            "shop",
            &["sale"],
            &[
                (
                    "models/a.py",
                    "# self.fields_view_get()\nclass A:\n    def fields_view_get(self):\n        \"\"\"attrs, self._cr\"\"\"\n        return self._cr\n",
                ),
                (
                    "views/a.xml",
                    "<odoo>\n<!-- <tree/> -->\n<tree>\n<field name=\"a\" attrs=\"{'invisible': []}\"/>\n</tree></odoo>\n",
                ),
                ("__manifest__.py", "{'qweb': []}"),
            ],
        );
        let found: Vec<(Effect, String, u32, String)> = made(std::slice::from_ref(&one), 19)
            .modules
            .remove(0)
            .places
            .into_iter()
            .map(|place| (place.effect, place.file, place.line, place.since))
            .collect();
        let expected = [
            (Effect::Breaks, "shop/models/a.py", 3, "17.0"),
            (Effect::Breaks, "shop/views/a.xml", 3, "18.0"),
            (Effect::Breaks, "shop/views/a.xml", 4, "17.0"),
            (Effect::Breaks, "shop/views/a.xml", 5, "18.0"),
            (Effect::Ignored, "shop/__manifest__.py", 1, "15.0"),
            (Effect::Warns, "shop/models/a.py", 5, "19.0"),
        ];
        let expected: Vec<_> =
            expected.map(|(effect, file, line, since)| (effect, file.to_owned(), line, since.to_owned())).into();
        assert_eq!(found, expected);
        // On the way to 16.0 nothing of that matters but the manifest.
        let places = made(&[one], 16).modules.remove(0).places;
        assert_eq!(places.len(), 1);
        assert_eq!(places[0].effect, Effect::Ignored);
    }

    #[test]
    fn modules_come_after_what_they_need() {
        let modules = [
            module("c", &["b", "sale"], &[]),
            module("a", &["base", "payment_transfer_of_ours"], &[]),
            module("b", &["a"], &[]),
            module("x", &["y"], &[]),
            module("y", &["x"], &[]),
        ];
        let made = made(&modules, 19);
        let names: Vec<&str> = made.modules.iter().map(|module| module.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "x", "y"]);
        assert_eq!(made.circles, ["x", "y"]);
        assert_eq!(made.missing, [("payment_transfer_of_ours".to_owned(), vec!["a".to_owned()])]);
        assert_eq!(made.steps, ["15.0", "16.0", "17.0", "18.0", "19.0"]);
        assert!(made.support[0].2 && !made.support[5].2);
    }

    #[test]
    fn modules_of_odoo_that_are_gone_are_named() {
        let made = made(&[module("a", &["hr_contract", "sale"], &[])], 19);
        assert_eq!(made.gone, [("hr_contract".to_owned(), vec!["a".to_owned()])]);
    }
}
