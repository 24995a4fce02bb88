//! Links to a report for somebody without an account: for one audit, with an end.

use castellan_store::db::Row;
use castellan_store::values;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Data, DataError, deployments, log};
use crate::auth::token;
use crate::clock::now;
use crate::scope::Scope;

/// Days that a link works at most.
pub const LONGEST: i64 = 90;
/// Links of a deployment that lists show.
const SHOWN: i64 = 100;

/// A link, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Share {
    /// Number.
    pub id: i64,
    /// Its deployment.
    pub deployment: i64,
    /// The audit whose report it shows.
    pub audit: i64,
    /// Number of the audit among those of the deployment.
    pub sequence: i64,
    /// Language of the report.
    pub language: String,
    /// Who made it.
    pub created_by: String,
    /// When, seconds since 1970.
    pub created: i64,
    /// Until when it works.
    pub expires: i64,
    /// How often it was opened.
    pub seen: i64,
}

/// What a link shows.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    /// Who may see it: its audit and nothing else is asked for.
    pub scope: Scope,
    /// The audit.
    pub audit: i64,
    /// Language of the report.
    pub language: String,
}

fn share(row: &Row) -> Result<Share, DataError> {
    Ok(Share {
        id: row.int("id")?,
        deployment: row.int("deployment")?,
        audit: row.int("audit")?,
        sequence: row.int("sequence")?,
        language: row.text("language")?,
        created_by: row.text("created_by")?,
        created: row.int("created")?,
        expires: row.int("expires")?,
        seen: row.int("seen")?,
    })
}

const LIST: &str = "SELECT share.*, audit.sequence FROM share JOIN audit ON audit.id = share.audit \
    WHERE share.org = $1 AND ($2 IS NULL OR share.client = $2) AND ($3 IS NULL OR share.deployment = $3) AND ($4 IS NULL OR share.id = $4) \
    AND share.expires > $5 ORDER BY share.id DESC LIMIT $6";

impl Data {
    /// Links of a deployment that work.
    ///
    /// # Errors
    ///
    /// When there is no such deployment.
    pub async fn shares(&self, scope: &Scope, deployment: i64) -> Result<Vec<Share>, DataError> {
        let mut tx = self.read(scope).await?;
        deployments::one(&mut tx, deployment).await?;
        let values = values![Some(deployment), None::<i64>, now(), SHOWN];
        tx.all(LIST, values).await?.iter().map(share).collect()
    }

    /// Makes a link to the report of an audit. Its secret comes back once.
    ///
    /// # Errors
    ///
    /// When there is no such audit, only its summary is kept, or it would work too long.
    pub async fn share(
        &self,
        scope: &Scope,
        audit: i64,
        days: i64,
        language: &str,
    ) -> Result<(Share, String), DataError> {
        if !(1..=LONGEST).contains(&days) {
            return Err(DataError::Invalid(format!("a link works 1 to {LONGEST} days")));
        }
        let of = self.audit(scope, audit).await?;
        self.report(scope, audit).await?;
        let secret = token::new("").map_err(DataError::Invalid)?;
        let mut tx = self.write(scope).await?;
        let client = deployments::one(&mut tx, of.deployment).await?.client;
        tx.run("DELETE FROM share WHERE org = $1 AND expires < $3", values![now()]).await?;
        let by = scope.actor().label.clone();
        let row = tx
            .one(
                "INSERT INTO share (org, client, deployment, audit, hash, language, created, created_by, expires) \
                 VALUES ($1, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
                values![client, of.deployment, audit, token::hash(&secret), language, now(), by, now() + days * 86_400],
            )
            .await?;
        let id = row.ok_or(DataError::NotFound("link"))?.int("id")?;
        log::note(&mut tx, "report.share", &format!("audit {audit}"), &format!("link {id}, {days} days")).await?;
        let row = tx.one(LIST, values![None::<i64>, Some(id), now(), 1_i64]).await?;
        let made = share(&row.ok_or(DataError::NotFound("link"))?)?;
        tx.commit().await?;
        Ok((made, secret))
    }

    /// Ends a link.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn end_share(&self, scope: &Scope, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let sql = "DELETE FROM share WHERE org = $1 AND ($2 IS NULL OR client = $2) AND id = $3";
        if tx.run(sql, values![id]).await? == 0 {
            return Err(DataError::NotFound("link"));
        }
        log::note(&mut tx, "report.unshare", &format!("link {id}"), "").await?;
        Ok(tx.commit().await?)
    }

    /// What a link shows; none: it is none, or is over.
    pub(crate) async fn shared(&self, secret: &str) -> Result<Option<Shared>, DataError> {
        let mut tx = self.write_all().await?;
        let sql =
            "UPDATE share SET seen = seen + 1 WHERE hash = $1 AND expires > $2 RETURNING org, client, audit, language";
        let Some(row) = tx.one(sql, values![token::hash(secret), now()]).await? else { return Ok(None) };
        tx.commit().await?;
        Ok(Some(Shared {
            scope: Scope::server(row.int("org")?, Some(row.int("client")?)),
            audit: row.int("audit")?,
            language: row.text("language")?,
        }))
    }
}
