//! Channels: who is told what happened, and the deliveries to them. A delivery is queued in the transaction of what happened.

use castellan_store::db::{Row, Tx};
use castellan_store::values;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::people::{email, named};
use super::{Data, DataError, Page, log};
use crate::auth::token;
use crate::clock::now;
use crate::keys::Sealed;
use crate::scope::{Scope, Scoped};

/// How often a delivery is tried.
pub const TRIES: i64 = 8;
/// A sender has this long for one, in seconds.
const LEASE: i64 = 120;
/// Deliveries that ended stay for this long, in seconds.
const KEPT: i64 = 90 * 86_400;

/// What somebody can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// Two machines had the key of an agent: it is stopped.
    AgentSuspended,
}

impl Trigger {
    /// Every trigger.
    pub const ALL: [Self; 6] = [
        Self::NewFinding,
        Self::Regression,
        Self::ScoreDrop,
        Self::LevelBroken,
        Self::ScanFailed,
        Self::AgentSuspended,
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
            Self::AgentSuspended => "agent-suspended",
        }
    }
}

/// In which way somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// E-mail, through the server's SMTP.
    Email,
    /// A POST of JSON with a signature.
    Webhook,
    /// An incoming webhook of Slack.
    Slack,
    /// An incoming webhook of Mattermost.
    Mattermost,
    /// A workflow of Microsoft Teams that takes adaptive cards.
    Teams,
    /// An integration key of PagerDuty's events, version 2.
    Pagerduty,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Email, Self::Webhook, Self::Slack, Self::Mattermost, Self::Teams, Self::Pagerduty];

    /// The name, as it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Webhook => "webhook",
            Self::Slack => "slack",
            Self::Mattermost => "mattermost",
            Self::Teams => "teams",
            Self::Pagerduty => "pagerduty",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A channel, as lists show it; its address is a secret but for e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Channel {
    /// Number.
    pub id: i64,
    /// Only about this client; none: about all.
    pub client: Option<i64>,
    /// Name.
    pub name: String,
    /// In which way.
    pub kind: Kind,
    /// What of the address may be shown.
    pub shown: String,
    /// About what.
    pub triggers: Vec<Trigger>,
    /// Points by which the score has to fall.
    pub drop: i64,
    /// It is told.
    pub enabled: bool,
}

/// A new channel.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ToldChannel)]
pub struct Told {
    /// Only about this client; none: about all.
    #[serde(default)]
    pub client: Option<i64>,
    /// Name.
    pub name: String,
    /// In which way.
    pub kind: Kind,
    /// E-mail address, address of the webhook, or integration key.
    #[schema(value_type = String)]
    pub target: SecretString,
    /// About what; none: about everything.
    #[serde(default)]
    pub triggers: Vec<Trigger>,
    /// Points by which the score has to fall, 1 to 100.
    #[serde(default = "five")]
    pub drop: i64,
}

const fn five() -> i64 {
    5
}

/// A delivery, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Delivery {
    /// Number.
    pub id: i64,
    /// Its channel.
    pub channel: i64,
    /// Name of the channel.
    pub channel_name: String,
    /// `waiting`, `sending`, `sent`, `failed`.
    pub state: String,
    /// What it says, in one line.
    pub subject: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it happened, seconds since 1970.
    pub created: i64,
    /// When it was sent, or given up.
    pub finished: Option<i64>,
    /// Why it failed the last time.
    pub reason: String,
}

/// What a sender holds.
#[derive(Debug)]
pub(crate) struct Outgoing {
    /// Number of the delivery.
    pub id: i64,
    /// In which way.
    pub kind: Kind,
    /// Where to.
    pub target: SecretString,
    /// With which a webhook is signed.
    pub signing: SecretString,
    /// What it says.
    pub message: Message,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// What happened, in words and for machines. `{server}` in texts stands for the address of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What happened: names of triggers, or `test`.
    pub events: Vec<String>,
    /// In one line.
    pub subject: String,
    /// In a few.
    pub text: String,
    /// Number of the deployment.
    pub deployment: i64,
    /// `critical`, `error`, `warning`, `info`: as PagerDuty has it.
    pub severity: String,
}

