//! The server as a whole: what it is told, what it starts, how it ends.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing::info;

use crate::app::{App, Web};
use crate::auth::sso::{Provider, Sso};
use crate::data::Data;
use crate::data::checks::LIMIT;
use crate::keys::{KeySource, Master};
use crate::metrics::Metrics;
use crate::reach::Reach;
use crate::serve::{Pair, self_signed, serve, tls};
use crate::work::check::check;
use crate::work::runner::Process;
use crate::work::send::{Smtp, send};
use crate::work::{Bounds, schedule, work};

/// Where everything is kept, and with which key.
#[derive(Debug, Clone)]
pub struct Store {
    /// A file of SQLite, or `postgresql://USER@HOST/NAME`.
    pub database: String,
    /// The master key.
    pub key: KeySource,
    /// Master keys that it took the place of.
    pub old_keys: Vec<KeySource>,
}

/// How scans run.
#[derive(Debug, Clone)]
pub struct Scans {
    /// The program `castellan`.
    pub program: PathBuf,
    /// How many at once in this process; 0: none.
    pub at_once: usize,
    /// How many of one organisation at once, over all processes.
    pub of_one: i64,
    /// How long one may take.
    pub limit: Duration,
    /// Sources on this machine are allowed.
    pub local: bool,
}

/// How the server listens.
#[derive(Debug, Clone)]
pub struct Listen {
    /// Address and port.
    pub address: SocketAddr,
    /// Its address, as people write it; none: as it listens.
    pub url: Option<String>,
    /// Certificate and key.
    pub pair: Option<Pair>,
    /// A proxy of ours does TLS.
    pub behind_proxy: bool,
    /// Requests a minute of one person, token or address.
    pub requests_a_minute: u32,
    /// The way to send e-mail.
    pub smtp: Option<Smtp>,
    /// Who knows people, besides their passwords here.
    pub sso: Option<Provider>,
    /// How far checks for strangers go; none: they are not offered.
    pub public_check: Option<Reach>,
    /// Where a certificate of our own is kept.
    pub folder: PathBuf,
}

/// What is told when the server listens.
#[derive(Debug, Clone)]
pub struct Started {
    /// Its address.
    pub url: String,
    /// The token for the first owner; none: there is one already.
    pub setup: Option<String>,
    /// The certificate is one of our own.
    pub self_signed: bool,
}

/// Opens the data.
///
/// # Errors
///
/// When the database or a key cannot be opened.
pub async fn open(store: &Store) -> Result<Data, String> {
    let master = Master::load(&store.key, &store.old_keys).map_err(|error| error.to_string())?;
    Data::open(&store.database, master).await.map_err(|error| error.to_string())
}

/// A switch that is thrown by SIGTERM or SIGINT.
///
/// # Errors
///
/// When signals cannot be heard.
pub fn stopped() -> Result<watch::Receiver<bool>, String> {
    let (throw, stop) = watch::channel(false);
    let mut end = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = end.recv() => {}
            _ = interrupt.recv() => {}
        }
        info!("stopping");
        let _ = throw.send(true);
    });
    Ok(stop)
}

/// Runs the server until a signal ends it. `started` is called when it listens.
///
/// # Errors
///
/// When it cannot start.
pub async fn run(
    store: &Store,
    listen: Option<&Listen>,
    scans: &Scans,
    started: impl FnOnce(&Started),
) -> Result<(), String> {
    let data = open(store).await?;
    let stop = stopped()?;
    let metrics = Arc::new(Metrics::default());
    let mut parts = tokio::task::JoinSet::new();
    parts.spawn(schedule(data.clone(), stop.clone()));
    if scans.at_once > 0 {
        let runner = Arc::new(Process { program: scans.program.clone(), limit: scans.limit });
        let bounds = Bounds { scans: scans.at_once, of_one: scans.of_one, local: scans.local };
        parts.spawn(work(data.clone(), runner, bounds, Arc::clone(&metrics), stop.clone()));
    }
    match listen {
        None => started(&Started { url: String::new(), setup: None, self_signed: false }),
        Some(listen) => {
            let listener = TcpListener::bind(listen.address)
                .await
                .map_err(|error| format!("{}: {error}; choose another address with `--listen`", listen.address))?;
            let address = listener.local_addr().map_err(|error| error.to_string())?;
            let own = listen.pair.is_none() && !listen.behind_proxy && !address.ip().is_loopback();
            let pair = match &listen.pair {
                Some(pair) => Some(pair.clone()),
                None if own => Some(self_signed(&listen.folder, &["localhost".to_owned(), address.ip().to_string()])?),
                None => None,
            };
            let secure = pair.is_some() || listen.behind_proxy;
            let scheme = if pair.is_some() { "https" } else { "http" };
            let url = listen.url.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
            let config = pair.as_ref().map(tls).transpose()?;
            let web = Web {
                url: url.trim_end_matches('/').to_owned(),
                secure,
                behind_proxy: listen.behind_proxy,
                requests_a_minute: listen.requests_a_minute,
            };
            parts.spawn(send(data.clone(), listen.smtp.clone(), web.url.clone(), stop.clone()));
            let post = listen.smtp.as_ref().map(Smtp::open).transpose()?;
            let mut app = App::new(data.clone(), metrics, web);
            app.post = post;
            app.public_check = listen.public_check;
            if listen.public_check.is_some() {
                let limit = Duration::from_secs(LIMIT.unsigned_abs() - 60);
                let runner = Arc::new(Process { program: scans.program.clone(), limit });
                parts.spawn(check(data.clone(), runner, stop.clone()));
            }
            app.sso = listen.sso.clone().map(|provider| Sso::new(provider, &app.web.url)).transpose()?;
            let app = Arc::new(app);
            let is_new = data.is_new().await.map_err(|error| error.to_string())?;
            let setup = if is_new { Some(app.open_setup()?) } else { None };
            started(&Started { url, setup, self_signed: own });
            info!(address = %address, tls = config.is_some(), "listening");
            parts.spawn(serve(listener, config, app, stop.clone()));
        }
    }
    while parts.join_next().await.is_some() {}
    data.db().close().await;
    info!("stopped");
    Ok(())
}
