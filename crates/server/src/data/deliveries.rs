//! Deliveries: what is on its way to channels. One is queued in the transaction of what it tells; what waits for a person is sent together.

use castellan_store::db::{Row, Tx};
use castellan_store::values;
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

use super::alerts::Message;
use super::channels::{Kind, timing};
use super::timing::Timing;
use super::{Data, DataError, Page};
use crate::clock::now;
use crate::scope::{Scope, Scoped};

/// How often a delivery is tried.
pub const TRIES: i64 = 8;
/// A sender has this long for one, in seconds.
const LEASE: i64 = 120;
/// Deliveries that ended stay for this long, in seconds.
const KEPT: i64 = 90 * 86_400;
/// Messages that are sent together.
const TOGETHER: i64 = 50;
/// Characters of a subject.
const SUBJECT: usize = 200;

/// A delivery, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Delivery {
    /// Number.
    pub id: i64,
    /// Its channel.
    pub channel: i64,
    /// Name of the channel.
    pub channel_name: String,
    /// The alert that it tells; none: a test or a digest.
    pub alert: Option<i64>,
    /// `waiting`, `sending`, `sent`, `failed`, `cancelled`.
    pub state: String,
    /// What it says, in one line.
    pub subject: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it happened, seconds since 1970.
    pub created: i64,
    /// Not before.
    pub due: i64,
    /// When it was sent, or given up.
    pub finished: Option<i64>,
    /// Why it failed the last time, or was cancelled.
    pub reason: String,
}

/// What a sender holds.
#[derive(Debug)]
pub(crate) struct Outgoing {
    /// Numbers of the deliveries, with how often each was tried, this time included. The first names them all.
    pub parts: Vec<(i64, i64)>,
    /// In which way.
    pub kind: Kind,
    /// Where to.
    pub target: SecretString,
    /// With which a webhook is signed.
    pub signing: SecretString,
    /// What it says.
    pub message: Message,
    /// The organisation whose it is.
    pub org: i64,
}

impl Outgoing {
    /// The number of the first delivery.
    pub fn id(&self) -> i64 {
        self.parts.first().map_or(0, |(id, _)| *id)
    }
}

impl Kind {
    /// Whether people read it: what happens together is told together. Machines get each thing alone.
    const fn is_read(self) -> bool {
        matches!(self, Self::Email | Self::Slack | Self::Mattermost | Self::Teams)
    }
}

/// Queues a message to a channel.
pub(super) async fn queue(
    tx: &mut Tx,
    org: i64,
    client: Option<i64>,
    channel: i64,
    alert: Option<i64>,
    due: i64,
    message: &Message,
) -> Result<i64, DataError> {
    let body = serde_json::to_string(message).unwrap_or_default();
    let row = tx
        .one(
            "INSERT INTO delivery (org, client, channel, alert, state, subject, body, created, due, alone) \
             VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8, $9) RETURNING id",
            values![org, client, channel, alert, &message.subject, body, now(), due, message.report != 0],
        )
        .await?;
    Ok(row.ok_or(DataError::NotFound("delivery"))?.int("id")?)
}

/// Cancels what waits of an alert. The channels that were told already come back.
pub(super) async fn cancel(
    tx: &mut Tx,
    alert: i64,
    reason: &str,
) -> Result<Vec<(i64, Option<i64>, Timing)>, DataError> {
    let sql =
        "UPDATE delivery SET state = 'cancelled', finished = $2, reason = $3 WHERE alert = $1 AND state = 'waiting'";
    tx.run(sql, values![alert, now(), reason]).await?;
    let sql = "SELECT id, client, timing FROM channel WHERE id IN (SELECT channel FROM delivery WHERE alert = $1 AND state IN ('sending', 'sent')) ORDER BY id";
    let rows = tx.all(sql, values![alert]).await?;
    rows.iter().map(|row| Ok((row.int("id")?, row.opt_int("client")?, timing(row)?))).collect()
}

