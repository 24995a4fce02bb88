//! `castellan agent`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use castellan_agent::link::{Link, LinkError};
use castellan_agent::run::{Agent, Collected, Collector, Pace, enrol};
use castellan_agent::signature::name as key_name;
use castellan_agent::state::{self, Identity, State};
use castellan_agent::watch::Watched;
use castellan_audit::{AuditOptions, HostTarget, Kept, Settings, Targets, audit_and_keep, load};
use castellan_server::run::stopped;
use castellan_server::telemetry::start_log;
use secrecy::SecretString;

use super::{data, data_folder, deployments, note, now, print, serve, sites};
use crate::exit::{self, Failure};
use crate::options::{AgentArguments, AgentCommand, LookArguments};

/// Variable with the one-time token.
const TOKEN: &str = "CASTELLAN_ENROL_TOKEN";
const UNIT: &str = include_str!("../../../../packaging/castellan-agent.service");

/// `castellan agent`.
pub fn run(arguments: &AgentArguments) -> Result<ExitCode, Failure> {
    let folder = match &arguments.state {
        Some(folder) => folder.clone(),
        None => data_folder()
            .ok_or_else(|| Failure::usage("which folder? Give `--state FOLDER`, or set CASTELLAN_AGENT_STATE"))?
            .join("agent"),
    };
    match &arguments.command {
        AgentCommand::Enrol { server, token_file, authority, look } => {
            take_part(&folder, server, token_file.as_deref(), authority, look)
        }
        AgentCommand::Run { every, heartbeat, look, apart, spool, log } => {
            let seconds = Duration::from_secs;
            let pace = Pace {
                every: seconds(*every),
                heartbeat: seconds(*heartbeat),
                look: seconds(*look),
                apart: seconds(*apart),
            };
            work(&folder, pace, *spool << 20, log == "json")
        }
        AgentCommand::Show { look, with_watched } => show(&folder, look, *with_watched),
        AgentCommand::Status => status(&folder),
        AgentCommand::Unit => {
            print(UNIT);
            Ok(ExitCode::from(exit::CLEAN))
        }
    }
}

/// The name of this host.
fn host() -> String {
    let read = |path: &str| std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
    let named = read("/proc/sys/kernel/hostname").or_else(|| read("/etc/hostname"));
    named
        .or_else(|| std::env::var("HOSTNAME").ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "host".to_owned())
}

fn token(file: Option<&Path>) -> Result<SecretString, Failure> {
    let text = match file {
        Some(file) => {
            let text = std::fs::read_to_string(file);
            text.map_err(|error| Failure::usage(format!("`{}`: {error}", file.display())))?
        }
        None => match std::env::var(TOKEN) {
            Ok(text) if !text.trim().is_empty() => text,
            _ => rpassword::prompt_password("One-time token of the deployment's settings page: ")
                .map_err(|_| Failure::usage(format!("there is no token: set {TOKEN}, or give `--token-file`")))?,
        },
    };
    let first = text.lines().next().unwrap_or_default().trim().to_owned();
    if first.is_empty() { Err(Failure::usage("the token is empty")) } else { Ok(SecretString::from(first)) }
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::fs::canonicalize(path).map_err(|error| Failure::usage(format!("`{}`: {error}", path.display())))
}

/// `castellan agent enrol`.
fn take_part(
    folder: &Path,
    server: &str,
    token_file: Option<&Path>,
    authority: &[PathBuf],
    look: &LookArguments,
) -> Result<ExitCode, Failure> {
    if state::is_enrolled(folder) {
        let (known, _) = state::identity(folder).map_err(Failure::own)?;
        return Err(Failure::usage(format!(
            "an agent of {} enrolled with `{}` already; take another folder with `--state`, or remove this one",
            known.server,
            folder.display()
        )));
    }
    let link = Link::new(server, &sites::authorities(authority)?).map_err(Failure::usage)?;
    // What cannot be looked at is said now, and not by a service at night.
    targets(look.settings.as_deref(), look.deployment.as_deref())?;
    let authorities = authority.iter().map(|path| absolute(path)).collect::<Result<Vec<_>, _>>()?;
    let settings = look.settings.as_deref().map(absolute).transpose()?;
    let token = token(token_file)?;
    // The key is there before it is told: when an answer is lost, the same key asks again.
    let key = state::key(folder).map_err(Failure::own)?;
    let enrolled = serve::runtime()?.block_on(enrol(&link, &token, &host(), &key)).map_err(|error| match error {
        LinkError::Refused { detail, .. } => Failure::usage(detail),
        away => Failure::own(away.to_string()),
    })?;
    let server_key = castellan_agent::protocol::public_key(&enrolled.server_key).map_err(Failure::own)?;
    let identity = Identity {
        server: server.to_owned(),
        agent: enrolled.agent,
        server_key: enrolled.server_key,
        deployment: enrolled.deployment,
        authorities,
        settings,
        settings_deployment: look.deployment.clone(),
    };
    state::enrol(folder, &identity).map_err(Failure::own)?;
    note(&format!(
        "This is agent {} of `{}` at {server} now. Its key is {}, the server's is {}.",
        identity.agent,
        identity.deployment,
        key_name(&key.public()),
        key_name(&server_key)
    ));
    note(
        "`castellan agent show` prints what it sends, `castellan agent run` runs it, `castellan agent unit` prints a systemd unit.",
    );
    Ok(ExitCode::from(exit::CLEAN))
}

