//! One scan of code from end to end: discover, parse, link, interpret, judge, gather.

use std::path::PathBuf;

use castellan_model::{Finding, FlowStep, ModuleSummary, NotAssessed, NotAssessedKind, Page, Related, fingerprint};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::discover::{self, DiscoverError, DiscoverOptions, Discovered};
use crate::flow::{self, FlowResults, Step};
use crate::javascript::{self, Script, ScriptProblem};
use crate::markers::{self, Foreign, Marker};
use crate::program::{self, FunctionId, Parsed, Program, Role};
use crate::rule::{
    Check, ClassView, ElementView, FieldView, FunctionView, RecordView, Report, RouteView, Rule, ScriptView,
};
use crate::rules::{self, CallTable};
use crate::source::{FileId, Language, ModuleId, SourceFile};

/// How to scan.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// What to look at.
    pub discover: DiscoverOptions,
    /// Ids of rules that do not run.
    pub disabled: Vec<String>,
    /// When not empty: the only rules that run.
    pub only: Vec<String>,
}

/// What a scan gives, before anything is suppressed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CodeScan {
    /// Findings in the order of the files.
    pub findings: Vec<Finding>,
    /// What was not looked at.
    pub not_assessed: Vec<NotAssessed>,
    /// Modules.
    pub modules: Vec<ModuleSummary>,
    /// Files that were read.
    pub files: u64,
    /// Lines that were read.
    pub lines: u64,
    /// Our own suppression comments.
    pub markers: Vec<Marker>,
    /// Suppression comments of other tools.
    pub foreign: Vec<Foreign>,
    /// Number of rules that ran.
    pub rules: u64,
    /// Record rules of the data files with their domains, also of Odoo's own modules when they were read.
    pub record_rules: Vec<RecordRuleText>,
}

/// The domain of a record rule as a data file has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRuleText {
    /// External id.
    pub id: String,
    /// The domain.
    pub domain: String,
    /// File and line.
    pub place: String,
}

/// Stack of the threads that parse and walk trees: the guards on nesting allow what fits into this.
const STACK_BYTES: usize = 256 << 20;

/// Scans targets on disk.
///
/// # Errors
///
/// When a target does not exist.
pub fn scan(targets: &[PathBuf], options: &ScanOptions) -> Result<CodeScan, DiscoverError> {
    in_pool(|| {
        let discovered = discover::discover(targets, &options.discover)?;
        Ok(scan_discovered(discovered, options))
    })
}

/// The modules of targets on disk, with what their manifests say; nothing else of them is read into.
///
/// # Errors
///
/// When a target does not exist.
pub fn modules(targets: &[PathBuf], options: &discover::DiscoverOptions) -> Result<Vec<ModuleSummary>, DiscoverError> {
    in_pool(|| Ok(summaries(&discover::discover(targets, options)?)))
}

/// Scans texts in memory.
#[must_use]
pub fn scan_texts(texts: Vec<(String, Vec<u8>)>, options: &ScanOptions) -> CodeScan {
    in_pool(|| scan_discovered(discover::discover_texts(texts, &options.discover), options))
}

fn in_pool<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    use std::sync::OnceLock;
    static POOL: OnceLock<Option<rayon::ThreadPool>> = OnceLock::new();
    let pool = POOL.get_or_init(|| rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build().ok());
    match pool {
        Some(pool) => pool.install(run),
        None => run(),
    }
}

