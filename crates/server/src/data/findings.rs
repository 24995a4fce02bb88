//! Findings over time: who decided what about them, who mends them until when, what was said.

use std::collections::BTreeSet;

use castellan_model::{Finding as Body, Severity};
use castellan_store::db::Row;
use castellan_store::{unpack, values};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::people::named;
use super::{Data, DataError, Page, deployments, jobs, log};
use crate::clock::now;
use crate::scope::{Scope, Scoped};
use crate::sources::Decided;

/// Seconds after a decision until it is judged: more of them may come.
const SOON: i64 = 2;

/// A finding, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// Number.
    pub id: i64,
    /// Its deployment.
    pub deployment: i64,
    /// Name of the deployment.
    pub deployment_name: String,
    /// Stable identity: the same weakness keeps it when lines move.
    pub fingerprint: String,
    /// Id of the rule.
    pub rule: String,
    /// `critical`, `high`, `medium`, `low`, `info`.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: String,
    /// `open`, `regressed` (open again), `fixed`, `accepted`, `false-positive`.
    pub state: String,
    /// When it was first seen, seconds since 1970.
    pub first_seen: i64,
    /// When it was last seen.
    pub last_seen: i64,
    /// When its state changed.
    pub changed: i64,
    /// Why it is accepted or none.
    pub reason: String,
    /// Who decided that.
    pub decided_by: String,
    /// The first second after the last day on which the decision holds.
    pub decided_until: Option<i64>,
    /// Who mends it.
    pub owner: String,
    /// Until when, seconds since 1970.
    pub due: Option<i64>,
}

/// Something that was said about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Comment {
    /// Number.
    pub id: i64,
    /// Who.
    pub author: String,
    /// What.
    pub text: String,
    /// When, seconds since 1970.
    pub created: i64,
}

/// What is decided about findings.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// `open`, `accepted`, `false-positive`.
    #[serde(default)]
    pub state: Option<String>,
    /// Why; needed to accept.
    #[serde(default)]
    pub reason: Option<String>,
    /// Last day of the decision: `2027-01-31`; needed to accept.
    #[serde(default)]
    pub until: Option<String>,
    /// Who mends it.
    #[serde(default)]
    pub owner: Option<String>,
    /// Until which day it is to be mended: `2027-01-31`; empty: none.
    #[serde(default)]
    pub due: Option<String>,
}

/// Which findings are meant.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this deployment.
    pub deployment: Option<i64>,
    /// In this state; `active` for those that are open in any way.
    pub state: Option<String>,
    /// At least this severe.
    pub severity: Option<Severity>,
    /// Of this rule.
    pub rule: Option<String>,
    /// With this text in message or place.
    pub text: Option<String>,
}

/// What changed between two audits of a deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// Open in the later one only.
    pub opened: Vec<Finding>,
    /// Open in the earlier one only.
    pub closed: Vec<Finding>,
    /// Open in both.
    pub still_open: Vec<Finding>,
}

/// A decision that has no end says so with this day.
const FOREVER: &str = "9999-12-31";

/// Where a finding is, on one line.
pub(super) fn place(finding: &Body) -> String {
    let location = &finding.location;
    let whole =
        location.path.starts_with("http://") || location.path.starts_with("https://") || finding.query.is_some();
    if whole || location.span.start.line == 0 {
        return location.path.clone();
    }
    format!("{}:{}", location.path, location.span.start.line)
}

/// The number of a severity, 0 for `info` to 4 for `critical`.
pub(super) fn rank(severity: Severity) -> i64 {
    Severity::ALL.iter().rev().position(|one| *one == severity).map_or(0, |at| i64::try_from(at).unwrap_or(0))
}

pub(super) fn severity(rank: i64) -> Severity {
    let at = usize::try_from(4 - rank.clamp(0, 4)).unwrap_or(0);
    Severity::ALL.get(at).copied().unwrap_or(Severity::Info)
}

fn finding(row: &Row) -> Result<Finding, DataError> {
    Ok(Finding {
        id: row.int("id")?,
        deployment: row.int("deployment")?,
        deployment_name: row.text("deployment_name")?,
        fingerprint: row.text("fingerprint")?,
        rule: row.text("rule")?,
        severity: severity(row.int("severity")?).as_str().to_owned(),
        message: row.text("message")?,
        place: row.text("place")?,
        state: row.text("state")?,
        first_seen: row.int("first_seen")?,
        last_seen: row.int("last_seen")?,
        changed: row.int("changed")?,
        reason: row.text("reason")?,
        decided_by: row.text("decided_by")?,
        decided_until: row.opt_int("decided_until")?,
        owner: row.text("owner")?,
        due: row.opt_int("due")?,
    })
}

