//! `castellan scan`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use castellan_audit::{
    AuditError, AuditOptions, Baseline, Deployment, HostTarget, Kept, Settings, Targets, audit, audit_and_keep, find,
    load,
};
use castellan_model::{AuditReport, NotAssessedKind, Severity};
use castellan_report::texts::{LANGUAGES, Texts};
use castellan_report::theme::Theme;
use castellan_report::{Format, Look, Presentation, render};
use indicatif::{ProgressBar, ProgressStyle};

use super::{data, database, deployments, history, note, now, print, sites};
use crate::exit::{self, Failure};
use crate::options::{ReportArguments, ScanArguments};

pub fn run(arguments: ScanArguments) -> Result<ExitCode, Failure> {
    let format = Format::from_name(&arguments.format).ok_or_else(|| Failure::usage("unknown format"))?;
    let outputs = arguments.output.iter().map(|text| output(text)).collect::<Result<Vec<_>, _>>()?;
    let settings = settings(&arguments)?;
    check_rules(&arguments.rule, &settings)?;
    let mut how = presentation(&arguments.report, &settings)?;
    let options = AuditOptions {
        min_severity: arguments.min_severity,
        min_confidence: arguments.min_confidence,
        persona: arguments.persona,
        series: arguments.odoo_version,
        include_core: arguments.include_core,
        odoo_path: arguments.odoo_path.clone(),
        only: arguments.rule.clone(),
        baseline: if arguments.write_baseline.is_some() { None } else { arguments.baseline.clone() },
        instances: database::target(&arguments.database, &arguments.sites.authority, arguments.sites.address)?
            .into_iter()
            .collect(),
        sites: sites::options(&arguments.sites)?,
        data: Some(data()),
        time: now(),
        deployment: None,
    };
    let deployments = deployments::chosen(&settings, &arguments.deployment)?;
    let only_settings = arguments.paths.is_empty() || deployments::named(&arguments.paths).is_some();
    let nothing_else = arguments.root.is_none()
        && arguments.sites.targets.is_none()
        && arguments.database.rpc.is_none()
        && arguments.database.sql.is_none();
    if only_settings && nothing_else && !deployments.is_empty() {
        return all(&arguments, &settings, &deployments, &options, format, &outputs);
    }
    if !arguments.deployment.is_empty() {
        return Err(Failure::usage("`--deployment` takes what is looked at from castellan.toml: leave the paths out"));
    }
    let mut targets = if only_what_is_named(&arguments) {
        Targets::default()
    } else {
        Targets::of(&arguments.paths, arguments.root.as_deref()).map_err(Failure::usage)?
    };
    if let Some(list) = &arguments.sites.targets {
        sites::read_list(list, &mut targets)?;
        if targets.sites.is_empty() {
            return Err(Failure { message: format!("`{}` names no site", list.display()), code: exit::NOTHING });
        }
    }
    if arguments.sites.dry_run {
        if targets.sites.is_empty() {
            return Err(Failure::usage(
                "`--dry-run` prints the requests for a site: name one, such as https://erp.example.com",
            ));
        }
        sites::print_requests(&targets, &options.sites);
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let nothing_of_files = targets.hosts.is_empty() && targets.code.is_empty();
    let as_list = nothing_of_files
        && options.instances.is_empty()
        && (arguments.sites.targets.is_some() || arguments.sites.json_lines.is_some());
    if !as_list && arguments.sites.json_lines.is_some() {
        return Err(Failure::usage("`--json-lines` goes with sites alone"));
    }
    let bar = progress(&targets);
    if let Some(connection) = &arguments.postgres {
        let roles = castellan_config::host::roles::ask(connection).map_err(Failure::own)?;
        let running = targets.hosts.iter_mut().find_map(|target| match target {
            HostTarget::Running(roles) => Some(roles),
            _ => None,
        });
        match running {
            Some(known) => *known = roles,
            None => return Err(Failure::usage("`--postgres` goes with an audit of this host: leave the paths out")),
        }
    }
    let lines = as_list && format == Format::Terminal;
    let mut kept = None;
    let result = if as_list {
        Ok(sites::list(&targets, &settings, &options, arguments.sites.json_lines.as_deref(), !lines)?)
    } else if (!is_kept(&arguments) || arguments.write_baseline.is_some() || history::file().is_none())
        && arguments.evidence.is_none()
    {
        audit(&targets, &settings, &options)
    } else {
        audit_and_keep(&targets, &settings, &options).map(|(report, evidence)| {
            kept = Some(evidence);
            report
        })
    };
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let report = result.map_err(failure)?;
    if let Some(path) = &arguments.write_baseline {
        Baseline::of(&report.findings).save(path).map_err(|error| Failure::own(error.to_string()))?;
        note(&format!("wrote {} findings to {}", report.findings.len(), path.display()));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    how.trend = if kept.is_some() { history::before(&report) } else { Vec::new() };
    if !lines {
        show(&report, format, &how)?;
    }
    write(&report, &outputs, &how)?;
    let host = !nothing_of_files && (arguments.paths.is_empty() || arguments.root.is_some());
    if host && report.sources.is_empty() && report.modules.is_empty() {
        return Err(Failure {
            message: "no Odoo, proxy or PostgreSQL was found here; name a folder with modules, a configuration file or `--root FOLDER`".into(),
            code: exit::NOTHING,
        });
    }
    if report.files == 0 && !nothing_of_files {
        return Err(Failure {
            message: "nothing to scan: no Odoo module and no configuration was found; give a folder with modules or a configuration file"
                .into(),
            code: exit::NOTHING,
        });
    }
    if let Some(evidence) = &kept {
        write_evidence(&arguments, evidence)?;
        if is_kept(&arguments) {
            history::keep(&report, evidence, &settings);
        }
    }
    Ok(ExitCode::from(code(&report, arguments.fail_on.or(settings.fail_on).unwrap_or(Severity::High))))
}

/// Whether the audit goes into the history: one that shows a part only would make the rest look fixed.
fn is_kept(arguments: &ScanArguments) -> bool {
    let whole = arguments.rule.is_empty()
        && arguments.min_severity.is_none()
        && arguments.min_confidence.is_none()
        && arguments.persona.is_none();
    whole && !arguments.no_store
}

/// Writes what was collected, for a server that judges it.
fn write_evidence(arguments: &ScanArguments, evidence: &Kept) -> Result<(), Failure> {
    let Some(path) = &arguments.evidence else { return Ok(()) };
    let text = serde_json::to_vec(evidence).map_err(|error| Failure::own(error.to_string()))?;
    std::fs::write(path, text).map_err(|error| Failure::own(format!("`{}`: {error}", path.display())))
}

/// Every deployment that is meant, one audit each; the worst outcome is that of the command.
fn all(
    arguments: &ScanArguments,
    settings: &Settings,
    deployments: &[&Deployment],
    options: &AuditOptions,
    format: Format,
    outputs: &[(Format, String)],
) -> Result<ExitCode, Failure> {
    if arguments.baseline.is_some() || arguments.write_baseline.is_some() || arguments.sites.dry_run {
        return Err(Failure::usage(
            "`--baseline`, `--write-baseline` and `--dry-run` go with paths or sites; deployments have [[deployment.accept]]",
        ));
    }
    if deployments.len() > 1 && arguments.evidence.is_some() {
        return Err(Failure::usage("`--evidence` goes with one deployment: name it with `--deployment`"));
    }
    let mut how = presentation(&arguments.report, settings)?;
    let mut worst = exit::CLEAN;
    for deployment in deployments {
        let (targets, own, options) = deployments::job(settings, deployment, options)?;
        let bar = progress(&targets);
        let result = audit_and_keep(&targets, &own, &options);
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        let (report, evidence) = result.map_err(|error| {
            let failed = failure(error);
            Failure { message: format!("{}: {}", deployment.name, failed.message), ..failed }
        })?;
        how.trend = history::before(&report);
        show(&report, format, &how)?;
        let outputs: Vec<(Format, String)> = match deployments {
            [_] => outputs.to_vec(),
            _ => outputs.iter().map(|(format, path)| (*format, with_name(path, &deployment.name))).collect(),
        };
        write(&report, &outputs, &how)?;
        write_evidence(arguments, &evidence)?;
        if is_kept(arguments) {
            history::keep(&report, &evidence, &own);
        }
        let mut outcome = code(&report, arguments.fail_on.or(own.fail_on).unwrap_or(Severity::High));
        for (what, least, is) in [
            ("score", deployment.min_score, report.score.points),
            ("coverage", deployment.min_coverage, report.score.coverage),
        ] {
            if let Some(least) = least.filter(|least| is < *least) {
                note(&format!("{}: {what} {is} is below {least}", deployment.name));
                outcome = outcome.max(exit::BELOW);
            }
        }
        worst = worst.max(outcome);
    }
    Ok(ExitCode::from(worst))
}

/// `report.html` of the deployment `shop`: `report-shop.html`.
fn with_name(path: &str, name: &str) -> String {
    let name = name.replace(' ', "-");
    let path = Path::new(path);
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("report");
    let file = match path.extension().and_then(|extension| extension.to_str()) {
        Some(extension) => format!("{stem}-{name}.{extension}"),
        None => format!("{stem}-{name}"),
    };
    path.with_file_name(file).display().to_string()
}

fn failure(error: AuditError) -> Failure {
    match error {
        AuditError::Discover(error) => Failure { message: error.to_string(), code: exit::NOTHING },
        AuditError::Baseline(error) => Failure::usage(error.to_string()),
        AuditError::OwnRules(error) => Failure::usage(error),
        AuditError::Host(error) => Failure::own(error),
    }
}

/// How text looks on standard output.
pub fn look() -> Look {
    let color = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
    Look { color, width: width() }
}

/// The report on standard output.
pub fn show(report: &AuditReport, format: Format, how: &Presentation) -> Result<(), Failure> {
    let text = render(report, format, look(), how).map_err(Failure::own)?;
    print(&String::from_utf8_lossy(&text));
    Ok(())
}

/// Language and theme of reports, and what came before.
pub fn presentation(arguments: &ReportArguments, settings: &Settings) -> Result<Presentation, Failure> {
    let language = arguments.language.as_deref().or(settings.language.as_deref()).unwrap_or("en");
    let texts = Texts::of(language).ok_or_else(|| {
        let known: Vec<&str> = LANGUAGES.iter().map(|(code, _)| *code).collect();
        Failure::usage(format!("`--language {language}`: one of {}", known.join(", ")))
    })?;
    let theme = match arguments.theme.as_ref().or(settings.theme.as_ref()) {
        Some(path) => Theme::load(path).map_err(Failure::usage)?,
        None => Theme::default(),
    };
    Ok(Presentation { texts, theme, trend: Vec::new() })
}

/// Reports in files.
pub fn write(report: &AuditReport, outputs: &[(Format, String)], how: &Presentation) -> Result<(), Failure> {
    for (format, path) in outputs {
        let text = render(report, *format, Look::default(), how).map_err(Failure::own)?;
        std::fs::write(path, text)
            .map_err(|error| Failure::own(format!("`{path}` cannot be written: {}", error.kind())))?;
        note(&format!("wrote {path}"));
    }
    let missing = how.texts.missing();
    if !missing.is_empty() {
        note(&format!(
            "castellan: {} texts are not translated and stay English: {}",
            missing.len(),
            missing.join("; ")
        ));
    }
    Ok(())
}

/// A list of sites or a database was named, and no path: this host is not meant.
fn only_what_is_named(arguments: &ScanArguments) -> bool {
    let named =
        arguments.sites.targets.is_some() || arguments.database.rpc.is_some() || arguments.database.sql.is_some();
    named && arguments.paths.is_empty() && arguments.root.is_none()
}

fn code(report: &AuditReport, threshold: Severity) -> u8 {
    match report.worst() {
        Some(worst) if worst >= threshold => exit::findings(worst),
        // A scan that was limited or blocked is never green.
        _ if report.sites.iter().any(|site| !site.limits.is_empty()) => exit::INCOMPLETE,
        _ if report.not_assessed.iter().any(|note| note.kind == NotAssessedKind::Limited) => exit::INCOMPLETE,
        _ => exit::CLEAN,
    }
}

fn settings(arguments: &ScanArguments) -> Result<Settings, Failure> {
    let here = arguments.paths.first().map_or(Path::new("."), PathBuf::as_path);
    let named = deployments::named(&arguments.paths).map(Path::to_path_buf);
    let file = arguments.config.clone().or(named).or_else(|| find(here));
    let mut settings = match file {
        Some(file) => load(&file).map_err(|error| Failure::usage(error.to_string()))?,
        None => Settings::default(),
    };
    settings.own_rules.extend(arguments.own_rules.iter().cloned());
    if !arguments.exclude.is_empty() {
        settings.exclude_more(&arguments.exclude).map_err(Failure::usage)?;
    }
    Ok(settings)
}

fn check_rules(ids: &[String], settings: &Settings) -> Result<(), Failure> {
    let known = castellan_audit::catalogue();
    let is_own = |id: &str| id.starts_with("own-") && !settings.own_rules.is_empty();
    match ids.iter().find(|id| !is_own(id) && !known.iter().any(|rule| rule.meta.id == id.as_str())) {
        Some(id) => Err(Failure::usage(format!("there is no rule `{id}`; `castellan rules` lists them"))),
        None => Ok(()),
    }
}

/// `report.html`, `sarif=out.json`.
pub fn output(text: &str) -> Result<(Format, String), Failure> {
    if let Some((name, path)) = text.split_once('=') {
        let format = Format::from_name(name).ok_or_else(|| {
            let names: Vec<&str> = Format::ALL.iter().map(|(name, _)| *name).collect();
            Failure::usage(format!("`{name}` is no format; one of {}", names.join(", ")))
        })?;
        return Ok((format, path.to_owned()));
    }
    let extension = Path::new(text).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let format = match extension {
        "html" | "htm" => Format::Html,
        "md" => Format::Markdown,
        "sarif" => Format::Sarif,
        "json" => Format::Json,
        "xml" => Format::Junit,
        "txt" => Format::Terminal,
        "csv" => Format::Csv,
        "pdf" => Format::Pdf,
        _ => return Err(Failure::usage(format!("the ending of `{text}` names no format; write `FORMAT={text}`"))),
    };
    Ok((format, text.to_owned()))
}

pub fn width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)).clamp(60, 120)
}

/// A sign of life on long scans, when a person watches.
fn progress(targets: &Targets) -> Option<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let what = match targets.sites.as_slice() {
        [] => "scanning".to_owned(),
        [site] => format!("asking {}", site.host_str().unwrap_or_default()),
        sites => format!("asking {} sites", sites.len()),
    };
    let style = ProgressStyle::with_template(&format!("{{spinner}} {what}, {{elapsed}}")).ok()?;
    let bar = ProgressBar::new_spinner().with_style(style);
    bar.enable_steady_tick(Duration::from_millis(120));
    Some(bar)
}
