//! The log of who did what: appended only, each entry sealed by the hash of itself and the one before.

use castellan_store::db::Row;
use castellan_store::values;
use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{Data, DataError, Page};
use crate::clock::now;
use crate::scope::{Scope, Scoped};

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entry {
    /// Number in the log of the organisation, from 1, without gaps.
    pub number: i64,
    /// When, seconds since 1970.
    pub time: i64,
    /// Who.
    pub actor: String,
    /// What was done: `deployment.create`.
    pub action: String,
    /// To what: `deployment 7`.
    pub object: String,
    /// More of it; never a secret.
    pub detail: String,
    /// Where the request came from.
    pub address: String,
    /// SHA-256 of the hash before, a line feed, and this entry as a line of JSON without `hash`.
    pub hash: String,
}

impl Entry {
    fn of(row: &Row) -> Result<Self, DataError> {
        Ok(Self {
            number: row.int("number")?,
            time: row.int("time")?,
            actor: row.text("actor")?,
            action: row.text("action")?,
            object: row.text("object")?,
            detail: row.text("detail")?,
            address: row.text("address")?,
            hash: row.text("hash")?,
        })
    }

    fn sealed(&self, before: &str) -> String {
        let line = serde_json::json!([
            self.number,
            self.time,
            self.actor,
            self.action,
            self.object,
            self.detail,
            self.address
        ]);
        HEXLOWER.encode(&Sha256::digest(format!("{before}\n{line}")))
    }
}

/// Notes what is done, in the same transaction.
///
/// # Errors
///
/// When it cannot be written: then nothing is done.
pub async fn note(tx: &mut Scoped, action: &str, object: &str, detail: &str) -> Result<(), DataError> {
    if tx.is_postgres() {
        // One at a time, or two entries would follow the same one.
        tx.one("SELECT id FROM organisation WHERE id = $1 FOR UPDATE", Vec::new()).await?;
    }
    let last =
        tx.one("SELECT number, hash FROM audit_log WHERE org = $1 ORDER BY number DESC LIMIT 1", Vec::new()).await?;
    let (number, before) = match last {
        Some(row) => (row.int("number")? + 1, row.text("hash")?),
        None => (1, String::new()),
    };
    let actor = tx.scope().actor().clone();
    let mut entry = Entry {
        number,
        time: now(),
        actor: actor.label,
        action: action.to_owned(),
        object: object.to_owned(),
        detail: detail.to_owned(),
        address: actor.address,
        hash: String::new(),
    };
    entry.hash = entry.sealed(&before);
    tx.run(
        "INSERT INTO audit_log (org, number, time, actor, action, object, detail, address, hash) VALUES ($1, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![entry.number, entry.time, entry.actor, entry.action, entry.object, entry.detail, entry.address, entry.hash],
    )
    .await?;
    Ok(())
}

/// What the check of the log says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Checked {
    /// Entries that were looked at.
    pub entries: i64,
    /// The number of the first entry that does not follow from the one before; none: all do.
    pub broken_at: Option<i64>,
    /// The hash of the last entry: note it elsewhere, and a log that was cut off at its end is known as well.
    pub last_hash: String,
}

impl Data {
    /// Entries, newest first, before a number.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn log(&self, scope: &Scope, before: Option<i64>, limit: i64) -> Result<Page<Entry>, DataError> {
        let mut tx = self.read(scope).await?;
        let rows = tx
            .all(
                "SELECT number, time, actor, action, object, detail, address, hash FROM audit_log \
                 WHERE org = $1 AND ($3 IS NULL OR number < $3) ORDER BY number DESC LIMIT $4",
                values![before, limit + 1],
            )
            .await?;
        let items = rows.iter().map(Entry::of).collect::<Result<_, _>>()?;
        Ok(Page::of(items, limit, |entry: &Entry| entry.number.to_string()))
    }

    /// Whether every entry follows from the one before.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn check_log(&self, scope: &Scope) -> Result<Checked, DataError> {
        let mut tx = self.read(scope).await?;
        let mut out = Checked { entries: 0, broken_at: None, last_hash: String::new() };
        loop {
            let rows = tx
                .all(
                    "SELECT number, time, actor, action, object, detail, address, hash FROM audit_log \
                     WHERE org = $1 AND number > $3 ORDER BY number LIMIT 1000",
                    values![out.entries],
                )
                .await?;
            if rows.is_empty() {
                return Ok(out);
            }
            for row in &rows {
                let entry = Entry::of(row)?;
                if entry.number != out.entries + 1 || entry.hash != entry.sealed(&out.last_hash) {
                    out.broken_at = Some(out.entries + 1);
                    return Ok(out);
                }
                out.entries = entry.number;
                out.last_hash = entry.hash;
            }
        }
    }
}
