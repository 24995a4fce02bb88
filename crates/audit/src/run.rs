//! Runs one audit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use castellan_advisory::store::Data;
use castellan_code::discover::DiscoverError;
use castellan_code::markers::Marker;
use castellan_code::scan::CodeScan;
use castellan_config::scan::ConfigScan;
use castellan_custom::CustomRule;
use castellan_instance::evidence::Evidence;
use castellan_instance::instance::InstanceScan;
use castellan_instance::view::is_installed;
use castellan_model::{
    AuditReport, Confidence, DeploymentSummary, Finding, NotAssessed, NotAssessedKind, Persona, Series, Severity,
    SiteSummary, SourceSummary, Suppressed, SuppressedBy,
};
use castellan_probe::site::SiteScan;

use url::Url;

use crate::baseline::{Baseline, BaselineError};
use crate::checklist::{self, Collected};
use crate::correlate;
use crate::correlate::rule::{AcceptedRisk, Surroundings};
use crate::gather::{self, Gathered, code_options, gather};
use crate::instances::{self, InstanceTarget};
use crate::kept::Kept;
use crate::own::{self, Facts, ServerFacts};
use crate::plan;
use crate::settings::Settings;
use crate::sites::SiteOptions;
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
    /// The installation, as the report names it.
    pub deployment: Option<DeploymentSummary>,
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
    /// Rules of one's own cannot be used.
    #[error("{0}")]
    OwnRules(String),
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
    let baseline = baseline(settings, options)?;
    let (gathered, _) = gather(targets, settings, options, false)?;
    conclude(gathered, settings, options, baseline.as_ref())
}

/// The same, with the evidence.
///
/// # Errors
///
/// When a target does not exist or the baseline cannot be used.
pub fn audit_and_keep(
    targets: &Targets,
    settings: &Settings,
    options: &AuditOptions,
) -> Result<(AuditReport, Kept), AuditError> {
    let baseline = baseline(settings, options)?;
    let (gathered, kept) = gather(targets, settings, options, true)?;
    Ok((conclude(gathered, settings, options, baseline.as_ref())?, kept.unwrap_or_default()))
}

/// Judges evidence of another day by the rules, advisories and settings of today.
///
/// # Errors
///
/// When the evidence is damaged or the baseline cannot be used.
pub fn rejudge(kept: &Kept, settings: &Settings, options: &AuditOptions) -> Result<AuditReport, AuditError> {
    let baseline = baseline(settings, options)?;
    conclude(kept.judge(settings, options)?, settings, options, baseline.as_ref())
}

fn baseline(settings: &Settings, options: &AuditOptions) -> Result<Option<Baseline>, AuditError> {
    Ok(match options.baseline.as_ref().or(settings.baseline.as_ref()) {
        Some(path) => Some(Baseline::load(path)?),
        None => None,
    })
}

/// Judges what is left to judge, sorts, joins, scores.
fn conclude(
    gathered: Gathered,
    settings: &Settings,
    options: &AuditOptions,
    baseline: Option<&Baseline>,
) -> Result<AuditReport, AuditError> {
    let Gathered { shown, hosts, mut code, folders: _, sites, databases, inventories, fix, collected } = gathered;
    let own_rules = own::load(&settings.own_rules).map_err(|wrong| AuditError::OwnRules(wrong.join("\n")))?;
    let mut servers = Vec::new();
    let mut config = ConfigScan::default();
    for mut scan in hosts {
        servers.extend(scan.servers.drain(..).map(|one| ServerFacts {
            path: one.path,
            series: one.series,
            options: one.options,
        }));
        scan.findings.retain(|finding| !settings.exclude.is_match(finding.location.path.trim_start_matches('/')));
        config.findings.append(&mut scan.findings);
        config.not_assessed.append(&mut scan.not_assessed);
        config.sources.append(&mut scan.sources);
        config.markers.append(&mut scan.markers);
        config.files += scan.files;
        config.lines += scan.lines;
        config.rules = config.rules.max(scan.rules);
    }
    let sources = take(&mut code, config);
    let sites = take_sites(&mut code, sites);
    let data = options.data.clone().unwrap_or_else(Data::embedded);
    let named = (settings.disable.as_slice(), options.only.as_slice());
    let versions = versions::take(&mut code, &inventories, &data, named);
    let installed = installed(&databases);
    let evidence: Vec<Evidence> = match own_rules.as_slice() {
        [] => Vec::new(),
        _ => databases.iter().map(|one| one.evidence.clone()).collect(),
    };
    let instances = instances::take(&mut code, databases, &code_options(settings, options))?;
    let mut report = report(code, sources, sites, shown, settings, options, baseline);
    report.0.instances = instances;
    report.0.versions = versions;
    let own = Own { rules: &own_rules, servers, databases: &evidence, fix };
    Ok(finish(report, collected, installed, own, settings, options))
}

/// Modules that are installed in the databases that were read.
fn installed(databases: &[InstanceScan]) -> Option<BTreeSet<String>> {
    let read = databases.iter().filter(|one| !one.evidence.modules.is_empty());
    let names = read.map(|one| {
        let modules = one.evidence.modules.iter();
        modules.filter(|module| is_installed(&module.state)).map(|module| module.name.clone()).collect::<BTreeSet<_>>()
    });
    names.reduce(|mut all, one| {
        all.extend(one);
        all
    })
}

/// Rules of one's own with what only they see.
struct Own<'o> {
    rules: &'o [CustomRule],
    servers: Vec<ServerFacts>,
    databases: &'o [Evidence],
    /// Arguments of `castellan fix` for the same files.
    fix: String,
}

