//! Deployments: what is under care, and how its newest audit stands.

use castellan_store::db::Row;
use castellan_store::values;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::people::named;
use super::{Data, DataError, Page, clients, log};
use crate::clock::now;
use crate::scope::{Scope, Scoped};
use crate::sources::Sources;

/// A deployment, as the portfolio shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Deployment {
    /// Number.
    pub id: i64,
    /// Its client.
    pub client: i64,
    /// Name of the client.
    pub client_name: String,
    /// Name, unique among those of the client.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// `production`, `staging`, `test`.
    pub environment: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What is looked at.
    pub sources: Sources,
    /// Least score that was promised.
    pub min_score: Option<i64>,
    /// Days after which no critical finding may still be open.
    pub critical_days: Option<i64>,
    /// Number of the newest audit among those of the deployment; 0: there is none.
    pub sequence: i64,
    /// When it was, seconds since 1970.
    pub audited: Option<i64>,
    /// Score.
    pub points: Option<i64>,
    /// Its letter.
    pub grade: Option<String>,
    /// Share of the checklist that was looked at, in percent.
    pub coverage: Option<i64>,
    /// Open findings.
    pub open: Open,
    /// Since when the oldest critical finding is open, seconds since 1970.
    pub critical_since: Option<i64>,
    /// Scores of the newest audits, oldest first.
    pub trend: Vec<i64>,
    /// What was promised and is not kept; empty: all is kept, as far as it was audited.
    pub broken: Vec<String>,
}

/// What was promised of a deployment and is not kept at a moment.
pub(super) fn broken(row: &Row, now: i64) -> Result<Vec<String>, DataError> {
    let mut out = Vec::new();
    if let (Some(least), Some(points)) = (row.opt_int("min_score")?, row.opt_int("points")?)
        && points < least
    {
        out.push(format!("score below {least}"));
    }
    if let (Some(days), Some(since)) = (row.opt_int("critical_days")?, row.opt_int("critical_since")?)
        && now - since > days * 86_400
    {
        out.push(format!("critical for more than {days} days"));
    }
    Ok(out)
}

/// Open findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Open {
    /// Critical ones.
    pub critical: i64,
    /// High ones.
    pub high: i64,
    /// Medium ones.
    pub medium: i64,
    /// Low ones.
    pub low: i64,
    /// Worth knowing.
    pub info: i64,
}

impl Open {
    /// Out of the columns of the same names.
    pub(crate) fn of(row: &Row) -> Result<Self, DataError> {
        Ok(Self {
            critical: row.int("critical")?,
            high: row.int("high")?,
            medium: row.int("medium")?,
            low: row.int("low")?,
            info: row.int("info")?,
        })
    }
}

/// What people say of a deployment.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ToldDeployment)]
pub struct Told {
    /// Its client: needed for a new one; an old one stays where it is.
    #[serde(default)]
    pub client: Option<i64>,
    /// Name.
    pub name: String,
    /// Who answers for it.
    #[serde(default)]
    pub owner: String,
    /// `production`, `staging`, `test`.
    #[serde(default)]
    pub environment: String,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What is looked at.
    #[serde(default)]
    pub sources: Sources,
    /// Least score that is promised, 0 to 100.
    #[serde(default)]
    pub min_score: Option<i64>,
    /// Days after which no critical finding may still be open.
    #[serde(default)]
    pub critical_days: Option<i64>,
}

/// In which order deployments come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// By name.
    #[default]
    Name,
    /// Lowest score first; those without an audit before all.
    Score,
    /// Most critical findings first, then high ones.
    Findings,
    /// The longest without an audit first.
    Seen,
}

/// Which deployments are meant.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this client.
    pub client: Option<i64>,
    /// With this tag.
    pub tag: Option<String>,
    /// With this text in name, client or owner.
    pub text: Option<String>,
    /// With this grade.
    pub grade: Option<String>,
    /// In this order.
    pub order: Order,
}

fn checked(told: &Told) -> Result<(String, String, String), DataError> {
    let name = named(&told.name)?;
    if !name.chars().all(|char| char.is_alphanumeric() || "-_. ".contains(char)) || name.starts_with('.') {
        return Err(DataError::Invalid(format!("`{name}`: letters, digits, spaces, `-`, `_` and `.` only")));
    }
    for (what, text) in [("owner", &told.owner), ("environment", &told.environment)] {
        if text.chars().count() > 120 || text.chars().any(char::is_control) {
            return Err(DataError::Invalid(format!("`{what}` is one line of at most 120 characters")));
        }
    }
    let plain = |tag: &String| {
        !tag.is_empty() && tag.len() <= 40 && tag.chars().all(|char| char.is_alphanumeric() || "-_.".contains(char))
    };
    if let Some(tag) = told.tags.iter().find(|tag| !plain(tag)) {
        return Err(DataError::Invalid(format!("the tag `{tag}`: letters, digits, `-`, `_` and `.` only")));
    }
    if told.min_score.is_some_and(|least| !(0..=100).contains(&least)) {
        return Err(DataError::Invalid("`min_score` is 0 to 100".to_owned()));
    }
    if told.critical_days.is_some_and(|days| !(0..=3650).contains(&days)) {
        return Err(DataError::Invalid("`critical_days` is 0 to 3650".to_owned()));
    }
    told.sources.check(&name).map_err(DataError::Invalid)?;
    let sources = serde_json::to_string(&told.sources).unwrap_or_default();
    let tags = if told.tags.is_empty() { String::new() } else { format!(",{},", told.tags.join(",")) };
    Ok((name, tags, sources))
}

