//! What the server keeps: one file a subject, the same statements for SQLite and PostgreSQL.

pub mod agents;
pub mod alerts;
pub mod audits;
pub mod backup;
pub mod channels;
pub mod checks;
pub mod clients;
pub mod deliveries;
pub mod deployments;
pub mod digests;
pub mod findings;
pub mod jobs;
pub mod log;
pub mod maintenance;
pub mod organisations;
pub mod passkeys;
pub mod people;
pub mod purge;
pub mod schedules;
pub mod secrets;
pub mod sessions;
pub mod shares;
pub mod sso;
pub mod standing;
pub mod timing;
pub mod tokens;

use std::sync::Arc;

use castellan_store::db::{Db, DbError, Step, Tx};
use serde::Serialize;
use utoipa::ToSchema;

use crate::keys::Master;
use crate::scope::{Scope, Scoped, say_who};

const STEPS: [Step; 1] = [Step { number: 1, name: "watch", sql: include_str!("../../migrations/0001_watch.sql") }];

/// Rows of a page unless fewer are asked for.
pub const PAGE: i64 = 100;

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// The database did not do it.
    #[error(transparent)]
    Db(#[from] DbError),
    /// It is not there, or not for who asks.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Who asks may not do that.
    #[error("{0}")]
    Forbidden(String),
    /// What was sent cannot be used.
    #[error("{0}")]
    Invalid(String),
    /// Something is in the way.
    #[error("{0}")]
    Conflict(String),
}

impl DataError {
    /// A row that is there already, in words.
    pub(crate) fn exists(error: DbError, words: &str) -> Self {
        match error {
            DbError::Exists => Self::Conflict(words.to_owned()),
            other => Self::Db(other),
        }
    }
}

/// A part of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Ask with this `cursor` for what follows; none: this is the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Of one row more than fits: that row is left out, and the last one that stays says where to go on.
    pub(crate) fn of(mut items: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }
}

/// The data of a server.
#[derive(Debug, Clone)]
pub struct Data {
    db: Db,
    master: Arc<Master>,
}

impl Data {
    /// Opens the database and brings it to the newest form.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or a newer Castellan made it.
    pub async fn open(address: &str, master: Master) -> Result<Self, DbError> {
        let db = Db::open(address).await?;
        db.migrate(&STEPS).await?;
        Ok(Self { db, master: Arc::new(master) })
    }

    /// The keys that seal credentials.
    #[must_use]
    pub fn master(&self) -> &Master {
        &self.master
    }

    /// The database.
    #[must_use]
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// Begins to read for somebody.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn read(&self, scope: &Scope) -> Result<Scoped, DbError> {
        Scoped::new(self.db.read().await?, scope).await
    }

    /// Begins to write for somebody.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn write(&self, scope: &Scope) -> Result<Scoped, DbError> {
        Scoped::new(self.db.write().await?, scope).await
    }

    /// The server itself reads, across organisations.
    pub(crate) async fn read_all(&self) -> Result<Tx, DbError> {
        let mut tx = self.db.read().await?;
        say_who(&mut tx, "*", "").await?;
        Ok(tx)
    }

    /// The server itself writes, across organisations.
    pub(crate) async fn write_all(&self) -> Result<Tx, DbError> {
        let mut tx = self.db.write().await?;
        say_who(&mut tx, "*", "").await?;
        Ok(tx)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    ///
    /// What it says instead.
    pub async fn ping(&self) -> Result<(), DbError> {
        let mut tx = self.db.read().await?;
        tx.one("SELECT id FROM organisation LIMIT 1", Vec::new()).await?;
        Ok(())
    }
}
