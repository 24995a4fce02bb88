//! Clients of an organisation. A company on its own has one.

use castellan_store::db::Row;
use castellan_store::values;
use serde::Serialize;
use utoipa::ToSchema;

use super::people::named;
use super::{Data, DataError, log};
use crate::clock::now;
use crate::scope::{Scope, Scoped};

/// A client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Client {
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Since when, seconds since 1970.
    pub created: i64,
    /// How many deployments it has.
    pub deployments: i64,
}

fn client(row: &Row) -> Result<Client, DataError> {
    Ok(Client {
        id: row.int("id")?,
        name: row.text("name")?,
        created: row.int("created")?,
        deployments: row.int("deployments")?,
    })
}

const THERE: &str = "another client has this name";

impl Data {
    /// Clients, by name.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn clients(&self, scope: &Scope) -> Result<Vec<Client>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT id, name, created, (SELECT COUNT(*) FROM deployment WHERE deployment.client = client.id) AS deployments \
            FROM client WHERE org = $1 AND ($2 IS NULL OR id = $2) ORDER BY name, id";
        tx.all(sql, Vec::new()).await?.iter().map(client).collect()
    }

    /// Adds a client.
    ///
    /// # Errors
    ///
    /// When another one has the name.
    pub async fn add_client(&self, scope: &Scope, name: &str) -> Result<Client, DataError> {
        let name = named(name)?;
        let mut tx = self.write(scope).await?;
        let sql = "INSERT INTO client (org, name, created) VALUES ($1, $3, $4) RETURNING id, name, created, 0 + $5 AS deployments";
        let row = tx.one(sql, values![&name, now(), 0_i64]).await.map_err(|error| DataError::exists(error, THERE))?;
        let client = client(&row.ok_or(DataError::NotFound("client"))?)?;
        log::note(&mut tx, "client.create", &format!("client {}", client.id), &name).await?;
        tx.commit().await?;
        Ok(client)
    }

    /// Gives a client another name.
    ///
    /// # Errors
    ///
    /// When there is none, or another one has the name.
    pub async fn rename_client(&self, scope: &Scope, id: i64, name: &str) -> Result<(), DataError> {
        let name = named(name)?;
        let mut tx = self.write(scope).await?;
        let sql = "UPDATE client SET name = $4 WHERE org = $1 AND id = $3 AND ($2 IS NULL OR id = $2)";
        let changed = tx.run(sql, values![id, &name]).await.map_err(|error| DataError::exists(error, THERE))?;
        if changed == 0 {
            return Err(DataError::NotFound("client"));
        }
        log::note(&mut tx, "client.rename", &format!("client {id}"), &name).await?;
        Ok(tx.commit().await?)
    }
}

/// Whether there is such a client for who asks.
///
/// # Errors
///
/// When there is none.
pub(super) async fn exists(tx: &mut Scoped, id: i64) -> Result<(), DataError> {
    let row =
        tx.one("SELECT id FROM client WHERE org = $1 AND id = $3 AND ($2 IS NULL OR id = $2)", values![id]).await?;
    row.map(|_| ()).ok_or(DataError::NotFound("client"))
}
