//! When scans run by themselves: cron expressions in a time zone, each firing once however many servers look.

use std::str::FromStr;

use castellan_agent::protocol::Kind;
use castellan_store::db::{Row, Tx};
use castellan_store::values;
use croner::Cron;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::timing::{check_hours, end_of};
use super::{Data, DataError, agents, deployments, jobs, log};
use crate::clock::now;
use crate::scope::{Scope, say_who};
use crate::sources::Sources;

/// A scan is not run more often than this, in seconds.
const CLOSEST: i64 = 300;
/// Most seconds by which a run may be late on purpose.
const JITTER: i64 = 6 * 3600;

/// When a deployment is scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Schedule {
    /// Number.
    pub id: i64,
    /// Its deployment.
    pub deployment: i64,
    /// Minute, hour, day of month, month, day of week.
    pub cron: String,
    /// Time zone: `Europe/Berlin`.
    pub zone: String,
    /// Each run is late by a random number of seconds up to this.
    pub jitter: i64,
    /// It runs from this time of the day on, such as `22:00`: what is due earlier waits.
    pub window_from: Option<String>,
    /// And until this one, such as `05:00`.
    pub window_to: Option<String>,
    /// It runs.
    pub enabled: bool,
    /// When it ran last, seconds since 1970.
    pub fired: Option<i64>,
    /// When it runs next, seconds since 1970.
    pub next: i64,
}

/// What people say of a schedule.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ToldSchedule)]
pub struct Told {
    /// Minute, hour, day of month, month, day of week: `30 2 * * *`.
    pub cron: String,
    /// Time zone: `Europe/Berlin`.
    #[serde(default = "utc")]
    pub zone: String,
    /// Each run is late by a random number of seconds up to this.
    #[serde(default)]
    pub jitter: i64,
    /// It runs from this time of the day on, such as `22:00`: what is due earlier waits.
    #[serde(default)]
    pub window_from: Option<String>,
    /// And until this one, such as `05:00`.
    #[serde(default)]
    pub window_to: Option<String>,
    /// It runs.
    #[serde(default = "yes")]
    pub enabled: bool,
}

