//! One look at a host from end to end: discover, judge, gather.

use std::collections::BTreeMap;

use castellan_model::{
    Excerpt, Finding, Group, Location, NotAssessed, NotAssessedKind, Page, Position, Range, Related, SourceSummary,
    Span, fingerprint,
};
use rustc_hash::FxHashMap;

use crate::deployment::odoo::OdooServer;
use crate::deployment::{Deployment, Options, Place, discover};
use crate::host::Host;
use crate::markers::{self, Marker};
use crate::odoo::options;
use crate::rule::{Check, Report, Rule, SiteView};
use crate::rules;

/// Rules about an Odoo server that speak although its file could not be read.
const WITHOUT_FILE: [&str; 2] = ["odoo-secret-on-command-line", "odoo-websocket-origin"];

/// How to scan.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// What to look at.
    pub discover: Options,
    /// Ids of rules that do not run.
    pub disabled: Vec<String>,
    /// When not empty: the only rules that run.
    pub only: Vec<String>,
}

/// What a scan gives, before anything is suppressed.
#[derive(Debug, Default)]
pub struct ConfigScan {
    /// Findings.
    pub findings: Vec<Finding>,
    /// What was not looked at.
    pub not_assessed: Vec<NotAssessed>,
    /// What was found.
    pub sources: Vec<SourceSummary>,
    /// Files that were read.
    pub files: u64,
    /// Lines that were read.
    pub lines: u64,
    /// Our own suppression comments.
    pub markers: Vec<Marker>,
    /// Folders of custom modules that the servers found here load, Odoo's own left out.
    pub addons: Vec<String>,
    /// Number of rules that ran.
    pub rules: u64,
    /// Odoo servers with the options that count.
    pub servers: Vec<ServerOptions>,
    /// It is a whole system, so that what is not there is known to be missing.
    pub is_system: bool,
}

/// An Odoo server with every option of its series that is no password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerOptions {
    /// Its configuration file, or what starts it.
    pub path: String,
    /// Series.
    pub series: String,
    /// Options as text.
    pub options: BTreeMap<String, String>,
}

fn options_of(deployment: &Deployment, server: &OdooServer) -> ServerOptions {
    let own = options::all().iter().filter(|option| option.exists_in(server.series) && !option.secret);
    ServerOptions {
        path: server
            .conf
            .as_ref()
            .and_then(|(file, _)| deployment.file(*file))
            .map_or_else(|| "command line".to_owned(), |file| file.path.clone()),
        series: server.series.to_string(),
        options: own.map(|option| (option.name.clone(), server.setting(&option.name).value.text())).collect(),
    }
}

/// Scans a host.
#[must_use]
pub fn scan(host: &dyn Host, options: &ScanOptions) -> ConfigScan {
    judge(&discover(host, &options.discover), options)
}

/// Judges what was found.
#[must_use]
pub fn judge(deployment: &Deployment, options: &ScanOptions) -> ConfigScan {
    let registry = rules::all();
    let wanted = |rule: &Rule| {
        let named = |list: &[String]| list.iter().any(|id| id == rule.meta.id || id == rule.meta.code);
        !named(&options.disabled) && (options.only.is_empty() || named(&options.only))
    };
    let mut judged: Vec<(usize, Report)> = Vec::new();
    let mut ran = 0;
    for (index, rule) in registry.iter().enumerate().filter(|(_, rule)| wanted(rule)) {
        ran += 1;
        let mut reports = Vec::new();
        run(deployment, rule, &mut reports);
        judged.extend(reports.into_iter().map(|report| (index, report)));
    }
    let mut not_assessed = deployment.not_assessed.clone();
    not_assessed.extend(silent_rules(deployment, &registry, &wanted));
    ConfigScan {
        findings: gather(deployment, &registry, judged),
        not_assessed,
        sources: deployment
            .found
            .iter()
            .map(|found| SourceSummary {
                kind: found.kind.into(),
                path: found.path.clone(),
                detail: found.detail.clone(),
            })
            .collect(),
        markers: markers::collect(deployment),
        addons: addons(deployment),
        files: deployment.files.len() as u64,
        lines: deployment.files.iter().map(|file| file.text.lines().count() as u64).sum(),
        rules: ran,
        is_system: deployment.is_system,
        servers: deployment
            .odoos
            .iter()
            .filter(|odoo| !odoo.conf_unread)
            .map(|odoo| options_of(deployment, odoo))
            .collect(),
    }
}