fn deployment(row: &Row) -> Result<Deployment, DataError> {
    let tags = row.text("tags")?;
    let words = |text: &str| text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    Ok(Deployment {
        id: row.int("id")?,
        client: row.int("client")?,
        client_name: row.text("client_name")?,
        name: row.text("name")?,
        owner: row.text("owner")?,
        environment: row.text("environment")?,
        tags: words(&tags),
        sources: serde_json::from_str(&row.text("sources")?).unwrap_or_default(),
        min_score: row.opt_int("min_score")?,
        critical_days: row.opt_int("critical_days")?,
        sequence: row.int("sequence")?,
        audited: row.opt_int("audited")?,
        points: row.opt_int("points")?,
        grade: row.opt_text("grade")?,
        coverage: row.opt_int("coverage")?,
        open: Open::of(row)?,
        critical_since: row.opt_int("critical_since")?,
        broken: broken(row, now())?,
        trend: words(&row.text("trend")?).iter().filter_map(|point| point.parse().ok()).collect(),
    })
}

/// Where a page of deployments goes on, in each order: a key that grows, and the number.
const LIST: &str = "SELECT * FROM (SELECT deployment.*, client.name AS client_name, \
    CASE $3 WHEN 'score' THEN COALESCE(points, -1) \
            WHEN 'findings' THEN 0 - (critical * 100000 + high) \
            WHEN 'seen' THEN COALESCE(audited, 0) \
            ELSE 0 END AS rank, \
    CASE $3 WHEN 'name' THEN LOWER(deployment.name) ELSE '' END AS word \
    FROM deployment JOIN client ON client.id = deployment.client \
    WHERE deployment.org = $1 AND ($2 IS NULL OR deployment.client = $2) AND ($4 IS NULL OR deployment.client = $4) \
    AND ($5 IS NULL OR tags LIKE $5) AND ($6 IS NULL OR grade = $6) \
    AND ($7 IS NULL OR LOWER(deployment.name) LIKE $7 OR LOWER(client.name) LIKE $7 OR LOWER(owner) LIKE $7)) AS listed \
    WHERE $8 IS NULL OR rank > $8 OR (rank = $8 AND (word > $9 OR (word = $9 AND id > $10))) \
    ORDER BY rank, word, id LIMIT $11";

const ONE: &str = "SELECT deployment.*, client.name AS client_name FROM deployment JOIN client ON client.id = deployment.client \
    WHERE deployment.org = $1 AND ($2 IS NULL OR deployment.client = $2) AND deployment.id = $3";

impl Order {
    const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Score => "score",
            Self::Findings => "findings",
            Self::Seen => "seen",
        }
    }

    /// Where a list goes on after this one.
    fn cursor(self, one: &Deployment) -> String {
        let rank = match self {
            Self::Name => 0,
            Self::Score => one.points.unwrap_or(-1),
            Self::Findings => -(one.open.critical * 100_000 + one.open.high),
            Self::Seen => one.audited.unwrap_or(0),
        };
        let word = if self == Self::Name { one.name.to_lowercase() } else { String::new() };
        format!("{rank}:{}:{word}", one.id)
    }
}

const THERE: &str = "another deployment of this client has this name";