/// The page is cut out first, in the order of its index: joined before that, every finding would be read and sorted.
const LIST: &str = "SELECT finding.*, deployment.name AS deployment_name FROM (SELECT * FROM finding \
    WHERE org = $1 AND ($2 IS NULL OR client = $2) AND ($3 IS NULL OR deployment = $3) \
    AND ($4 IS NULL OR state = $4 OR ($4 = 'active' AND state IN ('open', 'regressed'))) AND severity >= $5 \
    AND ($6 IS NULL OR rule = $6) AND ($7 IS NULL OR LOWER(message) LIKE $7 OR LOWER(place) LIKE $7) \
    AND ($8 IS NULL OR severity < $8 OR (severity = $8 AND id > $9)) \
    ORDER BY severity DESC, id LIMIT $10) AS finding JOIN deployment ON deployment.id = finding.deployment \
    ORDER BY finding.severity DESC, finding.id";

const ONE: &str = "SELECT finding.*, deployment.name AS deployment_name FROM finding JOIN deployment ON deployment.id = finding.deployment \
    WHERE finding.org = $1 AND ($2 IS NULL OR finding.client = $2) AND finding.id = $3";

/// Findings that were open in the one or the other of two audits, and in which.
const BETWEEN: &str = "SELECT finding.*, deployment.name AS deployment_name, \
    MAX(CASE WHEN opened <= $4 AND (closed IS NULL OR closed > $4) THEN 'yes' ELSE 'no' END) AS earlier, \
    MAX(CASE WHEN opened <= $5 AND (closed IS NULL OR closed > $5) THEN 'yes' ELSE 'no' END) AS later \
    FROM finding JOIN deployment ON deployment.id = finding.deployment JOIN finding_span ON finding_span.finding = finding.id \
    WHERE finding.org = $1 AND ($2 IS NULL OR finding.client = $2) AND finding.deployment = $3 \
    GROUP BY finding.id, deployment.name ORDER BY finding.severity DESC, finding.id";

/// Lines of people: no control characters but line feeds.
fn lines(text: &str, most: usize) -> Result<String, DataError> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if text.chars().count() > most || text.chars().any(|char| char.is_control() && char != '\n') {
        return Err(DataError::Invalid(format!("a text has at most {most} characters, and none that cannot be seen")));
    }
    Ok(text.to_owned())
}

impl Data {
    /// Findings, worst first, page by page.
    ///
    /// # Errors
    ///
    /// When the cursor is none of ours, or they cannot be read.
    pub async fn findings(
        &self,
        scope: &Scope,
        filter: &Filter,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<Page<Finding>, DataError> {
        let after = match cursor {
            None => None,
            Some(text) => {
                let parsed = text.split_once(':').and_then(|(rank, id)| Some((rank.parse().ok()?, id.parse().ok()?)));
                let none = || DataError::Invalid("this cursor is none that a list gave".to_owned());
                Some(parsed.ok_or_else(none)?)
            }
        };
        let after: Option<(i64, i64)> = after;
        let within = |text: &str| format!("%{}%", text.trim().to_lowercase().replace(['%', '_'], ""));
        let mut tx = self.read(scope).await?;
        let rows = tx
            .all(
                LIST,
                values![
                    filter.deployment,
                    filter.state.as_deref(),
                    filter.severity.map_or(0, rank),
                    filter.rule.as_deref(),
                    filter.text.as_deref().map(within),
                    after.map(|(rank, _)| rank),
                    after.map(|(_, id)| id),
                    limit + 1
                ],
            )
            .await?;
        let items = rows.iter().map(finding).collect::<Result<_, _>>()?;
        let of_severity = |name: &str| Severity::ALL.into_iter().find(|one| one.as_str() == name).map_or(0, rank);
        Ok(Page::of(items, limit, |one: &Finding| format!("{}:{}", of_severity(&one.severity), one.id)))
    }

    /// One finding with its evidence, as it was seen last.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn finding(&self, scope: &Scope, id: i64) -> Result<(Finding, Body), DataError> {
        let mut tx = self.read(scope).await?;
        let row = tx.one(ONE, values![id]).await?.ok_or(DataError::NotFound("finding"))?;
        let text = unpack(&row.bytes("body")?).map_err(DataError::Invalid)?;
        let body = serde_json::from_slice(&text).map_err(|error| DataError::Invalid(error.to_string()))?;
        Ok((finding(&row)?, body))
    }

