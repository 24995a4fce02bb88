//! Looks at everything once: what comes back is evidence with what the parts made of it, not yet sorted, joined or scored.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use castellan_advisory::inventory::Inventory;
use castellan_code::discover::{DiscoverOptions, Limits};
use castellan_code::scan::{CodeScan, ScanOptions, scan};
use castellan_config::deployment::{Deployment, Options, discover};
use castellan_config::host::bundle;
use castellan_config::scan::{ConfigScan, ScanOptions as ConfigOptions, judge};
use castellan_instance::evidence::Evidence as DatabaseEvidence;
use castellan_instance::instance::InstanceScan;
use castellan_model::core_modules::{core_module_series, is_enterprise_module};
use castellan_model::{Location, NotAssessed, NotAssessedKind, Series};
use castellan_probe::site::SiteScan;

use crate::checklist::{Collected, Need};
use crate::instances::{InstanceContext, look_at_instance};
use crate::kept::{Kept, KeptFile, KeptHost};
use crate::run::{AuditError, AuditOptions};
use crate::settings::Settings;
use crate::sites::look_at_sites;
use crate::targets::{HostTarget, Targets};
use crate::versions;

/// What was looked at.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// What was looked at, as the report names it.
    pub shown: Vec<String>,
    /// Hosts and files of configuration.
    pub hosts: Vec<ConfigScan>,
    /// Code, before anything else is added.
    pub code: CodeScan,
    /// The folders of the code.
    pub folders: Vec<PathBuf>,
    /// Sites.
    pub sites: Vec<SiteScan>,
    /// Databases.
    pub databases: Vec<InstanceScan>,
    /// What has a version.
    pub inventories: Vec<Inventory>,
    /// Arguments with which `castellan fix` looks at the same files.
    pub fix: String,
    /// What was looked at for the checklist, as far as the report does not show it.
    pub collected: Collected,
}

/// How code is scanned.
pub(crate) fn code_options(settings: &Settings, options: &AuditOptions) -> ScanOptions {
    ScanOptions {
        discover: DiscoverOptions {
            exclude: settings.exclude.clone(),
            include_core: options.include_core || settings.include_core,
            series: options.series.or(settings.series),
            odoo_path: options.odoo_path.clone(),
            limits: Limits::default(),
        },
        disabled: settings.disable.clone(),
        only: options.only.clone(),
    }
}

