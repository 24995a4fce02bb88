//! One way to ask SQLite and PostgreSQL: the same text of SQL, whole numbers, texts and bytes, in transactions.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, Postgres, Row as _, SqlSafeStr, Sqlite, Transaction};

use crate::sqlite::{self, PATIENCE, PAUSE, TRIES};

/// What PostgreSQL does when a machine of ours is gone without a word: within a minute or two it ends the session, and with it every lock.
const GONE: [(&str, &str); 5] = [
    ("idle_in_transaction_session_timeout", "60s"),
    ("tcp_keepalives_idle", "20"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "4"),
    ("tcp_user_timeout", "60s"),
];
/// How long a statement may take: a machine of the database that is gone says nothing, and is not waited for for ever.
const ANSWER: Duration = Duration::from_secs(600);
/// Connections of a process.
const CONNECTIONS: u32 = 10;

/// Why the database did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// The address or file cannot be used.
    #[error("the database `{0}` cannot be opened: {1}")]
    Closed(String, String),
    /// The row is there already.
    #[error("it is there already")]
    Exists,
    /// A row that it needs is not there.
    #[error("what it belongs to is not there")]
    Missing,
    /// A newer Castellan made it.
    #[error("the database was made by a newer Castellan ({0}): use that one")]
    Newer(String),
    /// Something else failed.
    #[error("the database failed: {0}")]
    Failed(String),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(one) if one.is_unique_violation() => Self::Exists,
            Some(one) if one.is_foreign_key_violation() => Self::Missing,
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// A value of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A whole number, or none.
    Int(Option<i64>),
    /// A text, or none.
    Text(Option<String>),
    /// Bytes, or none.
    Bytes(Option<Vec<u8>>),
}

macro_rules! from {
    ($($from:ty => $to:ident: $how:expr;)*) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                #[allow(clippy::redundant_closure_call)]
                Self::$to($how(value))
            }
        }
    )*};
}
from! {
    i64 => Int: Some;
    Option<i64> => Int: |value| value;
    bool => Int: |value| Some(i64::from(value));
    String => Text: Some;
    &str => Text: |value: &str| Some(value.to_owned());
    &String => Text: |value: &String| Some(value.clone());
    Option<String> => Text: |value| value;
    Option<&str> => Text: |value: Option<&str>| value.map(str::to_owned);
    Vec<u8> => Bytes: Some;
    Option<Vec<u8>> => Bytes: |value| value;
}

/// The values of a statement, in order.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Value::from($value)),*] };
}

/// A row that came back.
#[derive(Debug)]
pub enum Row {
    /// Of SQLite.
    Sqlite(SqliteRow),
    /// Of PostgreSQL.
    Postgres(Box<PgRow>),
}

macro_rules! getter {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// When the column is not there or of another type.
        pub fn $name(&self, column: &str) -> Result<$type, DbError> {
            match self {
                Self::Sqlite(row) => row.try_get(column),
                Self::Postgres(row) => row.try_get(column),
            }
            .map_err(|error| DbError::Failed(error.to_string()))
        }
    )*};
}

impl Row {
    getter! {
        /// A whole number.
        int: i64;
        /// A whole number, or none.
        opt_int: Option<i64>;
        /// A text.
        text: String;
        /// A text, or none.
        opt_text: Option<String>;
        /// Bytes.
        bytes: Vec<u8>;
        /// Bytes, or none.
        opt_bytes: Option<Vec<u8>>;
    }

    /// A whole number that stands for yes or no.
    ///
    /// # Errors
    ///
    /// When the column is not there or of another type.
    pub fn flag(&self, column: &str) -> Result<bool, DbError> {
        Ok(self.int(column)? != 0)
    }
}

/// A step of the schema. Both engines take the same text: `{id}` stands for a key that counts up, `{bytes}` for bytes; what follows
/// `-- postgresql only` is for PostgreSQL.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Number, from 1.
    pub number: i64,
    /// What it does.
    pub name: &'static str,
    /// Statements.
    pub sql: &'static str,
}

/// A pool of connections.
#[derive(Debug, Clone)]
pub enum Db {
    /// One file.
    Sqlite(SqlitePool),
    /// A server.
    Postgres(PgPool),
}

