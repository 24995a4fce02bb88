//! The queue: claims with a lease, so that the work of a killed worker is taken up, and a fence, so that it is done to effect once.

use castellan_store::db::{Row, Tx};
use castellan_store::values;
use serde::Serialize;
use utoipa::ToSchema;

use super::alerts::{About, Message, Trigger};
use super::{Data, DataError, Page, alerts, deployments, log};
use crate::auth::token;
use crate::clock::now;
use crate::scope::{Scope, Scoped};

/// A worker says that it lives at least this often, in seconds; after three times that somebody else takes its work.
pub const HEARTBEAT: i64 = 10;
const LEASE: i64 = 3 * HEARTBEAT;
/// How often a job is tried.
pub const TRIES: i64 = 3;
/// Ended jobs stay for this long, in seconds.
const KEPT: i64 = 30 * 86_400;

/// A job, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Job {
    /// Number.
    pub id: i64,
    /// Its deployment.
    pub deployment: i64,
    /// Name of the deployment.
    pub deployment_name: String,
    /// `scan`; `judge` for evidence that was pushed; `rejudge` for the newest evidence, after a decision.
    pub kind: String,
    /// `queued`, `running`, `cancelling`, `done`, `failed`, `cancelled`.
    pub state: String,
    /// Who wanted it: an address, a token, `schedule`.
    pub requested_by: String,
    /// When, seconds since 1970.
    pub created: i64,
    /// Not before.
    pub due: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// When it began the last time.
    pub started: Option<i64>,
    /// When it ended.
    pub finished: Option<i64>,
    /// What is being done.
    pub progress: String,
    /// Why it failed, or is tried again.
    pub reason: String,
    /// The audit that came of it.
    pub audit: Option<i64>,
}

/// What a job is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Organisation.
    pub org: i64,
    /// Client.
    pub client: i64,
    /// Deployment.
    pub deployment: i64,
}

/// A job that a worker holds.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Number.
    pub id: i64,
    /// The fence: only who has it may end the job.
    pub claim: String,
    /// What it is about.
    pub place: Place,
    /// `scan`, `judge` or `rejudge`.
    pub kind: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// Evidence that was pushed, deflated.
    pub payload: Option<Vec<u8>>,
}

fn job(row: &Row) -> Result<Job, DataError> {
    Ok(Job {
        id: row.int("id")?,
        deployment: row.int("deployment")?,
        deployment_name: row.text("deployment_name")?,
        kind: row.text("kind")?,
        state: row.text("state")?,
        requested_by: row.text("requested_by")?,
        created: row.int("created")?,
        due: row.int("due")?,
        attempts: row.int("attempts")?,
        started: row.opt_int("started")?,
        finished: row.opt_int("finished")?,
        progress: row.text("progress")?,
        reason: row.text("reason")?,
        audit: row.opt_int("audit")?,
    })
}

/// Evidence as a job holds it; on a thread that may take its time.
///
/// # Errors
///
/// When it is no evidence.
pub(crate) async fn packed(evidence: &[u8]) -> Result<Vec<u8>, DataError> {
    let evidence = evidence.to_vec();
    let run = move || castellan_audit::Kept::read(&evidence).map(|_| castellan_store::pack(&evidence));
    let done = tokio::task::spawn_blocking(run).await.map_err(|error| DataError::Conflict(error.to_string()))?;
    done.map_err(DataError::Invalid)
}

/// Queues a job. A scan that waits already is not queued twice: its number comes back.
pub(crate) async fn enqueue(
    tx: &mut Tx,
    place: &Place,
    kind: &str,
    requested_by: &str,
    due: i64,
    payload: Option<Vec<u8>>,
) -> Result<i64, DataError> {
    if payload.is_none() {
        let sql =
            "SELECT id, due FROM job WHERE deployment = $1 AND kind = $2 AND state = 'queued' ORDER BY id LIMIT 1";
        if let Some(row) = tx.one(sql, values![place.deployment, kind]).await? {
            let id = row.int("id")?;
            if due < row.int("due")? {
                tx.run("UPDATE job SET due = $2 WHERE id = $1", values![id, due]).await?;
            }
            return Ok(id);
        }
    }
    let row = tx
        .one(
            "INSERT INTO job (org, client, deployment, kind, state, requested_by, created, due, payload) \
             VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8) RETURNING id",
            values![place.org, place.client, place.deployment, kind, requested_by, now(), due, payload],
        )
        .await?;
    Ok(row.ok_or(DataError::NotFound("job"))?.int("id")?)
}

const JOB: &str = "SELECT job.*, deployment.name AS deployment_name FROM job JOIN deployment ON deployment.id = job.deployment \
    WHERE job.org = $1 AND ($2 IS NULL OR job.client = $2) AND job.id = $3";