impl Data {
    /// Deployments, page by page.
    ///
    /// # Errors
    ///
    /// When the cursor is none of ours, or they cannot be read.
    pub async fn deployments(
        &self,
        scope: &Scope,
        filter: &Filter,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<Page<Deployment>, DataError> {
        let mut tx = self.read(scope).await?;
        let after = match cursor {
            None => None,
            Some(text) => {
                let parts = text.splitn(3, ':').collect::<Vec<_>>();
                let number = |at: usize| parts.get(at).and_then(|part| part.parse::<i64>().ok());
                match (number(0), number(1), parts.get(2)) {
                    (Some(rank), Some(id), Some(word)) => Some((rank, (*word).to_owned(), id)),
                    _ => return Err(DataError::Invalid("this cursor is none that a list gave".to_owned())),
                }
            }
        };
        let within = |text: &str| format!("%{}%", text.trim().to_lowercase().replace(['%', '_'], ""));
        let rows = tx
            .all(
                LIST,
                values![
                    filter.order.name(),
                    filter.client,
                    filter.tag.as_deref().map(|tag| format!("%,{},%", tag.replace(['%', '_'], ""))),
                    filter.grade.as_deref(),
                    filter.text.as_deref().map(within),
                    after.as_ref().map(|(rank, ..)| *rank),
                    after.as_ref().map(|(_, word, _)| word.clone()),
                    after.as_ref().map(|(.., id)| *id),
                    limit + 1
                ],
            )
            .await?;
        let items = rows.iter().map(deployment).collect::<Result<_, _>>()?;
        Ok(Page::of(items, limit, |one| filter.order.cursor(one)))
    }

    /// One deployment.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn deployment(&self, scope: &Scope, id: i64) -> Result<Deployment, DataError> {
        one(&mut self.read(scope).await?, id).await
    }

    /// Adds a deployment.
    ///
    /// # Errors
    ///
    /// When something is wrong with it, or the client has one of the name.
    pub async fn add_deployment(&self, scope: &Scope, told: &Told) -> Result<Deployment, DataError> {
        let (name, tags, sources) = checked(told)?;
        let client = told.client.ok_or_else(|| DataError::Invalid("`client` is missing: whose is it?".to_owned()))?;
        let mut tx = self.write(scope).await?;
        clients::exists(&mut tx, client).await?;
        let row = tx
            .one(
                "INSERT INTO deployment (org, client, name, owner, environment, tags, sources, created, min_score, critical_days) \
                 VALUES ($1, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
                values![
                    client,
                    &name,
                    told.owner.trim(),
                    told.environment.trim(),
                    tags,
                    sources,
                    now(),
                    told.min_score,
                    told.critical_days
                ],
            )
            .await
            .map_err(|error| DataError::exists(error, THERE))?;
        let id = row.ok_or(DataError::NotFound("deployment"))?.int("id")?;
        log::note(&mut tx, "deployment.create", &format!("deployment {id}"), &name).await?;
        let added = one(&mut tx, id).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Changes what is said of a deployment.
    ///
    /// # Errors
    ///
    /// When there is none, something is wrong with it, or the client has another one of the name.
    pub async fn change_deployment(&self, scope: &Scope, id: i64, told: &Told) -> Result<Deployment, DataError> {
        let (name, tags, sources) = checked(told)?;
        let mut tx = self.write(scope).await?;
        let before = one(&mut tx, id).await?;
        if told.client.is_some_and(|client| client != before.client) {
            return Err(DataError::Conflict("a deployment stays with its client: its history is theirs".to_owned()));
        }
        let changed = tx
            .run(
                "UPDATE deployment SET name = $4, owner = $5, environment = $6, tags = $7, sources = $8, min_score = $9, critical_days = $10 \
                 WHERE org = $1 AND ($2 IS NULL OR client = $2) AND id = $3",
                values![
                    id,
                    &name,
                    told.owner.trim(),
                    told.environment.trim(),
                    tags,
                    sources,
                    told.min_score,
                    told.critical_days
                ],
            )
            .await
            .map_err(|error| DataError::exists(error, THERE))?;
        if changed == 0 {
            return Err(DataError::NotFound("deployment"));
        }
        log::note(&mut tx, "deployment.change", &format!("deployment {id}"), &name).await?;
        let after = one(&mut tx, id).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Removes a deployment with everything that is of it.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn remove_deployment(&self, scope: &Scope, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let name = one(&mut tx, id).await?.name;
        let sql = "DELETE FROM deployment WHERE org = $1 AND ($2 IS NULL OR client = $2) AND id = $3";
        tx.run(sql, values![id]).await?;
        log::note(&mut tx, "deployment.remove", &format!("deployment {id}"), &name).await?;
        Ok(tx.commit().await?)
    }
}

/// Says anew since when the oldest critical finding of a deployment is open.
pub(super) async fn note_critical(tx: &mut Scoped, id: i64) -> Result<(), DataError> {
    let sql = "UPDATE deployment SET critical_since = (SELECT MIN(CASE state WHEN 'regressed' THEN changed ELSE first_seen END) FROM finding \
        WHERE finding.deployment = $3 AND severity = 4 AND state IN ('open', 'regressed')) WHERE org = $1 AND id = $3";
    tx.run(sql, values![id]).await?;
    Ok(())
}

/// One deployment, in a transaction.
pub(super) async fn one(tx: &mut Scoped, id: i64) -> Result<Deployment, DataError> {
    tx.one(ONE, values![id]).await?.as_ref().map(deployment).transpose()?.ok_or(DataError::NotFound("deployment"))
}