fn scan_discovered(mut discovered: Discovered, options: &ScanOptions) -> CodeScan {
    let mut notes = std::mem::take(&mut discovered.not_assessed);
    let (parsed, scripts) = parse(&discovered, &mut notes);
    forget_vendored(&mut discovered, &notes);
    let program = program::link(&discovered, &parsed);
    let registry = rules::all();
    let wanted = |rule: &Rule| {
        (options.only.is_empty() || options.only.iter().any(|id| id == rule.meta.id))
            && !options.disabled.iter().any(|id| id == rule.meta.id)
    };
    let table = CallTable::new(&registry, &wanted);
    let results = flow::run(&program, &table);
    let mut judged = judge(&program, &scripts, &registry, &wanted, &results);
    judged.retain(|item| {
        let meta = &registry[item.rule].meta;
        item.report.site.is_some_and(|site| {
            meta.series.contains(program.series(site.file)) && !is_context(&program.file(site.file).path)
        })
    });
    drop_reads_of_writes(&registry, &mut judged);
    let findings = gather(&program, &registry, judged);
    let (mut own, mut foreign) = markers::collect(&program, &scripts);
    own.retain(|marker| !is_context(&marker.path));
    foreign.retain(|marker| !is_context(&marker.path));
    notes.retain(|note| !is_context(&note.path));
    notes.sort();
    notes.dedup();
    let record_rules = program
        .rules
        .iter()
        .filter_map(|rule| {
            let domain = rule.domain.clone().filter(|domain| !domain.contains("ref("))?;
            let file = program.file(rule.domain_site.file);
            let line = file.line(rule.domain_site.range.start);
            Some(RecordRuleText { id: rule.id.clone(), domain, place: format!("{}:{line}", file.path) })
        })
        .collect();
    let read = discovered.files.iter().filter(|file| file.language != Language::Binary && !is_context(&file.path));
    CodeScan {
        findings,
        not_assessed: notes,
        modules: summaries(&discovered),
        files: read.clone().count() as u64,
        lines: read.map(lines).sum(),
        markers: own,
        foreign,
        rules: registry.iter().filter(|rule| wanted(rule)).count() as u64,
        record_rules,
    }
}

/// A path of Odoo's own sources, given with `--odoo-path`.
fn is_context(path: &str) -> bool {
    path.starts_with(discover::CONTEXT)
}

/// The texts of libraries are large and nobody looks at them again; their lines do not count as read.
fn forget_vendored(discovered: &mut Discovered, notes: &[NotAssessed]) {
    let vendored: std::collections::HashSet<&str> =
        notes.iter().filter(|note| note.kind == NotAssessedKind::Vendored).map(|note| note.path.as_str()).collect();
    for file in discovered.files.iter_mut().filter(|file| vendored.contains(file.path.as_str())) {
        file.clear();
    }
}

fn lines(file: &SourceFile) -> u64 {
    file.text.bytes().filter(|byte| *byte == b'\n').count() as u64
}

fn summaries(discovered: &Discovered) -> Vec<ModuleSummary> {
    let mut counts: FxHashMap<ModuleId, u64> = FxHashMap::default();
    for file in &discovered.files {
        if let Some(module) = file.module {
            *counts.entry(module).or_default() += lines(file);
        }
    }
    let modules = discovered.modules.iter().enumerate();
    modules
        .filter(|(_, module)| !is_context(&module.path))
        .map(|(index, module)| ModuleSummary {
            name: module.name.clone(),
            path: module.path.clone(),
            series: module.series,
            version: module.manifest.version.clone(),
            author: module.manifest.author.clone(),
            licence: module.manifest.licence.clone(),
            depends: module.manifest.depends.clone(),
            lines: counts.get(&ModuleId(u32::try_from(index).unwrap_or(0))).copied().unwrap_or(0),
            test_files: test_files(discovered, &module.path),
        })
        .collect()
}

/// Files that Odoo's test loader takes.
fn test_files(discovered: &Discovered, module: &str) -> u64 {
    let folder = format!("{module}/tests/");
    let is_test = |path: &str| {
        let inside = path.strip_prefix(folder.as_str());
        inside.is_some_and(|name| name.starts_with("test_") && name.ends_with(".py") && !name.contains('/'))
    };
    discovered.files.iter().filter(|file| is_test(&file.path)).count() as u64
}

