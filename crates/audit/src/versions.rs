//! Versions against advisories: what hosts, folders and databases run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use castellan_advisory::collect;
use castellan_advisory::index;
use castellan_advisory::inventory::{Inventory, OdooInstall, OdooModule};
use castellan_advisory::judge::judge;
use castellan_advisory::store::Data;
use castellan_advisory::summary::summary;
use castellan_code::discover::DiscoverOptions;
use castellan_code::scan::CodeScan;
use castellan_instance::evidence::Evidence;
use castellan_model::core_modules::{core_module_series, is_enterprise_module};
use castellan_model::{ModuleSummary, Series, VersionSummary};

use crate::instances::InstanceTarget;
use crate::run::{AuditError, look_at_hosts};
use crate::targets::{HostTarget, Targets};

/// The file of a bundle that holds what has a version on the host.
pub const INVENTORY_FILE: &str = "castellan-inventory.json";

/// What has a version on the targets, one inventory for each of them.
///
/// # Errors
///
/// When a bundle holds an inventory that cannot be read.
pub(crate) fn inventories(
    targets: &Targets,
    addons: &[(HostTarget, Vec<String>)],
    time: i64,
) -> Result<Vec<Inventory>, AuditError> {
    let mut out = Vec::new();
    for target in &targets.hosts {
        let own = addons.iter().find(|(host, _)| host == target).map_or(&[][..], |(_, addons)| addons);
        match target {
            HostTarget::Running(_) => out.push(collect::host(Path::new("/"), own, "this host", time)),
            HostTarget::Root(root) => out.push(of_root(root, own, time)?),
            // Folders are looked at below, whether they hold configuration or not.
            HostTarget::Folder { .. } | HostTarget::Files(_) => {}
        }
    }
    for folder in targets.code.iter().filter(|path| path.is_dir()) {
        let mut inventory = collect::folder(folder, &folder.display().to_string(), time);
        if targets.code.len() > 1 {
            inventory.move_below(&folder.display().to_string());
        }
        out.push(inventory);
    }
    Ok(out)
}

/// Everything that has a version on the targets and in the databases, without judging anything else.
///
/// # Errors
///
/// When a target is not there or cannot be read, or a way to a database leads nowhere.
pub fn take_stock(
    targets: &Targets,
    databases: &[InstanceTarget],
    series: Option<Series>,
    data: &Data,
    time: i64,
) -> Result<Vec<Inventory>, AuditError> {
    let discover = DiscoverOptions { series, ..DiscoverOptions::default() };
    let mut code = targets.code.clone();
    let mut addons = Vec::new();
    for (target, scan) in look_at_hosts(targets, series, &[], &[], &["none".to_owned()])? {
        addons.push((target.clone(), scan.addons.clone()));
        match target {
            HostTarget::Running(_) => code.extend(scan.addons.iter().map(PathBuf::from)),
            HostTarget::Root(root) => {
                let inside = scan.addons.iter().map(|path| root.join(path.trim_start_matches('/')));
                code.extend(inside.filter(|path| path.is_dir()));
            }
            HostTarget::Files(_) | HostTarget::Folder { .. } => {}
        }
    }
    let modules = if code.is_empty() { Vec::new() } else { castellan_code::scan::modules(&code, &discover)? };
    let mut evidence = Vec::new();
    for target in databases {
        evidence.push(target.read().map_err(AuditError::Host)?.0);
    }
    let mut out = inventories(targets, &addons, time)?;
    complete(&mut out, &modules, &evidence, time);
    compare(&mut out, &code, data);
    out.retain(|inventory| !inventory.is_empty());
    Ok(out)
}

/// Of an image, or of a bundle that brought what was collected elsewhere.
fn of_root(root: &Path, addons: &[String], time: i64) -> Result<Inventory, AuditError> {
    let file = root.join(INVENTORY_FILE);
    let Ok(text) = std::fs::read_to_string(&file) else {
        return Ok(collect::host(root, addons, &root.display().to_string(), time));
    };
    let inventory: Inventory = serde_json::from_str(&text)
        .map_err(|error| AuditError::Host(format!("`{}`, line {}: {error}", file.display(), error.line())))?;
    Ok(Inventory { subject: root.display().to_string(), time, ..inventory })
}

/// Compares modules on the disk with the files of their releases, where the index knows those. `code` are the folders that were scanned.
pub(crate) fn compare(inventories: &mut [Inventory], code: &[PathBuf], data: &Data) {
    let base = if let [one] = code { one.as_path() } else { Path::new("") };
    for module in inventories.iter_mut().flat_map(|one| &mut one.modules).filter(|one| one.compared_with.is_empty()) {
        let Some(folder) = module.place.strip_suffix("__manifest__.py") else { continue };
        if let Some(changed) = index::differences(&base.join(folder), &module.name, &module.version, &data.modules) {
            module.changed = changed;
            module.compared_with = format!("index of modules of {}", data.modules.date);
        }
    }
}

