//! Alerts: what happened, told in the transaction in which it happens, open until somebody has seen it or it is over.

use castellan_store::db::{Row, Tx};
use castellan_store::values;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::channels::Channel;
use super::{Data, DataError, Page, channels, deliveries, log};
use crate::clock::now;
use crate::scope::{Scope, Scoped};

/// Alerts stay for this long, in seconds.
const KEPT: i64 = 400 * 86_400;

/// Points by which a score falls before it is an alert, unless a channel wants less.
const DROP: i64 = 5;

/// What somebody can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// A finding of high or critical severity is new.
    NewFinding,
    /// A finding that was fixed is open again.
    Regression,
    /// The score fell by as much as the channel says, or more.
    ScoreDrop,
    /// What was promised of a deployment is not kept any more.
    LevelBroken,
    /// A scan failed for good.
    ScanFailed,
    /// A scan that a schedule or an agent should have made is not there.
    ScanOverdue,
    /// An agent is not heard.
    HeartbeatLost,
    /// Two machines had the key of an agent: it is stopped.
    AgentSuspended,
    /// A certificate ends soon.
    CertificateExpiry,
    /// An API key of Odoo ends soon.
    KeyExpiry,
    /// Fixes for the series of Odoo end soon.
    SupportEnd,
    /// Somebody became an administrator of Odoo.
    NewAdministrator,
    /// A file of configuration changed.
    ConfigurationChanged,
}

impl Trigger {
    /// Every trigger.
    pub const ALL: [Self; 13] = [
        Self::NewFinding,
        Self::Regression,
        Self::ScoreDrop,
        Self::LevelBroken,
        Self::ScanFailed,
        Self::ScanOverdue,
        Self::HeartbeatLost,
        Self::AgentSuspended,
        Self::CertificateExpiry,
        Self::KeyExpiry,
        Self::SupportEnd,
        Self::NewAdministrator,
        Self::ConfigurationChanged,
    ];

    /// The name, as it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewFinding => "new-finding",
            Self::Regression => "regression",
            Self::ScoreDrop => "score-drop",
            Self::LevelBroken => "level-broken",
            Self::ScanFailed => "scan-failed",
            Self::ScanOverdue => "scan-overdue",
            Self::HeartbeatLost => "heartbeat-lost",
            Self::AgentSuspended => "agent-suspended",
            Self::CertificateExpiry => "certificate-expiry",
            Self::KeyExpiry => "key-expiry",
            Self::SupportEnd => "support-end",
            Self::NewAdministrator => "new-administrator",
            Self::ConfigurationChanged => "configuration-changed",
        }
    }

    /// Those whose names stand in a text, with commas.
    pub(super) fn of(names: &str) -> Vec<Self> {
        Self::ALL.into_iter().filter(|one| names.split(',').any(|name| name == one.name())).collect()
    }
}

/// What happened, in words and for machines. `{server}` in texts stands for the address of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    /// What happened: names of triggers, `test`, or `digest`.
    pub events: Vec<String>,
    /// In one line.
    pub subject: String,
    /// In a few.
    pub text: String,
    /// Number of the deployment.
    pub deployment: i64,
    /// `critical`, `error`, `warning`, `info`: as PagerDuty has it.
    pub severity: String,
    /// Number of the alert.
    pub alert: i64,
    /// It is over.
    pub resolved: bool,
    /// The audit whose report goes along; 0: none does.
    pub report: i64,
}

/// An alert, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Alert {
    /// Number.
    pub id: i64,
    /// Its deployment.
    pub deployment: i64,
    /// When it happened, seconds since 1970.
    pub time: i64,
    /// What happened.
    pub triggers: Vec<Trigger>,
    /// `critical`, `error`, `warning`, `info`.
    pub severity: String,
    /// In one line.
    pub subject: String,
    /// `open`, `seen`, `over`, or `muted` by maintenance.
    pub state: String,
    /// Who has seen it.
    pub seen_by: String,
    /// Since when it is in this state, seconds since 1970.
    pub changed: i64,
}

fn alert(row: &Row) -> Result<Alert, DataError> {
    Ok(Alert {
        id: row.int("id")?,
        deployment: row.int("deployment")?,
        time: row.int("time")?,
        triggers: Trigger::of(&row.text("triggers")?),
        severity: row.text("severity")?,
        subject: row.text("subject")?,
        state: row.text("state")?,
        seen_by: row.text("seen_by")?,
        changed: row.int("changed")?,
    })
}

/// What a message is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    /// Organisation.
    pub org: i64,
    /// Client.
    pub client: i64,
    /// Points by which the score fell.
    pub drop: i64,
}