fn parse(discovered: &Discovered, notes: &mut Vec<NotAssessed>) -> (Parsed, Vec<Script>) {
    let ids = |language: Language| {
        discovered
            .files
            .iter()
            .enumerate()
            .filter(move |(_, file)| file.language == language)
            .map(|(index, file)| (FileId(u32::try_from(index).unwrap_or(u32::MAX)), file))
            .collect::<Vec<_>>()
    };
    let xml: Vec<_> = ids(Language::Xml).into_par_iter().map(|(id, file)| program::read_xml(id, file)).collect();
    let csv: Vec<_> = ids(Language::Csv).into_par_iter().map(|(id, file)| program::read_csv(id, file)).collect();
    let js: Vec<_> =
        ids(Language::JavaScript).into_par_iter().map(|(id, file)| (file, javascript::read(id, file))).collect();
    let mut parsed = Parsed { units: Vec::new(), xml: keep(xml, notes), csv: keep(csv, notes) };
    let mut scripts = Vec::new();
    for (file, result) in js {
        match result {
            Ok(script) => scripts.push(script),
            Err(problem) => notes.push(script_note(file, &problem)),
        }
    }
    let (units, unit_notes) = program::build_units(&discovered.files, &discovered.modules, &parsed.xml);
    parsed.units = units;
    notes.extend(unit_notes);
    (parsed, scripts)
}

fn keep<T>(results: Vec<Result<T, NotAssessed>>, notes: &mut Vec<NotAssessed>) -> Vec<T> {
    let mut out = Vec::with_capacity(results.len());
    for result in results {
        match result {
            Ok(value) => out.push(value),
            Err(note) => notes.push(note),
        }
    }
    out
}

fn script_note(file: &SourceFile, problem: &ScriptProblem) -> NotAssessed {
    let at = |offset: u32| {
        let position = file.position(offset);
        format!("line {}, column {}", position.line, position.column)
    };
    let (kind, reason) = match problem {
        ScriptProblem::Vendored => (NotAssessedKind::Vendored, "a third-party library or a minified file".to_owned()),
        ScriptProblem::Nesting(offset) => {
            (NotAssessedKind::Nesting, format!("{}: nested deeper than the limit", at(*offset)))
        }
        ScriptProblem::Syntax(offset, reason) => (NotAssessedKind::Syntax, format!("{}: {reason}", at(*offset))),
    };
    NotAssessed { path: file.path.clone(), kind, reason }
}

/// A report of a rule, with the way when it has one.
struct Judged {
    rule: usize,
    report: Report,
    steps: Vec<Step>,
    scope: String,
}

fn judge(
    program: &Program<'_>,
    scripts: &[Script],
    registry: &[Rule],
    wanted: &dyn Fn(&Rule) -> bool,
    results: &FlowResults,
) -> Vec<Judged> {
    let mut out = Vec::new();
    for (rule, function, report) in &results.reports {
        if program.unit(program.function(*function).unit).role == Role::Server || is_hook(program, *function) {
            out.push(Judged {
                rule: *rule,
                report: report.clone(),
                steps: Vec::new(),
                scope: scope_of(program, *function),
            });
        }
    }
    judge_flows(program, registry, wanted, results, &mut out);
    for (index, rule) in registry.iter().enumerate().filter(|(_, rule)| wanted(rule)) {
        judge_rule(program, scripts, index, rule, results, &mut out);
    }
    out
}

fn is_hook(program: &Program<'_>, id: FunctionId) -> bool {
    program.unit(program.function(id).unit).role == Role::Migration
}

fn judge_flows(
    program: &Program<'_>,
    registry: &[Rule],
    wanted: &dyn Fn(&Rule) -> bool,
    results: &FlowResults,
    out: &mut Vec<Judged>,
) {
    for found in results.flows(program) {
        if program.unit(found.function().unit).role != Role::Server {
            continue;
        }
        for (index, rule) in registry.iter().enumerate() {
            let Check::Flow(sinks, accept) = &rule.check else { continue };
            if !sinks.contains(&found.sink.sink) {
                continue;
            }
            let Some(mut report) = accept(&found) else { continue };
            report.site.get_or_insert(found.sink.site);
            report.confidence.get_or_insert(found.confidence().min(rule.meta.confidence));
            report.reach = report.reach.or(found.source.kind.reach());
            if wanted(rule) {
                let scope = scope_of(program, found.sink.function);
                out.push(Judged { rule: index, report, steps: found.steps.clone(), scope });
            }
            break;
        }
    }
}

