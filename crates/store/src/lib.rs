//! Audits over time: an SQLite file that several processes may use at once. [`db`] is the way to SQLite and PostgreSQL that the server takes.
//!
//! Reports and evidence are kept whole, deflated; what lists and comparisons need stands beside them in columns. The file is made, and brought to
//! the newest form, when it is opened. [`repair`] saves what can be read of a damaged one.

pub mod db;
mod repair;
mod sqlite;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use castellan_audit::Kept;
use castellan_model::{AuditReport, Severity};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqlitePool, SqliteSynchronous};
use sqlx::{Row, SqlSafeStr};

pub use repair::{Repaired, repair};

/// Audits of a deployment whose evidence stays: it is larger than all else.
pub const WITH_EVIDENCE: u32 = 30;
/// A report or evidence that unpacks to more than this is no work of ours.
const LARGEST: u64 = 2 << 30;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened.
    #[error("the history `{path}` cannot be opened: {reason}")]
    Closed {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The file is damaged.
    #[error(
        "the history `{path}` is damaged ({reason}); `castellan history --repair` saves what can be read into a new file and keeps the old one"
    )]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A newer Castellan made it.
    #[error(
        "the history `{path}` was made by a newer Castellan ({reason}); use that one, or another folder with CASTELLAN_DATA"
    )]
    Newer {
        /// The file.
        path: String,
        /// What is unknown.
        reason: String,
    },
    /// Something else failed.
    #[error("the history `{path}`: {reason}")]
    Failed {
        /// The file.
        path: String,
        /// What.
        reason: String,
    },
}

/// One audit, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Number in this file.
    pub id: i64,
    /// Name of the deployment.
    pub deployment: String,
    /// When, seconds since 1970.
    pub time: i64,
    /// Version of Castellan.
    pub castellan: String,
    /// Score.
    pub points: i64,
    /// Its letter.
    pub grade: String,
    /// Share of the checklist that was looked at, in percent.
    pub coverage: i64,
    /// Open findings, worst first.
    pub open: [i64; 5],
    /// Accepted findings.
    pub accepted: i64,
    /// Evidence is kept.
    pub has_evidence: bool,
}

/// Audits over time.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
    path: PathBuf,
}

fn migrator() -> Migrator {
    let steps = [(1, "audits", include_str!("../migrations/0001_audits.sql"))];
    Migrator::with_migrations(
        steps
            .into_iter()
            .map(|(version, name, sql)| {
                Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
            })
            .collect(),
    )
}

/// Sorts what SQLite says into what a person can do about it.
fn sorted(path: &Path, error: &sqlx::Error) -> StoreError {
    let path = path.display().to_string();
    let reason = error.to_string();
    // SQLITE_CORRUPT and SQLITE_NOTADB, with their extended codes.
    let code = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<i32>().ok());
    match code.map(|code| code & 0xff) {
        Some(11 | 26) => StoreError::Damaged { path, reason },
        Some(14) => StoreError::Closed { path, reason },
        _ => StoreError::Failed { path, reason },
    }
}

