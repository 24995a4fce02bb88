//! `castellan scan`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use castellan_audit::{AuditError, AuditOptions, Baseline, HostTarget, Settings, Targets, audit, find, load};
use castellan_model::{AuditReport, Severity};
use castellan_report::{Format, Look, render};
use indicatif::{ProgressBar, ProgressStyle};

use super::{data, database, note, now, print, sites};
use crate::exit::{self, Failure};
use crate::options::ScanArguments;

pub fn run(arguments: ScanArguments) -> Result<ExitCode, Failure> {
    let format = Format::from_name(&arguments.format).ok_or_else(|| Failure::usage("unknown format"))?;
    let outputs = arguments.output.iter().map(|text| output(text)).collect::<Result<Vec<_>, _>>()?;
    let settings = settings(&arguments)?;
    check_rules(&arguments.rule)?;
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
    };
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
    let result = if as_list {
        Ok(sites::list(&targets, &settings, &options, arguments.sites.json_lines.as_deref(), !lines)?)
    } else {
        audit(&targets, &settings, &options)
    };
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let report = result.map_err(|error| match error {
        AuditError::Discover(error) => Failure { message: error.to_string(), code: exit::NOTHING },
        AuditError::Baseline(error) => Failure::usage(error.to_string()),
        AuditError::Host(error) => Failure::own(error),
    })?;
    if let Some(path) = &arguments.write_baseline {
        Baseline::of(&report.findings).save(path).map_err(|error| Failure::own(error.to_string()))?;
        note(&format!("wrote {} findings to {}", report.findings.len(), path.display()));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let color = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
    if !lines {
        print(&render(&report, format, Look { color, width: width() }));
    }
    for (format, path) in outputs {
        let text = render(&report, format, Look::default());
        std::fs::write(&path, text)
            .map_err(|error| Failure::own(format!("`{path}` cannot be written: {}", error.kind())))?;
        note(&format!("wrote {path}"));
    }
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
    Ok(ExitCode::from(code(&report, arguments.fail_on.or(settings.fail_on).unwrap_or(Severity::High))))
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
        _ => exit::CLEAN,
    }
}

fn settings(arguments: &ScanArguments) -> Result<Settings, Failure> {
    let here = arguments.paths.first().map_or(Path::new("."), PathBuf::as_path);
    let file = arguments.config.clone().or_else(|| find(here));
    let mut settings = match file {
        Some(file) => load(&file).map_err(|error| Failure::usage(error.to_string()))?,
        None => Settings::default(),
    };
    if !arguments.exclude.is_empty() {
        settings.exclude_more(&arguments.exclude).map_err(Failure::usage)?;
    }
    Ok(settings)
}

fn check_rules(ids: &[String]) -> Result<(), Failure> {
    let known = castellan_audit::catalogue();
    match ids.iter().find(|id| !known.iter().any(|rule| rule.meta.id == id.as_str())) {
        Some(id) => Err(Failure::usage(format!("there is no rule `{id}`; `castellan rules` lists them"))),
        None => Ok(()),
    }
}

/// `report.html`, `sarif=out.json`.
fn output(text: &str) -> Result<(Format, String), Failure> {
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