fn scope_of(program: &Program<'_>, id: FunctionId) -> String {
    let function = program.function(id);
    match function.class {
        Some(class) => format!("{}.{}", program.class(class).name, function.name),
        None => function.name.to_string(),
    }
}

fn judge_rule(
    program: &Program<'_>,
    scripts: &[Script],
    index: usize,
    rule: &Rule,
    results: &FlowResults,
    out: &mut Vec<Judged>,
) {
    let mut add = |report: Option<Report>, scope: &str| {
        if let Some(report) = report {
            out.push(Judged { rule: index, report, steps: Vec::new(), scope: scope.to_owned() });
        }
    };
    let mut many = Vec::new();
    match &rule.check {
        Check::Function(check) => {
            for (number, function) in program.functions.iter().enumerate() {
                let role = program.unit(function.unit).role;
                if function.node.is_none() || !matches!(role, Role::Server | Role::Migration) {
                    continue;
                }
                let id = FunctionId(u32::try_from(number).unwrap_or(0));
                check(&FunctionView { program, id, function, summary: &results.summaries[number] }, &mut many);
                let scope = scope_of(program, id);
                many.drain(..).for_each(|report| add(Some(report), &scope));
            }
        }
        Check::Route(check) => {
            for (number, function) in program.functions.iter().enumerate() {
                let Some(route) = &function.route else { continue };
                if program.unit(function.unit).role != Role::Server {
                    continue;
                }
                let id = FunctionId(u32::try_from(number).unwrap_or(0));
                let view = RouteView { program, function, id, route, summary: &results.summaries[number] };
                let reach = route.auth.reach();
                let report = check(&view).map(|report| Report { reach: report.reach.or(reach), ..report });
                add(report, &scope_of(program, id));
            }
        }
        Check::Class(check) => {
            for class in program.classes.iter().filter(|class| program.unit(class.unit).role == Role::Server) {
                check(&ClassView { program, class }, &mut many);
                many.drain(..).for_each(|report| add(Some(report), class.name));
            }
        }
        Check::Field(check) => {
            for class in program
                .classes
                .iter()
                .filter(|class| class.kind.is_model() && program.unit(class.unit).role == Role::Server)
            {
                for field in &class.fields {
                    add(check(&FieldView { program, class, field }), &format!("{}.{}", class.name, field.name));
                }
            }
        }
        Check::Access(check) => {
            for row in program.access.iter().filter(|row| !is_test_module(program, row.site.file)) {
                add(check(program, row), &row.id);
            }
        }
        Check::RecordRule(check) => {
            for record_rule in
                program.rules.iter().filter(|record_rule| !is_test_module(program, record_rule.site.file))
            {
                add(check(program, record_rule), &record_rule.id);
            }
        }
        Check::Record(check) => {
            for xml in program.xml.iter().filter(|xml| !is_test_module(program, xml.file)) {
                for record in &xml.records {
                    check(&RecordView { program, file: xml.file, record }, &mut many);
                    many.drain(..).for_each(|report| add(Some(report), &record.id));
                }
            }
        }
        Check::Element(check) => {
            for xml in program.xml.iter().filter(|xml| !is_test_module(program, xml.file)) {
                for element in &xml.elements {
                    add(check(&ElementView { program, file: xml.file, element }), &element.owner);
                }
            }
        }
        Check::Script(check) => {
            for script in scripts.iter().filter(|script| !is_test_module(program, script.file)) {
                check(&ScriptView { program, script }, &mut many);
                many.drain(..).for_each(|report| add(Some(report), ""));
            }
        }
        Check::Module(check) => {
            for number in 0..program.modules.len() {
                check(program, ModuleId(u32::try_from(number).unwrap_or(0)), &mut many);
                many.drain(..).for_each(|report| add(Some(report), ""));
            }
        }
        Check::Flow(..) | Check::Call(..) | Check::Engine => {}
    }
}

