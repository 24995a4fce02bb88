//! Runs one audit.

use std::path::PathBuf;

use castellan_advisory::store::Data;
use castellan_code::discover::{DiscoverError, DiscoverOptions, Limits};
use castellan_code::markers::Marker;
use castellan_code::scan::{CodeScan, ScanOptions, scan};
use castellan_config::deployment::Options;
use castellan_config::scan::{ConfigScan, ScanOptions as ConfigOptions};
use castellan_model::{
    AuditReport, Confidence, Finding, Location, NotAssessed, NotAssessedKind, Persona, Series, Severity, SiteSummary,
    SourceSummary,
};
use castellan_probe::site::SiteScan;

use url::Url;

use crate::baseline::{Baseline, BaselineError};
use crate::instances::{self, InstanceContext, InstanceTarget, look_at_instance};
use crate::settings::Settings;
use crate::sites::{SiteOptions, look_at_sites};
use crate::suppress;
use crate::targets::{HostTarget, Targets};
use crate::versions;

/// What the command line adds to the settings. `None` leaves the setting.
#[derive(Debug, Clone, Default)]
pub struct AuditOptions {
    /// Least severity that is shown.
    pub min_severity: Option<Severity>,
    /// Least confidence that is shown.
    pub min_confidence: Option<Confidence>,
    /// Who reads the report.
    pub persona: Option<Persona>,
    /// Series of every module.
    pub series: Option<Series>,
    /// Scan Odoo's own modules too.
    pub include_core: bool,
    /// Odoo's own sources, read to know its models and routes.
    pub odoo_path: Option<PathBuf>,
    /// The only rules that run; empty for all.
    pub only: Vec<String>,
    /// Baseline file.
    pub baseline: Option<PathBuf>,
    /// How sites are looked at.
    pub sites: SiteOptions,
    /// Live databases.
    pub instances: Vec<InstanceTarget>,
    /// What versions are compared with; none: what is embedded.
    pub data: Option<Data>,
    /// Now, Unix time.
    pub time: i64,
}

/// Why an audit could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A target is not there.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// The baseline cannot be used.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// A host or site cannot be looked at.
    #[error("{0}")]
    Host(String),
}

/// Scans the targets and sorts what was found. Without targets the running system is looked at, and the code that its
/// servers load.
///
/// # Errors
///
/// When a target does not exist or the baseline cannot be used.
pub fn audit(targets: &Targets, settings: &Settings, options: &AuditOptions) -> Result<AuditReport, AuditError> {
    let baseline = match options.baseline.as_ref().or(settings.baseline.as_ref()) {
        Some(path) => Some(Baseline::load(path)?),
        None => None,
    };
    let series = options.series.or(settings.series);
    let mut config = ConfigScan::default();
    let mut code = targets.code.clone();
    let mut shown: Vec<String> = targets.code.iter().map(|target| target.display().to_string()).collect();
    let mut addons = Vec::new();
    for (target, mut scan) in look_at_hosts(targets, series, &[], &settings.disable, &options.only)? {
        addons.push((target.clone(), scan.addons.clone()));
        scan.findings.retain(|finding| !settings.exclude.is_match(finding.location.path.trim_start_matches('/')));
        match target {
            HostTarget::Running(_) => {
                shown.push("this host".into());
                code.extend(scan.addons.iter().map(PathBuf::from));
            }
            HostTarget::Root(root) => {
                shown.push(root.display().to_string());
                let inside = scan.addons.iter().map(|path| root.join(path.trim_start_matches('/')));
                code.extend(inside.filter(|path| path.is_dir()));
            }
            HostTarget::Files(paths) => shown.extend(paths.iter().map(|path| path.display().to_string())),
            HostTarget::Folder { .. } => {}
        }
        config.findings.append(&mut scan.findings);
        config.not_assessed.append(&mut scan.not_assessed);
        config.sources.append(&mut scan.sources);
        config.markers.append(&mut scan.markers);
        config.files += scan.files;
        config.lines += scan.lines;
        config.rules = config.rules.max(scan.rules);
    }
    let scan_options = ScanOptions {
        discover: DiscoverOptions {
            exclude: settings.exclude.clone(),
            include_core: options.include_core || settings.include_core,
            series,
            odoo_path: options.odoo_path.clone(),
            limits: Limits::default(),
        },
        disabled: settings.disable.clone(),
        only: options.only.clone(),
    };
    shown.extend(targets.sites.iter().map(|site| site.as_str().trim_end_matches('/').to_owned()));
    let looked = look_at_sites(&targets.sites, &options.sites, &settings.disable, &options.only, &mut |_| {})
        .map_err(AuditError::Host)?;
    let mut scanned = if code.is_empty() { CodeScan::default() } else { scan(&code, &scan_options)? };
    let context = InstanceContext::of(settings, &scanned);
    let mut databases = Vec::new();
    for target in &options.instances {
        shown.push(target.label());
        databases.push(look_at_instance(target, &context, &settings.disable, &options.only).map_err(AuditError::Host)?);
    }
    let sources = take(&mut scanned, config);
    let sites = take_sites(&mut scanned, looked);
    let data = options.data.clone().unwrap_or_else(Data::embedded);
    let inventories = versions::inventories(targets, &addons, options.time)?;
    let named = (settings.disable.as_slice(), options.only.as_slice());
    let compared = versions::take(&mut scanned, inventories, &code, &databases, &data, named, options.time);
    let mut found = instances::take(&mut scanned, databases, &scan_options)?;
    let mut report = report(scanned, sources, sites, shown, settings, options, baseline.as_ref());
    report.instances.append(&mut found);
    report.versions = compared;
    Ok(report)
}

