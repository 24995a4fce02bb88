//! What stands between the modules of targets and a newer series of Odoo.

use castellan_advisory::store::Data;
use castellan_advisory::upgrade::target::TargetSource;
use castellan_advisory::upgrade::{ModuleSource, UpgradePlan, plan};
use castellan_code::discover::{DiscoverOptions, discover};
use castellan_model::{Series, calendar};

use crate::run::AuditError;
use crate::targets::Targets;

/// Makes the plan for the modules of folders and archives.
///
/// # Errors
///
/// When a target is not there, or no module is.
pub fn upgrade(
    targets: &Targets,
    from: Option<Series>,
    target: Series,
    source: Option<&TargetSource>,
    data: &Data,
    time: i64,
) -> Result<UpgradePlan, AuditError> {
    let options = DiscoverOptions { series: from, ..DiscoverOptions::default() };
    let found = discover(&targets.code, &options)?;
    let mut modules: Vec<ModuleSource> = found
        .modules
        .iter()
        .map(|module| ModuleSource {
            name: module.name.clone(),
            place: module.path.clone(),
            version: module.manifest.version.clone(),
            series: module.series.major(),
            depends: module.manifest.depends.clone(),
            files: Vec::new(),
        })
        .collect();
    for file in found.files {
        let owner = file.module.and_then(|id| modules.get_mut(id.0 as usize));
        if let Some(module) = owner {
            module.files.push((file.path.to_string(), file.text.to_string()));
        }
    }
    modules.retain(|module| module.series < target.major());
    Ok(plan(&modules, target.major(), &calendar::date(time), &data.odoo, &data.modules, source))
}