/// Modules and folders that exist for tests.
fn is_test_module(program: &Program<'_>, file: FileId) -> bool {
    let path = &program.file(file).path;
    program.module_of(file).is_some_and(|module| module.name.starts_with("test_")) || path.contains("/tests/")
}

/// `sudo().browse(id).write(...)` is one weakness: the look-up inside a reported change is not told again.
fn drop_reads_of_writes(registry: &[Rule], judged: &mut Vec<Judged>) {
    const WRITES: [&str; 3] = ["ctl-public-sudo-write", "ctl-user-sudo-write", "orm-rpc-sudo"];
    const READS: [&str; 2] = ["ctl-public-sudo-read", "ctl-user-sudo-read"];
    let id = |item: &Judged| registry[item.rule].meta.id;
    // The same choice of the same client in the same function.
    let key = |item: &Judged| Some((item.report.site?.file, item.scope.clone(), item.steps.first()?.site));
    let writes: Vec<_> = judged.iter().filter(|item| WRITES.contains(&id(item))).filter_map(key).collect();
    judged.retain(|item| !READS.contains(&id(item)) || key(item).is_none_or(|own| !writes.contains(&own)));
}

fn gather(program: &Program<'_>, registry: &[Rule], judged: Vec<Judged>) -> Vec<Finding> {
    let pages: Vec<Page> = registry.iter().map(|rule| Page::parse(rule.source)).collect();
    let mut findings: Vec<(Finding, String, String)> = judged
        .into_iter()
        .filter_map(|item| {
            let site = item.report.site?;
            let rule = &registry[item.rule];
            let file = program.file(site.file);
            let text = file.slice(site.range).chars().take(400).collect::<String>();
            let finding = finding(program, rule, &pages[item.rule], &item, site);
            Some((finding, item.scope, text))
        })
        .collect();
    findings.sort_by(|a, b| a.0.sort_key().cmp(&b.0.sort_key()));
    findings.dedup_by(|a, b| {
        a.0.rule == b.0.rule && a.0.location.path == b.0.location.path && a.0.location.span == b.0.location.span
    });
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

fn finding(program: &Program<'_>, rule: &Rule, page: &Page, item: &Judged, site: crate::source::Site) -> Finding {
    let report = &item.report;
    let masks = &report.masks;
    let location = program.file(site.file).location(site.range, masks);
    let related = report
        .related
        .iter()
        .map(|(site, message)| Related {
            location: program.file(site.file).location(site.range, masks),
            message: message.clone(),
        })
        .collect();
    let mut flow: Vec<FlowStep> = item
        .steps
        .iter()
        .map(|step| FlowStep {
            location: program.file(step.site.file).location(step.site.range, masks),
            message: step.what.message(),
        })
        .collect();
    if !flow.is_empty() {
        flow.push(FlowStep { location: location.clone(), message: "does harm here".to_owned() });
    }
    Finding {
        reach: report.reach,
        adjusted: None,
        rule: rule.meta.id.to_owned(),
        code: rule.meta.code.to_owned(),
        message: report.message.clone(),
        why: page.why.clone(),
        help: page.fix.clone(),
        severity: report.severity.unwrap_or(rule.meta.severity),
        confidence: report.confidence.unwrap_or(rule.meta.confidence),
        persona: rule.meta.persona,
        cwe: rule.meta.cwe,
        module: program.module_of(site.file).map(|module| module.name.clone()),
        location,
        related,
        records: Vec::new(),
        query: None,
        flow,
        fix: None,
        fingerprint: String::new(),
    }
}