/// Tenants with the least running work first; one run a deployment at a time.
const CLAIM: &str = "UPDATE job SET state = 'running', claim = $1, lease = $2, started = $3, attempts = attempts + 1, progress = 'starting' \
    WHERE id = (SELECT waiting.id FROM job AS waiting WHERE waiting.state = 'queued' AND waiting.due <= $3 \
        AND NOT EXISTS (SELECT 1 FROM job AS other WHERE other.state IN ('running', 'cancelling') AND other.deployment = waiting.deployment) \
        AND (SELECT COUNT(*) FROM job AS other WHERE other.state IN ('running', 'cancelling') AND other.org = waiting.org) < $4 \
        ORDER BY (SELECT COUNT(*) FROM job AS other WHERE other.state IN ('running', 'cancelling') AND other.org = waiting.org), \
        waiting.due, waiting.id LIMIT 1) \
    RETURNING id, org, client, deployment, kind, attempts, payload";

impl Data {
    /// Queues a scan of a deployment.
    ///
    /// # Errors
    ///
    /// When there is none, or it has nothing to look at.
    pub async fn scan_now(&self, scope: &Scope, deployment: i64) -> Result<Job, DataError> {
        let mut tx = self.write(scope).await?;
        let found = deployments::one(&mut tx, deployment).await?;
        if found.sources.is_empty() {
            return Err(DataError::Conflict(
                "it has no sources: audits of it are pushed by `castellan remote push`".to_owned(),
            ));
        }
        let place = Place { org: scope.org(), client: found.client, deployment };
        let id = enqueue(tx.tx(), &place, "scan", &scope.actor().label, now(), None).await?;
        log::note(&mut tx, "scan.request", &format!("deployment {deployment}"), &found.name).await?;
        let queued = one(&mut tx, id).await?;
        tx.commit().await?;
        Ok(queued)
    }

    /// Queues evidence that was pushed, to be judged by the rules of today.
    ///
    /// # Errors
    ///
    /// When there is no such deployment.
    pub async fn push(&self, scope: &Scope, deployment: i64, evidence: &[u8]) -> Result<Job, DataError> {
        let packed = packed(evidence).await?;
        let mut tx = self.write(scope).await?;
        let found = deployments::one(&mut tx, deployment).await?;
        let place = Place { org: scope.org(), client: found.client, deployment };
        let id = enqueue(tx.tx(), &place, "judge", &scope.actor().label, now(), Some(packed)).await?;
        log::note(&mut tx, "evidence.push", &format!("deployment {deployment}"), &found.name).await?;
        let queued = one(&mut tx, id).await?;
        tx.commit().await?;
        Ok(queued)
    }