impl Told {
    /// Whenever an expression means, on the clock of a zone.
    #[must_use]
    pub fn new(cron: &str, zone: &str) -> Self {
        Self {
            cron: cron.to_owned(),
            zone: zone.to_owned(),
            jitter: 0,
            window_from: None,
            window_to: None,
            enabled: true,
        }
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

const fn yes() -> bool {
    true
}

/// The first moment after `after` that an expression means, seconds since 1970.
///
/// # Errors
///
/// When expression or zone is none, or there is no such moment.
pub fn next(cron: &str, zone: &str, after: i64) -> Result<i64, String> {
    if cron.split_whitespace().count() != 5 && !cron.trim_start().starts_with('@') {
        return Err(format!(
            "`{cron}`: write five fields: minute, hour, day of month, month, day of week, such as `30 2 * * *`"
        ));
    }
    let parsed = Cron::from_str(cron).map_err(|error| format!("`{cron}`: {error}"))?;
    let zone = TimeZone::get(zone).map_err(|_| format!("`{zone}` is no time zone; write one such as Europe/Berlin"))?;
    let from = Timestamp::from_second(after).map_err(|error| error.to_string())?.to_zoned(zone);
    let found = parsed.find_next_occurrence(&from, false).map_err(|_| format!("`{cron}` never comes"))?;
    Ok(found.timestamp().as_second())
}

fn checked(told: &Told) -> Result<i64, DataError> {
    let first = next(&told.cron, &told.zone, now()).map_err(DataError::Invalid)?;
    let mut before = first;
    // Expressions with uneven steps come close now and then only.
    for _ in 0..50 {
        let Ok(following) = next(&told.cron, &told.zone, before) else { break };
        if following - before < CLOSEST {
            return Err(DataError::Invalid(format!("`{}` comes more often than every five minutes", told.cron)));
        }
        before = following;
    }
    check_hours("the hours of a schedule", told.window_from.as_deref(), told.window_to.as_deref())
        .map_err(DataError::Invalid)?;
    if !(0..=JITTER).contains(&told.jitter) {
        return Err(DataError::Invalid(format!("`jitter` is 0 to {JITTER} seconds")));
    }
    Ok(first)
}

fn schedule(row: &Row) -> Result<Schedule, DataError> {
    Ok(Schedule {
        id: row.int("id")?,
        deployment: row.int("deployment")?,
        cron: row.text("cron")?,
        zone: row.text("zone")?,
        jitter: row.int("jitter")?,
        window_from: row.opt_text("window_from")?,
        window_to: row.opt_text("window_to")?,
        enabled: row.flag("enabled")?,
        fired: row.opt_int("fired")?,
        next: row.int("next")?,
    })
}

impl Schedule {
    /// When a run that is due may begin: what was missed, or is late on purpose, waits for the hours of the schedule.
    fn within(&self, due: i64) -> i64 {
        // Outside of its hours is inside of the others.
        let (Some(from), Some(to)) = (&self.window_from, &self.window_to) else { return due };
        end_of(&self.zone, to, from, due).unwrap_or(due)
    }
}

fn late(jitter: i64) -> i64 {
    let mut bytes = [0_u8; 4];
    if jitter <= 0 || getrandom::fill(&mut bytes).is_err() {
        return 0;
    }
    i64::from(u32::from_le_bytes(bytes)) % (jitter + 1)
}

impl Data {
    /// Schedules of a deployment.
    ///
    /// # Errors
    ///
    /// When there is no such deployment.
    pub async fn schedules(&self, scope: &Scope, deployment: i64) -> Result<Vec<Schedule>, DataError> {
        let mut tx = self.read(scope).await?;
        deployments::one(&mut tx, deployment).await?;
        let sql =
            "SELECT * FROM schedule WHERE org = $1 AND ($2 IS NULL OR client = $2) AND deployment = $3 ORDER BY id";
        tx.all(sql, values![deployment]).await?.iter().map(schedule).collect()
    }

    /// Adds a schedule.
    ///
    /// # Errors
    ///
    /// When expression or zone is none.
    pub async fn add_schedule(&self, scope: &Scope, deployment: i64, told: &Told) -> Result<Schedule, DataError> {
        let first = checked(told)?;
        let mut tx = self.write(scope).await?;
        let client = deployments::one(&mut tx, deployment).await?.client;
        let row = tx
            .one(
                "INSERT INTO schedule (org, client, deployment, cron, zone, jitter, enabled, created, next, window_from, window_to) \
                 VALUES ($1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING *",
                values![
                    client,
                    deployment,
                    &told.cron,
                    &told.zone,
                    told.jitter,
                    told.enabled,
                    now(),
                    first,
                    told.window_from.clone(),
                    told.window_to.clone()
                ],
            )
            .await?;
        let added = schedule(&row.ok_or(DataError::NotFound("schedule"))?)?;
        log::note(&mut tx, "schedule.create", &format!("deployment {deployment}"), &told.cron).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Removes a schedule.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn remove_schedule(&self, scope: &Scope, deployment: i64, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let sql = "DELETE FROM schedule WHERE org = $1 AND ($2 IS NULL OR client = $2) AND deployment = $3 AND id = $4";
        if tx.run(sql, values![deployment, id]).await? == 0 {
            return Err(DataError::NotFound("schedule"));
        }
        log::note(&mut tx, "schedule.remove", &format!("deployment {deployment}"), &format!("schedule {id}")).await?;
        Ok(tx.commit().await?)
    }

    /// Queues what is due. Several servers may ask at once: the one that moves `next` on queues the run. How many were queued comes back.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn fire(&self, at: i64) -> Result<u64, DataError> {
        let mut tx = self.read_all().await?;
        let sql = "SELECT * FROM schedule WHERE enabled = 1 AND next <= $1 ORDER BY next LIMIT 200";
        let due = tx.all(sql, values![at]).await?;
        drop(tx);
        let mut queued = 0;
        for row in &due {
            let one = schedule(row)?;
            let mut tx = self.db().write().await?;
            say_who(&mut tx, "*", "").await?;
            // What was missed while no server ran is made up for once.
            let following = next(&one.cron, &one.zone, at);
            let moved = match &following {
                Ok(following) => {
                    let sql = "UPDATE schedule SET next = $2, fired = $3 WHERE id = $1 AND next = $4 AND enabled = 1";
                    tx.run(sql, values![one.id, *following, at, one.next]).await?
                }
                Err(_) => {
                    tx.run("UPDATE schedule SET enabled = 0 WHERE id = $1", values![one.id]).await?;
                    0
                }
            };
            if moved == 1 {
                let place =
                    jobs::Place { org: row.int("org")?, client: row.int("client")?, deployment: one.deployment };
                queue(&mut tx, &place, one.within(at + late(one.jitter))).await?;
                queued += 1;
            }
            tx.commit().await?;
        }
        Ok(queued)
    }
}

/// Queues a scan; where nothing is looked at from here, its agents are told to collect.
async fn queue(tx: &mut Tx, place: &jobs::Place, due: i64) -> Result<(), DataError> {
    let row = tx.one("SELECT sources FROM deployment WHERE id = $1", values![place.deployment]).await?;
    let sources: Sources = row
        .map(|row| row.text("sources"))
        .transpose()?
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let agents = if sources.is_empty() { agents::listening(tx, place.deployment).await? } else { Vec::new() };
    if agents.is_empty() {
        jobs::enqueue(tx, place, "scan", "schedule", due, None).await?;
    }
    for agent in agents {
        agents::add_order(tx, place.org, place.client, agent, Kind::Scan, "schedule").await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-29 00:00:00 UTC: in Berlin the clocks go from 2 to 3 at 01:00 UTC.
    const SPRING: i64 = 1_774_742_400;

    #[test]
    fn expressions_mean_the_clock_on_the_wall() {
        assert_eq!(next("30 4 * * *", "UTC", SPRING).unwrap(), SPRING + 4 * 3600 + 1800);
        assert_eq!(next("30 4 * * *", "Europe/Berlin", SPRING).unwrap(), SPRING + 2 * 3600 + 1800);
        let day_before = next("30 4 * * *", "Europe/Berlin", SPRING - 86_400).unwrap();
        assert_eq!(day_before, SPRING - 86_400 + 3 * 3600 + 1800);
    }

    #[test]
    fn an_hour_that_the_clocks_leave_out_still_comes() {
        let found = next("30 2 * * *", "Europe/Berlin", SPRING).unwrap();
        assert!(found > SPRING && found <= SPRING + 86_400, "{found}");
    }

    #[test]
    fn what_was_missed_waits_for_its_hours() {
        let night = Schedule {
            id: 1,
            deployment: 1,
            cron: "30 2 * * *".into(),
            zone: "Europe/Berlin".into(),
            jitter: 0,
            window_from: Some("22:00".into()),
            window_to: Some("05:00".into()),
            enabled: true,
            fired: None,
            next: 0,
        };
        // A Saturday in Berlin: one at night stays, noon waits until ten in the evening.
        let day = SPRING - 86_400;
        assert_eq!(night.within(day), day);
        assert_eq!(night.within(day + 11 * 3600), day + 21 * 3600);
        assert_eq!(Schedule { window_from: None, window_to: None, ..night }.within(day + 11 * 3600), day + 11 * 3600);
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(next("* * *", "UTC", 0).unwrap_err().contains("five fields"));
        assert!(next("61 * * * *", "UTC", 0).is_err());
        assert!(next("0 0 * * *", "Mars/Olympus", 0).unwrap_err().contains("no time zone"));
        let often = Told::new("* * * * *", "UTC");
        assert!(checked(&often).is_err());
        let half = Told { window_from: Some("22:00".into()), cron: "0 2 * * *".into(), ..often.clone() };
        assert!(checked(&half).unwrap_err().to_string().contains("a begin and an end"));
        assert!(checked(&Told { cron: "0 2 * * 1".into(), ..often }).is_ok());
    }
}
