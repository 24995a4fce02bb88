//! The agent at work: it collects on its schedule, on change and when it is told to, keeps what it has until the server took it, and says
//! every minute that it lives.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use data_encoding::{BASE64, HEXLOWER};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::io::AsyncReadExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use tracing::{error, info, warn};

use crate::link::{Link, LinkError};
use crate::protocol::{
    ENROL, ENROL_KEY, EVIDENCE, Enrol, Enrolled, HEARTBEAT, Heartbeat, Kind, Orders, Outcome, Status, Taken, public_key,
};
use crate::signature::{Key, Request, Signed};
use crate::state::{Identity, State};
use crate::watch::{Look, Watched};

/// Bytes of evidence that a server takes.
pub const LARGEST: usize = 64 << 20;
/// How long a collection may take.
const LIMIT: Duration = Duration::from_secs(30 * 60);
/// Longest wait for a server that is away.
const LONGEST: Duration = Duration::from_secs(600);
/// Changes are taken together: two collections that nobody asked for are at least this far apart.
const APART: Duration = Duration::from_secs(60);
/// Orders of which an agent remembers what came of them until it can tell.
const OUTCOMES: usize = 64;

/// How often the agent does what.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Collects, whatever happens.
    pub every: Duration,
    /// Says that it lives, and asks for orders.
    pub heartbeat: Duration,
    /// Looks for changes.
    pub look: Duration,
    /// At least this long between two collections because of changes.
    pub apart: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(3600),
            heartbeat: Duration::from_secs(60),
            look: Duration::from_secs(30),
            apart: APART,
        }
    }
}

/// What a collection wrote.
#[derive(Debug, Serialize, Deserialize)]
pub struct Collected {
    /// What to look at for changes.
    pub watched: Watched,
    /// The evidence, as it is sent.
    pub evidence: Box<RawValue>,
}

/// How evidence is collected: in a process of its own, which is the command that shows people what would be sent.
#[derive(Debug, Clone)]
pub struct Collector {
    /// The program `castellan`.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<std::ffi::OsString>,
}

impl Collector {
    async fn run(self) -> Result<Collected, String> {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| format!("`castellan` does not start: {error}"))?;
        let (Some(output), Some(words)) = (child.stdout.take(), child.stderr.take()) else {
            return Err("the collection has no pipes".to_owned());
        };
        let read = async {
            let mut bytes = Vec::new();
            output.take(LARGEST as u64 + (1 << 20)).read_to_end(&mut bytes).await.map(|_| bytes)
        };
        let hear = async {
            let mut bytes = Vec::new();
            let mut words = words;
            let _ = (&mut words).take(16 << 10).read_to_end(&mut bytes).await;
            let _ = tokio::io::copy(&mut words, &mut tokio::io::sink()).await;
            String::from_utf8_lossy(&bytes).trim().to_owned()
        };
        let (bytes, words) = tokio::join!(read, hear);
        let status = child.wait().await.map_err(|error| error.to_string())?;
        if !status.success() {
            return Err(if words.is_empty() { format!("the collection ended with {status}") } else { words });
        }
        let bytes = bytes.map_err(|error| error.to_string())?;
        let collected: Collected =
            serde_json::from_slice(&bytes).map_err(|error| format!("the collection wrote no evidence: {error}"))?;
        if collected.evidence.get().len() > LARGEST {
            return Err(format!(
                "the evidence has more than {} MiB, which no server takes: look at less",
                LARGEST >> 20
            ));
        }
        Ok(collected)
    }
}

