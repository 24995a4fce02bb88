//! `castellan fix --rpc`: changes of records in a live database, and taking them back.

use std::process::ExitCode;

use castellan_audit::{InstanceContext, InstanceTarget, look_at_instance};
use castellan_fix::journal::{Journal, Manifest};
use castellan_fix::records::{self, Place, RecordItem, describe, describe_values, items};
use castellan_instance::instance::InstanceScan;
use castellan_model::{Confidence, Persona, Severity};
use castellan_rpc::{Client, Options};
use url::Url;

use super::fix::choose_of;
use super::{database, now, print};
use crate::exit::{self, Failure};
use crate::options::{FixArguments, UndoArguments};

pub fn run(arguments: &FixArguments, journal: &Journal) -> Result<ExitCode, Failure> {
    if !arguments.paths.is_empty() || arguments.root.is_some() {
        return Err(Failure::usage("`--rpc` changes a database; leave the paths out"));
    }
    let target = database::needed(&arguments.live, &arguments.authority, arguments.address)?;
    let Some(options) = target.rpc.clone() else { return Err(Failure::usage("give `--rpc`")) };
    if let Some(login) = &arguments.replace_admin {
        return super::replace_admin::run(arguments, journal, &target, &options, login);
    }
    let scan = look(&target, &arguments.rule)?;
    let least = arguments.min_severity.unwrap_or(Severity::Info);
    let findings: Vec<_> = scan
        .findings
        .iter()
        .filter(|one| one.severity >= least && one.persona <= Persona::Regular && one.confidence >= Confidence::Medium)
        .cloned()
        .collect();
    let all = items(&scan.evidence, &findings, &options.login);
    if all.is_empty() {
        print("nothing in this database that can be fixed for you; `castellan scan` lists what is left\n");
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let shown: Vec<String> = all.iter().map(show).collect();
    if !arguments.apply {
        print(&shown.concat());
        print(&format!(
            "{} changes; `--apply` asks for each, `--yes` makes all, `castellan undo` takes them back\n",
            all.len()
        ));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let chosen = choose_of(&all, &shown, arguments.yes)?;
    let changes: Vec<_> = chosen.iter().flat_map(|item| item.changes.clone()).collect();
    if changes.is_empty() {
        print("nothing was changed\n");
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let rules: Vec<String> = chosen.iter().map(|item| item.rule.clone()).collect();
    let saved = with_client(&options, async |client| {
        records::apply(client, &changes).await.map_err(|error| Failure::own(error.to_string()))
    })?;
    let manifest =
        journal.keep_records(place(&options), saved, &rules, now()).map_err(|error| Failure::own(error.to_string()))?;
    for change in &changes {
        print(&format!("changed {}: {}\n", describe(change), describe_values(change)));
    }
    for item in &chosen {
        for reason in &item.spared {
            print(&format!("left as it is: {reason}\n"));
        }
    }
    print(&format!("take it back with: castellan undo {}\n", manifest.id));
    verify(&target, &chosen)?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// Looks again and says what is left of what was removed.
fn verify(target: &InstanceTarget, chosen: &[RecordItem]) -> Result<(), Failure> {
    let rules: Vec<String> = chosen.iter().map(|item| item.rule.clone()).collect();
    let scan = look(target, &rules)?;
    if scan.findings.is_empty() {
        print(&format!("looked again: all {} findings are gone\n", chosen.len()));
    }
    for finding in &scan.findings {
        print(&format!("looked again, still there: [{}] {}\n", finding.rule, finding.message));
    }
    Ok(())
}

fn look(target: &InstanceTarget, rules: &[String]) -> Result<InstanceScan, Failure> {
    look_at_instance(target, &InstanceContext::default(), &[], rules).map_err(Failure::own)
}

fn show(item: &RecordItem) -> String {
    let mut out = format!("[{}] {}\n  => {}\n", item.rule, item.message, item.title);
    if let Some(note) = &item.note {
        out.push_str(&format!("  {note}\n"));
    }
    for change in &item.changes {
        let sign = if change.id.is_some() { "~" } else { "+" };
        out.push_str(&format!("  {sign} {}: {}\n", describe(change), describe_values(change)));
    }
    for reason in &item.spared {
        out.push_str(&format!("    left as it is: {reason}\n"));
    }
    out.push('\n');
    out
}

pub fn undo(arguments: &UndoArguments, journal: &Journal, run: Manifest, place: &Place) -> Result<ExitCode, Failure> {
    let url: Url =
        place.url.parse().map_err(|_| Failure::own(format!("`{}` in the journal is no address", place.url)))?;
    let options = database::through_rpc(
        &arguments.secret,
        &url,
        &place.database,
        &place.login,
        &arguments.authority,
        arguments.address,
    )?;
    let mut out = String::new();
    let refused = with_client(&options, async |client| {
        records::undo(client, &run.records, arguments.force).await.map_err(|error| Failure::own(error.to_string()))
    })?;
    for reason in &refused {
        out.push_str(&format!("not restored, Odoo refuses it: {reason}\n"));
    }
    for saved in run.records.iter().rev() {
        if refused.iter().any(|reason| reason.starts_with(&describe(&saved.change))) {
            continue;
        }
        let what = match (saved.made, saved.change.model.as_str()) {
            (true, "res.users") if saved.change.label == place.login => "left as it is, the account in use:",
            (true, "res.users") => "archived",
            (true, _) => "deleted",
            (false, _) => "restored",
        };
        out.push_str(&format!("{what} {}\n", describe(&saved.change)));
    }
    journal.note_undone(run).map_err(|error| Failure::own(error.to_string()))?;
    print(&out);
    Ok(ExitCode::from(exit::CLEAN))
}

/// Where the options lead, for the journal.
pub fn place(options: &Options) -> Place {
    Place {
        url: options.url.as_str().trim_end_matches('/').to_owned(),
        database: options.database.clone(),
        login: options.login.clone(),
    }
}

/// Logs in, and does something.
pub fn with_client<T>(options: &Options, work: impl AsyncFnOnce(&Client) -> Result<T, Failure>) -> Result<T, Failure> {
    database::runtime()?.block_on(async {
        let client = Client::connect(options.clone()).await.map_err(|error| Failure::own(error.to_string()))?;
        work(&client).await
    })
}
