//! Tokens of the API: of a person, for a right and perhaps one client, with an end.

use castellan_store::values;
use serde::Serialize;
use utoipa::ToSchema;

use super::people::named;
use super::{Data, DataError, clients, log};
use crate::auth::token;
use crate::clock::now;
use crate::scope::{Actor, Right, Role, Scope};

/// Days that a token lives at most.
pub const LONGEST: i64 = 366;
/// How exactly it is known when it was used last.
const SEEN: i64 = 60;

/// A token, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApiToken {
    /// Number.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// What it may do at most.
    pub right: Right,
    /// The only client that it sees.
    pub client: Option<i64>,
    /// Since when, seconds since 1970.
    pub created: i64,
    /// Until when.
    pub expires: i64,
    /// Last use, to the minute.
    pub used: Option<i64>,
}

impl Data {
    /// Makes a token. It comes back once.
    ///
    /// # Errors
    ///
    /// When it would do more than who asks, or live too long.
    pub async fn make_token(
        &self,
        scope: &Scope,
        name: &str,
        right: Right,
        client: Option<i64>,
        days: i64,
    ) -> Result<(ApiToken, String), DataError> {
        let name = named(name)?;
        if !scope.may(right) || right == Right::Own {
            return Err(DataError::Forbidden(format!("a token of yours may not `{}`", right.name())));
        }
        if !(1..=LONGEST).contains(&days) {
            return Err(DataError::Invalid(format!("a token lives 1 to {LONGEST} days")));
        }
        let client = scope.client().or(client);
        let secret = token::new("cst_").map_err(DataError::Invalid)?;
        let mut tx = self.write(scope).await?;
        if let Some(client) = client {
            clients::exists(&mut tx, client).await?;
        }
        let (created, expires) = (now(), now() + days * 86_400);
        let row = tx
            .one(
                "INSERT INTO api_token (org, client, person, name, scope, hash, created, expires) VALUES ($1, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
                values![client, scope.actor().person, &name, right.name(), token::hash(&secret), created, expires],
            )
            .await?
            .ok_or(DataError::NotFound("token"))?;
        let id = row.int("id")?;
        log::note(&mut tx, "token.create", &format!("token {id}"), &format!("{name}: {}", right.name())).await?;
        tx.commit().await?;
        Ok((ApiToken { id, name, right, client, created, expires, used: None }, secret))
    }

    /// One's own tokens.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn tokens(&self, scope: &Scope) -> Result<Vec<ApiToken>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT id, name, scope, client, created, expires, used FROM api_token WHERE org = $1 AND person = $3 \
            AND ($2 IS NULL OR client = $2) ORDER BY id";
        let rows = tx.all(sql, values![scope.actor().person]).await?;
        rows.iter()
            .map(|row| {
                Ok(ApiToken {
                    id: row.int("id")?,
                    name: row.text("name")?,
                    right: Right::from_name(&row.text("scope")?).unwrap_or(Right::Read),
                    client: row.opt_int("client")?,
                    created: row.int("created")?,
                    expires: row.int("expires")?,
                    used: row.opt_int("used")?,
                })
            })
            .collect()
    }

    /// Ends one of one's own tokens.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn end_token(&self, scope: &Scope, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let sql = "DELETE FROM api_token WHERE org = $1 AND person = $3 AND id = $4 AND ($2 IS NULL OR client = $2)";
        if tx.run(sql, values![scope.actor().person, id]).await? == 0 {
            return Err(DataError::NotFound("token"));
        }
        log::note(&mut tx, "token.end", &format!("token {id}"), "").await?;
        Ok(tx.commit().await?)
    }

    /// Whose token it is, and what it may: never more than the person may now. None: it is over, or none.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn of_token(&self, secret: &str, address: &str) -> Result<Option<Scope>, DataError> {
        let mut tx = self.read_all().await?;
        let sql = "SELECT api_token.id, api_token.org, api_token.client, api_token.name, api_token.scope, api_token.used, \
            person.id AS person, person.email, person.role, person.client AS own FROM api_token JOIN person ON person.id = api_token.person \
            WHERE api_token.hash = $1 AND api_token.expires > $2 AND person.disabled = 0";
        let Some(row) = tx.one(sql, values![token::hash(secret), now()]).await? else { return Ok(None) };
        drop(tx);
        if row.opt_int("used")?.is_none_or(|used| used < now() - SEEN) {
            let mut tx = self.write_all().await?;
            tx.run("UPDATE api_token SET used = $2 WHERE id = $1", values![row.int("id")?, now()]).await?;
            tx.commit().await?;
        }
        let role = Role::from_name(&row.text("role")?).unwrap_or(Role::ClientViewer);
        let right = Right::from_name(&row.text("scope")?).unwrap_or(Right::Read).min(role.right());
        let label = format!("{} (token {})", row.text("email")?, row.text("name")?);
        let actor = Actor { person: row.int("person")?, label, address: address.to_owned() };
        let client = row.opt_int("own")?.or(row.opt_int("client")?);
        Ok(Some(Scope::new(row.int("org")?, client, role, right, actor)))
    }
}
