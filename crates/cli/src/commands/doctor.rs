//! `castellan doctor`: looks at Castellan itself: its data, history, keys, settings, rules and helpers.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use castellan_advisory::store::Data;
use castellan_audit::{Settings, find, load, load_own_rules, test_rule};
use castellan_model::calendar;
use castellan_store::Store;

use super::{data_folder, database, history, now, print};
use crate::exit;
use crate::options::DoctorArguments;

/// Days after which advisories are old.
const OLD: i64 = 30;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Fine,
    Look,
    Broken,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Look => "look",
            Self::Broken => "broken",
        }
    }
}

struct Said {
    what: String,
    state: State,
    text: String,
    help: String,
}

#[derive(Default)]
struct Doctor {
    said: Vec<Said>,
}

impl Doctor {
    fn say(&mut self, what: &str, state: State, text: impl Into<String>, help: &str) {
        self.said.push(Said { what: what.to_owned(), state, text: text.into(), help: help.to_owned() });
    }

    fn fine(&mut self, what: &str, text: impl Into<String>) {
        self.say(what, State::Fine, text, "");
    }
}

/// `castellan doctor`.
pub fn run(arguments: &DoctorArguments) -> ExitCode {
    let mut doctor = Doctor::default();
    let size = std::env::current_exe().and_then(std::fs::metadata).map_or(0, |data| data.len());
    doctor.fine("castellan", format!("{} ({:.1} MiB)", env!("CARGO_PKG_VERSION"), size as f64 / 1_048_576.0));
    let folder = data_folder();
    data(&mut doctor, folder.as_deref());
    kept(&mut doctor);
    key(&mut doctor, folder.as_deref());
    advisories(&mut doctor);
    settings(&mut doctor, arguments.config.as_deref());
    helpers(&mut doctor);
    let worst = doctor.said.iter().map(|said| said.state).max().unwrap_or(State::Fine);
    if arguments.json {
        let rows: Vec<serde_json::Value> = doctor
            .said
            .iter()
            .map(|said| serde_json::json!({"what": said.what, "state": said.state.word(), "text": said.text, "help": said.help}))
            .collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&rows).unwrap_or_default()));
    } else {
        for said in &doctor.said {
            print(&castellan_report::wrap(
                &said.text,
                &format!("{:<7} {:<12} ", said.state.word(), said.what),
                "                     ",
                super::scan::width(),
            ));
            if !said.help.is_empty() {
                print(&castellan_report::wrap(
                    &said.help,
                    "                     ",
                    "                     ",
                    super::scan::width(),
                ));
            }
        }
    }
    ExitCode::from(if worst == State::Broken { exit::FAILURE } else { exit::CLEAN })
}

fn data(doctor: &mut Doctor, folder: Option<&Path>) {
    let Some(folder) = folder else {
        let help = "Set CASTELLAN_DATA, XDG_DATA_HOME or HOME; without it no audit is kept and no data can be updated.";
        doctor.say("data", State::Look, "there is no folder for data", help);
        return;
    };
    let shown = folder.display().to_string();
    if !folder.exists() {
        doctor.fine("data", format!("{shown} is made when it is needed"));
        return;
    }
    let probe = folder.join(".doctor");
    match std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => doctor.fine("data", shown),
        Err(error) => {
            let help = "Give it to the account that runs Castellan, or set CASTELLAN_DATA.";
            doctor.say("data", State::Broken, format!("{shown} cannot be written: {}", error.kind()), help);
        }
    }
}

fn kept(doctor: &mut Doctor) {
    let Some(path) = history::file().filter(|path| path.is_file()) else {
        doctor.fine("history", "no audit is kept yet");
        return;
    };
    let looked = database::runtime().map_err(|failure| failure.message).and_then(|runtime| {
        runtime.block_on(async {
            let store = Store::open(&path).await.map_err(|error| error.to_string())?;
            store.check().await.map_err(|error| error.to_string())?;
            let rows = store.audits(None, u32::MAX).await.map_err(|error| error.to_string())?;
            store.close().await;
            Ok::<_, String>(rows)
        })
    });
    match looked {
        Ok(rows) => {
            let size = std::fs::metadata(&path).map_or(0, |data| data.len());
            let last =
                rows.first().map_or_else(String::new, |row| format!(", the newest of {}", calendar::date(row.time)));
            doctor.fine("history", format!("{} audits{last}, {:.1} MiB, whole", rows.len(), size as f64 / 1_048_576.0));
        }
        Err(reason) => doctor.say("history", State::Broken, reason, ""),
    }
    private(doctor, "history", &path);
}

/// A file that nobody else should read.
fn private(doctor: &mut Doctor, what: &str, path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let mode = std::fs::metadata(path).map_or(0, |data| data.mode());
        if mode & 0o077 != 0 {
            let text = format!("{} may be read by others (mode {:03o})", path.display(), mode & 0o777);
            doctor.say(what, State::Broken, text, &format!("chmod 600 {}", path.display()));
        }
    }
    #[cfg(not(unix))]
    let _ = (doctor, what, path);
}