/// Now, seconds and microseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "an agent lives in time: here it takes it from")]
fn now() -> (i64, i64) {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    (i64::try_from(since.as_secs()).unwrap_or(i64::MAX), i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

fn random() -> [u8; 8] {
    let mut bytes = [0; 8];
    let _ = getrandom::fill(&mut bytes);
    bytes
}

/// Takes part in a deployment of a server: the key is made here and does not leave.
///
/// # Errors
///
/// What the server says, or that it is not reached.
pub async fn enrol(link: &Link, token: &SecretString, host: &str, key: &Key) -> Result<Enrolled, LinkError> {
    let asked = Enrol {
        token: token.expose_secret().to_owned(),
        public_key: BASE64.encode(&key.public()),
        host: host.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let body = serde_json::to_vec(&asked).map_err(|error| LinkError::Away(error.to_string()))?;
    let (created, counter) = now();
    let signed = Signed { key: ENROL_KEY.to_owned(), created, counter };
    let headers = key.headers(&Request { method: "POST", path: ENROL, body: &body }, &signed);
    let answer = link.ask("POST", ENROL, &headers, Some(body)).await?;
    let enrolled: Enrolled = serde_json::from_slice(&answer)
        .map_err(|error| LinkError::Away(format!("the server's answer is none to an agent: {error}")))?;
    public_key(&enrolled.server_key).map_err(LinkError::Away)?;
    Ok(enrolled)
}

/// An agent that runs.
#[derive(Debug)]
pub struct Agent {
    identity: Identity,
    key: Key,
    server_key: Vec<u8>,
    state: State,
    link: Link,
    collector: Collector,
    pace: Pace,
    status: Status,
    outcomes: Vec<Outcome>,
    /// Scans that somebody waits for.
    asked: Vec<i64>,
    watched: Option<(Watched, Look)>,
    failures: u32,
}

impl Agent {
    /// An agent that enrolled.
    ///
    /// # Errors
    ///
    /// When the server's key is damaged.
    pub fn new(
        (identity, key): (Identity, Key),
        state: State,
        link: Link,
        collector: Collector,
        pace: Pace,
        host: String,
    ) -> Result<Self, String> {
        let server_key = public_key(&identity.server_key)?;
        let status = Status {
            host,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            run: HEXLOWER.encode(&random()),
            every: i64::try_from(pace.every.as_secs()).unwrap_or(i64::MAX),
            ..Status::default()
        };
        Ok(Self {
            identity,
            key,
            server_key,
            state,
            link,
            collector,
            pace,
            status,
            outcomes: Vec::new(),
            asked: Vec::new(),
            watched: None,
            failures: 0,
        })
    }

    /// Works until it is told to stop. What was collected and not sent waits for the next start.
    ///
    /// # Errors
    ///
    /// When its folder cannot be written.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), String> {
        let begun = Instant::now();
        let (mut contact, mut look, mut collect) = (begun, begun, begun);
        let mut changed_not_before = begun;
        let mut collecting: Option<JoinHandle<Result<Collected, String>>> = None;
        info!(agent = self.identity.agent, server = %self.identity.server, deployment = %self.identity.deployment, "agent begins");
        while !*stop.borrow() {
            let at = Instant::now();
            if collecting.is_none() && (at >= collect || !self.asked.is_empty()) {
                collecting = Some(tokio::spawn(self.collector.clone().run_within(LIMIT)));
                collect = at + self.pace.every;
                changed_not_before = at + self.pace.apart;
            }
            if at >= look {
                look = at + self.pace.look;
                if at >= changed_not_before && collecting.is_none() && self.has_changed().await {
                    info!("what is looked at changed");
                    collect = at;
                    continue;
                }
            }
            if at >= contact {
                contact = Instant::now() + self.contact().await?;
                continue;
            }
            let next = contact.min(look).min(if collecting.is_none() { collect } else { contact });
            let ended = async {
                match &mut collecting {
                    Some(running) => Some(running.await),
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = sleep_until(next) => {}
                _ = stop.changed() => {}
                Some(ended) = ended => {
                    collecting = None;
                    let collected = ended.unwrap_or_else(|error| Err(error.to_string()));
                    self.keep(collected)?;
                    if self.failures == 0 {
                        contact = Instant::now();
                    }
                }
            }
        }
        info!("agent ends");
        Ok(())
    }

    /// Whether what evidence is about is otherwise than when it was collected.
    async fn has_changed(&mut self) -> bool {
        let Some((watched, last)) = self.watched.take() else { return false };
        let looked = tokio::task::spawn_blocking(move || {
            let look = watched.look();
            (watched, look)
        });
        let Ok((watched, look)) = looked.await else { return false };
        self.watched = Some((watched, look));
        look != last
    }

    /// Keeps what was collected, and says what came of the scans that were asked for.
    fn keep(&mut self, collected: Result<Collected, String>) -> Result<(), String> {
        let (done, text) = match collected {
            Ok(collected) => {
                let look = collected.watched.look();
                let evidence = collected.evidence.get().as_bytes();
                let number = self.state.spool(evidence, now().1)?;
                info!(evidence = number, bytes = evidence.len(), watched = look.files, "evidence collected");
                self.watched = Some((collected.watched, look));
                self.status.collected = Some(now().0);
                self.status.problem.clear();
                (true, format!("collected {} bytes", evidence.len()))
            }
            Err(reason) => {
                error!(reason, "nothing was collected");
                self.status.problem = reason.chars().take(1000).collect();
                (false, self.status.problem.clone())
            }
        };
        for order in std::mem::take(&mut self.asked) {
            self.outcomes.push(Outcome { order, done, text: text.clone() });
        }
        Ok(())
    }

    /// Says that it lives, carries out orders, sends what waits. How long to wait comes back.
    async fn contact(&mut self) -> Result<Duration, String> {
        match self.talk().await {
            Ok(()) => {
                if self.failures > 0 {
                    info!(failures = self.failures, "the server is there again");
                }
                self.failures = 0;
                Ok(if self.outcomes.is_empty() { self.pace.heartbeat } else { Duration::from_millis(200) })
            }
            Err(Trouble::Own(reason)) => Err(reason),
            Err(Trouble::Link(failed)) => {
                self.failures += 1;
                let after = match &failed {
                    LinkError::Refused { after: Some(after), .. } => Duration::from_secs(*after),
                    _ => Duration::ZERO,
                };
                let wait = back_off(self.pace.heartbeat, self.failures, random()).max(after);
                let waiting = self.state.waiting()?.len();
                warn!(reason = %failed, waiting, seconds = wait.as_secs(), "the server does not take it; what was collected stays here");
                Ok(wait)
            }
        }
    }

    async fn talk(&mut self) -> Result<(), Trouble> {
        let waiting = self.state.waiting()?;
        self.status.spooled = waiting.len() as u64;
        self.status.spooled_bytes = waiting.iter().map(|one| one.bytes).sum();
        self.status.dropped = self.state.counters().dropped;
        self.status.order = self.state.counters().order;
        let told = Heartbeat { status: self.status.clone(), outcomes: self.outcomes.clone() };
        let body = serde_json::to_vec(&told).map_err(|error| error.to_string())?;
        let answer = self.ask("POST", HEARTBEAT, body).await?;
        // They are told; what came in the meantime is told the next time.
        self.outcomes.clear();
        let orders: Orders = serde_json::from_slice(&answer).unwrap_or_default();
        for signed in orders.orders {
            let last = self.state.counters().order;
            match signed.open(&self.server_key, self.identity.agent, last, now().0) {
                Ok(order) => {
                    self.state.note_order(order.id)?;
                    info!(order = order.id, kind = order.kind.name(), "order");
                    let text = match order.kind {
                        Kind::Ping => format!("castellan {} on {}", self.status.version, self.status.host),
                        Kind::Diagnostics => self.diagnostics()?,
                        Kind::Scan => {
                            self.asked.push(order.id);
                            continue;
                        }
                    };
                    self.outcomes.push(Outcome { order: order.id, done: true, text });
                }
                Err(reason) => warn!(reason, "an order is not carried out"),
            }
        }
        let more = self.outcomes.len().saturating_sub(OUTCOMES);
        self.outcomes.drain(..more);
        for one in waiting {
            let evidence = std::fs::read(&one.path).map_err(|error| format!("`{}`: {error}", one.path.display()))?;
            match self.ask("PUT", &format!("{EVIDENCE}/{}", one.number), evidence).await {
                Ok(answer) => {
                    let taken: Option<Taken> = serde_json::from_slice(&answer).ok();
                    info!(evidence = one.number, job = taken.and_then(|taken| taken.job), "evidence taken");
                    self.state.drop(&one)?;
                }
                Err(Trouble::Link(failed)) if !failed.may_pass() => {
                    // It would block all that comes after it; people find it beside the spool.
                    error!(evidence = one.number, reason = %failed, "the server cannot use this evidence: it is set aside");
                    let aside = one.path.with_extension("refused");
                    std::fs::rename(&one.path, &aside).map_err(|error| format!("`{}`: {error}", aside.display()))?;
                    self.status.problem = format!("evidence {} was refused: {failed}", one.number);
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    async fn ask(&mut self, method: &'static str, path: &str, body: Vec<u8>) -> Result<Vec<u8>, Trouble> {
        let (created, micros) = now();
        let signed =
            Signed { key: self.identity.agent.to_string(), created, counter: self.state.next_request(micros)? };
        let headers = self.key.headers(&Request { method, path, body: &body }, &signed);
        Ok(self.link.ask(method, path, &headers, Some(body)).await?)
    }

    /// How it stands, without a secret and without a word of what was collected.
    fn diagnostics(&self) -> Result<String, String> {
        let waiting = self.state.waiting()?;
        let counters = self.state.counters();
        let lines = [
            format!(
                "castellan {} on {} ({} {})",
                self.status.version,
                self.status.host,
                std::env::consts::OS,
                std::env::consts::ARCH
            ),
            format!(
                "settings: {}",
                self.identity
                    .settings
                    .as_ref()
                    .map_or_else(|| "this host".to_owned(), |path| path.display().to_string())
            ),
            format!("watched: {} files", self.watched.as_ref().map_or(0, |(_, look)| look.files)),
            format!("collects every {} s, speaks every {} s", self.status.every, self.pace.heartbeat.as_secs()),
            format!(
                "waiting: {} ({} bytes), dropped: {}",
                waiting.len(),
                waiting.iter().map(|one| one.bytes).sum::<u64>(),
                counters.dropped
            ),
            format!("clock: {}", now().0),
            format!("problem: {}", if self.status.problem.is_empty() { "none" } else { &self.status.problem }),
        ];
        Ok(lines.join("\n"))
    }
}

impl Collector {
    async fn run_within(self, limit: Duration) -> Result<Collected, String> {
        let minutes = limit.as_secs() / 60;
        timeout(limit, self.run())
            .await
            .unwrap_or_else(|_| Err(format!("the collection did not end within {minutes} minutes")))
    }
}

/// What stops a talk with the server: the server, or this host.
enum Trouble {
    Link(LinkError),
    Own(String),
}

impl From<LinkError> for Trouble {
    fn from(error: LinkError) -> Self {
        Self::Link(error)
    }
}

impl From<String> for Trouble {
    fn from(reason: String) -> Self {
        Self::Own(reason)
    }
}

/// Twice as long each time, up to ten minutes, and a little more or less, so that not all agents come back at once.
fn back_off(first: Duration, failures: u32, chance: [u8; 8]) -> Duration {
    let doubled = first.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(LONGEST.max(first));
    let part = f64::from(chance[0]) / 255.0;
    doubled.mul_f64(0.8 + 0.4 * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_away_is_asked_less_and_less() {
        let wait = |failures| back_off(Duration::from_secs(60), failures, [128; 8]).as_secs();
        assert_eq!([wait(1), wait(2), wait(3), wait(4), wait(5), wait(40)], [60, 120, 240, 480, 600, 600]);
        let least = back_off(Duration::from_secs(60), 5, [0; 8]);
        assert!(least < back_off(Duration::from_secs(60), 5, [255; 8]) && least >= Duration::from_secs(480));
    }

    #[test]
    fn what_a_server_cannot_use_does_not_block_what_comes_after() {
        let refused = |status| LinkError::Refused { status, detail: String::new(), after: None };
        assert!(!refused(422).may_pass() && !refused(413).may_pass());
        assert!(refused(503).may_pass() && refused(401).may_pass() && refused(409).may_pass());
        assert!(LinkError::Away(String::new()).may_pass());
    }
}
