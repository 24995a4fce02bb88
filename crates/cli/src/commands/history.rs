//! Audits over time: `castellan history`, `diff`, `score`, `rejudge`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use castellan_audit::{Kept, Settings, diff};
use castellan_model::{AuditReport, calendar};
use castellan_report::{difference, plan, score, trend};
use castellan_store::{AuditRow, Store, StoreError, repair};

use super::{data, data_folder, database, note, now, print, scan};
use crate::exit::{self, Failure};
use crate::options::{
    DiffArguments, HistoryArguments, PlanArguments, RejudgeArguments, ReportAgainArguments, ScoreArguments,
};

/// Audits that a list shows unless more are asked for.
const SHOWN: u32 = 20;
/// Audits that a trend shows.
const TREND: u32 = 100;

/// The file of the history; none: there is no folder for data.
pub fn file() -> Option<PathBuf> {
    data_folder().map(|folder| folder.join("history.db"))
}

fn failure(error: &StoreError) -> Failure {
    Failure::own(error.to_string())
}

fn needed() -> Result<PathBuf, Failure> {
    file()
        .ok_or_else(|| Failure::usage("there is no folder for the history: set CASTELLAN_DATA, XDG_DATA_HOME or HOME"))
}

/// Runs with the store open.
fn with<T>(work: impl AsyncFnOnce(&Store) -> Result<T, StoreError>) -> Result<T, Failure> {
    let path = needed()?;
    let runtime = database::runtime()?;
    runtime.block_on(async {
        let store = Store::open(&path).await.map_err(|error| failure(&error))?;
        let done = work(&store).await.map_err(|error| failure(&error));
        store.close().await;
        done
    })
}

/// The name under which an audit is kept.
pub fn name_of(report: &AuditReport) -> String {
    if let Some(deployment) = &report.deployment {
        return deployment.name.clone();
    }
    let absolute = |target: &String| {
        let path = Path::new(target);
        if path.exists() {
            path.canonicalize().map_or_else(|_| target.clone(), |path| path.display().to_string())
        } else {
            target.clone()
        }
    };
    let mut names: Vec<String> = report.targets.iter().map(absolute).collect();
    names.sort();
    names.dedup();
    names.join(" ")
}

/// Keeps an audit. A history that cannot be written is said, and stops nothing.
pub fn keep(report: &AuditReport, evidence: &Kept, settings: &Settings) {
    if file().is_none() {
        return;
    }
    let name = name_of(report);
    if let Err(failed) = with(async |store| store.put(&name, report, Some(evidence), settings.keep).await) {
        note(&format!("castellan: this audit is not kept: {}", failed.message));
    }
}

/// The audits of the same deployment before a report, newest first, with the report itself; none: nothing is kept.
pub fn before(report: &AuditReport) -> Vec<trend::Entry> {
    if !file().is_some_and(|path| path.is_file()) {
        return Vec::new();
    }
    let name = name_of(report);
    let rows = with(async |store| store.audits(Some(&name), TREND).await).unwrap_or_default();
    let open = castellan_model::Severity::ALL.map(|severity| i64::try_from(report.count(severity)).unwrap_or(i64::MAX));
    let now = trend::Entry {
        id: i64::MAX,
        deployment: name,
        time: report.time,
        points: report.score.points.into(),
        grade: report.score.grade.clone(),
        coverage: report.score.coverage.into(),
        open,
        accepted: i64::try_from(report.suppressed.len()).unwrap_or(i64::MAX),
    };
    std::iter::once(now).chain(rows.iter().filter(|row| row.time < report.time).map(entry)).collect()
}

/// `castellan history`.
pub fn run(arguments: &HistoryArguments) -> Result<ExitCode, Failure> {
    if arguments.repair {
        let path = needed()?;
        if !path.is_file() {
            return Err(Failure::usage(format!("there is no history `{}`", path.display())));
        }
        let done = database::runtime()?
            .block_on(repair(&path, &calendar::stamp(now()), u32::MAX))
            .map_err(|error| failure(&error))?;
        note(&format!(
            "saved {} audits, lost {}; the old file is kept as {}",
            done.saved,
            done.lost,
            done.kept.display()
        ));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let most = arguments.limit.unwrap_or(SHOWN);
    let name = arguments.deployment.as_deref();
    let rows = with(async |store| {
        store.check().await?;
        store.audits(name, most).await
    })?;
    if arguments.json {
        let rows: Vec<serde_json::Value> = rows.iter().map(as_json).collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&rows).unwrap_or_default()));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    if rows.is_empty() {
        return Err(Failure {
            message: match name {
                Some(name) => format!("no audit of `{name}` is kept; `castellan history` lists all"),
                None => "no audit is kept yet; `castellan scan` keeps each one".to_owned(),
            },
            code: exit::NOTHING,
        });
    }
    let entries: Vec<trend::Entry> = rows.iter().map(entry).collect();
    print(&trend::terminal(&entries, scan::look()));
    Ok(ExitCode::from(exit::CLEAN))
}