fn context(channel: i64) -> String {
    format!("channel {channel}")
}

/// Target and signing key stand in one column, sealed together.
fn both(target: &SecretString, signing: &str) -> SecretString {
    SecretString::from(format!("{signing}\n{}", target.expose_secret()))
}

/// What of a target may be shown; and whether it is one.
fn shown(kind: Kind, target: &SecretString) -> Result<String, DataError> {
    let text = target.expose_secret().trim();
    match kind {
        Kind::Email => email(text).ok_or_else(|| DataError::Invalid(format!("`{text}` is no e-mail address"))),
        Kind::Pagerduty => {
            let is_key = (20..=64).contains(&text.len()) && text.chars().all(|char| char.is_ascii_alphanumeric());
            let wrong = || DataError::Invalid("an integration key has 20 to 64 letters and digits".to_owned());
            is_key.then(|| "integration key".to_owned()).ok_or_else(wrong)
        }
        _ => {
            let url =
                url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && text.len() < 2000);
            let host = url.as_ref().and_then(url::Url::host_str).map(str::to_owned);
            host.ok_or_else(|| DataError::Invalid("the target is no address; write https://HOST/...".to_owned()))
        }
    }
}

fn channel(row: &Row) -> Result<Channel, DataError> {
    let names = row.text("triggers")?;
    Ok(Channel {
        id: row.int("id")?,
        client: row.opt_int("client")?,
        name: row.text("name")?,
        kind: Kind::from_name(&row.text("kind")?).unwrap_or(Kind::Webhook),
        shown: row.text("shown")?,
        triggers: Trigger::ALL.into_iter().filter(|one| names.split(',').any(|name| name == one.name())).collect(),
        drop: row.int("points")?,
        enabled: row.flag("enabled")?,
    })
}

/// Queues a message to every channel that wants it. `drop` is by how much the score fell.
pub(super) async fn tell(
    tx: &mut Tx,
    org: i64,
    client: i64,
    triggers: &[Trigger],
    drop: i64,
    message: &Message,
) -> Result<(), DataError> {
    if triggers.is_empty() {
        return Ok(());
    }
    let sql = "SELECT id, client, name, kind, shown, triggers, points, enabled FROM channel \
        WHERE org = $1 AND enabled = 1 AND (client IS NULL OR client = $2) ORDER BY id";
    for row in tx.all(sql, values![org, client]).await? {
        let channel = channel(&row)?;
        let wanted: Vec<String> = triggers
            .iter()
            .filter(|one| channel.triggers.contains(one) && (**one != Trigger::ScoreDrop || drop >= channel.drop))
            .map(|one| one.name().to_owned())
            .collect();
        if !wanted.is_empty() {
            queue(tx, org, channel.client, channel.id, &Message { events: wanted, ..message.clone() }).await?;
        }
    }
    Ok(())
}

async fn queue(tx: &mut Tx, org: i64, client: Option<i64>, channel: i64, message: &Message) -> Result<i64, DataError> {
    let body = serde_json::to_string(message).unwrap_or_default();
    let row = tx
        .one(
            "INSERT INTO delivery (org, client, channel, state, subject, body, created, due) VALUES ($1, $2, $3, 'waiting', $4, $5, $6, $6) RETURNING id",
            values![org, client, channel, &message.subject, body, now()],
        )
        .await?;
    Ok(row.ok_or(DataError::NotFound("delivery"))?.int("id")?)
}

const CLAIM: &str = "UPDATE delivery SET state = 'sending', lease = $1, attempts = attempts + 1 \
    WHERE ((state = 'waiting' AND due <= $2) OR (state = 'sending' AND lease < $2)) AND id = (SELECT id FROM delivery \
    WHERE (state = 'waiting' AND due <= $2) OR (state = 'sending' AND lease < $2) ORDER BY due, id LIMIT 1) RETURNING id, channel, body, attempts";