    /// Decides about findings, all or none of them.
    ///
    /// # Errors
    ///
    /// When one is not there, or the decision lacks a reason or an end.
    pub async fn change_findings(
        &self,
        scope: &Scope,
        ids: &[i64],
        change: &Change,
    ) -> Result<Vec<Finding>, DataError> {
        if ids.is_empty() || ids.len() > 500 {
            return Err(DataError::Invalid("name 1 to 500 findings".to_owned()));
        }
        let mut tx = self.write(scope).await?;
        let mut out = Vec::new();
        for id in ids {
            change_one(&mut tx, *id, change).await?;
            let row = tx.one(ONE, values![*id]).await?.ok_or(DataError::NotFound("finding"))?;
            out.push(finding(&row)?);
        }
        if change.state.is_some() {
            let deployments: BTreeSet<i64> = out.iter().map(|one| one.deployment).collect();
            for deployment in deployments {
                judge_again(&mut tx, deployment).await?;
            }
        }
        tx.commit().await?;
        Ok(out)
    }

    /// What was said about a finding, oldest first.
    ///
    /// # Errors
    ///
    /// When there is no such finding.
    pub async fn comments(&self, scope: &Scope, id: i64) -> Result<Vec<Comment>, DataError> {
        let mut tx = self.read(scope).await?;
        tx.one(ONE, values![id]).await?.ok_or(DataError::NotFound("finding"))?;
        let sql = "SELECT id, author, text, created FROM comment WHERE org = $1 AND ($2 IS NULL OR client = $2) AND finding = $3 ORDER BY id";
        let rows = tx.all(sql, values![id]).await?;
        rows.iter()
            .map(|row| {
                Ok(Comment {
                    id: row.int("id")?,
                    author: row.text("author")?,
                    text: row.text("text")?,
                    created: row.int("created")?,
                })
            })
            .collect()
    }

    /// Says something about a finding.
    ///
    /// # Errors
    ///
    /// When there is no such finding, or nothing is said.
    pub async fn add_comment(&self, scope: &Scope, id: i64, text: &str) -> Result<Comment, DataError> {
        let text = lines(text, 4000)?;
        if text.is_empty() {
            return Err(DataError::Invalid("write something".to_owned()));
        }
        let mut tx = self.write(scope).await?;
        let row = tx.one(ONE, values![id]).await?.ok_or(DataError::NotFound("finding"))?;
        let (client, author) = (row.int("client")?, scope.actor().label.clone());
        let sql = "INSERT INTO comment (org, client, finding, author, text, created) VALUES ($1, $3, $4, $5, $6, $7) RETURNING id";
        let row = tx.one(sql, values![client, id, &author, &text, now()]).await?;
        let comment =
            Comment { id: row.ok_or(DataError::NotFound("comment"))?.int("id")?, author, text, created: now() };
        log::note(&mut tx, "finding.comment", &format!("finding {id}"), "").await?;
        tx.commit().await?;
        Ok(comment)
    }

    /// What changed between two audits of a deployment, by their sequences.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn difference(
        &self,
        scope: &Scope,
        deployment: i64,
        earlier: i64,
        later: i64,
    ) -> Result<Difference, DataError> {
        let mut tx = self.read(scope).await?;
        super::deployments::one(&mut tx, deployment).await?;
        let mut out = Difference::default();
        for row in tx.all(BETWEEN, values![deployment, earlier, later]).await? {
            let list = match (row.text("earlier")?.as_str(), row.text("later")?.as_str()) {
                ("yes", "yes") => &mut out.still_open,
                ("yes", _) => &mut out.closed,
                (_, "yes") => &mut out.opened,
                _ => continue,
            };
            list.push(finding(&row)?);
        }
        Ok(out)
    }

    /// Decisions about findings of a deployment that hold today, for its next scan.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub(crate) async fn decided(&self, scope: &Scope, deployment: i64) -> Result<Vec<Decided>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT fingerprint, state, reason, decided_by, decided_until FROM finding WHERE org = $1 AND ($2 IS NULL OR client = $2) \
            AND deployment = $3 AND state IN ('accepted', 'false-positive') AND decided_by LIKE '%@%' \
            AND (decided_until IS NULL OR decided_until > $4) ORDER BY id";
        let rows = tx.all(sql, values![deployment, now()]).await?;
        rows.iter()
            .map(|row| {
                let until = row.opt_int("decided_until")?;
                let reason = row.text("reason")?;
                Ok(Decided {
                    fingerprint: row.text("fingerprint")?,
                    reason: if row.text("state")? == "accepted" { reason } else { format!("false positive: {reason}") },
                    who: row.text("decided_by")?,
                    until: until.map_or_else(|| FOREVER.to_owned(), |end| castellan_model::calendar::date(end - 1)),
                })
            })
            .collect()
    }
}

