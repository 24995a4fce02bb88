//! The work behind the pages: queues what is due, takes jobs, runs scans, takes audits in.

pub mod check;
pub mod runner;
pub mod send;

use std::sync::Arc;
use std::time::Duration;

use castellan_store::unpack;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{Instrument, Span, error, field, info, info_span, warn};

use crate::clock::now;
use crate::data::jobs::{Claimed, HEARTBEAT};
use crate::data::{Data, DataError};
use crate::metrics::Metrics;
use crate::scope::Scope;
use crate::sources::About;
use runner::{Done, Failed, Runner, Task};

/// How often a worker that has nothing to do looks for work.
const IDLE: Duration = Duration::from_millis(500);
/// How often schedules are looked at.
const TICK: Duration = Duration::from_secs(5);
/// How long running scans get when the server stops.
const GRACE: Duration = Duration::from_secs(20);
/// How often an audit is written again when the database is away, and after which time.
const WRITES: u32 = 30;

/// How much is done at once.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Scans of this process.
    pub scans: usize,
    /// Scans of one organisation, over all processes.
    pub of_one: i64,
    /// Sources on the machine of the worker are allowed.
    pub local: bool,
}

/// Takes jobs until it is told to stop.
pub async fn work(
    data: Data,
    runner: Arc<dyn Runner>,
    bounds: Bounds,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<bool>,
) {
    let mut running = JoinSet::new();
    let (end, ended) = watch::channel(false);
    while !*stop.borrow() {
        while running.try_join_next().is_some() {}
        let claimed = if running.len() < bounds.scans { data.claim(bounds.of_one).await } else { Ok(None) };
        match claimed {
            Ok(Some(claimed)) => {
                let (data, runner, metrics, ended) =
                    (data.clone(), Arc::clone(&runner), Arc::clone(&metrics), ended.clone());
                let span = info_span!(
                    "scan",
                    job = claimed.id,
                    deployment = claimed.place.deployment,
                    kind = %claimed.kind,
                    attempt = claimed.attempts,
                    otel.status_code = field::Empty,
                );
                let job = async move { one(&data, runner.as_ref(), bounds, &metrics, claimed, ended).await };
                running.spawn(job.instrument(span));
                continue;
            }
            Ok(None) => {}
            Err(failed) => error!(reason = %failed, "no job can be taken"),
        }
        tokio::select! {
            () = tokio::time::sleep(IDLE) => {}
            _ = stop.changed() => {}
        }
    }
    let all = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        // Who still runs gives its job back, for another worker.
        let _ = end.send(true);
        while running.join_next().await.is_some() {}
    }
}

/// How often conditions that time brings are looked at.
const STAND: Duration = Duration::from_secs(30);
/// How often it is looked what is kept for too long.
const RETAIN: Duration = Duration::from_secs(3600);

/// Queues what is due, and what dead workers left, and tells what time brings, until it is told to stop.
pub async fn schedule(data: Data, mut stop: watch::Receiver<bool>) {
    let (mut stood, mut retained) = (None::<std::time::Instant>, None::<std::time::Instant>);
    while !*stop.borrow() {
        if stood.is_none_or(|stood| stood.elapsed() >= STAND) {
            stood = Some(std::time::Instant::now());
            match data.stand(now()).await {
                Ok(0) => {}
                Ok(alerts) => info!(alerts, "conditions are told"),
                Err(failed) => error!(reason = %failed, "conditions cannot be read"),
            }
            if let Err(failed) = data.digest(now()).await {
                error!(reason = %failed, "digests cannot be made");
            }
        }
        if retained.is_none_or(|retained| retained.elapsed() >= RETAIN) {
            retained = Some(std::time::Instant::now());
            match data.retain(now()).await {
                Ok(0) => {}
                Ok(audits) => info!(audits, "old audits are removed"),
                Err(failed) => error!(reason = %failed, "old audits cannot be removed"),
            }
        }
        match data.fire(now()).await {
            Ok(0) => {}
            Ok(queued) => info!(queued, "schedules fired"),
            Err(failed) => error!(reason = %failed, "schedules cannot be read"),
        }
        match data.reap(now()).await {
            Ok(0) => {}
            Ok(jobs) => warn!(jobs, "jobs of stopped workers are queued again"),
            Err(failed) => error!(reason = %failed, "jobs cannot be read"),
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stop.changed() => {}
        }
    }
}