impl Db {
    /// Opens `postgresql://USER@HOST/NAME`, or a file of SQLite, which is made when it is not there.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub async fn open(address: &str) -> Result<Self, DbError> {
        let closed = |error: &dyn std::fmt::Display| DbError::Closed(without_password(address), error.to_string());
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(address)
                .map_err(|error| closed(&error))?
                .application_name("castellan")
                // Filters that are not given are `$n IS NULL`: a plan for all cases at once cannot use an index for any.
                .options([("plan_cache_mode", "force_custom_plan")])
                .options(GONE);
            let pool = PgPoolOptions::new()
                .max_connections(CONNECTIONS)
                .acquire_timeout(PATIENCE)
                // Before it goes back to the pool: one that does not answer is thrown away, and holds no place.
                .after_release(|connection, _| {
                    Box::pin(async move {
                        let silent = || sqlx::Error::Protocol("it does not answer".to_owned());
                        tokio::time::timeout(PATIENCE, connection.ping()).await.map_err(|_| silent())??;
                        Ok(true)
                    })
                })
                .connect_with(options)
                .await
                .map_err(|error| closed(&error))?;
            return Ok(Self::Postgres(pool));
        }
        if address.contains("://") {
            return Err(closed(&"write a path, or postgresql://USER@HOST/NAME"));
        }
        let path = Path::new(address);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| closed(&error))?;
        }
        // What was acknowledged survives a loss of power.
        let pool = sqlite::open(path, SqliteSynchronous::Full, CONNECTIONS).await.map_err(|error| closed(&error))?;
        crate::restrict(path);
        Ok(Self::Sqlite(pool))
    }

    /// Whether it is a server of PostgreSQL.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Brings the schema to the newest form.
    ///
    /// # Errors
    ///
    /// When a newer Castellan made the database, or a step fails.
    pub async fn migrate(&self, steps: &[Step]) -> Result<(), DbError> {
        // sqlx takes no lock for SQLite: two processes that make a file at once both take the first step, and one of them fails.
        let mut tries = if self.is_postgres() { TRIES } else { 0 };
        loop {
            match self.migrate_once(steps).await {
                Err(DbError::Failed(_)) if tries < TRIES => tokio::time::sleep(PAUSE).await,
                done => return done,
            }
            tries += 1;
        }
    }

    async fn migrate_once(&self, steps: &[Step]) -> Result<(), DbError> {
        let migrations = steps.iter().map(|step| {
            let sql = AssertSqlSafe(self.dialect(step.sql)).into_sql_str();
            Migration::new(step.number, step.name.into(), MigrationType::Simple, sql, false)
        });
        let migrator = Migrator::with_migrations(migrations.collect());
        let done = match self {
            Self::Sqlite(pool) => migrator.run(pool).await,
            Self::Postgres(pool) => migrator.run(pool).await,
        };
        done.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(version) => {
                DbError::Newer(format!("step {version} is not known here"))
            }
            sqlx::migrate::MigrateError::VersionMismatch(version) => {
                DbError::Newer(format!("step {version} is another one"))
            }
            other => DbError::Failed(other.to_string()),
        })
    }

    fn dialect(&self, sql: &str) -> String {
        let (both, only) = sql.split_once("-- postgresql only").unwrap_or((sql, ""));
        if self.is_postgres() {
            let both = both.replace("{id}", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY");
            format!("{}{only}", both.replace("{bytes}", "BYTEA"))
        } else {
            both.replace("{id}", "INTEGER PRIMARY KEY AUTOINCREMENT").replace("{bytes}", "BLOB")
        }
    }

    /// Begins to read.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn read(&self) -> Result<Tx, DbError> {
        Ok(match self {
            Self::Sqlite(pool) => Tx::Sqlite(answered(pool.begin()).await?),
            Self::Postgres(pool) => Tx::Postgres(answered(pool.begin()).await?),
        })
    }

    /// Begins to write. SQLite takes its lock at once, so that two writers wait instead of failing.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn write(&self) -> Result<Tx, DbError> {
        Ok(match self {
            Self::Sqlite(pool) => Tx::Sqlite(answered(pool.begin_with("BEGIN IMMEDIATE")).await?),
            Self::Postgres(pool) => Tx::Postgres(answered(pool.begin()).await?),
        })
    }

    /// Closes it, with everything written.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Waits for an answer, but not for ever.
async fn answered<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, DbError> {
    match tokio::time::timeout(ANSWER, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(DbError::Failed(format!("no answer came within {} minutes", ANSWER.as_secs() / 60))),
    }
}

/// An address that may be shown.
#[must_use]
pub fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}@{host}")
        }
        None => address.to_owned(),
    }
}

/// A transaction. What is not committed did not happen.
#[derive(Debug)]
pub enum Tx {
    /// Of SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// Of PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Tx {
    /// Whether it is one of PostgreSQL.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Runs a statement: how many rows it changed.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn run(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, DbError> {
        Ok(match self {
            Self::Sqlite(tx) => answered(bound!(sqlx::query(sql), values).execute(&mut **tx)).await?.rows_affected(),
            Self::Postgres(tx) => answered(bound!(sqlx::query(sql), values).execute(&mut **tx)).await?.rows_affected(),
        })
    }

    /// All rows.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn all(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, DbError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                let rows = answered(bound!(sqlx::query(sql), values).fetch_all(&mut **tx)).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(tx) => {
                let rows = answered(bound!(sqlx::query(sql), values).fetch_all(&mut **tx)).await?;
                rows.into_iter().map(|row| Row::Postgres(Box::new(row))).collect()
            }
        })
    }

    /// One row, or none.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn one(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Option<Row>, DbError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                answered(bound!(sqlx::query(sql), values).fetch_optional(&mut **tx)).await?.map(Row::Sqlite)
            }
            Self::Postgres(tx) => {
                let row = answered(bound!(sqlx::query(sql), values).fetch_optional(&mut **tx)).await?;
                row.map(|row| Row::Postgres(Box::new(row)))
            }
        })
    }

    /// Makes it happen.
    ///
    /// # Errors
    ///
    /// What the database says; then nothing happened.
    pub async fn commit(self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(tx) => answered(tx.commit()).await?,
            Self::Postgres(tx) => answered(tx.commit()).await?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn an_address_is_shown_without_its_password() {
        assert_eq!(without_password("postgresql://watch:s3cret@db/x"), "postgresql://watch@db/x");
        assert_eq!(without_password("postgresql://watch@db/x"), "postgresql://watch@db/x");
        assert_eq!(without_password("/var/lib/castellan/watch.db"), "/var/lib/castellan/watch.db");
    }
}