/// Looks at the targets. With `keep`, evidence comes back too.
pub(crate) fn gather(
    targets: &Targets,
    settings: &Settings,
    options: &AuditOptions,
    keep: bool,
) -> Result<(Gathered, Option<Kept>), AuditError> {
    let series = options.series.or(settings.series);
    let mut out = Gathered::default();
    let mut kept = keep.then(|| Kept::new(options.time));
    out.folders.clone_from(&targets.code);
    out.shown.extend(targets.code.iter().map(|target| target.display().to_string()));
    let mut addons = Vec::new();
    for look in look_at_hosts(targets, series, &[], &settings.disable, &options.only)? {
        let HostLook { target, scan, deployment, files, relative } = look;
        addons.push((target.clone(), scan.addons.clone()));
        match &target {
            HostTarget::Running(_) => {
                out.shown.push("this host".into());
                out.folders.extend(scan.addons.iter().map(PathBuf::from));
            }
            HostTarget::Root(root) => {
                out.fix = format!("--root {}", quoted(root));
                out.shown.push(root.display().to_string());
                for path in &scan.addons {
                    let inside = root.join(path.trim_start_matches('/'));
                    if inside.is_dir() {
                        out.folders.push(inside);
                    } else {
                        out.collected.lack(Need::Code, format!("{path} is not in {}", root.display()));
                    }
                }
            }
            HostTarget::Files(paths) => {
                out.fix = paths.iter().map(|path| quoted(path)).collect::<Vec<_>>().join(" ");
                out.shown.extend(paths.iter().map(|path| path.display().to_string()));
            }
            HostTarget::Folder { root, .. } => out.fix = quoted(root),
        }
        let label = out.shown.last().cloned().unwrap_or_default();
        see_host(&mut out.collected, &label, &scan, &deployment);
        if let Some(kept) = &mut kept {
            kept.hosts.push(keep_host(
                &deployment,
                label,
                relative,
                files,
                &addons.last().map(|(_, own)| own.clone()).unwrap_or_default(),
            ));
        }
        out.hosts.push(scan);
    }
    out.shown.extend(targets.sites.iter().map(|site| site.as_str().trim_end_matches('/').to_owned()));
    out.sites = look_at_sites(&targets.sites, &options.sites, &settings.disable, &options.only, &mut |_| {})
        .map_err(AuditError::Host)?;
    let scan_options = code_options(settings, options);
    if !out.folders.is_empty() {
        out.code = scan(&out.folders, &scan_options)?;
    }
    see_code(&mut out);
    let context = InstanceContext::of(settings, &out.code);
    let alone = out.folders.is_empty() && out.hosts.is_empty() && out.sites.is_empty() && options.instances.len() == 1;
    for target in &options.instances {
        out.shown.push(target.label());
        match look_at_instance(target, &context, &settings.disable, &options.only) {
            Ok(read) => out.databases.push(read),
            // One source that cannot be read hides nothing of the others.
            Err(reason) if !alone || options.deployment.is_some() => {
                out.collected.see(Need::Database, format!("{}: not reached", target.label()));
                out.collected.lack(Need::Database, reason.clone());
                out.code.not_assessed.push(NotAssessed {
                    path: target.label(),
                    kind: NotAssessedKind::Limited,
                    reason,
                });
            }
            Err(reason) => return Err(AuditError::Host(reason)),
        }
    }
    for database in &out.databases {
        see_database(&mut out.collected, &database.evidence, &out.code);
    }
    out.inventories = versions::inventories(targets, &addons, options.time)?;
    let evidence: Vec<DatabaseEvidence> = out.databases.iter().map(|one| one.evidence.clone()).collect();
    let data = options.data.clone().unwrap_or_else(castellan_advisory::store::Data::embedded);
    versions::complete(&mut out.inventories, &out.code.modules, &evidence, options.time);
    versions::compare(&mut out.inventories, &out.folders, &data);
    if let Some(kept) = &mut kept {
        kept.shown.clone_from(&out.shown);
        kept.code = out.code.clone();
        kept.sites = out.sites.iter().map(|site| site.evidence.without_secrets()).collect();
        kept.databases = evidence.into_iter().map(without_code_secrets).collect();
        kept.inventories.clone_from(&out.inventories);
        kept.collected = out.collected.clone();
        kept.fix.clone_from(&out.fix);
    }
    Ok((out, kept))
}

/// A look at one host.
pub(crate) struct HostLook {
    /// What was named.
    pub target: HostTarget,
    /// What was found.
    pub scan: ConfigScan,
    /// What was read.
    pub deployment: Deployment,
    /// The only files that were looked at; none: everything.
    pub files: Vec<String>,
    /// Paths are relative to a folder.
    pub relative: bool,
}

/// Looks at every host of the targets. `databases` are those that are served, where nothing on the host tells them.
pub(crate) fn look_at_hosts(
    targets: &Targets,
    series: Option<Series>,
    databases: &[String],
    disabled: &[String],
    only: &[String],
) -> Result<Vec<HostLook>, AuditError> {
    let mut out = Vec::new();
    for target in &targets.hosts {
        let look = target.open(series).map_err(AuditError::Host)?;
        let files = look.options.files.clone();
        let options = Options { databases: databases.to_vec(), ..look.options };
        let options = ConfigOptions { discover: options, disabled: disabled.to_vec(), only: only.to_vec() };
        let deployment = discover(look.host.as_ref(), &options.discover);
        let mut scan = judge(&deployment, &options);
        if look.relative {
            make_relative(&mut scan);
        }
        out.push(HostLook { target: target.clone(), scan, deployment, files, relative: look.relative });
    }
    Ok(out)
}

/// Paths of files in a folder lose their leading slash, as those of code have none.
pub(crate) fn make_relative(scan: &mut ConfigScan) {
    let cut = |path: &mut String| {
        if let Some(rest) = path.strip_prefix('/') {
            *path = rest.to_owned();
        }
    };
    let location = |location: &mut Location| cut(&mut location.path);
    for finding in &mut scan.findings {
        location(&mut finding.location);
        finding.related.iter_mut().for_each(|related| location(&mut related.location));
    }
    scan.not_assessed.iter_mut().for_each(|note| cut(&mut note.path));
    scan.sources.iter_mut().for_each(|source| cut(&mut source.path));
    for marker in &mut scan.markers {
        cut(&mut marker.path);
        location(&mut marker.location);
    }
}