impl Data {
    /// Channels, by name.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn channels(&self, scope: &Scope) -> Result<Vec<Channel>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT id, client, name, kind, shown, triggers, points, enabled FROM channel \
            WHERE org = $1 AND ($2 IS NULL OR client = $2) ORDER BY name, id";
        tx.all(sql, Vec::new()).await?.iter().map(channel).collect()
    }

    /// Adds a channel. The key with which its messages are signed comes back once.
    ///
    /// # Errors
    ///
    /// When the target is none of the kind.
    pub async fn add_channel(&self, scope: &Scope, told: &Told) -> Result<(Channel, String), DataError> {
        let name = named(&told.name)?;
        let shown = shown(told.kind, &told.target)?;
        if !(1..=100).contains(&told.drop) {
            return Err(DataError::Invalid("`drop` is 1 to 100 points".to_owned()));
        }
        let triggers = if told.triggers.is_empty() { Trigger::ALL.to_vec() } else { told.triggers.clone() };
        let names: Vec<&str> = triggers.iter().map(|one| one.name()).collect();
        let client = scope.client().or(told.client);
        let signing = token::new("csw_").map_err(DataError::Invalid)?;
        let mut tx = self.write(scope).await?;
        if let Some(client) = client
            && tx.one("SELECT id FROM client WHERE org = $1 AND id = $3", values![client]).await?.is_none()
        {
            return Err(DataError::NotFound("client"));
        }
        let row = tx
            .one(
                "INSERT INTO channel (org, client, name, kind, shown, target, triggers, points, enabled, created) \
                 VALUES ($1, $3, $4, $5, $6, $7, $8, $9, 1, $10) RETURNING id, client, name, kind, shown, triggers, points, enabled",
                values![client, &name, told.kind.name(), shown, Vec::<u8>::new(), names.join(","), told.drop, now()],
            )
            .await?;
        let added = channel(&row.ok_or(DataError::NotFound("channel"))?)?;
        // Sealed for its own place, whose number is known now only.
        let target = SecretString::from(told.target.expose_secret().trim().to_owned());
        let sealed = self
            .master()
            .seal(&context(added.id), &both(&target, &signing))
            .map_err(|error| DataError::Conflict(error.to_string()))?;
        tx.run("UPDATE channel SET target = $4 WHERE org = $1 AND id = $3", values![added.id, sealed.to_bytes()])
            .await?;
        log::note(&mut tx, "channel.create", &context(added.id), &format!("{}: {name}", told.kind.name())).await?;
        tx.commit().await?;
        Ok((added, signing))
    }

    /// Removes a channel with its deliveries.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn remove_channel(&self, scope: &Scope, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let sql = "DELETE FROM channel WHERE org = $1 AND ($2 IS NULL OR client = $2) AND id = $3";
        if tx.run(sql, values![id]).await? == 0 {
            return Err(DataError::NotFound("channel"));
        }
        log::note(&mut tx, "channel.remove", &context(id), "").await?;
        Ok(tx.commit().await?)
    }

    /// Queues a message that only says that it arrived.
    ///
    /// # Errors
    ///
    /// When there is no such channel.
    pub async fn test_channel(&self, scope: &Scope, id: i64) -> Result<Delivery, DataError> {
        let mut tx = self.write(scope).await?;
        let sql = "SELECT client FROM channel WHERE org = $1 AND ($2 IS NULL OR client = $2) AND id = $3";
        let client = tx.one(sql, values![id]).await?.ok_or(DataError::NotFound("channel"))?.opt_int("client")?;
        let message = Message {
            events: vec!["test".to_owned()],
            subject: "Castellan: a test".to_owned(),
            text: format!("{} asked for this test. Nothing happened.\n{{server}}", scope.actor().label),
            deployment: 0,
            severity: "info".to_owned(),
        };
        let org = scope.org();
        let delivery = queue(tx.tx(), org, client, id, &message).await?;
        log::note(&mut tx, "channel.test", &context(id), "").await?;
        let queued = one(&mut tx, delivery).await?;
        tx.commit().await?;
        Ok(queued)
    }

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

    /// Takes the next delivery for a sender; none: nothing is due.
    pub(crate) async fn next_delivery(&self) -> Result<Option<Outgoing>, DataError> {
        let mut tx = self.write_all().await?;
        let Some(row) = tx.one(CLAIM, values![now() + LEASE, now()]).await? else { return Ok(None) };
        let (id, channel) = (row.int("id")?, row.int("channel")?);
        let sql = "SELECT kind, target FROM channel WHERE id = $1";
        let of = tx.one(sql, values![channel]).await?.ok_or(DataError::NotFound("channel"))?;
        tx.commit().await?;
        let kind = Kind::from_name(&of.text("kind")?).unwrap_or(Kind::Webhook);
        let damaged = || DataError::Conflict("the channel is damaged: make it anew".to_owned());
        let sealed = Sealed::from_bytes(&of.bytes("target")?).ok_or_else(damaged)?;
        let text = match self.master().open(&context(channel), &sealed) {
            Ok(text) => text,
            Err(error) => {
                self.delivered(id, TRIES, Err(error.to_string())).await?;
                return Ok(None);
            }
        };
        let (signing, target) = text.expose_secret().split_once('\n').ok_or_else(damaged)?;
        Ok(Some(Outgoing {
            id,
            kind,
            target: SecretString::from(target.to_owned()),
            signing: SecretString::from(signing.to_owned()),
            message: serde_json::from_str(&row.text("body")?).unwrap_or_default(),
            attempts: row.int("attempts")?,
        }))
    }

    /// Says how a delivery went: it is sent, tried again later, or given up.
    pub(crate) async fn delivered(&self, id: i64, attempts: i64, outcome: Result<(), String>) -> Result<(), DataError> {
        let mut tx = self.write_all().await?;
        let (state, reason, due) = match outcome {
            Ok(()) => ("sent", String::new(), now()),
            Err(reason) if attempts >= TRIES => ("failed", reason, now()),
            // 10 seconds, 20, 40, ... 640: 21 minutes in all.
            Err(reason) => ("waiting", reason, now() + 5 * (1 << attempts.clamp(1, 8))),
        };
        let finished = (state != "waiting").then(now);
        let reason: String = reason.chars().take(500).collect();
        let sql = "UPDATE delivery SET state = $2, reason = $3, due = $4, finished = $5, lease = NULL WHERE id = $1";
        tx.run(sql, values![id, state, reason, due, finished]).await?;
        tx.run("DELETE FROM delivery WHERE finished < $1", values![now() - KEPT]).await?;
        Ok(tx.commit().await?)
    }

    /// Seals the keys of channels with the newest master key.
    pub(super) async fn rotate_channels(&self, tx: &mut Tx) -> Result<u64, DataError> {
        let mut moved = 0;
        for row in tx.all("SELECT id, target FROM channel", Vec::new()).await? {
            let (id, Some(sealed)) = (row.int("id")?, Sealed::from_bytes(&row.bytes("target")?)) else { continue };
            let new = self.master().rotate(&context(id), &sealed);
            if let Some(new) = new.map_err(|error| DataError::Conflict(error.to_string()))? {
                tx.run("UPDATE channel SET target = $2 WHERE id = $1", values![id, new.to_bytes()]).await?;
                moved += 1;
            }
        }
        Ok(moved)
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
        state: row.text("state")?,
        subject: row.text("subject")?,
        attempts: row.int("attempts")?,
        created: row.int("created")?,
        finished: row.opt_int("finished")?,
        reason: row.text("reason")?,
    })
}

async fn one(tx: &mut Scoped, id: i64) -> Result<Delivery, DataError> {
    let row = tx.one(LIST, values![Some(id), None::<i64>, 1_i64]).await?;
    row.as_ref().map(delivery).transpose()?.ok_or(DataError::NotFound("delivery"))
}
