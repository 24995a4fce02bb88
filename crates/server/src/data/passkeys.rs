//! Passkeys of people, and what authenticators are asked meanwhile.

use castellan_store::values;
use serde::Serialize;
use utoipa::ToSchema;

use super::people::Account;
use super::{Data, DataError, log};
use crate::auth::passkey::{Kept, Waiting};
use crate::auth::token;
use crate::clock::now;
use crate::scope::Scope;

/// Seconds that an authenticator has.
const PATIENCE: i64 = 300;
/// Passkeys of one person.
const MOST: usize = 20;

/// A passkey, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnPasskey {
    /// Number.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// Since when, seconds since 1970.
    pub created: i64,
    /// Last log-in with it.
    pub used: Option<i64>,
}

impl Data {
    /// Keeps what is waited for. The secret that asks for it comes back.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub async fn wait_for(&self, waiting: &Waiting) -> Result<String, DataError> {
        let secret = token::new("").map_err(DataError::Invalid)?;
        let state = serde_json::to_string(waiting).map_err(|error| DataError::Invalid(error.to_string()))?;
        let mut tx = self.write_all().await?;
        tx.run("DELETE FROM ceremony WHERE expires < $1", values![now()]).await?;
        let sql = "INSERT INTO ceremony (hash, state, expires) VALUES ($1, $2, $3)";
        tx.run(sql, values![token::hash(&secret), state, now() + PATIENCE]).await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// What is waited for, once.
    ///
    /// # Errors
    ///
    /// When it is over, or was asked for before.
    pub async fn waited_for(&self, secret: &str) -> Result<Waiting, DataError> {
        let mut tx = self.write_all().await?;
        let sql = "DELETE FROM ceremony WHERE hash = $1 RETURNING state, expires";
        let row = tx.one(sql, values![token::hash(secret)]).await?;
        let over = || DataError::Conflict("this took too long, or was used already: begin again".to_owned());
        let row = row.ok_or_else(over)?;
        tx.commit().await?;
        if row.int("expires")? < now() {
            return Err(over());
        }
        serde_json::from_str(&row.text("state")?).map_err(|_| over())
    }

    /// One's own passkeys.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn passkeys(&self, scope: &Scope) -> Result<Vec<OwnPasskey>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT id, name, created, used FROM passkey WHERE org = $1 AND person = $3 ORDER BY id";
        let rows = tx.all(sql, values![scope.actor().person]).await?;
        let own = |row: &castellan_store::db::Row| {
            Ok(OwnPasskey {
                id: row.int("id")?,
                name: row.text("name")?,
                created: row.int("created")?,
                used: row.opt_int("used")?,
            })
        };
        rows.iter().map(own).collect()
    }

    /// Identifiers of one's own passkeys.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn credentials(&self, scope: &Scope) -> Result<Vec<Vec<u8>>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT credential FROM passkey WHERE org = $1 AND person = $3 ORDER BY id";
        let rows = tx.all(sql, values![scope.actor().person]).await?;
        rows.iter().map(|row| Ok(row.bytes("credential")?)).collect()
    }

    /// Keeps a new passkey of oneself.
    ///
    /// # Errors
    ///
    /// When the name is empty or long, there are many, or it is there already.
    pub async fn add_passkey(&self, scope: &Scope, name: &str, kept: &Kept) -> Result<OwnPasskey, DataError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.contains(char::is_control) {
            return Err(DataError::Invalid("name the passkey, in 100 characters at most".to_owned()));
        }
        if self.passkeys(scope).await?.len() >= MOST {
            return Err(DataError::Conflict(format!("{MOST} passkeys are enough: end one that you do not use")));
        }
        let mut tx = self.write(scope).await?;
        let sql = "INSERT INTO passkey (org, person, name, credential, public_key, created) VALUES ($1, $3, $4, $5, $6, $7) RETURNING id";
        let row = tx
            .one(sql, values![scope.actor().person, name, kept.credential.clone(), &kept.public_key, now()])
            .await
            .map_err(|error| DataError::exists(error, "this passkey is there already"))?
            .ok_or(DataError::NotFound("passkey"))?;
        log::note(&mut tx, "passkey.add", name, "").await?;
        let made = OwnPasskey { id: row.int("id")?, name: name.to_owned(), created: now(), used: None };
        tx.commit().await?;
        Ok(made)
    }

    /// Ends one of one's own passkeys.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn end_passkey(&self, scope: &Scope, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let sql = "DELETE FROM passkey WHERE org = $1 AND person = $3 AND id = $4 RETURNING name";
        let row = tx.one(sql, values![scope.actor().person, id]).await?.ok_or(DataError::NotFound("passkey"))?;
        log::note(&mut tx, "passkey.end", &row.text("name")?, "").await?;
        Ok(tx.commit().await?)
    }

    /// The account that a passkey opens, and the passkey; none: nobody's, or the account may not log in.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn passkey(&self, credential: &[u8]) -> Result<Option<(Account, Kept)>, DataError> {
        let mut tx = self.read_all().await?;
        let sql = "SELECT person.email, passkey.public_key FROM passkey JOIN person ON person.id = passkey.person WHERE passkey.credential = $1";
        let Some(row) = tx.one(sql, values![credential.to_vec()]).await? else { return Ok(None) };
        drop(tx);
        let kept = Kept { credential: credential.to_vec(), public_key: row.text("public_key")? };
        let account = self.account(&row.text("email")?).await?.filter(|account| !account.person.disabled);
        Ok(account.map(|account| (account, kept)))
    }

    /// A log-in with a passkey: its counter moves. No: another log-in was faster, and its counter has moved since it was read.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub async fn passkey_used(&self, before: &Kept, after: &Kept) -> Result<bool, DataError> {
        let mut tx = self.write_all().await?;
        let sql = "UPDATE passkey SET public_key = $3, used = $4 WHERE credential = $1 AND public_key = $2";
        let values = values![before.credential.clone(), &before.public_key, &after.public_key, now()];
        let moved = tx.run(sql, values).await? == 1;
        tx.commit().await?;
        Ok(moved)
    }
}