fn entry(row: &AuditRow) -> trend::Entry {
    trend::Entry {
        id: row.id,
        deployment: row.deployment.clone(),
        time: row.time,
        points: row.points,
        grade: row.grade.clone(),
        coverage: row.coverage,
        open: row.open,
        accepted: row.accepted,
    }
}

fn as_json(row: &AuditRow) -> serde_json::Value {
    let [critical, high, medium, low, info] = row.open;
    serde_json::json!({
        "id": row.id, "deployment": row.deployment, "time": calendar::moment(row.time), "castellan": row.castellan,
        "points": row.points, "grade": row.grade, "coverage": row.coverage, "accepted": row.accepted,
        "open": {"critical": critical, "high": high, "medium": medium, "low": low, "info": info},
        "evidence": row.has_evidence,
    })
}

/// A report: the number of a kept audit, a JSON report, or the newest of a deployment.
fn report(text: &str) -> Result<(AuditReport, Option<i64>), Failure> {
    if let Ok(id) = text.parse::<i64>() {
        let found = with(async |store| store.report(id).await)?;
        return found
            .map(|report| (report, Some(id)))
            .ok_or_else(|| Failure::usage(format!("no audit {id} is kept; `castellan history` lists them")));
    }
    if Path::new(text).is_file() {
        let bytes = std::fs::read(text).map_err(|error| Failure::usage(format!("`{text}`: {}", error.kind())))?;
        let report: AuditReport = serde_json::from_slice(&bytes).map_err(|error| {
            Failure::usage(format!("`{text}`, line {}: it is no JSON report of Castellan: {error}", error.line()))
        })?;
        return Ok((report, None));
    }
    let rows = with(async |store| store.audits(Some(text), 1).await)?;
    match rows.first() {
        Some(row) => report(&row.id.to_string()),
        None => Err(Failure::usage(format!(
            "`{text}` is no number of an audit, no report, and no deployment with an audit; `castellan history` lists them"
        ))),
    }
}

/// Two newest audits of a deployment: the older one first.
fn newest_two(name: Option<&str>) -> Result<(i64, i64), Failure> {
    let rows = with(async |store| {
        let newest = store.audits(name, 1).await?;
        match newest.first() {
            Some(row) => store.audits(Some(&row.deployment), 2).await,
            None => Ok(Vec::new()),
        }
    })?;
    match rows.as_slice() {
        [new, old] => Ok((old.id, new.id)),
        _ => Err(Failure::usage("there are no two audits to compare; `castellan history` lists those that are kept")),
    }
}

/// `castellan diff`.
pub fn compare(arguments: &DiffArguments) -> Result<ExitCode, Failure> {
    let (old, new) = match arguments.audits.as_slice() {
        [] => {
            let (old, new) = newest_two(None)?;
            (old.to_string(), new.to_string())
        }
        [one] if one.parse::<i64>().is_err() && !Path::new(one).is_file() => {
            let (old, new) = newest_two(Some(one))?;
            (old.to_string(), new.to_string())
        }
        [old, new] => (old.clone(), new.clone()),
        _ => return Err(Failure::usage("name two audits, a deployment, or nothing")),
    };
    let ((old, old_id), (new, _)) = (report(&old)?, report(&new)?);
    let before = match old_id {
        None => std::collections::BTreeSet::new(),
        Some(id) => {
            let name = name_of(&old);
            with(async |store| store.open_before(&name, id).await)?
        }
    };
    let found = diff(&old, &new, &before);
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&found).unwrap_or_default()));
    } else {
        print(&difference::terminal(&old, &new, &found, scan::look()));
    }
    let worst = found.new.iter().chain(&found.regressed).map(|one| one.severity).max();
    let threshold = arguments.fail_on.unwrap_or(castellan_model::Severity::High);
    Ok(ExitCode::from(worst.filter(|worst| *worst >= threshold).map_or(exit::CLEAN, exit::findings)))
}

/// The newest audit of all, where nothing is named.
fn newest(named: Option<&str>) -> Result<AuditReport, Failure> {
    if let Some(text) = named {
        return Ok(report(text)?.0);
    }
    let rows = with(async |store| store.audits(None, 1).await)?;
    match rows.first() {
        Some(row) => Ok(report(&row.id.to_string())?.0),
        None => Err(Failure {
            message: "no audit is kept yet; `castellan scan` keeps each one".into(),
            code: exit::NOTHING,
        }),
    }
}