/// One job, to its end.
async fn one(
    data: &Data,
    runner: &dyn Runner,
    bounds: Bounds,
    metrics: &Metrics,
    claimed: Claimed,
    mut ended: watch::Receiver<bool>,
) {
    let begun = std::time::Instant::now();
    info!(job = claimed.id, deployment = claimed.place.deployment, kind = %claimed.kind, attempt = claimed.attempts, "scan begins");
    let task = match prepare(data, bounds, &claimed).await {
        Ok(task) => task,
        Err(reason) => {
            return give_up(data, metrics, &claimed, &Failed { reason: reason.to_string(), again: false }).await;
        }
    };
    let scan = runner.run(&task).instrument(info_span!("look and judge"));
    tokio::pin!(scan);
    let mut beat = tokio::time::interval(Duration::from_secs(HEARTBEAT.unsigned_abs()));
    let done = loop {
        tokio::select! {
            done = &mut scan => break done,
            _ = beat.tick() => match data.beat(&claimed, "looking at the sources").await {
                Ok(true) => {}
                Ok(false) => break Err(Failed { reason: "it was cancelled, or another worker has it".to_owned(), again: false }),
                // The lease outlives a database that is away for a moment.
                Err(failed) => warn!(job = claimed.id, reason = %failed, "the job cannot be kept"),
            },
            _ = ended.changed() => break Err(Failed { reason: "the server stopped".to_owned(), again: true }),
        }
    };
    match done {
        Ok(done) => {
            let take_in = finish(data, metrics, &claimed, &done, begun.elapsed());
            take_in.instrument(info_span!("take in")).await;
        }
        Err(failed) => give_up(data, metrics, &claimed, &failed).await,
    }
}

async fn prepare(data: &Data, bounds: Bounds, claimed: &Claimed) -> Result<Task, DataError> {
    let scope = Scope::server(claimed.place.org, None);
    let deployment = data.deployment(&scope, claimed.place.deployment).await?;
    let decided = data.decided(&scope, deployment.id).await?;
    let about = About {
        name: &deployment.name,
        owner: &deployment.owner,
        environment: &deployment.environment,
        tags: &deployment.tags,
        decided: &decided,
    };
    let evidence = match (&claimed.payload, claimed.kind.as_str()) {
        (Some(packed), _) => Some(unpack(packed).map_err(DataError::Invalid)?),
        (None, "rejudge") => {
            let newest = data.newest_evidence(&scope, deployment.id).await?;
            Some(newest.ok_or(DataError::NotFound("evidence"))?)
        }
        _ => None,
    };
    if let Some(evidence) = evidence {
        // Nothing is looked at: a name of a site makes the settings whole.
        let sources = crate::sources::Sources { statement: deployment.sources.statement.clone(), ..nothing() };
        return Ok(Task { settings: sources.settings(&about), evidence: Some(evidence), secrets: Vec::new() });
    }
    if deployment.sources.is_local() && !bounds.local {
        let reason = "sources on the machine of the worker are not allowed: start the server with `--allow-local`";
        return Err(DataError::Forbidden(reason.to_owned()));
    }
    let secrets = data.open_secrets(&scope, deployment.id).await?;
    if deployment.sources.rpc.is_some() && !secrets.iter().any(|(name, _)| name == "rpc") {
        return Err(DataError::Conflict(
            "the credential `rpc` is missing: give the password or API key of the account".to_owned(),
        ));
    }
    Ok(Task { settings: deployment.sources.settings(&about), evidence: None, secrets })
}

/// Sources that are there and are not looked at.
fn nothing() -> crate::sources::Sources {
    crate::sources::Sources { sites: vec!["https://localhost".to_owned()], ..crate::sources::Sources::default() }
}

async fn finish(data: &Data, metrics: &Metrics, claimed: &Claimed, done: &Done, took: Duration) {
    for attempt in 1..=WRITES {
        match data.record(claimed, &done.report, Some(&done.evidence), &done.endings).await {
            Ok(Some(recorded)) => {
                metrics.scan("done", took);
                info!(
                    job = claimed.id,
                    audit = recorded.audit,
                    points = done.report.score.points,
                    new = recorded.new.len(),
                    regressed = recorded.regressed.len(),
                    fixed = recorded.fixed.len(),
                    seconds = took.as_secs_f64(),
                    "scan ends"
                );
                return;
            }
            Ok(None) => {
                metrics.scan("lost", took);
                warn!(job = claimed.id, "another worker has the job: this audit is dropped");
                // It was cancelled in its last moment.
                let _ = data.give_up(claimed, "cancelled", false).await;
                return;
            }
            Err(failed) => {
                error!(job = claimed.id, attempt, reason = %failed, "the audit cannot be written");
                let _ = data.beat(claimed, "writing").await;
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        }
    }
    let failed = Failed { reason: "the audit could not be written".to_owned(), again: true };
    give_up(data, metrics, claimed, &failed).await;
}

async fn give_up(data: &Data, metrics: &Metrics, claimed: &Claimed, failed: &Failed) {
    metrics.scan("failed", Duration::ZERO);
    Span::current().record("otel.status_code", "ERROR");
    warn!(job = claimed.id, reason = %failed.reason, again = failed.again, "scan fails");
    if let Err(error) = data.give_up(claimed, &failed.reason, failed.again).await {
        // Then its lease runs out, and it is queued again.
        error!(job = claimed.id, reason = %error, "the job cannot be given back");
    }
}