/// Folders of `addons_path` that are no part of Odoo itself.
#[must_use]
pub fn addons(deployment: &Deployment) -> Vec<String> {
    let mut paths: Vec<String> = deployment
        .odoos
        .iter()
        .filter(|odoo| !odoo.in_container())
        .flat_map(|odoo| odoo.setting("addons_path").value.list())
        .filter(|path| path.starts_with('/') && deployment.attributes(path).is_some())
        .filter(|path| !["base", "web"].iter().any(|core| deployment.attributes(&format!("{path}/{core}")).is_some()))
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

fn run(deployment: &Deployment, rule: &Rule, out: &mut Vec<Report>) {
    match &rule.check {
        Check::Odoo(check) => {
            for odoo in deployment.odoos.iter().filter(|odoo| rule.meta.series.contains(odoo.series)) {
                // Nothing is known of its options but what stands on the command line.
                if odoo.conf_unread && rule.meta.group == Group::Odoo && !WITHOUT_FILE.contains(&rule.meta.id) {
                    continue;
                }
                check(deployment, odoo, out);
            }
        }
        Check::Site(check) => {
            for (site, front) in deployment.odoo_sites() {
                let Some(virtual_site) = front.sites.get(site.site) else { continue };
                let odoo = site.odoo.and_then(|index| deployment.odoos.get(index));
                if odoo.is_some_and(|odoo| !rule.meta.series.contains(odoo.series)) {
                    continue;
                }
                check(&SiteView { deployment, front, index: site.site, site: virtual_site, odoo }, out);
            }
        }
        Check::Nginx(check) => {
            for engine in deployment.fronts.iter().filter_map(crate::proxy::Front::nginx) {
                check(deployment, engine, out);
            }
        }
        Check::Postgres(check) => deployment.postgres.iter().for_each(|server| check(deployment, server, out)),
        Check::Unit(check) => deployment.units.iter().for_each(|unit| check(deployment, unit, out)),
        Check::Service(check) => {
            for project in &deployment.compose {
                project.services.iter().for_each(|service| check(deployment, project, service, out));
            }
        }
        Check::Dockerfile(check) => deployment.dockerfiles.iter().for_each(|file| check(deployment, file, out)),
        Check::Sshd(check) => deployment.defences.sshd.iter().for_each(|sshd| check(deployment, sshd, out)),
        Check::Host(check) => {
            if deployment.is_system {
                check(deployment, out);
            }
        }
    }
}

/// Rules whose source is missing say nothing: one note a source.
fn silent_rules(deployment: &Deployment, registry: &[Rule], wanted: &dyn Fn(&Rule) -> bool) -> Vec<NotAssessed> {
    if !deployment.is_system {
        return Vec::new();
    }
    let count =
        |test: &dyn Fn(&Check) -> bool| registry.iter().filter(|rule| wanted(rule) && test(&rule.check)).count();
    let mut notes = Vec::new();
    let mut note = |what: &str, missing: bool, rules: usize| {
        if missing && rules > 0 {
            notes.push(NotAssessed {
                path: what.to_owned(),
                kind: NotAssessedKind::Absent,
                reason: format!("{rules} rules say nothing without it"),
            });
        }
    };
    note("odoo.conf", deployment.odoos.is_empty(), count(&|check| matches!(check, Check::Odoo(_))));
    note("proxy site", deployment.sites.is_empty(), count(&|check| matches!(check, Check::Site(_))));
    note("postgresql.conf", deployment.postgres.is_empty(), count(&|check| matches!(check, Check::Postgres(_))));
    note("service unit", deployment.units.is_empty(), count(&|check| matches!(check, Check::Unit(_))));
    notes
}

fn gather(deployment: &Deployment, registry: &[Rule], judged: Vec<(usize, Report)>) -> Vec<Finding> {
    let mut findings: Vec<(Finding, String, String)> = judged
        .into_iter()
        .filter_map(|(index, report)| {
            let rule = registry.get(index)?;
            let page = Page::parse(rule.source);
            let (location, text) = locate(deployment, &report.place);
            let related = report
                .related
                .iter()
                .map(|(place, message)| Related { location: locate(deployment, place).0, message: message.clone() })
                .collect();
            let finding = Finding {
                reach: None,
                adjusted: None,
                rule: rule.meta.id.to_owned(),
                code: rule.meta.code.to_owned(),
                message: report.message,
                why: page.why,
                help: page.fix,
                severity: report.severity.unwrap_or(rule.meta.severity),
                confidence: report.confidence.unwrap_or(rule.meta.confidence),
                persona: rule.meta.persona,
                cwe: rule.meta.cwe,
                module: None,
                location,
                related,
                records: Vec::new(),
                query: None,
                flow: Vec::new(),
                fix: report.fix,
                fingerprint: String::new(),
            };
            Some((finding, report.scope, text))
        })
        .collect();
    findings.sort_by(|a, b| a.0.sort_key().cmp(&b.0.sort_key()));
    findings.dedup_by(|a, b| a.0.rule == b.0.rule && a.0.location == b.0.location && a.0.message == b.0.message);
    let mut seen: FxHashMap<(String, String, String, String), usize> = FxHashMap::default();
    findings
        .into_iter()
        .map(|(mut finding, scope, text)| {
            let key = (finding.rule.clone(), finding.location.path.clone(), scope.clone(), text.clone());
            let nth = seen.entry(key).or_default();
            finding.fingerprint = fingerprint(&finding.rule, &finding.location.path, &scope, &text, *nth);
            *nth += 1;
            finding
        })
        .collect()
}

/// A place for reports, secrets masked, and its text for the identity.
fn locate(deployment: &Deployment, place: &Place) -> (Location, String) {
    match place {
        Place::Site(site) => match deployment.file(site.file) {
            Some(file) => {
                let masks: Vec<Range> = deployment
                    .secrets
                    .iter()
                    .filter(|secret| secret.file == site.file)
                    .map(|secret| secret.range)
                    .collect();
                let hidden = masks.iter().any(|mask| mask.start < site.range.end && site.range.start < mask.end);
                let text = if hidden { String::new() } else { file.slice(site.range).chars().take(400).collect() };
                (file.location(site.range, &masks), text)
            }
            None => line("", ""),
        },
        Place::Line { path, shown } => line(path, shown),
    }
}

fn line(path: &str, shown: &str) -> (Location, String) {
    let start = Position { line: 1, column: 1 };
    let end = Position { line: 1, column: u32::try_from(shown.chars().count()).unwrap_or(0).max(1) + 1 };
    let excerpt = Excerpt { first_line: 1, lines: vec![shown.to_owned()] };
    (Location { path: path.to_owned(), span: Span { start, end }, excerpt }, String::new())
}
