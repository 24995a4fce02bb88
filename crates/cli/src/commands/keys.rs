//! `castellan keys`: the API keys of a live database with a plan to rotate them; `castellan fix --revoke-key`, and taking it back.

use std::process::ExitCode;

use castellan_fix::journal::{Journal, Manifest};
use castellan_fix::keys;
use castellan_fix::records::{Place, describe};
use castellan_instance::rotation::{self, KeyPlan, Step};
use castellan_instance::view::{View, date};
use serde_json::{Value, json};
use url::Url;

use super::fix::choose_of;
use super::{database, now, print};
use crate::exit::{self, Failure};
use crate::options::{AskArguments, FixArguments, UndoArguments};

pub fn run(ask: &AskArguments) -> Result<ExitCode, Failure> {
    let target = database::needed(&ask.database, &ask.authority, ask.address)?;
    let (evidence, _) = target.read().map_err(Failure::own)?;
    for table in ["keys", "users", "groups"] {
        if let Some(reason) = evidence.gaps.get(table) {
            return Err(Failure::own(format!("{table}: {reason}; without them there is no plan")));
        }
    }
    let view = View::new(&evidence);
    let plan = rotation::plan(&view);
    if ask.json {
        let rows: Vec<Value> = plan.iter().map(|one| as_json(&view, one)).collect();
        print(&format!("{}\n", json!({"database": evidence.database, "keys": rows})));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    if plan.is_empty() {
        print("no API key\n");
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let mut out = String::new();
    for one in &plan {
        out.push_str(&show(&view, one));
    }
    let pending: Vec<&KeyPlan<'_>> =
        plan.iter().filter(|one| matches!(one.step, Step::Revoke | Step::Move | Step::Replace)).collect();
    out.push_str(&format!("\n{} keys, {} to do\n", plan.len(), pending.len()));
    if !pending.is_empty() {
        out.push_str(&steps(&view, pending.iter().any(|one| one.step == Step::Move)));
    }
    print(&out);
    Ok(ExitCode::from(exit::CLEAN))
}

fn owner<'e>(one: &KeyPlan<'e>) -> &'e str {
    one.owner.map_or("nobody", |user| user.login.as_str())
}

fn show(view: &View<'_>, one: &KeyPlan<'_>) -> String {
    let key = one.key;
    let kind = match one.owner {
        Some(user) if view.is_administrator(user) => ", administrator",
        Some(user) if user.share => ", from outside",
        _ => "",
    };
    let end = key.expires.map_or_else(|| "no end".to_owned(), |end| format!("ends {}", date(end)));
    let step = match one.step {
        Step::Ended | Step::Revoke => one.step.name().to_owned(),
        Step::Keep => format!("keep, replace by {}", date(one.due)),
        step => format!("{} by {}", step.name(), date(one.due)),
    };
    let mut out = format!(
        "{:>4}  {} of {}{kind}\n      made {}, {end}, scope {}\n      => {step}\n",
        key.id,
        key.name,
        owner(one),
        date(key.created),
        key.scope.as_deref().unwrap_or("everything"),
    );
    for reason in &one.reasons {
        out.push_str(&format!("         {reason}\n"));
    }
    out
}

fn steps(view: &View<'_>, moves: bool) -> String {
    let mut steps = Vec::new();
    if moves {
        steps.push("make one account for each program, with only the groups that it needs\n     (`castellan what-can LOGIN` shows them), without a password");
    }
    steps.push(if view.series() >= 18 {
        "make a new key as that account, with an end in 90 days or less"
    } else {
        "make a new key as that account; keys of this series have no end, so put\n     the day into a calendar"
    });
    steps.push("give it to the program, and see that it works");
    steps.push(
        "castellan fix --sql URL --revoke-key ID --apply\n     (`castellan undo` takes it back when something stops)",
    );
    let numbered: Vec<String> =
        steps.iter().enumerate().map(|(number, step)| format!("  {}. {step}\n", number + 1)).collect();
    format!("For each, the most pressing first:\n{}", numbered.concat())
}

fn as_json(view: &View<'_>, one: &KeyPlan<'_>) -> Value {
    json!({
        "id": one.key.id, "name": one.key.name, "owner": owner(one), "scope": one.key.scope,
        "administrator": one.owner.is_some_and(|user| view.is_administrator(user)),
        "made": one.key.created, "ends": one.key.expires, "step": one.step.name(), "due": one.due, "reasons": one.reasons,
    })
}

/// `castellan fix --sql URL --revoke-key ID`.
pub fn revoke(arguments: &FixArguments, journal: &Journal) -> Result<ExitCode, Failure> {
    let target = database::needed(&arguments.live, &[], None)?;
    let Some(url) = target.sql.clone() else { return Err(Failure::usage("give `--sql`")) };
    let (evidence, _) = target.read().map_err(Failure::own)?;
    if let Some(reason) = evidence.gaps.get("keys") {
        return Err(Failure::own(format!("the keys: {reason}")));
    }
    let view = View::new(&evidence);
    let plan = rotation::plan(&view);
    let mut shown = Vec::new();
    for id in &arguments.revoke_key {
        let one = plan.iter().find(|one| one.key.id == *id);
        let one = one.ok_or_else(|| Failure::usage(format!("there is no key {id}; `castellan keys` lists them")))?;
        if one.step == Step::Ended {
            return Err(Failure::usage(format!("the key {id} ({} of {}) has ended already", one.key.name, owner(one))));
        }
        shown.push(format!("~ key {id}, {} of {}: ends now\n", one.key.name, owner(one)));
    }
    if !arguments.apply {
        print(&shown.concat());
        print("programs that use it are refused from then on; `--apply` does it, `castellan undo` takes it back\n");
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let chosen = choose_of(&arguments.revoke_key, &shown, arguments.yes)?;
    if chosen.is_empty() {
        print("nothing was changed\n");
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let saved =
        database::runtime()?.block_on(keys::revoke(&url, &chosen)).map_err(|error| Failure::own(error.to_string()))?;
    let place = place(&url, &evidence.database, &evidence.account);
    let rules = ["key-old".to_owned()];
    let manifest =
        journal.keep_records(place, saved, &rules, now()).map_err(|error| Failure::own(error.to_string()))?;
    let (after, _) = target.read().map_err(Failure::own)?;
    for id in &chosen {
        let live = after.keys.iter().any(|key| key.id == *id && rotation::is_live(key, after.time));
        print(&format!("looked again: key {id} {}\n", if live { "still works" } else { "has ended" }));
    }
    print(&format!("take it back with: castellan undo {}\n", manifest.id));
    Ok(ExitCode::from(exit::CLEAN))
}

/// Takes a revocation back.
pub fn undo(arguments: &UndoArguments, journal: &Journal, run: Manifest, place: &Place) -> Result<ExitCode, Failure> {
    database::runtime()?
        .block_on(keys::restore(&place.url, &run.records, arguments.force))
        .map_err(|error| Failure::own(error.to_string()))?;
    let restored: Vec<String> =
        run.records.iter().map(|saved| format!("restored {}\n", describe(&saved.change))).collect();
    journal.note_undone(run).map_err(|error| Failure::own(error.to_string()))?;
    print(&restored.concat());
    Ok(ExitCode::from(exit::CLEAN))
}

/// The place of a run, for the journal: the URL holds no password, `database::needed` saw to that.
fn place(url: &str, database: &str, role: &str) -> Place {
    let bare = Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.to_string());
    Place { url: bare, database: database.to_owned(), login: role.to_owned() }
}
