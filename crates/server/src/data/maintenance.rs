//! Maintenance: times in which nobody is told what happens; it is noted all the same.

use castellan_store::db::Row;
use castellan_store::values;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Data, DataError, clients, deployments, log};
use crate::clock::now;
use crate::scope::Scope;

/// How long maintenance takes at most, in seconds.
const LONGEST: i64 = 31 * 86_400;
/// Windows that are over stay in lists for this long, in seconds.
const SHOWN: i64 = 7 * 86_400;

/// A time of maintenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Maintenance {
    /// Number.
    pub id: i64,
    /// Of this client; none: of all.
    pub client: Option<i64>,
    /// Of this deployment; none: of all of the client.
    pub deployment: Option<i64>,
    /// It begins, seconds since 1970.
    pub begins: i64,
    /// It ends, seconds since 1970.
    pub ends: i64,
    /// What is done.
    pub reason: String,
    /// Who planned it.
    pub planned_by: String,
}

/// A new time of maintenance.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ToldMaintenance)]
pub struct Told {
    /// Of this client; none: of all.
    #[serde(default)]
    pub client: Option<i64>,
    /// Of this deployment; none: of all of the client.
    #[serde(default)]
    pub deployment: Option<i64>,
    /// It begins, seconds since 1970.
    pub begins: i64,
    /// It ends, seconds since 1970.
    pub ends: i64,
    /// What is done.
    pub reason: String,
}

fn maintenance(row: &Row) -> Result<Maintenance, DataError> {
    Ok(Maintenance {
        id: row.int("id")?,
        client: row.opt_int("client")?,
        deployment: row.opt_int("deployment")?,
        begins: row.int("begins")?,
        ends: row.int("ends")?,
        reason: row.text("reason")?,
        planned_by: row.text("planned_by")?,
    })
}

impl Data {
    /// Maintenance that is to come, goes on or ended lately.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn maintenance(&self, scope: &Scope) -> Result<Vec<Maintenance>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT * FROM maintenance WHERE org = $1 AND ($2 IS NULL OR client = $2) AND ends > $3 ORDER BY begins, id LIMIT 200";
        tx.all(sql, values![now() - SHOWN]).await?.iter().map(maintenance).collect()
    }

    /// Plans maintenance.
    ///
    /// # Errors
    ///
    /// When it is over already, takes too long, or is of something that is not there.
    pub async fn plan_maintenance(&self, scope: &Scope, told: &Told) -> Result<Maintenance, DataError> {
        let reason: String = told.reason.trim().chars().take(500).collect();
        if reason.is_empty() {
            return Err(DataError::Invalid("say what is done: `reason` is empty".to_owned()));
        }
        if told.ends <= told.begins || told.ends <= now() {
            return Err(DataError::Invalid("it ends before it begins, or is over already".to_owned()));
        }
        if told.ends.saturating_sub(told.begins) > LONGEST {
            return Err(DataError::Invalid("maintenance takes at most 31 days".to_owned()));
        }
        let mut tx = self.write(scope).await?;
        let client = match told.deployment {
            Some(id) => Some(deployments::one(&mut tx, id).await?.client),
            None => scope.client().or(told.client),
        };
        if let Some(client) = client {
            clients::exists(&mut tx, client).await?;
        }
        let by = scope.actor().label.clone();
        let row = tx
            .one(
                "INSERT INTO maintenance (org, client, deployment, begins, ends, reason, planned_by) VALUES ($1, $3, $4, $5, $6, $7, $8) RETURNING *",
                values![client, told.deployment, told.begins, told.ends, &reason, by],
            )
            .await?;
        let planned = maintenance(&row.ok_or(DataError::NotFound("maintenance"))?)?;
        log::note(&mut tx, "maintenance.plan", &format!("maintenance {}", planned.id), &reason).await?;
        tx.commit().await?;
        Ok(planned)
    }

    /// Ends maintenance, or takes it back.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn end_maintenance(&self, scope: &Scope, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let sql = "DELETE FROM maintenance WHERE org = $1 AND ($2 IS NULL OR client = $2) AND id = $3";
        if tx.run(sql, values![id]).await? == 0 {
            return Err(DataError::NotFound("maintenance"));
        }
        log::note(&mut tx, "maintenance.end", &format!("maintenance {id}"), "").await?;
        Ok(tx.commit().await?)
    }
}