fn key(doctor: &mut Doctor, folder: Option<&Path>) {
    let Some(path) = folder.map(|folder| folder.join("signing.key")).filter(|path| path.is_file()) else {
        doctor.fine("signing key", "made when `castellan pack` is used first");
        return;
    };
    private(doctor, "signing key", &path);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    match castellan_report::pack::SigningKey::read(&text) {
        Ok(key) => doctor.fine("signing key", format!("auditors verify with {}", key.public())),
        Err(reason) => {
            let help = "Move it away; a new one is made when it is needed, and auditors need its public half.";
            doctor.say("signing key", State::Broken, format!("{}: {reason}", path.display()), help);
        }
    }
}

fn advisories(doctor: &mut Doctor) {
    let data = data_folder().map_or_else(Data::embedded, |folder| Data::load(&folder));
    for note in &data.notes {
        doctor.say("advisories", State::Look, note.clone(), "");
    }
    let date = data.odoo.compiled.clone();
    let age = calendar::day_start(&date).map(|start| (now() - start).div_euclid(86_400));
    match age {
        Some(age) if age > OLD => {
            let help =
                "`castellan update` takes newer data from a folder, an archive or a URL; or install a newer Castellan.";
            doctor.say("advisories", State::Look, format!("data of {date} is {age} days old"), help);
        }
        _ => doctor.fine("advisories", format!("data of {date}")),
    }
}

fn settings(doctor: &mut Doctor, named: Option<&Path>) {
    let file: Option<PathBuf> = named.map(Path::to_path_buf).or_else(|| find(Path::new(".")));
    let Some(file) = file else {
        doctor.fine("settings", "no castellan.toml here or above; `castellan init` writes one");
        return;
    };
    let loaded = match load(&file) {
        Ok(loaded) => loaded,
        Err(error) => {
            doctor.say("settings", State::Broken, error.to_string(), "");
            return;
        }
    };
    doctor.fine("settings", format!("{}, {} deployments", file.display(), loaded.deployments.len()));
    deployments(doctor, &loaded);
    own_rules(doctor, &loaded);
}

fn deployments(doctor: &mut Doctor, settings: &Settings) {
    for deployment in &settings.deployments {
        let what = "deployment";
        if let Some(rpc) = &deployment.rpc {
            if let Some(file) = &rpc.secret_file {
                if file.is_file() {
                    private(doctor, what, file);
                } else {
                    let text = format!("{}: the secret `{}` is not there", deployment.name, file.display());
                    doctor.say(
                        what,
                        State::Broken,
                        text,
                        "Write the password or API key into its first line, mode 600.",
                    );
                }
            }
            if let Some(variable) = rpc.secret_env.as_deref().filter(|name| std::env::var_os(name).is_none()) {
                let text = format!("{}: {variable} is not set here", deployment.name);
                doctor.say(what, State::Look, text, "Set it where `castellan scan` runs.");
            }
        }
        for one in deployment.accept.iter().filter(|one| one.ends <= now()) {
            let text = format!("{}: the acceptance of `{}` ended on {}", deployment.name, one.rule, one.until);
            doctor.say(what, State::Look, text, "Decide again, or repair the finding.");
        }
        for one in deployment.statements.iter().filter(|one| one.ends <= now()) {
            let text = format!("{}: the statement about {} ended on {}", deployment.name, one.about.key(), one.until);
            doctor.say(what, State::Look, text, "State it again when it is still so.");
        }
    }
}

fn own_rules(doctor: &mut Doctor, settings: &Settings) {
    if settings.own_rules.is_empty() {
        return;
    }
    match load_own_rules(&settings.own_rules) {
        Err(wrong) => wrong.into_iter().for_each(|text| doctor.say("own rules", State::Broken, text, "")),
        Ok(rules) => {
            let failed: Vec<String> =
                rules.iter().filter(|rule| test_rule(rule).is_err()).map(|rule| rule.id.clone()).collect();
            if failed.is_empty() {
                doctor.fine("own rules", format!("{} rules, their tests hold", rules.len()));
            } else {
                let help = "`castellan rules test` says why.";
                doctor.say("own rules", State::Broken, format!("tests fail: {}", failed.join(", ")), help);
            }
        }
    }
}

/// Programs that some commands use.
const HELPERS: [(&str, &str); 3] = [
    ("psql", "`castellan scan --postgres` and the check of changed PostgreSQL files"),
    ("secret-tool", "`--secret-keyring`"),
    ("nginx", "`castellan fix` has nginx read its changed files before they count"),
];

fn helpers(doctor: &mut Doctor) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    for (name, why) in HELPERS {
        let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
        match found {
            Some(file) => doctor.fine(name, file.display().to_string()),
            None => doctor.fine(name, format!("not here; it would be used for {why}")),
        }
    }
}
