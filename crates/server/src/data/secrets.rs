//! Credentials of deployments: sealed when they come in, opened by a worker for a run, never shown.

use castellan_store::values;
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Data, DataError, deployments, log};
use crate::clock::now;
use crate::keys::Sealed;
use crate::scope::{Scope, say_who};

/// What a credential is for. There are no others.
pub const NAMES: [&str; 2] = ["rpc", "sql"];
/// Bytes of a credential.
const LONGEST: usize = 4096;

/// That there is a credential; not what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SecretName {
    /// `rpc`: password or API key of the account; `sql`: password of the role.
    pub name: String,
    /// When it was given, seconds since 1970.
    pub updated: i64,
    /// Name of the master key that seals it.
    pub master: String,
}

fn context(deployment: i64, name: &str) -> String {
    format!("deployment {deployment}/{name}")
}

fn failed(error: &crate::keys::KeyError) -> DataError {
    DataError::Conflict(error.to_string())
}

impl Data {
    /// Which credentials there are.
    ///
    /// # Errors
    ///
    /// When there is no such deployment.
    pub async fn secrets(&self, scope: &Scope, deployment: i64) -> Result<Vec<SecretName>, DataError> {
        let mut tx = self.read(scope).await?;
        deployments::one(&mut tx, deployment).await?;
        let sql = "SELECT name, updated, master FROM secret WHERE org = $1 AND ($2 IS NULL OR client = $2) AND deployment = $3 ORDER BY name";
        let rows = tx.all(sql, values![deployment]).await?;
        rows.iter()
            .map(|row| {
                Ok(SecretName { name: row.text("name")?, updated: row.int("updated")?, master: row.text("master")? })
            })
            .collect()
    }

    /// Takes a credential in; an older one of the name goes.
    ///
    /// # Errors
    ///
    /// When there is no such deployment, or no such kind of credential.
    pub async fn put_secret(
        &self,
        scope: &Scope,
        deployment: i64,
        name: &str,
        text: &SecretString,
    ) -> Result<(), DataError> {
        use secrecy::ExposeSecret;
        if !NAMES.contains(&name) {
            return Err(DataError::Invalid(format!("a credential is one of {}", NAMES.join(", "))));
        }
        let length = text.expose_secret().len();
        if length == 0 || length > LONGEST || text.expose_secret().chars().any(char::is_control) {
            return Err(DataError::Invalid(format!("a credential is one line of 1 to {LONGEST} bytes")));
        }
        let sealed = self.master().seal(&context(deployment, name), text).map_err(|error| failed(&error))?;
        let mut tx = self.write(scope).await?;
        let client = deployments::one(&mut tx, deployment).await?.client;
        tx.run(
            "INSERT INTO secret (org, client, deployment, name, master, data_key, sealed, updated) VALUES ($1, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (deployment, name) DO UPDATE SET master = $6, data_key = $7, sealed = $8, updated = $9",
            values![client, deployment, name, &sealed.master, sealed.data_key, sealed.sealed, now()],
        )
        .await?;
        log::note(&mut tx, "secret.put", &context(deployment, name), "").await?;
        Ok(tx.commit().await?)
    }

    /// Removes a credential.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn remove_secret(&self, scope: &Scope, deployment: i64, name: &str) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let sql = "DELETE FROM secret WHERE org = $1 AND ($2 IS NULL OR client = $2) AND deployment = $3 AND name = $4";
        if tx.run(sql, values![deployment, name]).await? == 0 {
            return Err(DataError::NotFound("credential"));
        }
        log::note(&mut tx, "secret.remove", &context(deployment, name), "").await?;
        Ok(tx.commit().await?)
    }

    /// Opens the credentials of a deployment, for the worker that runs its scan.
    ///
    /// # Errors
    ///
    /// When one cannot be opened.
    pub(crate) async fn open_secrets(
        &self,
        scope: &Scope,
        deployment: i64,
    ) -> Result<Vec<(String, SecretString)>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT name, master, data_key, sealed FROM secret WHERE org = $1 AND ($2 IS NULL OR client = $2) AND deployment = $3";
        let mut out = Vec::new();
        for row in tx.all(sql, values![deployment]).await? {
            let name = row.text("name")?;
            let sealed =
                Sealed { master: row.text("master")?, data_key: row.bytes("data_key")?, sealed: row.bytes("sealed")? };
            let text = self.master().open(&context(deployment, &name), &sealed).map_err(|error| failed(&error))?;
            out.push((name, text));
        }
        Ok(out)
    }

    /// Seals the keys of all credentials with the newest master key. How many were moved comes back.
    ///
    /// # Errors
    ///
    /// When an old master key is not there; then nothing was changed.
    pub async fn rotate_secrets(&self) -> Result<u64, DataError> {
        let mut tx = self.db().write().await?;
        say_who(&mut tx, "*", "").await?;
        let mut moved = 0;
        let rows = tx.all("SELECT id, deployment, name, master, data_key, sealed FROM secret", Vec::new()).await?;
        for row in rows {
            let sealed =
                Sealed { master: row.text("master")?, data_key: row.bytes("data_key")?, sealed: row.bytes("sealed")? };
            let context = context(row.int("deployment")?, &row.text("name")?);
            if let Some(new) = self.master().rotate(&context, &sealed).map_err(|error| failed(&error))? {
                let sql = "UPDATE secret SET master = $2, data_key = $3 WHERE id = $1";
                tx.run(sql, values![row.int("id")?, new.master, new.data_key]).await?;
                moved += 1;
            }
        }
        moved += self.rotate_second_factors(&mut tx).await?;
        moved += self.rotate_channels(&mut tx).await?;
        moved += self.rotate_server_key(&mut tx).await?;
        tx.commit().await?;
        Ok(moved)
    }
}
