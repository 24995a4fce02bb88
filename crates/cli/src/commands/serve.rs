//! `castellan serve` and `castellan work`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use castellan_server::auth::sso::Provider;
use castellan_server::keys::KeySource;
use castellan_server::reach::Reach;
use castellan_server::run::{self, Listen, Scans, Started, Store};
use castellan_server::serve::Pair;
use castellan_server::telemetry::{Traces, start_log};
use castellan_server::work::send::Smtp;
use secrecy::SecretString;

use super::{data_folder, note};
use crate::exit::{self, Failure};
use crate::options::{RunArguments, ServeArguments, StoreArguments, WorkArguments};

/// Variable that holds the master key itself, in Base64.
const KEY: &str = "CASTELLAN_MASTER_KEY";

fn folder() -> Result<PathBuf, Failure> {
    data_folder()
        .ok_or_else(|| Failure::usage("there is no folder for data: set CASTELLAN_DATA, XDG_DATA_HOME or HOME"))
}

/// Where everything is kept, and with which key.
pub fn store(arguments: &StoreArguments) -> Result<Store, Failure> {
    let database = match &arguments.database {
        Some(database) => database.clone(),
        None => folder()?.join("watch.db").display().to_string(),
    };
    let key = match (&arguments.master_key_command, &arguments.master_key_file, std::env::var(KEY)) {
        (Some(command), ..) => KeySource::Command(command.clone()),
        (None, Some(file), _) => KeySource::File(file.clone()),
        (None, None, Ok(text)) if !text.is_empty() => KeySource::Text(SecretString::from(text), KEY.to_owned()),
        _ => KeySource::File(folder()?.join("master.key")),
    };
    let old_keys = arguments.old_master_key_file.iter().cloned().map(KeySource::File).collect();
    if let Some(missing) = arguments.old_master_key_file.iter().find(|file| !file.is_file()) {
        return Err(Failure::usage(format!("there is no old master key `{}`", missing.display())));
    }
    Ok(Store { database, key, old_keys })
}

/// A runtime with a thread a core.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::own(format!("no thread can be started: {error}")))
}

fn scans(arguments: &RunArguments, none: bool) -> Result<Scans, Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure::own(format!("where this program is cannot be told: {error}")))?;
    Ok(Scans {
        program,
        at_once: if none { 0 } else { arguments.scans },
        of_one: arguments.scans_of_one,
        limit: Duration::from_secs(arguments.scan_limit.max(1) * 60),
        local: arguments.allow_local,
    })
}

/// `castellan serve`.
pub fn run(arguments: &ServeArguments) -> Result<ExitCode, Failure> {
    let store = store(&arguments.store)?;
    let pair = arguments.tls_certificate.clone().zip(arguments.tls_key.clone());
    let listen = Listen {
        address: arguments.listen,
        url: arguments.url.clone(),
        pair: pair.map(|(certificate, key)| Pair { certificate, key }),
        behind_proxy: arguments.behind_proxy,
        smtp: smtp(arguments)?,
        sso: sso(arguments),
        public_check: arguments.public_check.as_deref().map(|reach| match reach {
            "anywhere" => Reach::Anywhere,
            _ => Reach::Internet,
        }),
        requests_a_minute: arguments.requests_a_minute,
        folder: folder()?,
    };
    let scans = scans(&arguments.run, arguments.no_scans)?;
    watched(&arguments.run, run::run(&store, Some(&listen), &scans, welcome))
}

/// Runs until it is stopped, with its log and, where a collector is named, its traces.
fn watched(arguments: &RunArguments, work: impl Future<Output = Result<(), String>>) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let traces = Traces::from_environment().map_err(Failure::usage)?;
        start_log(arguments.log == "json", traces.as_ref());
        let done = work.await.map_err(Failure::own);
        if let Some(traces) = traces {
            traces.close().await;
        }
        done.map(|()| ExitCode::from(exit::CLEAN))
    })
}

fn smtp(arguments: &ServeArguments) -> Result<Option<Smtp>, Failure> {
    let Some((address, from)) = arguments.smtp.clone().zip(arguments.mail_from.clone()) else { return Ok(None) };
    let password =
        std::env::var("CASTELLAN_SMTP_PASSWORD").ok().filter(|text| !text.is_empty()).map(SecretString::from);
    let smtp = Smtp { address, password, from };
    smtp.check().map_err(Failure::usage)?;
    Ok(Some(smtp))
}

fn sso(arguments: &ServeArguments) -> Option<Provider> {
    let (issuer, client) = arguments.oidc_issuer.clone().zip(arguments.oidc_client.clone())?;
    let secret = std::env::var("CASTELLAN_OIDC_SECRET").ok().filter(|text| !text.is_empty()).map(SecretString::from);
    Some(Provider { issuer, client, secret, name: arguments.oidc_name.clone() })
}

fn welcome(started: &Started) {
    note(&format!("Castellan is at {}", started.url));
    if started.self_signed {
        note("Its certificate is one of its own: browsers warn. Give one with --tls-certificate and --tls-key.");
    }
    if let Some(token) = &started.setup {
        note(&format!("Make the first account at {}/setup with this token:\n\n    {token}\n", started.url));
    }
}

/// `castellan work`.
pub fn work(arguments: &WorkArguments) -> Result<ExitCode, Failure> {
    let store = store(&arguments.store)?;
    let scans = scans(&arguments.run, false)?;
    watched(&arguments.run, run::run(&store, None, &scans, |_| note("Castellan waits for work")))
}