    /// Jobs, newest first; of one deployment or of all.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn jobs(
        &self,
        scope: &Scope,
        deployment: Option<i64>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Page<Job>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT job.*, deployment.name AS deployment_name FROM job JOIN deployment ON deployment.id = job.deployment \
            WHERE job.org = $1 AND ($2 IS NULL OR job.client = $2) AND ($3 IS NULL OR job.deployment = $3) AND ($4 IS NULL OR job.id < $4) \
            ORDER BY job.id DESC LIMIT $5";
        let rows = tx.all(sql, values![deployment, before, limit + 1]).await?;
        let items = rows.iter().map(job).collect::<Result<_, _>>()?;
        Ok(Page::of(items, limit, |job: &Job| job.id.to_string()))
    }

    /// One job.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn job(&self, scope: &Scope, id: i64) -> Result<Job, DataError> {
        one(&mut self.read(scope).await?, id).await
    }

    /// Cancels a job: at once when it waits, soon when it runs.
    ///
    /// # Errors
    ///
    /// When there is none, or it is over.
    pub async fn cancel(&self, scope: &Scope, id: i64) -> Result<Job, DataError> {
        let mut tx = self.write(scope).await?;
        let before = one(&mut tx, id).await?;
        let state = match before.state.as_str() {
            "queued" => "cancelled",
            "running" | "cancelling" => "cancelling",
            _ => return Err(DataError::Conflict("this job is over".to_owned())),
        };
        let finished = (state == "cancelled").then(now);
        let sql = "UPDATE job SET state = $4, finished = $5 WHERE org = $1 AND ($2 IS NULL OR client = $2) AND id = $3 AND state = $6";
        if tx.run(sql, values![id, state, finished, &before.state]).await? == 0 {
            return Err(DataError::Conflict("this job went on in the meantime: try again".to_owned()));
        }
        log::note(&mut tx, "job.cancel", &format!("job {id}"), &before.deployment_name).await?;
        let after = one(&mut tx, id).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Takes the next job for a worker; none: nothing is due. An organisation has no more than `most` runs at once.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn claim(&self, most: i64) -> Result<Option<Claimed>, DataError> {
        let claim = token::new("").map_err(DataError::Invalid)?;
        let mut tx = self.write_all().await?;
        if tx.is_postgres() {
            // Claims one after another: two at once would both see room for one.
            tx.one("SELECT pg_advisory_xact_lock(4718222)::TEXT AS locked", Vec::new()).await?;
        }
        let row = tx.one(CLAIM, values![&claim, now() + LEASE, now(), most]).await?;
        tx.commit().await?;
        row.map(|row| {
            Ok(Claimed {
                id: row.int("id")?,
                claim,
                place: Place { org: row.int("org")?, client: row.int("client")?, deployment: row.int("deployment")? },
                kind: row.text("kind")?,
                attempts: row.int("attempts")?,
                payload: row.opt_bytes("payload")?,
            })
        })
        .transpose()
    }

    /// Says that the work on a job goes on. No: it was cancelled, or somebody else has it; the work must stop.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn beat(&self, claimed: &Claimed, progress: &str) -> Result<bool, DataError> {
        let mut tx = self.write_all().await?;
        let sql = "UPDATE job SET lease = $3, progress = $4 WHERE id = $1 AND claim = $2 AND state = 'running'";
        let held = tx.run(sql, values![claimed.id, &claimed.claim, now() + LEASE, progress]).await? == 1;
        tx.commit().await?;
        Ok(held)
    }

    /// Ends the work on a job without an audit: it is tried again, or failed, or was cancelled.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn give_up(&self, claimed: &Claimed, reason: &str, again: bool) -> Result<(), DataError> {
        let mut tx = self.write_all().await?;
        let again = again && claimed.attempts < TRIES;
        let (state, due) = if again { ("queued", now() + 30 * (1 << claimed.attempts)) } else { ("failed", now()) };
        let finished = (!again).then(now);
        let sql = "UPDATE job SET state = CASE state WHEN 'cancelling' THEN 'cancelled' ELSE $3 END, \
            finished = CASE state WHEN 'cancelling' THEN $4 ELSE $5 END, due = $6, claim = NULL, lease = NULL, reason = $7, progress = '' \
            WHERE id = $1 AND claim = $2";
        let reason: String = reason.chars().take(2000).collect();
        let ended = tx.run(sql, values![claimed.id, &claimed.claim, state, now(), finished, due, &reason]).await? == 1;
        if ended && !again {
            tell_failed(&mut tx, claimed.id, &reason).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Queues again what workers left behind, and forgets what ended long ago. How many were queued comes back.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn reap(&self, at: i64) -> Result<u64, DataError> {
        let mut tx = self.write_all().await?;
        let sql = "UPDATE job SET state = 'cancelled', finished = $1, claim = NULL, lease = NULL WHERE state = 'cancelling' AND lease < $1";
        tx.run(sql, values![at]).await?;
        let sql = "UPDATE job SET state = 'failed', finished = $1, claim = NULL, lease = NULL, \
            reason = 'the worker stopped each time: it was killed, or ran out of memory' WHERE state = 'running' AND lease < $1 AND attempts >= $2";
        let failed = tx
            .all("SELECT id FROM job WHERE state = 'running' AND lease < $1 AND attempts >= $2", values![at, TRIES])
            .await?;
        tx.run(sql, values![at, TRIES]).await?;
        for row in failed {
            tell_failed(&mut tx, row.int("id")?, "its worker was killed each time, or ran out of memory").await?;
        }
        let sql = "UPDATE job SET state = 'queued', claim = NULL, lease = NULL, progress = '', reason = 'its worker stopped' \
            WHERE state = 'running' AND lease < $1";
        let queued = tx.run(sql, values![at]).await?;
        let sql = "DELETE FROM job WHERE state IN ('done', 'failed', 'cancelled') AND finished < $1";
        tx.run(sql, values![at - KEPT]).await?;
        tx.commit().await?;
        Ok(queued)
    }

    /// How many jobs there are in each state, for the metrics.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn job_counts(&self) -> Result<Vec<(String, i64)>, DataError> {
        let mut tx = self.read_all().await?;
        let rows = tx.all("SELECT state, COUNT(*) AS jobs FROM job GROUP BY state ORDER BY state", Vec::new()).await?;
        rows.iter().map(|row| Ok((row.text("state")?, row.int("jobs")?))).collect()
    }
}

/// Tells those who want to know that a scan failed for good.
async fn tell_failed(tx: &mut Tx, id: i64, reason: &str) -> Result<(), DataError> {
    let sql = "SELECT job.org, job.client, job.deployment, deployment.name, client.name AS client_name FROM job \
        JOIN deployment ON deployment.id = job.deployment JOIN client ON client.id = job.client WHERE job.id = $1 AND state = 'failed'";
    let Some(row) = tx.one(sql, values![id]).await? else { return Ok(()) };
    let (deployment, name) = (row.int("deployment")?, row.text("name")?);
    let message = Message {
        subject: format!("{name} ({}): a scan failed", row.text("client_name")?),
        text: format!("{{server}}/deployments/{deployment}\n\n{reason}"),
        deployment,
        severity: "warning".to_owned(),
        ..Message::default()
    };
    let about = About { org: row.int("org")?, client: row.int("client")?, drop: 0 };
    alerts::tell(tx, about, &[Trigger::ScanFailed], &message).await.map(|_| ())
}

async fn one(tx: &mut Scoped, id: i64) -> Result<Job, DataError> {
    tx.one(JOB, values![id]).await?.as_ref().map(job).transpose()?.ok_or(DataError::NotFound("job"))
}