/// `castellan agent run`.
fn work(folder: &Path, pace: Pace, spool: u64, json: bool) -> Result<ExitCode, Failure> {
    let known = state::identity(folder).map_err(Failure::usage)?;
    let mut state = State::open(folder).map_err(Failure::own)?;
    state.most = spool;
    start_log(json, None);
    let link = Link::new(&known.0.server, &sites::authorities(&known.0.authorities)?).map_err(Failure::usage)?;
    let program = std::env::current_exe()
        .map_err(|error| Failure::own(format!("where this program is cannot be told: {error}")))?;
    let arguments = ["agent".into(), "show".into(), "--with-watched".into(), "--state".into(), folder.into()];
    let collector = Collector { program, arguments: arguments.to_vec() };
    let agent = Agent::new(known, state, link, collector, pace, host()).map_err(Failure::own)?;
    serve::runtime()?.block_on(async { agent.run(stopped()?).await }).map_err(Failure::own)?;
    Ok(ExitCode::from(exit::CLEAN))
}

/// What is looked at, with which settings.
fn targets(settings: Option<&Path>, deployment: Option<&str>) -> Result<(Targets, Settings, AuditOptions), Failure> {
    let options = AuditOptions { data: Some(data()), time: now(), ..AuditOptions::default() };
    let Some(path) = settings else {
        return Ok((Targets::of(&[], None).map_err(Failure::usage)?, Settings::default(), options));
    };
    let settings = load(path).map_err(|error| Failure::usage(error.to_string()))?;
    let names: Vec<String> = deployment.iter().map(|name| (*name).to_owned()).collect();
    match deployments::chosen(&settings, &names)?.as_slice() {
        [] => Ok((Targets::of(&[], None).map_err(Failure::usage)?, settings, options)),
        [one] => deployments::job(&settings, one, &options),
        many => {
            let names: Vec<&str> = many.iter().map(|one| one.name.as_str()).collect();
            Err(Failure::usage(format!("which deployment? Give `--deployment`, one of {}", names.join(", "))))
        }
    }
}

/// `castellan agent show`.
fn show(folder: &Path, look: &LookArguments, with_watched: bool) -> Result<ExitCode, Failure> {
    let (settings, deployment) = match state::is_enrolled(folder) && look.settings.is_none() {
        true => {
            let (identity, _) = state::identity(folder).map_err(Failure::own)?;
            (identity.settings, identity.settings_deployment)
        }
        false => (look.settings.clone(), look.deployment.clone()),
    };
    let (targets, own, options) = targets(settings.as_deref(), deployment.as_deref())?;
    let (_, kept) = audit_and_keep(&targets, &own, &options).map_err(|error| Failure::own(error.to_string()))?;
    if !with_watched {
        let text = serde_json::to_string_pretty(&kept).map_err(|error| Failure::own(error.to_string()))?;
        print(&format!("{text}\n"));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let mut watched = watched(&targets, &kept);
    watched.files.extend(settings);
    let evidence = serde_json::value::to_raw_value(&kept).map_err(|error| Failure::own(error.to_string()))?;
    let text = serde_json::to_string(&Collected { watched, evidence });
    print(&text.map_err(|error| Failure::own(error.to_string()))?);
    Ok(ExitCode::from(exit::CLEAN))
}

/// What evidence is about: the files of configuration that it holds, and the folders of code.
fn watched(targets: &Targets, kept: &Kept) -> Watched {
    let mut watched = Watched::default();
    for path in &targets.code {
        let into: &mut BTreeSet<PathBuf> = if path.is_dir() { &mut watched.folders } else { &mut watched.files };
        into.insert(path.clone());
    }
    for (target, host) in targets.hosts.iter().zip(&kept.hosts) {
        let root = match target {
            HostTarget::Running(_) | HostTarget::Files(_) => Path::new("/"),
            HostTarget::Root(root) | HostTarget::Folder { root, .. } => root,
        };
        let below = |name: &str| root.join(name.trim_start_matches('/'));
        watched.files.extend(host.files.keys().map(|name| below(name)).filter(|path| path.is_file()));
        watched.folders.extend(host.addons.iter().map(|name| below(name)).filter(|path| path.is_dir()));
    }
    watched
}

/// `castellan agent status`.
fn status(folder: &Path) -> Result<ExitCode, Failure> {
    let (identity, key) = state::identity(folder).map_err(|message| Failure { message, code: exit::NOTHING })?;
    let state = State::look(folder).map_err(Failure::own)?;
    let waiting = state.waiting().map_err(Failure::own)?;
    let bytes: u64 = waiting.iter().map(|one| one.bytes).sum();
    let looks_at = match (&identity.settings, &identity.settings_deployment) {
        (None, _) => "this host".to_owned(),
        (Some(path), None) => path.display().to_string(),
        (Some(path), Some(name)) => format!("{name} of {}", path.display()),
    };
    let running = if State::open(folder).is_err() { "yes" } else { "no" };
    print(&format!(
        "agent     {} of {}\nserver    {}\nkey       {}\nlooks at  {looks_at}\nrunning   {running}\nwaiting   {} ({} KiB), dropped {}\n",
        identity.agent,
        identity.deployment,
        identity.server,
        key_name(&key.public()),
        waiting.len(),
        bytes.div_ceil(1024),
        state.counters().dropped
    ));
    Ok(ExitCode::from(exit::CLEAN))
}