/// Code in a database may hold passwords: the readers keep none of their own, these are taken out here.
fn without_code_secrets(mut evidence: DatabaseEvidence) -> DatabaseEvidence {
    let clean = |text: &mut String| *text = castellan_probe::without_secrets(text);
    evidence.actions.iter_mut().for_each(|action| clean(&mut action.code));
    for template in evidence.views.iter_mut().chain(&mut evidence.mail_templates) {
        clean(&mut template.text);
    }
    evidence.reports.iter_mut().for_each(|report| clean(&mut report.file_name));
    evidence
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |char: char| char.is_ascii_alphanumeric() || "/._-+:@%,=".contains(char);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// The configuration as a bundle, in memory.
fn keep_host(deployment: &Deployment, label: String, relative: bool, only: Vec<String>, addons: &[String]) -> KeptHost {
    let mut files = BTreeMap::new();
    if let Ok(folder) = tempfile::tempdir()
        && bundle::write(deployment, folder.path()).is_ok()
    {
        read_into(folder.path(), folder.path(), &mut files);
    }
    KeptHost { label, relative, only, addons: addons.to_vec(), files }
}

fn read_into(root: &Path, folder: &Path, out: &mut BTreeMap<String, KeptFile>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_into(root, &path, out);
        } else if let (Ok(bytes), Ok(name)) = (std::fs::read(&path), path.strip_prefix(root)) {
            out.insert(name.to_string_lossy().into_owned(), KeptFile::of(bytes));
        }
    }
}

/// What a host tells the checklist.
fn see_host(collected: &mut Collected, label: &str, scan: &ConfigScan, deployment: &Deployment) {
    if scan.is_system {
        collected.see(Need::Host, label);
    }
    if !deployment.odoos.is_empty() && scan.addons.is_empty() {
        collected.see(Need::Code, format!("{label}: addons_path leads to Odoo's own modules alone"));
    }
}

/// What code tells the checklist.
fn see_code(gathered: &mut Gathered) {
    let code = &gathered.code;
    if !code.modules.is_empty() {
        let text = format!("{} modules, {} lines", code.modules.len(), code.lines);
        gathered.collected.see(Need::Code, text);
    }
    for note in &code.not_assessed {
        let is_gap = matches!(
            note.kind,
            NotAssessedKind::Unreadable
                | NotAssessedKind::Encoding
                | NotAssessedKind::Syntax
                | NotAssessedKind::Python2
                | NotAssessedKind::Nesting
                | NotAssessedKind::Size
                | NotAssessedKind::Archive
        );
        if is_gap {
            gathered.collected.lack(Need::Code, format!("{}: {}", note.path, note.reason));
        }
    }
}

/// Tables without which nothing can be said of users, rights, keys and settings.
const VITAL: [&str; 11] =
    ["users", "groups", "access", "rules", "models", "fields", "keys", "parameters", "modules", "jobs", "actions"];

/// What a database tells the checklist.
fn see_database(collected: &mut Collected, evidence: &DatabaseEvidence, code: &CodeScan) {
    let label = format!("database {} over {}", evidence.database, evidence.ways.join(" and "));
    collected.see(Need::Database, label);
    for (table, reason) in evidence.gaps.iter().filter(|(table, _)| VITAL.contains(&table.as_str())) {
        collected.lack(Need::Database, format!("database {}: {table}: {reason}", evidence.database));
    }
    let own = |name: &str| core_module_series(name).is_empty() && !is_enterprise_module(name);
    let unseen: Vec<&str> = evidence
        .modules
        .iter()
        .filter(|module| castellan_instance::view::is_installed(&module.state) && own(&module.name))
        .filter(|module| !code.modules.iter().any(|scanned| scanned.name == module.name))
        .map(|module| module.name.as_str())
        .collect();
    if !unseen.is_empty() {
        let text = format!("installed in {} and not scanned: {}", evidence.database, unseen.join(", "));
        collected.lack(Need::Code, text);
    }
}
