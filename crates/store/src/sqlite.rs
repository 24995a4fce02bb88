//! Opening a file of SQLite that several processes use at once.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

/// How long one process waits for another that writes, and for a place in the pool.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// How often what two processes do at once to a new file is tried again, and after which time.
pub(crate) const TRIES: u32 = 50;
pub(crate) const PAUSE: Duration = Duration::from_millis(100);

/// `SQLITE_BUSY`, with its extended codes: <https://sqlite.org/rescode.html>.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<i32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
}

/// Opens the file, and makes it when it is not there; its folder is.
pub(crate) async fn open(
    path: &Path,
    synchronous: SqliteSynchronous,
    connections: u32,
) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(PATIENCE);
    let mut tries = 0;
    loop {
        let pool = SqlitePoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE);
        match pool.connect_with(options.clone()).await {
            // A new file becomes one with a write-ahead log: SQLite waits for nobody who does the same, whatever the time to wait.
            Err(error) if is_busy(&error) && tries < TRIES => tokio::time::sleep(PAUSE).await,
            done => return done,
        }
        tries += 1;
    }
}
