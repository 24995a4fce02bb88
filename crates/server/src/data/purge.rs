//! The end of a client or of an organisation: every row of it goes.

use castellan_store::values;

use super::{Data, DataError, log};
use crate::scope::{Scope, say_who};

/// Every table with rows of one organisation, and whether they are of one client. A test compares it with the schema.
pub const TABLES: [(&str, bool); 26] = [
    ("client", false),
    ("person", true),
    ("recovery_code", false),
    ("passkey", false),
    ("session", false),
    ("api_token", true),
    ("invitation", true),
    ("audit_log", false),
    ("deployment", true),
    ("secret", true),
    ("schedule", true),
    ("job", true),
    ("audit", true),
    ("finding", true),
    ("finding_span", true),
    ("comment", true),
    ("idempotency", false),
    ("channel", true),
    ("delivery", true),
    ("agent", true),
    ("agent_order", true),
    ("alert", true),
    ("standing", true),
    ("ending", true),
    ("maintenance", true),
    ("share", true),
];

impl Data {
    /// Removes a client with everything that is of it.
    ///
    /// # Errors
    ///
    /// When there is none, or it is the last one.
    pub async fn purge_client(&self, scope: &Scope, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        if tx.all("SELECT id FROM client WHERE org = $1 LIMIT 2", Vec::new()).await?.len() < 2 {
            return Err(DataError::Conflict("the last client stays; end the organisation instead".to_owned()));
        }
        let sql = "DELETE FROM client WHERE org = $1 AND id = $3 AND ($2 IS NULL OR id = $2)";
        if tx.run(sql, values![id]).await? == 0 {
            return Err(DataError::NotFound("client"));
        }
        log::note(&mut tx, "client.purge", &format!("client {id}"), "").await?;
        Ok(tx.commit().await?)
    }

    /// Removes the organisation with everything that is of it, the log included. `name` is its name, as a last question.
    ///
    /// # Errors
    ///
    /// When the name is another one.
    pub async fn purge_organisation(&self, scope: &Scope, name: &str) -> Result<(), DataError> {
        if self.organisation(scope).await? != name {
            return Err(DataError::Invalid("this is not the name of the organisation: nothing was removed".to_owned()));
        }
        let mut tx = self.db().write().await?;
        say_who(&mut tx, "*", "").await?;
        tx.run("DELETE FROM organisation WHERE id = $1", values![scope.org()]).await?;
        Ok(tx.commit().await?)
    }
}
