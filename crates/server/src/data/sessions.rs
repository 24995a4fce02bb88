//! Sessions of browsers: a random token in a cookie, its hash here, so that each can be listed and ended.

use castellan_store::values;
use serde::Serialize;
use utoipa::ToSchema;

use super::people::Account;
use super::{Data, DataError, log};
use crate::auth::token;
use crate::clock::now;
use crate::scope::{Actor, Role, Scope};

/// Without a request for this long it ends.
const IDLE: i64 = 12 * 3600;
/// It ends after this in any case.
const WHOLE: i64 = 14 * 86_400;
/// How exactly it is known when it was used last: not every request writes.
const SEEN: i64 = 60;

/// A session, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Session {
    /// Number.
    pub id: i64,
    /// Since when, seconds since 1970.
    pub created: i64,
    /// Last request, to the minute.
    pub seen: i64,
    /// Where from.
    pub address: String,
    /// Browser, as it says.
    pub agent: String,
}

/// A session that a request belongs to.
#[derive(Debug, Clone)]
pub struct Known {
    /// Number.
    pub id: i64,
    /// Who, and what they may.
    pub scope: Scope,
    /// What a form has to send back.
    pub csrf: String,
}

impl Data {
    /// Begins a session for an account whose password and second factor were right.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub async fn begin_session(&self, account: &Account, address: &str, agent: &str) -> Result<String, DataError> {
        let (secret, csrf) = (token::new("").map_err(DataError::Invalid)?, token::new("").map_err(DataError::Invalid)?);
        let person = &account.person;
        let actor = Actor { person: person.id, label: person.email.clone(), address: address.to_owned() };
        let scope = Scope::new(account.org, person.client, person.role, person.role.right(), actor);
        let agent: String = agent.chars().filter(|char| !char.is_control()).take(200).collect();
        let mut tx = self.write(&scope).await?;
        tx.run("DELETE FROM session WHERE org = $1 AND (expires < $3 OR seen < $4)", values![now(), now() - IDLE])
            .await?;
        tx.run(
            "INSERT INTO session (org, person, hash, csrf, created, seen, expires, address, agent) VALUES ($1, $3, $4, $5, $6, $6, $7, $8, $9)",
            values![person.id, token::hash(&secret), csrf, now(), now() + WHOLE, address, agent],
        )
        .await?;
        log::note(&mut tx, "session.begin", &person.email, "").await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// The session of a cookie; none: it is over, or the person may not log in any more.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn session(&self, secret: &str, address: &str) -> Result<Option<Known>, DataError> {
        let mut tx = self.read_all().await?;
        let sql = "SELECT session.id, session.org, session.csrf, session.seen, person.id AS person, person.email, person.role, person.client \
            FROM session JOIN person ON person.id = session.person \
            WHERE session.hash = $1 AND session.expires > $2 AND session.seen > $3 AND person.disabled = 0";
        let Some(row) = tx.one(sql, values![token::hash(secret), now(), now() - IDLE]).await? else { return Ok(None) };
        drop(tx);
        let (id, role) = (row.int("id")?, Role::from_name(&row.text("role")?).unwrap_or(Role::ClientViewer));
        if row.int("seen")? < now() - SEEN {
            let mut tx = self.write_all().await?;
            tx.run("UPDATE session SET seen = $2 WHERE id = $1", values![id, now()]).await?;
            tx.commit().await?;
        }
        let actor = Actor { person: row.int("person")?, label: row.text("email")?, address: address.to_owned() };
        let scope = Scope::new(row.int("org")?, row.opt_int("client")?, role, role.right(), actor);
        Ok(Some(Known { id, scope, csrf: row.text("csrf")? }))
    }

    /// One's own sessions, newest first.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn sessions(&self, scope: &Scope) -> Result<Vec<Session>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT id, created, seen, address, agent FROM session WHERE org = $1 AND person = $3 AND expires > $4 AND seen > $5 ORDER BY id DESC";
        let rows = tx.all(sql, values![scope.actor().person, now(), now() - IDLE]).await?;
        rows.iter()
            .map(|row| {
                Ok(Session {
                    id: row.int("id")?,
                    created: row.int("created")?,
                    seen: row.int("seen")?,
                    address: row.text("address")?,
                    agent: row.text("agent")?,
                })
            })
            .collect()
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn end_session(&self, scope: &Scope, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let sql = "DELETE FROM session WHERE org = $1 AND person = $3 AND id = $4";
        if tx.run(sql, values![scope.actor().person, id]).await? == 0 {
            return Err(DataError::NotFound("session"));
        }
        log::note(&mut tx, "session.end", &format!("session {id}"), "").await?;
        Ok(tx.commit().await?)
    }
}