/// Somebody has seen an alert: channels that are told only when nobody has are not.
pub(super) async fn stop_escalation(tx: &mut Tx, alert: i64, by: &str) -> Result<(), DataError> {
    let sql = "SELECT delivery.id, channel.timing FROM delivery JOIN channel ON channel.id = delivery.channel \
        WHERE delivery.alert = $1 AND delivery.state = 'waiting'";
    for row in tx.all(sql, values![alert]).await? {
        if timing(&row)?.escalate_after > 0 {
            let sql = "UPDATE delivery SET state = 'cancelled', finished = $2, reason = $3 WHERE id = $1 AND state = 'waiting'";
            tx.run(sql, values![row.int("id")?, now(), format!("{by} has seen it")]).await?;
        }
    }
    Ok(())
}

/// Several messages as one.
fn together(mut messages: Vec<Message>) -> Message {
    if messages.len() == 1 {
        return messages.remove(0);
    }
    let rank =
        |message: &Message| ["info", "warning", "error", "critical"].iter().position(|one| *one == message.severity);
    let mut events: Vec<String> = messages.iter().flat_map(|message| message.events.clone()).collect();
    events.sort_unstable();
    events.dedup();
    let subjects: Vec<&str> = messages.iter().map(|message| message.subject.as_str()).collect();
    let subject = format!("{} alerts: {}", messages.len(), subjects.join("; "));
    let texts: Vec<String> = messages.iter().map(|message| format!("{}\n{}", message.subject, message.text)).collect();
    let first = &messages[0];
    let same = messages.iter().all(|message| message.deployment == first.deployment);
    Message {
        events,
        subject: if subject.chars().count() > SUBJECT {
            format!("{}...", subject.chars().take(SUBJECT).collect::<String>())
        } else {
            subject
        },
        text: texts.join("\n\n"),
        deployment: if same { first.deployment } else { 0 },
        severity: messages
            .iter()
            .max_by_key(|message| rank(message))
            .map_or_else(String::new, |one| one.severity.clone()),
        alert: 0,
        resolved: messages.iter().all(|message| message.resolved),
        report: 0,
    }
}

const CLAIM: &str = "UPDATE delivery SET state = 'sending', lease = $1, attempts = attempts + 1 \
    WHERE ((state = 'waiting' AND due <= $2) OR (state = 'sending' AND lease < $2)) AND id = (SELECT id FROM delivery \
    WHERE (state = 'waiting' AND due <= $2) OR (state = 'sending' AND lease < $2) ORDER BY due, id LIMIT 1) RETURNING id, org, channel, body, attempts";
/// What waits for the same channel goes along.
const CLAIM_MORE: &str = "UPDATE delivery SET state = 'sending', lease = $1, attempts = attempts + 1 \
    WHERE state = 'waiting' AND id IN (SELECT id FROM delivery WHERE channel = $3 AND state = 'waiting' AND due <= $2 AND alone = 0 ORDER BY id LIMIT $4) \
    RETURNING id, body, attempts";

fn part(row: &Row) -> Result<(i64, i64, Message), DataError> {
    let message = serde_json::from_str(&row.text("body")?).unwrap_or_default();
    Ok((row.int("id")?, row.int("attempts")?, message))
}

impl Data {
    /// Deliveries, newest first.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn deliveries(
        &self,
        scope: &Scope,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Page<Delivery>, DataError> {
        let mut tx = self.read(scope).await?;
        let rows = tx.all(LIST, values![None::<i64>, before, limit + 1]).await?;
        let items = rows.iter().map(delivery).collect::<Result<_, _>>()?;
        Ok(Page::of(items, limit, |one: &Delivery| one.id.to_string()))
    }