impl Store {
    /// Opens the file, makes it when it is not there, and brings it to the newest form.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, is damaged, or was made by a newer Castellan.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| StoreError::Closed { path: path.display().to_string(), reason: error.to_string() })?;
        }
        let pool = sqlite::open(path, SqliteSynchronous::Normal, 4).await.map_err(|error| sorted(path, &error))?;
        let store = Self { pool, path: path.to_path_buf() };
        store.migrate().await?;
        restrict(path);
        Ok(store)
    }

    /// Two processes that make the file at once both take the first step, and one of them fails: it finds the step done when it looks again.
    async fn migrate(&self) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            match self.migrate_once().await {
                Err(StoreError::Failed { .. }) if tries < sqlite::TRIES => tokio::time::sleep(sqlite::PAUSE).await,
                done => return done,
            }
            tries += 1;
        }
    }

    async fn migrate_once(&self) -> Result<(), StoreError> {
        let path = self.path.display().to_string();
        migrator().run(&self.pool).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(version) => {
                StoreError::Newer { path, reason: format!("step {version} is not known here") }
            }
            sqlx::migrate::MigrateError::VersionMismatch(version) => {
                StoreError::Newer { path, reason: format!("step {version} is another one") }
            }
            sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
                sorted(&self.path, &error)
            }
            other => StoreError::Failed { path, reason: other.to_string() },
        })
    }

    fn fail(&self, error: &sqlx::Error) -> StoreError {
        sorted(&self.path, error)
    }

    fn damaged(&self, reason: impl Into<String>) -> StoreError {
        StoreError::Damaged { path: self.path.display().to_string(), reason: reason.into() }
    }

    /// Keeps an audit; of the deployment's audits no more than `keep` stay, and the evidence of the newest [`WITH_EVIDENCE`]. The number of the audit comes back.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub async fn put(
        &self,
        deployment: &str,
        report: &AuditReport,
        evidence: Option<&Kept>,
        keep: u32,
    ) -> Result<i64, StoreError> {
        let fail = |error: sqlx::Error| self.fail(&error);
        let packed = pack(&serde_json::to_vec(report).unwrap_or_default());
        let evidence = evidence.map(|kept| pack(&serde_json::to_vec(kept).unwrap_or_default()));
        // The lock for writing is taken at once, so that two processes wait instead of failing.
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(fail)?;
        sqlx::query("INSERT INTO deployment (name) VALUES ($1) ON CONFLICT (name) DO NOTHING")
            .bind(deployment)
            .execute(&mut *transaction)
            .await
            .map_err(fail)?;
        let owner: i64 = sqlx::query_scalar("SELECT id FROM deployment WHERE name = $1")
            .bind(deployment)
            .fetch_one(&mut *transaction)
            .await
            .map_err(fail)?;
        let mut query = sqlx::query_scalar::<_, i64>(
            "INSERT INTO audit (deployment, time, castellan, points, grade, coverage, critical, high, medium, low, info, accepted, report, evidence) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id",
        )
        .bind(owner)
        .bind(report.time)
        .bind(&report.castellan)
        .bind(i64::from(report.score.points))
        .bind(&report.score.grade)
        .bind(i64::from(report.score.coverage));
        for severity in Severity::ALL {
            query = query.bind(i64::try_from(report.count(severity)).unwrap_or(i64::MAX));
        }
        let id = query
            .bind(i64::try_from(report.suppressed.len()).unwrap_or(i64::MAX))
            .bind(packed)
            .bind(evidence)
            .fetch_one(&mut *transaction)
            .await
            .map_err(fail)?;
        let open: BTreeSet<&str> = report.findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
        for fingerprint in open {
            sqlx::query("INSERT INTO finding (audit, fingerprint) VALUES ($1, $2)")
                .bind(id)
                .bind(fingerprint)
                .execute(&mut *transaction)
                .await
                .map_err(fail)?;
        }
        sqlx::query(
            "DELETE FROM audit WHERE deployment = $1 AND id NOT IN \
             (SELECT id FROM audit WHERE deployment = $1 ORDER BY time DESC, id DESC LIMIT $2)",
        )
        .bind(owner)
        .bind(i64::from(keep.max(1)))
        .execute(&mut *transaction)
        .await
        .map_err(fail)?;
        sqlx::query(
            "UPDATE audit SET evidence = NULL WHERE deployment = $1 AND evidence IS NOT NULL AND id NOT IN \
             (SELECT id FROM audit WHERE deployment = $1 ORDER BY time DESC, id DESC LIMIT $2)",
        )
        .bind(owner)
        .bind(i64::from(WITH_EVIDENCE))
        .execute(&mut *transaction)
        .await
        .map_err(fail)?;
        transaction.commit().await.map_err(fail)?;
        Ok(id)
    }

    /// Audits, newest first; of one deployment or of all.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub async fn audits(&self, deployment: Option<&str>, most: u32) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT audit.id, name, time, castellan, points, grade, coverage, critical, high, medium, low, info, accepted, \
             evidence IS NOT NULL AS has_evidence FROM audit JOIN deployment ON deployment.id = audit.deployment \
             WHERE $1 IS NULL OR name = $1 ORDER BY time DESC, audit.id DESC LIMIT $2",
        )
        .bind(deployment)
        .bind(i64::from(most))
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.fail(&error))?;
        let row = |row: &sqlx::sqlite::SqliteRow| -> Result<AuditRow, sqlx::Error> {
            Ok(AuditRow {
                id: row.try_get("id")?,
                deployment: row.try_get("name")?,
                time: row.try_get("time")?,
                castellan: row.try_get("castellan")?,
                points: row.try_get("points")?,
                grade: row.try_get("grade")?,
                coverage: row.try_get("coverage")?,
                open: [
                    row.try_get("critical")?,
                    row.try_get("high")?,
                    row.try_get("medium")?,
                    row.try_get("low")?,
                    row.try_get("info")?,
                ],
                accepted: row.try_get("accepted")?,
                has_evidence: row.try_get("has_evidence")?,
            })
        };
        rows.iter().map(|one| row(one).map_err(|error| self.fail(&error))).collect()
    }

    /// The report of an audit; none: there is no such audit.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub async fn report(&self, id: i64) -> Result<Option<AuditReport>, StoreError> {
        let Some(packed) = self.blob("SELECT report FROM audit WHERE id = $1", id).await? else { return Ok(None) };
        let text = unpack(&packed).map_err(|reason| self.damaged(format!("report {id}: {reason}")))?;
        let report = serde_json::from_slice(&text).map_err(|error| self.damaged(format!("report {id}: {error}")))?;
        Ok(Some(report))
    }

    /// The evidence of an audit; none: there is no such audit, or none was kept.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub async fn evidence(&self, id: i64) -> Result<Option<Kept>, StoreError> {
        let Some(packed) = self.blob("SELECT evidence FROM audit WHERE id = $1", id).await? else { return Ok(None) };
        let text = unpack(&packed).map_err(|reason| self.damaged(format!("evidence {id}: {reason}")))?;
        Kept::read(&text).map(Some).map_err(|reason| self.damaged(format!("evidence {id}: {reason}")))
    }

    async fn blob(&self, statement: &'static str, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let found: Option<Option<Vec<u8>>> = sqlx::query_scalar(statement)
            .bind(id)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.fail(&error))?;
        Ok(found.flatten())
    }

    /// Fingerprints that were open in audits of the deployment before one of them.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub async fn open_before(&self, deployment: &str, audit: i64) -> Result<BTreeSet<String>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT fingerprint FROM finding JOIN audit ON audit.id = finding.audit \
             JOIN deployment ON deployment.id = audit.deployment WHERE name = $1 \
             AND (time, audit.id) < (SELECT time, id FROM audit WHERE id = $2)",
        )
        .bind(deployment)
        .bind(audit)
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.fail(&error))?;
        Ok(rows.into_iter().collect())
    }

    /// Looks at every page of the file.
    ///
    /// # Errors
    ///
    /// When it is damaged.
    pub async fn check(&self) -> Result<(), StoreError> {
        let said: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&self.pool)
            .await
            .map_err(|error| self.fail(&error))?;
        if said == "ok" { Ok(()) } else { Err(self.damaged(said)) }
    }

    /// Closes the file, with everything written.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

/// Evidence is nobody else's business.
pub(crate) fn restrict(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Deflates.
#[must_use]
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Inflates what [`pack`] made, up to a bound.
///
/// # Errors
///
/// When it is damaged.
pub fn unpack(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    ZlibDecoder::new(bytes).take(LARGEST).read_to_end(&mut out).map_err(|error| error.to_string())?;
    Ok(out)
}