/// A kept audit with its evidence: the one that is named, or the newest.
pub fn with_evidence(named: Option<&str>) -> Result<(AuditReport, Kept), Failure> {
    let id = id_of(named)?;
    let (report, evidence) = with(async |store| Ok((store.report(id).await?, store.evidence(id).await?)))?;
    match (report, evidence) {
        (Some(report), Some(evidence)) => Ok((report, evidence)),
        _ => Err(Failure::usage(format!("audit {id} is not kept, or without its evidence"))),
    }
}

/// The number of an audit: as it is named, the newest of a deployment, or the newest of all.
fn id_of(named: Option<&str>) -> Result<i64, Failure> {
    if let Some(id) = named.and_then(|text| text.parse::<i64>().ok()) {
        return Ok(id);
    }
    let rows = with(async |store| store.audits(named, 1).await)?;
    rows.first().map(|row| row.id).ok_or_else(|| match named {
        Some(name) => Failure::usage(format!("no audit of `{name}` is kept; `castellan history` lists all")),
        None => {
            Failure { message: "no audit is kept yet; `castellan scan` keeps each one".into(), code: exit::NOTHING }
        }
    })
}

/// `castellan score`.
pub fn show_score(arguments: &ScoreArguments) -> Result<ExitCode, Failure> {
    let report = newest(arguments.audit.as_deref())?;
    if arguments.json {
        let value = serde_json::json!({"score": report.score, "checklist": report.checklist});
        print(&format!("{}\n", serde_json::to_string_pretty(&value).unwrap_or_default()));
    } else {
        let look = scan::look();
        if arguments.frameworks {
            print(&score::frameworks(&report, look));
        } else {
            print(&score::terminal(&report, arguments.explain, look));
        }
    }
    Ok(ExitCode::from(exit::CLEAN))
}

/// `castellan report`: a kept audit or a JSON report in another form.
pub fn again(arguments: &ReportAgainArguments) -> Result<ExitCode, Failure> {
    let report = newest(arguments.audit.as_deref())?;
    let outputs = arguments.output.iter().map(|text| scan::output(text)).collect::<Result<Vec<_>, _>>()?;
    let settings = near(arguments.config.as_deref())?;
    let mut how = scan::presentation(&arguments.report, &settings)?;
    how.trend = before(&report);
    if let Some(name) = &arguments.format {
        let format = castellan_report::Format::from_name(name).ok_or_else(|| Failure::usage("unknown format"))?;
        scan::show(&report, format, &how)?;
    } else if outputs.is_empty() {
        return Err(Failure::usage("name a form with `--format`, or a file with `-o report.pdf`"));
    }
    scan::write(&report, &outputs, &how)?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// The settings that are named, or those of this folder or above.
pub fn near(config: Option<&Path>) -> Result<Settings, Failure> {
    let found = config.map(Path::to_path_buf).or_else(|| castellan_audit::find(Path::new(".")));
    match found {
        Some(file) => castellan_audit::load(&file).map_err(|error| Failure::usage(error.to_string())),
        None => Ok(Settings::default()),
    }
}

/// `castellan plan`.
pub fn show_plan(arguments: &PlanArguments) -> Result<ExitCode, Failure> {
    let report = newest(arguments.audit.as_deref())?;
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&report.plan).unwrap_or_default()));
    } else {
        print(&plan::terminal(&report, scan::look()));
    }
    Ok(ExitCode::from(exit::CLEAN))
}

/// `castellan rejudge`.
pub fn rejudge(arguments: &RejudgeArguments) -> Result<ExitCode, Failure> {
    let format =
        castellan_report::Format::from_name(&arguments.format).ok_or_else(|| Failure::usage("unknown format"))?;
    let outputs = arguments.output.iter().map(|text| scan::output(text)).collect::<Result<Vec<_>, _>>()?;
    let (old, evidence) = with_evidence(arguments.audit.as_deref())?;
    let settings = near(arguments.config.as_deref())?;
    let name = name_of(&old);
    let settings = match settings.deployments.iter().find(|one| one.name == name) {
        Some(deployment) => settings.of(deployment).map_err(Failure::usage)?,
        None => settings,
    };
    let options = castellan_audit::AuditOptions {
        data: Some(data()),
        time: now(),
        deployment: old.deployment.clone(),
        ..castellan_audit::AuditOptions::default()
    };
    let new =
        castellan_audit::rejudge(&evidence, &settings, &options).map_err(|error| Failure::own(error.to_string()))?;
    let look = scan::look();
    let how = scan::presentation(&arguments.report, &settings)?;
    scan::show(&new, format, &how)?;
    scan::write(&new, &outputs, &how)?;
    if format == castellan_report::Format::Terminal {
        let found = diff(&old, &new, &std::collections::BTreeSet::new());
        print("\n");
        print(&difference::terminal(&old, &new, &found, look));
    }
    if arguments.keep {
        keep(&new, &evidence, &settings);
    }
    Ok(ExitCode::from(exit::CLEAN))
}