/// Adds what the code and the databases of the same run tell.
pub(crate) fn complete(inventories: &mut Vec<Inventory>, modules: &[ModuleSummary], databases: &[Evidence], time: i64) {
    if inventories.is_empty() && !modules.is_empty() {
        inventories.push(Inventory { subject: "archives".to_owned(), time, ..Inventory::default() });
    }
    if let Some(first) = inventories.first_mut() {
        for module in modules {
            add_module(first, module);
        }
    }
    for evidence in databases {
        add_database(inventories, evidence, time);
    }
}

fn add_module(inventory: &mut Inventory, module: &ModuleSummary) {
    let of_package = inventory.modules.iter().position(|known| known.name == module.name && known.author.is_empty());
    // What came as a package is known already, with its checksums.
    let known = of_package.map(|at| inventory.modules.remove(at)).unwrap_or_default();
    inventory.modules.push(OdooModule {
        name: module.name.clone(),
        place: format!("{}/__manifest__.py", module.path).trim_start_matches('/').to_owned(),
        version: module.version.clone(),
        author: module.author.clone(),
        licence: module.licence.clone(),
        depends: module.depends.clone(),
        core: is_core(&module.name),
        changed: known.changed,
        compared_with: known.compared_with,
    });
}

fn is_core(name: &str) -> bool {
    !core_module_series(name).is_empty() || is_enterprise_module(name)
}

/// Which modules of a database are installed decides whether a weakness can be reached on the servers of the same series; a database whose
/// server nobody looked at is judged by itself.
fn add_database(inventories: &mut Vec<Inventory>, evidence: &Evidence, time: i64) {
    let Some(series) = evidence.series else { return };
    let is_installed = |state: &str| matches!(state, "installed" | "to upgrade" | "to remove");
    let installed = || evidence.modules.iter().filter(|module| is_installed(&module.state));
    let names: BTreeSet<String> = installed().map(|module| module.name.clone()).collect();
    let series = series.to_string();
    let mut is_known = false;
    for install in inventories.iter_mut().flat_map(|one| &mut one.odoo).filter(|install| install.series == series) {
        is_known = true;
        if !names.is_empty() {
            install.installed.get_or_insert_with(BTreeSet::new).extend(names.iter().cloned());
        }
    }
    let place = format!("database {}", evidence.database);
    let mut own = Inventory { subject: place.clone(), time, ..Inventory::default() };
    if !is_known {
        let date = collect::day_in(&evidence.version);
        own.odoo.push(OdooInstall {
            place: place.clone(),
            line: 1,
            series,
            date_from: if date.is_some() { "the version that the server tells".to_owned() } else { String::new() },
            date,
            enterprise: (!names.is_empty()).then(|| names.contains("web_enterprise")),
            installed: Some(names).filter(|names| !names.is_empty()),
            ..OdooInstall::default()
        });
    }
    let elsewhere: BTreeSet<&str> =
        inventories.iter().flat_map(|one| &one.modules).map(|module| module.name.as_str()).collect();
    own.modules = installed()
        .filter(|module| !is_core(&module.name) && !elsewhere.contains(module.name.as_str()))
        .map(|module| OdooModule {
            name: module.name.clone(),
            place: place.clone(),
            version: module.version.clone(),
            author: module.author.clone(),
            ..OdooModule::default()
        })
        .collect();
    inventories.push(own);
}

/// Judges inventories and adds what is found. What the parts for configuration tell too is told once.
pub(crate) fn take(
    code: &mut CodeScan,
    inventories: &[Inventory],
    data: &Data,
    (disabled, only): (&[String], &[String]),
) -> Vec<VersionSummary> {
    let told_ended = code.findings.iter().any(|finding| finding.rule == "postgres-end-of-life");
    let mut out = Vec::new();
    for inventory in inventories.iter().filter(|inventory| !inventory.is_empty()) {
        let judged = judge(inventory, data, disabled, only);
        code.findings.extend(judged.findings.into_iter().filter(|finding| {
            !(told_ended && finding.rule == "product-ended" && finding.message.starts_with("PostgreSQL"))
        }));
        code.not_assessed.extend(judged.not_assessed);
        let told = summary(inventory, data);
        // A folder of modules, and nothing to say about them.
        if !told.is_only_modules() {
            out.push(told);
        }
    }
    if !out.is_empty() {
        code.rules += castellan_advisory::rules::all().len() as u64;
    }
    out
}