/// The score follows a decision: the newest evidence is judged again, without looking anew.
async fn judge_again(tx: &mut Scoped, deployment: i64) -> Result<(), DataError> {
    let sql = "SELECT CASE WHEN evidence IS NULL THEN 'no' ELSE 'yes' END AS kept FROM audit WHERE org = $1 AND deployment = $3 \
        ORDER BY sequence DESC LIMIT 1";
    let row = tx.one(sql, values![deployment]).await?;
    if row.map(|row| row.text("kept")).transpose()?.as_deref() == Some("yes") {
        let client = deployments::one(tx, deployment).await?.client;
        let place = jobs::Place { org: tx.scope().org(), client, deployment };
        let by = tx.scope().actor().label.clone();
        // Several decisions one after another are judged once.
        jobs::enqueue(tx.tx(), &place, "rejudge", &by, now() + SOON, None).await?;
    }
    Ok(())
}

async fn change_one(tx: &mut Scoped, id: i64, change: &Change) -> Result<(), DataError> {
    let row = tx.one(ONE, values![id]).await?.ok_or(DataError::NotFound("finding"))?;
    let before = finding(&row)?;
    let label = tx.scope().actor().label.clone();
    let object = format!("finding {id}");
    if let Some(state) = &change.state {
        let reason = lines(change.reason.as_deref().unwrap_or_default(), 1000)?;
        let until = match change.until.as_deref().filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => Some(
                castellan_model::calendar::day_start(text)
                    .map(|day| day + 86_400)
                    .filter(|end| *end > now())
                    .ok_or_else(|| DataError::Invalid(format!("`{text}` is no day to come; write 2027-01-31")))?,
            ),
        };
        match (state.as_str(), reason.is_empty(), until) {
            ("open", ..) | ("false-positive", false, _) | ("accepted", false, Some(_)) => {}
            ("accepted", ..) => {
                return Err(DataError::Invalid("to accept a risk needs a reason and a last day".to_owned()));
            }
            ("false-positive", ..) => {
                return Err(DataError::Invalid("say why it is none: a reason is needed".to_owned()));
            }
            _ => return Err(DataError::Invalid("a state is one of open, accepted, false-positive".to_owned())),
        }
        if before.state == "fixed" {
            return Err(DataError::Conflict("it is fixed: there is nothing to decide".to_owned()));
        }
        let (by, reason) = if state == "open" { (String::new(), String::new()) } else { (label, reason) };
        let until = if state == "open" { None } else { until };
        let sql = "UPDATE finding SET state = $4, reason = $5, decided_by = $6, decided_until = $7, changed = $8 WHERE org = $1 AND id = $3";
        tx.run(sql, values![id, state, &reason, by, until, now()]).await?;
        super::deployments::note_critical(tx, before.deployment).await?;
        log::note(tx, "finding.decide", &object, &format!("{state}: {reason}")).await?;
    }
    if let Some(owner) = &change.owner {
        let owner = if owner.trim().is_empty() { String::new() } else { named(owner)? };
        tx.run("UPDATE finding SET owner = $4 WHERE org = $1 AND id = $3", values![id, &owner]).await?;
        log::note(tx, "finding.assign", &object, &owner).await?;
    }
    if let Some(due) = &change.due {
        let day = match due.trim() {
            "" => None,
            text => Some(
                castellan_model::calendar::day_start(text)
                    .ok_or_else(|| DataError::Invalid(format!("`{text}` is no day; write 2027-01-31")))?,
            ),
        };
        tx.run("UPDATE finding SET due = $4 WHERE org = $1 AND id = $3", values![id, day]).await?;
        log::note(tx, "finding.due", &object, due).await?;
    }
    Ok(())
}
