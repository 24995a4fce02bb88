//! Channels: who is told what, in which way, and when.

use castellan_store::db::{Row, Tx};
use castellan_store::values;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alerts::{Message, Trigger};
use super::deliveries::Delivery;
use super::people::{email, named};
use super::timing::{Digest, Timing};
use super::{Data, DataError, clients, deliveries, log};
use crate::auth::token;
use crate::clock::now;
use crate::keys::Sealed;
use crate::scope::Scope;

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
    /// When it is told.
    pub timing: Timing,
    /// When the next digest comes, seconds since 1970.
    pub digest_next: Option<i64>,
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
    /// When it is told.
    #[serde(default)]
    pub timing: Timing,
}

const fn five() -> i64 {
    5
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

pub(super) fn channel(row: &Row) -> Result<Channel, DataError> {
    Ok(Channel {
        id: row.int("id")?,
        client: row.opt_int("client")?,
        name: row.text("name")?,
        kind: Kind::from_name(&row.text("kind")?).unwrap_or(Kind::Webhook),
        shown: row.text("shown")?,
        triggers: Trigger::of(&row.text("triggers")?),
        drop: row.int("points")?,
        timing: timing(row)?,
        digest_next: row.opt_int("digest_next")?,
        enabled: row.flag("enabled")?,
    })
}

/// When a channel is told, out of its row.
pub(super) fn timing(row: &Row) -> Result<Timing, DataError> {
    Ok(serde_json::from_str(&row.text("timing")?).unwrap_or_default())
}

impl Data {
    /// Channels, by name.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn channels(&self, scope: &Scope) -> Result<Vec<Channel>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT * FROM channel WHERE org = $1 AND ($2 IS NULL OR client = $2) ORDER BY name, id";
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
        told.timing.check().map_err(DataError::Invalid)?;
        if told.timing.digest == Some(Digest::Monthly) && told.kind != Kind::Email {
            return Err(DataError::Invalid("monthly reports go by e-mail".to_owned()));
        }
        let timing = serde_json::to_string(&told.timing).unwrap_or_default();
        let digest_next = told.timing.next_digest(now());
        let triggers = if told.triggers.is_empty() { Trigger::ALL.to_vec() } else { told.triggers.clone() };
        let names: Vec<&str> = triggers.iter().map(|one| one.name()).collect();
        let client = scope.client().or(told.client);
        let signing = token::new("csw_").map_err(DataError::Invalid)?;
        let mut tx = self.write(scope).await?;
        if let Some(client) = client {
            clients::exists(&mut tx, client).await?;
        }
        let row = tx
            .one(
                "INSERT INTO channel (org, client, name, kind, shown, target, triggers, points, timing, digest_last, digest_next, enabled, created) \
                 VALUES ($1, $3, $4, $5, $6, $7, $8, $9, $11, $10, $12, 1, $10) RETURNING *",
                values![
                    client,
                    &name,
                    told.kind.name(),
                    shown,
                    Vec::<u8>::new(),
                    names.join(","),
                    told.drop,
                    now(),
                    timing,
                    digest_next
                ],
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
            severity: "info".to_owned(),
            ..Message::default()
        };
        let org = scope.org();
        let delivery = deliveries::queue(tx.tx(), org, client, id, None, now(), &message).await?;
        log::note(&mut tx, "channel.test", &context(id), "").await?;
        let queued = deliveries::one(&mut tx, delivery).await?;
        tx.commit().await?;
        Ok(queued)
    }

    /// Where a channel sends to, and with which key it signs.
    pub(super) fn open_target(&self, id: i64, sealed: &[u8]) -> Result<(SecretString, SecretString), String> {
        let damaged = || "the channel is damaged: make it anew".to_owned();
        let sealed = Sealed::from_bytes(sealed).ok_or_else(damaged)?;
        let text = self.master().open(&context(id), &sealed).map_err(|error| error.to_string())?;
        let (signing, target) = text.expose_secret().split_once('\n').ok_or_else(damaged)?;
        Ok((SecretString::from(target.to_owned()), SecretString::from(signing.to_owned())))
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
