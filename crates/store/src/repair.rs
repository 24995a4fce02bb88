//! Saves what can be read of a damaged file.

use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Row};

use crate::{Store, StoreError, unpack};

/// What became of a damaged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// Where the old file is now.
    pub kept: PathBuf,
    /// Audits that were saved.
    pub saved: usize,
    /// Audits that were seen and could not be read.
    pub lost: usize,
}

/// Moves the file aside and makes a new one from what can be read of it. `stamp` tells the old one apart.
///
/// # Errors
///
/// When the file cannot be moved, or the new one cannot be written.
pub async fn repair(path: &Path, stamp: &str, keep: u32) -> Result<Repaired, StoreError> {
    let failed = |reason: String| StoreError::Failed { path: path.display().to_string(), reason };
    let aside = |name: &Path| {
        let mut moved = name.as_os_str().to_owned();
        moved.push(format!(".damaged-{stamp}"));
        PathBuf::from(moved)
    };
    let kept = aside(path);
    std::fs::rename(path, &kept).map_err(|error| failed(error.to_string()))?;
    for ending in ["-wal", "-shm"] {
        let beside = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        let _ = std::fs::rename(beside(path), beside(&kept));
    }
    let store = Store::open(path).await?;
    let mut out = Repaired { kept: kept.clone(), saved: 0, lost: 0 };
    let options = SqliteConnectOptions::new().filename(&kept).create_if_missing(false);
    if let Ok(mut old) = options.connect().await {
        let _ = sqlx::query("PRAGMA cell_size_check = ON").execute(&mut old).await;
        for id in numbers(&mut old).await {
            match one(&mut old, id).await {
                Some((name, report, evidence)) => {
                    store.put(&name, &report, evidence.as_ref(), keep).await?;
                    out.saved += 1;
                }
                None => out.lost += 1,
            }
        }
        let _ = old.close().await;
    }
    store.close().await;
    Ok(out)
}

/// Numbers of audits, as far as any way leads to them.
async fn numbers(old: &mut SqliteConnection) -> Vec<i64> {
    for statement in ["SELECT id FROM audit ORDER BY id", "SELECT id FROM audit INDEXED BY audit_of_deployment"] {
        if let Ok(found) = sqlx::query_scalar::<_, i64>(statement).fetch_all(&mut *old).await {
            return found;
        }
    }
    // A broken page in the middle: each number by itself, until a thousand in a row are not there.
    let mut found = Vec::new();
    let mut last = 0;
    for id in 1_i64.. {
        if id - last > 1000 {
            break;
        }
        let there = sqlx::query_scalar::<_, i64>("SELECT id FROM audit WHERE id = $1").bind(id);
        if let Ok(Some(id)) = there.fetch_optional(&mut *old).await {
            found.push(id);
            last = id;
        }
    }
    found
}

type Saved = (String, castellan_model::AuditReport, Option<castellan_audit::Kept>);

async fn one(old: &mut SqliteConnection, id: i64) -> Option<Saved> {
    let row = sqlx::query("SELECT deployment, report, evidence FROM audit WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut *old)
        .await
        .ok()??;
    let owner: i64 = row.try_get("deployment").ok()?;
    let report: Vec<u8> = row.try_get("report").ok()?;
    let report: castellan_model::AuditReport = serde_json::from_slice(&unpack(&report).ok()?).ok()?;
    let evidence = row.try_get::<Option<Vec<u8>>, _>("evidence").ok().flatten();
    let evidence =
        evidence.and_then(|packed| unpack(&packed).ok()).and_then(|text| castellan_audit::Kept::read(&text).ok());
    let name = sqlx::query_scalar::<_, String>("SELECT name FROM deployment WHERE id = $1")
        .bind(owner)
        .fetch_optional(&mut *old)
        .await
        .ok()
        .flatten();
    let name = name.or_else(|| report.deployment.as_ref().map(|one| one.name.clone()));
    Some((name.unwrap_or_else(|| format!("saved {owner}")), report, evidence))
}
