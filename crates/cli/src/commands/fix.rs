//! `castellan fix` and `castellan undo`.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use castellan_audit::{HostTarget, Targets, look_at_hosts};
use castellan_fix::check::Verdict;
use castellan_fix::diff;
use castellan_fix::journal::{Journal, JournalError, Manifest};
use castellan_fix::plan::{Item, SystemChance, items, plan};
use castellan_model::Severity;

use super::{fix_database, keys, note, print};
use crate::exit::{self, Failure};
use crate::options::{FixArguments, UndoArguments};

/// Seconds until a change that may lock somebody out is taken back.
const REVERT_AFTER: u64 = 120;

pub fn run(arguments: &FixArguments) -> Result<ExitCode, Failure> {
    let journal = Journal::at(folder(arguments.journal.as_deref()));
    if let Some(id) = &arguments.confirm {
        journal.confirm(id).map_err(|error| Failure::own(error.to_string()))?;
        print(&format!("{id} stays\n"));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    if arguments.live.rpc.is_some() {
        return fix_database::run(arguments, &journal);
    }
    if !arguments.revoke_key.is_empty() {
        return keys::revoke(arguments, &journal);
    }
    if arguments.live.sql.is_some() {
        return Err(Failure::usage(
            "a database is changed through RPC, where Odoo's own checks hold: give `--rpc` (only `--revoke-key` needs `--sql`)",
        ));
    }
    let targets = Targets::of(&arguments.paths, arguments.root.as_deref()).map_err(Failure::usage)?;
    let (root, all) = fixable(&targets, arguments)?;
    if all.is_empty() {
        print("nothing here that can be fixed for you; `castellan scan` lists what is left\n");
        return Ok(ExitCode::from(exit::CLEAN));
    }
    if !arguments.apply {
        return preview(&root, &all);
    }
    let chosen = choose(&root, &all, arguments.yes)?;
    if chosen.is_empty() {
        print("nothing was changed\n");
        return Ok(ExitCode::from(exit::CLEAN));
    }
    // What may lock somebody out is a run of its own, so that it alone is taken back.
    let (timed, plain): (Vec<Item>, Vec<Item>) = chosen.into_iter().partition(|item| item.fix.reverts_unless_confirmed);
    let running = root == Path::new("/");
    let mut rules = apply(&journal, &root, &plain, arguments, false)?;
    rules.extend(apply(&journal, &root, &timed, arguments, running)?);
    verify(&targets, arguments, &rules)?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// The items of all targets, and the folder that their paths are below. One system at a time.
fn fixable(targets: &Targets, arguments: &FixArguments) -> Result<(PathBuf, Vec<Item>), Failure> {
    let scans = look_at_hosts(targets, arguments.odoo_version, &arguments.database, &[], &arguments.rule)
        .map_err(|error| Failure::own(error.to_string()))?;
    let mut root: Option<PathBuf> = None;
    let mut all = Vec::new();
    for (target, scan) in scans {
        let own = match &target {
            HostTarget::Running(_) | HostTarget::Files(_) => PathBuf::from("/"),
            HostTarget::Root(root) | HostTarget::Folder { root, .. } => root.clone(),
        };
        if own.join(castellan_config::host::live::BUNDLE_FILE).is_file() {
            return Err(Failure::usage("a bundle holds copies; run `castellan fix` on the host itself"));
        }
        if root.get_or_insert_with(|| own.clone()) != &own {
            return Err(Failure::usage("these targets are of several systems; fix one at a time"));
        }
        let least = arguments.min_severity.unwrap_or(Severity::Info);
        let wanted: Vec<_> = scan
            .findings
            .into_iter()
            .filter(|finding| {
                finding.severity >= least
                    && (finding.persona <= castellan_model::Persona::Regular || !arguments.rule.is_empty())
            })
            .collect();
        all.extend(items(&wanted));
    }
    Ok((root.unwrap_or_else(|| PathBuf::from("/")), all))
}

fn preview(root: &Path, all: &[Item]) -> Result<ExitCode, Failure> {
    let mut out = String::new();
    for item in all {
        out.push_str(&show(root, item)?);
    }
    out.push_str(&format!(
        "{} changes; `castellan fix --apply` asks for each, `--yes` makes all, `castellan undo` takes them back\n",
        all.len()
    ));
    print(&out);
    Ok(ExitCode::from(exit::CLEAN))
}

/// One item: what is wrong, what would be done, the difference.
fn show(root: &Path, item: &Item) -> Result<String, Failure> {
    let planned = plan(root, std::slice::from_ref(item), &SystemChance).map_err(Failure::own)?;
    let mut out = format!("[{}] {}\n  {}\n  => {}\n", item.rule, item.message, item.place, item.fix.title);
    if let Some(text) = &item.fix.note {
        out.push_str(&format!("  {text}\n"));
    }
    if item.fix.reverts_unless_confirmed {
        out.push_str(&format!("  It may lock you out: taken back after {REVERT_AFTER} seconds unless confirmed.\n"));
    }
    for file in &planned.files {
        out.push_str(&diff::unified(file));
    }
    for (rule, reason) in &planned.skipped {
        out.push_str(&format!("  not possible: {rule}: {reason}\n"));
    }
    out.push('\n');
    Ok(out)
}

fn choose(root: &Path, all: &[Item], yes: bool) -> Result<Vec<Item>, Failure> {
    let mut shown = Vec::new();
    for item in all {
        shown.push(show(root, item)?);
    }
    choose_of(all, &shown, yes)
}

/// Asks about each of what is shown.
pub(super) fn choose_of<T: Clone>(all: &[T], shown: &[String], yes: bool) -> Result<Vec<T>, Failure> {
    if yes {
        return Ok(all.to_vec());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("nobody can be asked here; add `--yes` to make all changes"));
    }
    let mut chosen = Vec::new();
    for (item, text) in all.iter().zip(shown) {
        print(text);
        print("make this change? [y]es, [N]o, [q]uit: ");
        let _ = std::io::stdout().flush();
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(|error| Failure::own(error.to_string()))?;
        match line.trim().to_lowercase().as_str() {
            "y" | "yes" => chosen.push(item.clone()),
            "q" | "quit" => break,
            _ => {}
        }
    }
    Ok(chosen)
}

fn apply(
    journal: &Journal,
    root: &Path,
    chosen: &[Item],
    arguments: &FixArguments,
    timed: bool,
) -> Result<Vec<String>, Failure> {
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let planned = plan(root, chosen, &SystemChance).map_err(Failure::own)?;
    let rules: Vec<String> = chosen.iter().map(|item| item.rule.clone()).collect();
    // The programs of this machine judge files of this machine only.
    let ask = root == Path::new("/") && !arguments.no_check;
    let applied =
        journal.apply(&planned.files, &rules, super::now(), ask).map_err(|error| Failure::own(error.to_string()))?;
    let id = &applied.manifest.id;
    let mut out = String::new();
    for file in &planned.files {
        out.push_str(&format!("wrote {}\n", file.shown));
    }
    for (path, verdict) in &applied.checks {
        match verdict {
            Verdict::Taken => out.push_str(&format!("  its program takes {path}\n")),
            Verdict::NotAsked(reason) => out.push_str(&format!("  {path} was not checked by its program: {reason}\n")),
            Verdict::Refused(reason) => out.push_str(&format!("  {path}: {reason}\n")),
        }
    }
    for (rule, reason) in &planned.skipped {
        out.push_str(&format!("left out {rule}: {reason}\n"));
    }
    for (path, password) in &planned.passwords {
        out.push_str(&format!("new master password of {path}, shown once: {password}\n"));
    }
    let mut notes: Vec<&str> = chosen.iter().filter_map(|item| item.fix.note.as_deref()).collect();
    notes.sort_unstable();
    notes.dedup();
    for text in notes {
        out.push_str(&format!("{text}\n"));
    }
    out.push_str(&format!("take it back with: castellan undo {id}\n"));
    if timed {
        reload(&applied.manifest, &mut out);
        arm(journal, id)?;
        out.push_str(&format!(
            "it is taken back in {REVERT_AFTER} seconds unless you run: castellan fix --confirm {id}\n"
        ));
    }
    print(&out);
    Ok(rules)
}

/// Starts the process that takes a run back.
fn arm(journal: &Journal, id: &str) -> Result<(), Failure> {
    let program = std::env::current_exe().map_err(|error| Failure::own(error.to_string()))?;
    Command::new("setsid")
        .arg(program)
        .args(["undo", id, "--after", &REVERT_AFTER.to_string(), "--unless-confirmed", "--journal"])
        .arg(journal.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(|_| ())
        .map_err(|error| {
            Failure::own(format!("the timer cannot be started ({}); run `castellan undo {id}`", error.kind()))
        })
}

/// Lets sshd, ufw and nftables read their files again.
fn reload(manifest: &Manifest, out: &mut String) {
    let touches = |part: &str| manifest.files.iter().any(|file| file.path.to_string_lossy().contains(part));
    let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
    if touches("/ssh/") {
        commands.push(("systemctl", vec!["reload", "ssh"]));
    }
    if touches("/ufw/") {
        commands.push(("ufw", vec!["reload"]));
    }
    if touches("/nftables.conf") {
        // The table is ours: taken back, it goes without a trace.
        let there = Path::new("/etc/nftables.conf").is_file();
        let arguments =
            if there { vec!["-f", "/etc/nftables.conf"] } else { vec!["delete", "table", "inet", "castellan"] };
        commands.push(("nft", arguments));
    }
    for (program, arguments) in commands {
        let done = Command::new(program).args(&arguments).output().is_ok_and(|output| output.status.success());
        let line = if done { "done" } else { "did not work, do it by hand" };
        out.push_str(&format!("{program} {}: {line}\n", arguments.join(" ")));
    }
}

/// Looks again and says what is left of what was removed.
fn verify(targets: &Targets, arguments: &FixArguments, rules: &[String]) -> Result<(), Failure> {
    let (_, left) = fixable(targets, arguments)?;
    let still: Vec<&Item> = left.iter().filter(|item| rules.contains(&item.rule)).collect();
    if still.is_empty() {
        print(&format!("looked again: all {} findings are gone\n", rules.len()));
    } else {
        for item in still {
            print(&format!("looked again, still there: [{}] {} ({})\n", item.rule, item.message, item.place));
        }
    }
    Ok(())
}

pub fn undo(arguments: &UndoArguments) -> Result<ExitCode, Failure> {
    let journal = Journal::at(folder(arguments.journal.as_deref()));
    let failed = |error: JournalError| Failure::own(error.to_string());
    if arguments.list {
        let runs = journal.runs().map_err(failed)?;
        if runs.is_empty() {
            print("no run of `castellan fix --apply` is in the journal\n");
        }
        for run in runs {
            let state = if run.undone { "taken back" } else { "in place" };
            let what = match &run.place {
                Some(place) => format!("{} records of {} at {}", run.records.len(), place.database, place.url),
                None => format!("{} files", run.files.len()),
            };
            print(&format!("{}  {state}  {what}  {}\n", run.id, run.rules.join(", ")));
        }
        return Ok(ExitCode::from(exit::CLEAN));
    }
    if let Some(seconds) = arguments.after {
        std::thread::sleep(std::time::Duration::from_secs(seconds));
    }
    let run = journal.run(arguments.id.as_deref()).map_err(failed)?;
    if run.undone || (arguments.unless_confirmed && run.confirmed) {
        note(&format!("{} needs no undoing", run.id));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    if let Some(place) = run.place.clone() {
        if place.url.starts_with("postgres") {
            return keys::undo(arguments, &journal, run, &place);
        }
        return fix_database::undo(arguments, &journal, run, &place);
    }
    let run = journal.undo(run, arguments.force).map_err(failed)?;
    let mut out = String::new();
    for saved in &run.files {
        let what = if saved.existed { "restored" } else { "removed" };
        out.push_str(&format!("{what} {}\n", saved.path.display()));
    }
    if arguments.unless_confirmed {
        reload(&run, &mut out);
    }
    print(&out);
    Ok(ExitCode::from(exit::CLEAN))
}

/// Where the journal is kept: `/var/lib/castellan` for root, the state folder of the user otherwise.
pub(super) fn folder(given: Option<&Path>) -> PathBuf {
    if let Some(given) = given {
        return given.to_path_buf();
    }
    let system = Path::new("/var/lib/castellan/fixes");
    let writable = journal_writable(system);
    if writable {
        return system.to_path_buf();
    }
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    state.or(home).unwrap_or_else(std::env::temp_dir).join("castellan/fixes")
}

fn journal_writable(folder: &Path) -> bool {
    std::fs::create_dir_all(folder).is_ok() && {
        let probe = folder.join(".probe");
        let fine = std::fs::write(&probe, "").is_ok();
        let _ = std::fs::remove_file(probe);
        fine
    }
}
