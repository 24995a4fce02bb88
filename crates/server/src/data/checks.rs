//! Checks of a site that strangers asked for: of no organisation, without an account, for two weeks.

use castellan_model::AuditReport;
use castellan_store::{pack, unpack, values};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Data, DataError};
use crate::auth::token;
use crate::clock::now;
use crate::reach::Site;

/// Seconds that a result is kept.
const KEPT: i64 = 14 * 86_400;
/// Seconds that a check may take, with some to spare.
pub const LIMIT: i64 = 300;
/// Checks that wait at most.
const WAITING: i64 = 20;
/// Checks an hour of one address, and of everybody.
const OF_ONE: i64 = 5;
const OF_ALL: i64 = 60;
/// Seconds of an hour.
const HOUR: i64 = 3600;
/// Seconds until the same site may be looked at again.
const PAUSE: i64 = 600;

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It waits for others.
    Waiting,
    /// It is under way.
    Running,
    /// The report is there.
    Done,
    /// It failed.
    Failed,
}

/// A check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Check {
    /// The site.
    pub site: String,
    /// How it stands.
    pub state: State,
    /// Why it failed.
    pub reason: String,
    /// Since when, seconds since 1970.
    pub created: i64,
    /// Until when it is kept.
    pub expires: i64,
}

/// A check that is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Number.
    pub id: i64,
    /// Address of the site.
    pub url: String,
    /// Where it is.
    pub address: String,
}

/// Why a check does not begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Too many: so many seconds to wait.
    Later(i64),
    /// The same site was looked at a moment ago: so many seconds to wait.
    Again(i64),
}

impl Data {
    /// Queues a check for somebody at an address. The secret that asks for its result comes back.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub async fn ask_check(&self, site: &Site, from: &str) -> Result<Result<String, Refused>, DataError> {
        let secret = token::new("").map_err(DataError::Invalid)?;
        let mut tx = self.write_all().await?;
        let sql = "SELECT MAX(CASE WHEN host = $1 THEN created END) AS same, COUNT(CASE WHEN asked_from = $2 AND created > $3 THEN 1 END) AS own, \
            MIN(CASE WHEN asked_from = $2 AND created > $3 THEN created END) AS own_first, COUNT(CASE WHEN created > $3 THEN 1 END) AS everybody, \
            COUNT(CASE WHEN state = 'waiting' THEN 1 END) AS waiting FROM site_check";
        let row = tx.one(sql, values![&site.host, from, now() - HOUR]).await?.ok_or(DataError::NotFound("check"))?;
        if let Some(same) = row.opt_int("same")?.filter(|same| *same > now() - PAUSE) {
            return Ok(Err(Refused::Again(same + PAUSE - now())));
        }
        if row.int("own")? >= OF_ONE {
            let first = row.opt_int("own_first")?.unwrap_or_else(now);
            return Ok(Err(Refused::Later((first + HOUR - now()).max(1))));
        }
        if row.int("everybody")? >= OF_ALL || row.int("waiting")? >= WAITING {
            return Ok(Err(Refused::Later(600)));
        }
        let sql = "INSERT INTO site_check (hash, url, host, address, asked_from, state, created, expires) VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7)";
        let address = site.address.to_string();
        let values = values![token::hash(&secret), &site.url, &site.host, address, from, now(), now() + KEPT];
        tx.run(sql, values).await?;
        tx.commit().await?;
        Ok(Ok(secret))
    }

    /// Forgets what is over, and after an hour who asked.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub async fn forget_checks(&self) -> Result<(), DataError> {
        let mut tx = self.write_all().await?;
        tx.run("DELETE FROM site_check WHERE expires < $1", values![now()]).await?;
        let sql = "UPDATE site_check SET asked_from = '' WHERE created < $1 AND asked_from <> ''";
        tx.run(sql, values![now() - HOUR]).await?;
        Ok(tx.commit().await?)
    }

    /// The next check that is to be done; no other process gets it.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn next_check(&self) -> Result<Option<Due>, DataError> {
        let mut tx = self.write_all().await?;
        let sql = "UPDATE site_check SET state = 'running', started = $1 WHERE state = 'waiting' AND id = \
            (SELECT id FROM site_check WHERE state = 'waiting' ORDER BY id LIMIT 1) RETURNING id, url, address";
        let row = tx.one(sql, values![now()]).await?;
        let due = row.map(|row| {
            Ok::<_, DataError>(Due { id: row.int("id")?, url: row.text("url")?, address: row.text("address")? })
        });
        let due = due.transpose()?;
        tx.commit().await?;
        Ok(due)
    }

    /// A check ends: with a report, or with a reason.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub async fn end_check(&self, id: i64, result: Result<&AuditReport, &str>) -> Result<(), DataError> {
        let (state, reason, report) = match result {
            Ok(report) => {
                let bytes = serde_json::to_vec(report).map_err(|error| DataError::Invalid(error.to_string()))?;
                ("done", String::new(), Some(pack(&bytes)))
            }
            Err(reason) => ("failed", reason.to_owned(), None),
        };
        let mut tx = self.write_all().await?;
        let sql = "UPDATE site_check SET state = $2, reason = $3, report = $4 WHERE id = $1 AND state = 'running'";
        tx.run(sql, values![id, state, reason, report]).await?;
        Ok(tx.commit().await?)
    }

    /// The check of a secret, with its report when it is done; none: there is none, or it is over.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn check_of(&self, secret: &str) -> Result<Option<(Check, Option<AuditReport>)>, DataError> {
        let mut tx = self.read_all().await?;
        let sql = "SELECT host, state, reason, created, started, expires, report FROM site_check WHERE hash = $1 AND expires > $2";
        let Some(row) = tx.one(sql, values![token::hash(secret), now()]).await? else { return Ok(None) };
        let mut check = Check {
            site: row.text("host")?,
            state: match row.text("state")?.as_str() {
                "waiting" => State::Waiting,
                "running" => State::Running,
                "done" => State::Done,
                _ => State::Failed,
            },
            reason: row.text("reason")?,
            created: row.int("created")?,
            expires: row.int("expires")?,
        };
        // Nobody takes it up again: a look is cheap, and whoever waits is told.
        if check.state == State::Running && row.opt_int("started")?.is_some_and(|started| started < now() - LIMIT) {
            check.state = State::Failed;
            "the server was stopped meanwhile".clone_into(&mut check.reason);
        }
        let report = row.opt_bytes("report")?.map(|bytes| {
            let damaged = |reason: String| DataError::Conflict(format!("the report is damaged: {reason}"));
            let bytes = unpack(&bytes).map_err(damaged)?;
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))
        });
        Ok(Some((check, report.transpose()?)))
    }
}