/// Looks at every host of the targets. `databases` are those that are served, where nothing on the host tells them.
///
/// # Errors
///
/// When a host cannot be opened.
pub fn look_at_hosts(
    targets: &Targets,
    series: Option<Series>,
    databases: &[String],
    disabled: &[String],
    only: &[String],
) -> Result<Vec<(HostTarget, ConfigScan)>, AuditError> {
    let mut scans = Vec::new();
    for target in &targets.hosts {
        let look = target.open(series).map_err(AuditError::Host)?;
        let discover = Options { databases: databases.to_vec(), ..look.options };
        let options = ConfigOptions { discover, disabled: disabled.to_vec(), only: only.to_vec() };
        let mut scan = castellan_config::scan::scan(look.host.as_ref(), &options);
        if look.relative {
            make_relative(&mut scan);
        }
        scans.push((target.clone(), scan));
    }
    Ok(scans)
}

/// Paths of files in a folder lose their leading slash, as those of code have none.
fn make_relative(scan: &mut ConfigScan) {
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

/// Adds what was found in configuration to what was found in code.
fn take(code: &mut CodeScan, config: ConfigScan) -> Vec<SourceSummary> {
    code.findings.extend(config.findings);
    code.not_assessed.extend(config.not_assessed);
    code.files += config.files;
    code.lines += config.lines;
    code.rules += config.rules;
    code.markers.extend(config.markers.into_iter().map(|marker| Marker {
        path: marker.path,
        position: marker.position,
        lines: marker.lines,
        rules: marker.rules,
        reason: marker.reason,
        location: marker.location,
        module: None,
    }));
    config.sources
}

/// Adds what was found on sites.
fn take_sites(code: &mut CodeScan, looked: Vec<SiteScan>) -> Vec<SiteSummary> {
    if !looked.is_empty() {
        code.rules += castellan_probe::rules::all().len() as u64;
    }
    looked
        .into_iter()
        .map(|site| {
            code.findings.extend(site.findings);
            code.not_assessed.extend(site.summary.limits.iter().map(|reason| NotAssessed {
                path: site.summary.site.clone(),
                kind: NotAssessedKind::Limited,
                reason: reason.clone(),
            }));
            site.summary
        })
        .collect()
}

/// The number of the site that a finding is of.
fn site_of(sites: &[SiteSummary], finding: &Finding) -> Option<usize> {
    let host = |url: &str| Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let own = host(&finding.location.path)?;
    sites.iter().position(|site| host(&site.site).as_deref() == Some(own.as_str()))
}

/// The report of sites that were looked at one by one.
#[must_use]
pub fn report_of_sites(looked: Vec<SiteScan>, settings: &Settings, options: &AuditOptions) -> AuditReport {
    let targets = looked.iter().map(|site| site.summary.site.clone()).collect();
    let mut scanned = CodeScan::default();
    let sites = take_sites(&mut scanned, looked);
    report(scanned, Vec::new(), sites, targets, settings, options, None)
}

fn report(
    mut scan: CodeScan,
    sources: Vec<SourceSummary>,
    sites: Vec<SiteSummary>,
    targets: Vec<String>,
    settings: &Settings,
    options: &AuditOptions,
    baseline: Option<&Baseline>,
) -> AuditReport {
    let persona = options.persona.or(settings.persona).unwrap_or(Persona::Regular);
    let least_confidence = options.min_confidence.or(settings.min_confidence).unwrap_or(match persona {
        Persona::Regular | Persona::Pedantic => Confidence::Medium,
        Persona::Auditor => Confidence::Low,
    });
    let least_severity = options.min_severity.or(settings.min_severity).unwrap_or(Severity::Info);
    let mut sorted = suppress::sort(&mut scan, settings, baseline);
    // Findings of sites, databases and versions have no lines to go by: the worst first.
    sorted.open.sort_by_key(|finding| {
        let site = site_of(&sites, finding);
        let of_versions = finding.code.starts_with("ADV");
        let lineless = site.is_some() || finding.query.is_some() || of_versions;
        (site, finding.query.is_some(), of_versions, lineless.then_some(std::cmp::Reverse(finding.severity)))
    });
    sorted.open.retain(|finding| {
        finding.severity >= least_severity && finding.confidence >= least_confidence && finding.persona <= persona
    });
    AuditReport {
        format: 1,
        instances: Vec::new(),
        versions: Vec::new(),
        castellan: env!("CARGO_PKG_VERSION").to_owned(),
        targets,
        modules: scan.modules,
        sources,
        sites,
        files: scan.files,
        lines: scan.lines,
        findings: sorted.open,
        suppressed: sorted.suppressed,
        foreign_markers: sorted.foreign,
        not_assessed: scan.not_assessed,
        rules: scan.rules,
    }
}