    /// Takes the next delivery for a sender, with what goes along; none: nothing is due.
    pub(crate) async fn next_delivery(&self) -> Result<Option<Outgoing>, DataError> {
        let mut tx = self.write_all().await?;
        let Some(row) = tx.one(CLAIM, values![now() + LEASE, now()]).await? else { return Ok(None) };
        let channel = row.int("channel")?;
        let mut parts = vec![part(&row)?];
        let sql = "SELECT kind, target FROM channel WHERE id = $1";
        let of = tx.one(sql, values![channel]).await?.ok_or(DataError::NotFound("channel"))?;
        let kind = Kind::from_name(&of.text("kind")?).unwrap_or(Kind::Webhook);
        if kind.is_read() && parts.iter().all(|(.., message)| message.report == 0) {
            let more = tx.all(CLAIM_MORE, values![now() + LEASE, now(), channel, TOGETHER]).await?;
            parts.extend(more.iter().map(part).collect::<Result<Vec<_>, _>>()?);
            parts.sort_by_key(|(id, ..)| *id);
        }
        tx.commit().await?;
        let numbers: Vec<(i64, i64)> = parts.iter().map(|(id, attempts, _)| (*id, *attempts)).collect();
        let (target, signing) = match self.open_target(channel, &of.bytes("target")?) {
            Ok(both) => both,
            Err(reason) => {
                let last: Vec<(i64, i64)> = numbers.iter().map(|(id, _)| (*id, TRIES)).collect();
                self.delivered(&last, &Err(reason)).await?;
                return Ok(None);
            }
        };
        let message = together(parts.into_iter().map(|(.., message)| message).collect());
        Ok(Some(Outgoing { parts: numbers, kind, target, signing, message, org: row.int("org")? }))
    }

    /// Says how deliveries went: they are sent, tried again later, or given up.
    pub(crate) async fn delivered(&self, parts: &[(i64, i64)], outcome: &Result<(), String>) -> Result<(), DataError> {
        let mut tx = self.write_all().await?;
        for (id, attempts) in parts {
            let (state, reason, due) = match outcome {
                Ok(()) => ("sent", "", now()),
                Err(reason) if *attempts >= TRIES => ("failed", reason.as_str(), now()),
                // 10 seconds, 20, 40, ... 640: 21 minutes in all.
                Err(reason) => ("waiting", reason.as_str(), now() + 5 * (1 << (*attempts).clamp(1, 8))),
            };
            let finished = (state != "waiting").then(now);
            let reason: String = reason.chars().take(500).collect();
            let sql =
                "UPDATE delivery SET state = $2, reason = $3, due = $4, finished = $5, lease = NULL WHERE id = $1";
            tx.run(sql, values![*id, state, reason, due, finished]).await?;
        }
        tx.run("DELETE FROM delivery WHERE finished < $1", values![now() - KEPT]).await?;
        Ok(tx.commit().await?)
    }
}

const LIST: &str = "SELECT delivery.*, channel.name AS channel_name FROM delivery JOIN channel ON channel.id = delivery.channel \
    WHERE delivery.org = $1 AND ($2 IS NULL OR delivery.client = $2) AND ($3 IS NULL OR delivery.id = $3) AND ($4 IS NULL OR delivery.id < $4) \
    ORDER BY delivery.id DESC LIMIT $5";

fn delivery(row: &Row) -> Result<Delivery, DataError> {
    Ok(Delivery {
        id: row.int("id")?,
        channel: row.int("channel")?,
        channel_name: row.text("channel_name")?,
        alert: row.opt_int("alert")?,
        state: row.text("state")?,
        subject: row.text("subject")?,
        attempts: row.int("attempts")?,
        created: row.int("created")?,
        due: row.int("due")?,
        finished: row.opt_int("finished")?,
        reason: row.text("reason")?,
    })
}

pub(super) async fn one(tx: &mut Scoped, id: i64) -> Result<Delivery, DataError> {
    let row = tx.one(LIST, values![Some(id), None::<i64>, 1_i64]).await?;
    row.as_ref().map(delivery).transpose()?.ok_or(DataError::NotFound("delivery"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_messages_are_one_to_read() {
        let message = |subject: &str, severity: &str, deployment| Message {
            events: vec!["score-drop".into()],
            subject: subject.into(),
            text: format!("text of {subject}"),
            deployment,
            severity: severity.into(),
            ..Message::default()
        };
        assert_eq!(together(vec![message("a", "error", 1)]), message("a", "error", 1));
        let both = together(vec![message("a", "error", 1), message("b", "critical", 2), message("c", "info", 1)]);
        assert_eq!(
            (both.subject.as_str(), both.severity.as_str(), both.deployment),
            ("3 alerts: a; b; c", "critical", 0)
        );
        assert!(both.text.contains("text of a") && both.text.contains("text of c"));
        let long = together(vec![message(&"x".repeat(300), "info", 1), message("b", "info", 1)]);
        assert!(long.subject.chars().count() <= SUBJECT + 3 && long.deployment == 1);
    }
}