/// Notes what happened, and queues it to every channel that wants it, unless there is maintenance. The number of the alert comes back.
pub(super) async fn tell(
    tx: &mut Tx,
    about: About,
    triggers: &[Trigger],
    message: &Message,
) -> Result<Option<i64>, DataError> {
    if triggers.is_empty() {
        return Ok(None);
    }
    let (org, client) = (about.org, about.client);
    let sql = "SELECT * FROM channel WHERE org = $1 AND enabled = 1 AND (client IS NULL OR client = $2) ORDER BY id";
    let rows = tx.all(sql, values![org, client]).await?;
    let channels = rows.iter().map(channels::channel).collect::<Result<Vec<_>, _>>()?;
    let wants = |channel: &Channel, one: Trigger| {
        channel.triggers.contains(&one) && (one != Trigger::ScoreDrop || about.drop >= channel.drop)
    };
    // A point less is no alert, unless somebody wants to know that.
    let is_one = |one: &Trigger| {
        *one != Trigger::ScoreDrop || about.drop >= DROP || channels.iter().any(|channel| wants(channel, *one))
    };
    let triggers: Vec<Trigger> = triggers.iter().copied().filter(is_one).collect();
    if triggers.is_empty() {
        return Ok(None);
    }
    let sql = "SELECT id FROM maintenance WHERE org = $1 AND (client IS NULL OR client = $2) AND (deployment IS NULL OR deployment = $3) \
        AND begins <= $4 AND ends > $4 LIMIT 1";
    let is_muted = tx.one(sql, values![org, client, message.deployment, now()]).await?.is_some();
    let names: Vec<&str> = triggers.iter().map(|one| one.name()).collect();
    let state = if is_muted { "muted" } else { "open" };
    tx.run("DELETE FROM alert WHERE org = $1 AND time < $2", values![org, now() - KEPT]).await?;
    let row = tx
        .one(
            "INSERT INTO alert (org, client, deployment, time, triggers, severity, subject, body, state, changed) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $4) RETURNING id",
            values![
                org,
                client,
                message.deployment,
                now(),
                names.join(","),
                &message.severity,
                &message.subject,
                &message.text,
                state
            ],
        )
        .await?;
    let id = row.ok_or(DataError::NotFound("alert"))?.int("id")?;
    if is_muted {
        return Ok(Some(id));
    }
    for channel in &channels {
        let wanted = triggers.iter().filter(|one| wants(channel, **one)).map(|one| one.name().to_owned());
        let wanted: Vec<String> = wanted.collect();
        // A digest tells it in its own time.
        if wanted.is_empty() || channel.timing.digest.is_some() {
            continue;
        }
        let due = channel.timing.due(now(), message.severity == "critical");
        let message = Message { events: wanted, alert: id, ..message.clone() };
        deliveries::queue(tx, org, channel.client, channel.id, Some(id), due, &message).await?;
    }
    Ok(Some(id))
}

/// What was told is over: who waits to be told is not, and who was told hears it.
pub(super) async fn end(tx: &mut Tx, id: i64) -> Result<(), DataError> {
    let sql = "UPDATE alert SET state = 'over', changed = $2 WHERE id = $1 AND state IN ('open', 'seen') RETURNING org, deployment, triggers, subject, body";
    let Some(row) = tx.one(sql, values![id, now()]).await? else { return Ok(()) };
    let told = deliveries::cancel(tx, id, "it is over").await?;
    let subject = row.text("subject")?;
    let message = Message {
        events: row.text("triggers")?.split(',').map(str::to_owned).collect(),
        subject: format!("Over: {subject}"),
        text: row.text("body")?.lines().next().unwrap_or_default().to_owned(),
        deployment: row.int("deployment")?,
        severity: "info".to_owned(),
        alert: id,
        resolved: true,
        report: 0,
    };
    for (channel, client, timing) in told {
        let due = timing.due(now(), false);
        deliveries::queue(tx, row.int("org")?, client, channel, Some(id), due, &message).await?;
    }
    Ok(())
}

const LIST: &str = "SELECT id, deployment, time, triggers, severity, subject, state, seen_by, changed FROM alert \
    WHERE org = $1 AND ($2 IS NULL OR client = $2) AND ($3 IS NULL OR id = $3) AND ($4 IS NULL OR id < $4) ORDER BY id DESC LIMIT $5";

impl Data {
    /// What happened, newest first.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn alerts(&self, scope: &Scope, before: Option<i64>, limit: i64) -> Result<Page<Alert>, DataError> {
        let mut tx = self.read(scope).await?;
        let rows = tx.all(LIST, values![None::<i64>, before, limit + 1]).await?;
        let items = rows.iter().map(alert).collect::<Result<_, _>>()?;
        Ok(Page::of(items, limit, |one: &Alert| one.id.to_string()))
    }

    /// Somebody has seen it: nobody further up is told.
    ///
    /// # Errors
    ///
    /// When there is none, or it is not open.
    pub async fn see_alert(&self, scope: &Scope, id: i64) -> Result<Alert, DataError> {
        let mut tx = self.write(scope).await?;
        one(&mut tx, id).await?;
        let by = scope.actor().label.clone();
        let sql = "UPDATE alert SET state = 'seen', seen_by = $4, changed = $5 \
            WHERE org = $1 AND ($2 IS NULL OR client = $2) AND id = $3 AND state = 'open'";
        if tx.run(sql, values![id, &by, now()]).await? == 0 {
            return Err(DataError::Conflict("this alert is not open any more".to_owned()));
        }
        deliveries::stop_escalation(tx.tx(), id, &by).await?;
        log::note(&mut tx, "alert.see", &format!("alert {id}"), "").await?;
        let seen = one(&mut tx, id).await?;
        tx.commit().await?;
        Ok(seen)
    }
}

async fn one(tx: &mut Scoped, id: i64) -> Result<Alert, DataError> {
    let row = tx.one(LIST, values![Some(id), None::<i64>, 1_i64]).await?;
    row.as_ref().map(alert).transpose()?.ok_or(DataError::NotFound("alert"))
}