/// Joins, answers the checklist, scores.
fn finish(
    (mut report, used): (AuditReport, Vec<bool>),
    mut collected: Collected,
    installed: Option<BTreeSet<String>>,
    own: Own<'_>,
    settings: &Settings,
    options: &AuditOptions,
) -> AuditReport {
    checklist::seen_in(&report, &mut collected);
    for one in settings.statements.iter().filter(|one| options.time < one.ends) {
        collected.see(one.about, format!("stated by {} until {}: {}", one.who, one.until, one.says));
        collected.gaps.remove(&one.about);
    }
    let catalogue = crate::catalogue();
    let is_whole = |id: &str| {
        let lines = catalogue.iter().find(|rule| rule.meta.id == id).map(|rule| checklist::lines_of(&rule.meta));
        let needs = |number: &u8| checklist::LINES.iter().find(|line| line.number == *number).map(|line| line.needs);
        lines.is_some_and(|lines| lines.iter().filter_map(needs).flatten().all(|need| collected.is_whole(*need)))
    };
    let around = Surroundings {
        installed,
        seen_from_outside: report.sites.iter().any(|site| site.identity.starts_with("Odoo")),
        accepted: settings
            .accept
            .iter()
            .zip(used.iter().copied().chain(std::iter::repeat(false)))
            .map(|(one, used)| AcceptedRisk {
                rule: one.rule.clone(),
                who: one.who.clone(),
                until: one.until.clone(),
                ends: one.ends,
                used,
                whole: is_whole(&one.rule),
                line: one.line,
            })
            .collect(),
        file: settings.file.clone(),
        time: options.time,
    };
    let before = report.findings.len();
    correlate::join(&mut report.findings, &around, &settings.disable, &options.only);
    report.deployment.clone_from(&options.deployment);
    let mut lines = BTreeMap::new();
    if !own.rules.is_empty() {
        let facts = Facts::of(&report, own.servers, own.databases);
        let said = own::run(own.rules, &facts, &settings.disable, &options.only);
        report.findings.extend(said.findings);
        report.not_assessed.extend(said.not_assessed);
        report.rules += own.rules.len() as u64;
        lines = said.lines;
    }
    // What was joined, and what rules of one's own say, can be accepted too.
    let joined = report.findings.split_off(before);
    for finding in joined {
        match suppress::acceptance(settings, &finding, options.time).and_then(|at| settings.accept.get(at)) {
            None => report.findings.push(finding),
            Some(one) => report.suppressed.push(Suppressed {
                reason: one.reason.clone(),
                finding,
                suppressed_by: SuppressedBy::Accepted { who: one.who.clone(), until: one.until.clone() },
            }),
        }
    }
    report.rules += correlate::rules::all().len() as u64;
    // A few rules alone answer nothing, and what is shown does not change what is counted.
    if options.only.is_empty() {
        let counted =
            |finding: &&Finding| finding.confidence >= Confidence::Medium && finding.persona == Persona::Regular;
        let counted: Vec<Finding> = report.findings.iter().filter(counted).cloned().collect();
        report.paths = correlate::attack_paths(&counted);
        (report.checklist, report.score) = checklist::answer(&collected, &counted, &report.suppressed, &lines);
        report.controls = checklist::controls(&report.checklist, &counted, &lines);
        report.plan = plan::plan(&report, &counted, &collected, &lines, &own.fix);
        checklist::name_disabled(&mut report.checklist, &settings.disable);
    }
    show(&mut report.findings, settings, options);
    report
}

/// Leaves what the reader wants to see.
fn show(findings: &mut Vec<Finding>, settings: &Settings, options: &AuditOptions) {
    let persona = options.persona.or(settings.persona).unwrap_or(Persona::Regular);
    let least_confidence = options.min_confidence.or(settings.min_confidence).unwrap_or(match persona {
        Persona::Regular | Persona::Pedantic => Confidence::Medium,
        Persona::Auditor => Confidence::Low,
    });
    let least_severity = options.min_severity.or(settings.min_severity).unwrap_or(Severity::Info);
    findings.retain(|finding| {
        finding.severity >= least_severity && finding.confidence >= least_confidence && finding.persona <= persona
    });
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
    let looks = gather::look_at_hosts(targets, series, databases, disabled, only)?;
    Ok(looks.into_iter().map(|look| (look.target, look.scan)).collect())
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
    let report = report(scanned, Vec::new(), sites, targets, settings, options, None);
    let own = Own { rules: &[], servers: Vec::new(), databases: &[], fix: String::new() };
    finish(report, Collected::default(), None, own, settings, options)
}

fn report(
    mut scan: CodeScan,
    sources: Vec<SourceSummary>,
    sites: Vec<SiteSummary>,
    targets: Vec<String>,
    settings: &Settings,
    options: &AuditOptions,
    baseline: Option<&Baseline>,
) -> (AuditReport, Vec<bool>) {
    let mut sorted = suppress::sort(&mut scan, settings, baseline, options.time);
    // Findings of sites, databases and versions have no lines to go by: the worst first.
    sorted.open.sort_by_key(|finding| {
        let site = site_of(&sites, finding);
        let of_versions = finding.code.starts_with("ADV");
        let lineless = site.is_some() || finding.query.is_some() || of_versions;
        (site, finding.query.is_some(), of_versions, lineless.then_some(std::cmp::Reverse(finding.severity)))
    });
    let report = AuditReport {
        format: 1,
        time: options.time,
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
        ..AuditReport::default()
    };
    (report, sorted.used)
}
