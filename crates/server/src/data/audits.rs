//! Audits: what came of a run, taken in once, in one transaction with the end of its job.

use std::collections::{BTreeMap, BTreeSet};

use castellan_audit::{Changes, Ending, EndingKind, Kept, changes, diff};
use castellan_model::{Answer, AuditReport, Finding, Severity, SuppressedBy};
use castellan_report::trend;
use castellan_store::db::Row;
use castellan_store::{pack, unpack, values};
use serde::Serialize;
use utoipa::ToSchema;

use super::alerts::{About, Message, Trigger};
use super::deployments::Open;
use super::jobs::{Claimed, Place};
use super::{Data, DataError, Page, alerts, deployments, findings};
use crate::clock::now;
use crate::scope::{Scope, Scoped};

/// Audits of a deployment whose whole report stays. Of older ones the score, the answers and which findings were open stay.
pub const WITH_REPORT: i64 = 30;
/// Audits whose evidence stays: it is larger than all else.
pub const WITH_EVIDENCE: i64 = 2;
/// Things of a deployment that end some day, at most.
const ENDINGS: usize = 1000;
/// Scores of a trend.
const TREND: usize = 30;

/// An audit, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Audit {
    /// Number.
    pub id: i64,
    /// Its deployment.
    pub deployment: i64,
    /// Number among those of the deployment, from 1.
    pub sequence: i64,
    /// When, seconds since 1970.
    pub time: i64,
    /// Version of Castellan.
    pub castellan: String,
    /// Score.
    pub points: i64,
    /// Its letter.
    pub grade: String,
    /// Share of the checklist that was looked at, in percent.
    pub coverage: i64,
    /// Open findings.
    pub open: Open,
    /// Accepted findings.
    pub accepted: i64,
    /// Answers of the fourteen lines, a letter each: `p` pass, `f` fail, `n` not assessed.
    pub answers: String,
    /// The whole report is kept.
    pub has_report: bool,
}

impl Audit {
    /// As charts over time take it.
    #[must_use]
    pub fn entry(&self) -> trend::Entry {
        let Open { critical, high, medium, low, info } = self.open;
        trend::Entry {
            id: self.id,
            deployment: String::new(),
            time: self.time,
            points: self.points,
            grade: self.grade.clone(),
            coverage: self.coverage,
            open: [critical, high, medium, low, info],
            accepted: self.accepted,
        }
    }
}

/// What an audit changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Number of the audit.
    pub audit: i64,
    /// Its number among those of the deployment.
    pub sequence: i64,
    /// Findings that were never open before, by number.
    pub new: Vec<i64>,
    /// Findings that were fixed and are open again.
    pub regressed: Vec<i64>,
    /// Findings that are gone.
    pub fixed: Vec<i64>,
}

const COLUMNS: &str = "SELECT id, deployment, sequence, time, castellan, points, grade, coverage, critical, high, medium, low, info, accepted, answers, \
    CASE WHEN report IS NULL THEN 'no' ELSE 'yes' END AS has_report FROM audit WHERE org = $1 AND ($2 IS NULL OR client = $2) \
    AND ($3 IS NULL OR deployment = $3) AND ($4 IS NULL OR id = $4) AND ($5 IS NULL OR sequence < $5) ORDER BY sequence DESC LIMIT $6";

fn audit(row: &Row) -> Result<Audit, DataError> {
    Ok(Audit {
        id: row.int("id")?,
        deployment: row.int("deployment")?,
        sequence: row.int("sequence")?,
        time: row.int("time")?,
        castellan: row.text("castellan")?,
        points: row.int("points")?,
        grade: row.text("grade")?,
        coverage: row.int("coverage")?,
        open: Open::of(row)?,
        accepted: row.int("accepted")?,
        answers: row.text("answers")?,
        has_report: row.text("has_report")? == "yes",
    })
}

/// A finding as it stands in the database before an audit.
struct Standing {
    id: i64,
    state: String,
    body: Vec<u8>,
}

impl Data {
    /// Audits of a deployment, newest first, before a sequence.
    ///
    /// # Errors
    ///
    /// When there is no such deployment.
    pub async fn audits(
        &self,
        scope: &Scope,
        deployment: i64,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Page<Audit>, DataError> {
        let mut tx = self.read(scope).await?;
        deployments::one(&mut tx, deployment).await?;
        let rows = tx.all(COLUMNS, values![Some(deployment), None::<i64>, before, limit + 1]).await?;
        let items = rows.iter().map(audit).collect::<Result<_, _>>()?;
        Ok(Page::of(items, limit, |audit: &Audit| audit.sequence.to_string()))
    }

    /// One audit.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn audit(&self, scope: &Scope, id: i64) -> Result<Audit, DataError> {
        let mut tx = self.read(scope).await?;
        let row = tx.one(COLUMNS, values![None::<i64>, Some(id), None::<i64>, 1_i64]).await?;
        row.as_ref().map(audit).transpose()?.ok_or(DataError::NotFound("audit"))
    }

    /// The whole report of an audit.
    ///
    /// # Errors
    ///
    /// When there is none, or only its summary is kept.
    pub async fn report(&self, scope: &Scope, id: i64) -> Result<AuditReport, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT report FROM audit WHERE org = $1 AND ($2 IS NULL OR client = $2) AND id = $3";
        let row = tx.one(sql, values![id]).await?.ok_or(DataError::NotFound("audit"))?;
        read_report(row.opt_bytes("report")?).ok_or_else(|| {
            DataError::Conflict(format!(
                "of this audit the summary is kept; whole reports stay for the newest {WITH_REPORT}"
            ))
        })
    }

    /// The newest report of a deployment; none: there is no audit yet.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn newest_report(&self, scope: &Scope, deployment: i64) -> Result<Option<AuditReport>, DataError> {
        newest(&mut self.read(scope).await?, deployment).await
    }

    /// Takes an audit in and ends its job, in one transaction. None: somebody else has the job, and nothing was taken in.
    ///
    /// # Errors
    ///
    /// When it cannot be written: then nothing was taken in.
    pub async fn record(
        &self,
        claimed: &Claimed,
        report: &AuditReport,
        evidence: Option<&[u8]>,
        endings: &[Ending],
    ) -> Result<Option<Recorded>, DataError> {
        let scope = Scope::server(claimed.place.org, None);
        let changes = self.changes(&scope, claimed.place.deployment, evidence).await?;
        let mut tx = self.write(&scope).await?;
        let sql = "UPDATE job SET state = 'done', finished = $5, claim = NULL, lease = NULL, payload = NULL, progress = '', reason = '' \
            WHERE org = $1 AND id = $3 AND claim = $4 AND state = 'running'";
        if tx.run(sql, values![claimed.id, &claimed.claim, now()]).await? == 0 {
            return Ok(None);
        }
        let recorded = take_in(&mut tx, claimed.place.deployment, report, evidence, &changes).await?;
        note_endings(&mut tx, &claimed.place, endings).await?;
        let sql = "UPDATE job SET audit = $4 WHERE org = $1 AND id = $3";
        tx.run(sql, values![claimed.id, recorded.audit]).await?;
        tx.commit().await?;
        Ok(Some(recorded))
    }

    /// The newest evidence of a deployment; none: there is no audit yet.
    pub(crate) async fn newest_evidence(&self, scope: &Scope, deployment: i64) -> Result<Option<Vec<u8>>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT evidence FROM audit WHERE org = $1 AND ($2 IS NULL OR client = $2) AND deployment = $3 ORDER BY sequence DESC LIMIT 1";
        let row = tx.one(sql, values![deployment]).await?;
        let packed = row.map(|row| row.opt_bytes("evidence")).transpose()?.flatten();
        packed.map(|packed| unpack(&packed).map_err(DataError::Invalid)).transpose()
    }

    /// What is otherwise than in the evidence before.
    async fn changes(&self, scope: &Scope, deployment: i64, evidence: Option<&[u8]>) -> Result<Changes, DataError> {
        let old = match self.newest_evidence(scope, deployment).await {
            // What is damaged is nothing to compare with; the new audit is taken in all the same.
            Err(DataError::Invalid(_)) => None,
            old => old?,
        };
        let (Some(new), Some(old)) = (evidence, old) else { return Ok(Changes::default()) };
        let new = new.to_vec();
        let run = move || match (Kept::read(&old), Kept::read(&new)) {
            (Ok(old), Ok(new)) => changes(&old, &new),
            // What was judged by an older Castellan says nothing.
            _ => Changes::default(),
        };
        tokio::task::spawn_blocking(run).await.map_err(|error| DataError::Conflict(error.to_string()))
    }
}

/// What ends some day, in place of what was known.
async fn note_endings(tx: &mut Scoped, place: &Place, endings: &[Ending]) -> Result<(), DataError> {
    tx.run("DELETE FROM ending WHERE org = $1 AND deployment = $3", values![place.deployment]).await?;
    for one in endings.iter().take(ENDINGS) {
        let kind = match one.kind {
            EndingKind::Certificate => "certificate",
            EndingKind::Key => "key",
            EndingKind::Support => "support",
        };
        let name: String = one.name.chars().filter(|char| !char.is_control()).take(200).collect();
        let sql = "INSERT INTO ending (org, client, deployment, kind, name, at) VALUES ($1, $3, $4, $5, $6, $7)";
        tx.run(sql, values![place.client, place.deployment, kind, name, one.at]).await?;
    }
    Ok(())
}

fn read_report(packed: Option<Vec<u8>>) -> Option<AuditReport> {
    serde_json::from_slice(&unpack(&packed?).ok()?).ok()
}

async fn newest(tx: &mut Scoped, deployment: i64) -> Result<Option<AuditReport>, DataError> {
    let sql = "SELECT report FROM audit WHERE org = $1 AND ($2 IS NULL OR client = $2) AND deployment = $3 ORDER BY sequence DESC LIMIT 1";
    let row = tx.one(sql, values![deployment]).await?;
    Ok(row.map(|row| row.opt_bytes("report")).transpose()?.and_then(read_report))
}

/// Answers of the checklist, a letter each.
fn answers(report: &AuditReport) -> String {
    let letter = |answer: Answer| match answer {
        Answer::Pass => 'p',
        Answer::Fail => 'f',
        Answer::NotAssessed => 'n',
    };
    report.checklist.iter().map(|line| letter(line.answer)).collect()
}

fn count(report: &AuditReport, severity: Severity) -> i64 {
    i64::try_from(report.count(severity)).unwrap_or(i64::MAX)
}

/// Adds an audit to a deployment: the row, what it changed about findings, and what lists show.
pub(super) async fn take_in(
    tx: &mut Scoped,
    deployment: i64,
    report: &AuditReport,
    evidence: Option<&[u8]>,
    changes: &Changes,
) -> Result<Recorded, DataError> {
    if tx.is_postgres() {
        tx.one("SELECT id FROM deployment WHERE org = $1 AND id = $3 FOR UPDATE", values![deployment]).await?;
    }
    let before = deployments::one(tx, deployment).await?;
    let old = newest(tx, deployment).await?.unwrap_or_default();
    let sequence = before.sequence + 1;
    let open = Severity::ALL.map(|severity| count(report, severity));
    let [critical, high, medium, low, info] = open;
    let packed = pack(&serde_json::to_vec(report).unwrap_or_default());
    let row = tx
        .one(
            "INSERT INTO audit (org, client, deployment, sequence, time, castellan, points, grade, coverage, critical, high, medium, low, info, \
             accepted, answers, report, evidence) VALUES ($1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING id",
            values![
                before.client,
                deployment,
                sequence,
                report.time,
                &report.castellan,
                i64::from(report.score.points),
                &report.score.grade,
                i64::from(report.score.coverage),
                critical,
                high,
                medium,
                low,
                info,
                i64::try_from(report.suppressed.len()).unwrap_or(i64::MAX),
                answers(report),
                packed,
                evidence.map(pack)
            ],
        )
        .await?;
    let audit = row.ok_or(DataError::NotFound("audit"))?.int("id")?;
    let mut recorded = Recorded { audit, sequence, ..Recorded::default() };
    follow(tx, &before, &old, report, sequence, &mut recorded).await?;
    let mut trend = before.trend.clone();
    trend.push(i64::from(report.score.points));
    let from = trend.len().saturating_sub(TREND);
    let trend: Vec<String> = trend[from..].iter().map(ToString::to_string).collect();
    tx.run(
        "UPDATE deployment SET sequence = $4, audited = $5, points = $6, grade = $7, coverage = $8, critical = $9, high = $10, medium = $11, \
         low = $12, info = $13, trend = $14 WHERE org = $1 AND id = $3",
        values![
            deployment,
            sequence,
            report.time,
            i64::from(report.score.points),
            &report.score.grade,
            i64::from(report.score.coverage),
            critical,
            high,
            medium,
            low,
            info,
            trend.join(",")
        ],
    )
    .await?;
    deployments::note_critical(tx, deployment).await?;
    tell(tx, &before, report, &recorded, changes).await?;
    let sql = "UPDATE audit SET report = NULL WHERE org = $1 AND deployment = $3 AND sequence = $4";
    tx.run(sql, values![deployment, sequence - WITH_REPORT]).await?;
    let sql = "UPDATE audit SET evidence = NULL WHERE org = $1 AND deployment = $3 AND sequence = $4";
    tx.run(sql, values![deployment, sequence - WITH_EVIDENCE]).await?;
    Ok(recorded)
}

/// Findings that a message names.
const NAMED: usize = 20;

/// Tells those who want to know what an audit changed: one message for all of it.
async fn tell(
    tx: &mut Scoped,
    before: &deployments::Deployment,
    report: &AuditReport,
    recorded: &Recorded,
    changes: &Changes,
) -> Result<(), DataError> {
    let after = deployments::one(tx, before.id).await?;
    let points = i64::from(report.score.points);
    let drop = before.points.map_or(0, |old| old - points);
    let mut serious = Vec::new();
    for (list, word) in [(&recorded.new, "new"), (&recorded.regressed, "open again")] {
        for id in list {
            let sql = "SELECT severity, message, place FROM finding WHERE org = $1 AND id = $3";
            let Some(row) = tx.one(sql, values![*id]).await? else { continue };
            let severity = findings::severity(row.int("severity")?);
            if severity >= Severity::High || word == "open again" {
                serious.push((severity, word, *id, row.text("message")?, row.text("place")?));
            }
        }
    }
    serious.sort_by_key(|(severity, _, id, ..)| (std::cmp::Reverse(*severity), *id));
    // The first audit tells how things stand; it changes nothing.
    let is_first = before.sequence == 0;
    let mut triggers = Vec::new();
    if serious.iter().any(|(_, word, ..)| *word == "new") && !is_first {
        triggers.push(Trigger::NewFinding);
    }
    if !recorded.regressed.is_empty() {
        triggers.push(Trigger::Regression);
    }
    if drop > 0 {
        triggers.push(Trigger::ScoreDrop);
    }
    if !changes.administrators.is_empty() {
        triggers.push(Trigger::NewAdministrator);
    }
    if !changes.files.is_empty() {
        triggers.push(Trigger::ConfigurationChanged);
    }
    let count = |word: &str| serious.iter().filter(|(_, known, ..)| *known == word).count();
    let mut subject = vec![format!("{} ({})", after.name, after.client_name)];
    for word in ["new", "open again"] {
        if count(word) > 0 && !(is_first && word == "new") {
            subject.push(format!("{} {word}", count(word)));
        }
    }
    if let Some(old) = before.points.filter(|old| *old != points) {
        subject.push(format!("score {old} to {points}"));
    }
    match changes.administrators.as_slice() {
        [] => {}
        [one] => subject.push(format!("new administrator {one}")),
        many => subject.push(format!("{} new administrators", many.len())),
    }
    if !changes.files.is_empty() {
        subject.push("configuration changed".to_owned());
    }
    let mut text = vec![format!("{{server}}/deployments/{}", after.id), String::new()];
    for (severity, word, id, message, place) in serious.iter().take(NAMED) {
        text.push(format!("{severity}, {word}: {}", message.replace('`', "")));
        text.push(format!("  {place}  {{server}}/findings/{id}"));
    }
    if serious.len() > NAMED {
        text.push(format!("... and {} more", serious.len() - NAMED));
    }
    for (word, list) in [("new administrator", &changes.administrators), ("changed", &changes.files)] {
        for one in list.iter().take(NAMED) {
            text.push(format!(
                "{word}: {}",
                one.chars().filter(|char| !char.is_control()).take(200).collect::<String>()
            ));
        }
        if list.len() > NAMED {
            text.push(format!("... and {} more", list.len() - NAMED));
        }
    }
    let worst = serious.first().map_or(Severity::Medium, |(severity, ..)| *severity);
    let message = Message {
        subject: format!("{}: {}", subject[0], subject[1..].join(", ")),
        text: text.join("\n"),
        deployment: after.id,
        severity: match worst {
            Severity::Critical => "critical",
            Severity::High => "error",
            _ => "warning",
        }
        .to_owned(),
        ..Message::default()
    };
    let about = About { org: tx.scope().org(), client: after.client, drop };
    alerts::tell(tx.tx(), about, &triggers, &message).await.map(|_| ())
}

/// Follows each finding from one audit to the next.
async fn follow(
    tx: &mut Scoped,
    deployment: &deployments::Deployment,
    old: &AuditReport,
    report: &AuditReport,
    sequence: i64,
    recorded: &mut Recorded,
) -> Result<(), DataError> {
    let id = deployment.id;
    let sql = "SELECT id, fingerprint, state, body FROM finding WHERE org = $1 AND deployment = $3";
    let mut standing = BTreeMap::new();
    for row in tx.all(sql, values![id]).await? {
        let one = Standing { id: row.int("id")?, state: row.text("state")?, body: row.bytes("body")? };
        standing.insert(row.text("fingerprint")?, one);
    }
    let known: BTreeSet<String> = standing.keys().cloned().collect();
    let change = diff(old, report, &known);
    let mut seen = BTreeSet::new();
    for finding in &report.findings {
        if !seen.insert(finding.fingerprint.as_str()) {
            continue;
        }
        let body = pack(&serde_json::to_vec(finding).unwrap_or_default());
        match standing.get(&finding.fingerprint) {
            None => {
                let number = add(tx, deployment, finding, body, "open", report.time).await?;
                open_span(tx, deployment, number, sequence).await?;
                recorded.new.push(number);
            }
            Some(one) => {
                let state = match one.state.as_str() {
                    "fixed" | "regressed" => "regressed",
                    _ => "open",
                };
                if one.body != body || one.state != state {
                    let sql = "UPDATE finding SET severity = $4, message = $5, place = $6, body = $7, state = $8, \
                        changed = CASE WHEN state = $8 THEN changed ELSE $9 END, \
                        decided_by = CASE WHEN state = $8 THEN decided_by ELSE '' END, \
                        reason = CASE WHEN state = $8 THEN reason ELSE '' END, \
                        decided_until = CASE WHEN state = $8 THEN decided_until ELSE NULL END WHERE org = $1 AND id = $3";
                    let place = findings::place(finding);
                    tx.run(
                        sql,
                        values![
                            one.id,
                            findings::rank(finding.severity),
                            &finding.message,
                            place,
                            body,
                            state,
                            report.time
                        ],
                    )
                    .await?;
                }
                if one.state == "fixed" {
                    open_span(tx, deployment, one.id, sequence).await?;
                    recorded.regressed.push(one.id);
                } else if one.state != "open" && one.state != "regressed" {
                    open_span(tx, deployment, one.id, sequence).await?;
                }
            }
        }
    }
    // All that is open was seen, but for what this audit could not see.
    let sql = "UPDATE finding SET last_seen = $4 WHERE org = $1 AND deployment = $3 AND state IN ('open', 'regressed')";
    tx.run(sql, values![id, report.time]).await?;
    let unknown: BTreeSet<&str> = change.unknown.iter().map(|one| one.fingerprint.as_str()).collect();
    for one in &report.suppressed {
        let finding = &one.finding;
        let (who, until) = match &one.suppressed_by {
            SuppressedBy::Accepted { who, until } => {
                (who.clone(), castellan_model::calendar::day_start(until).map(|day| day + 86_400))
            }
            SuppressedBy::Comment { line } => (format!("a comment in line {line}"), None),
            SuppressedBy::Settings => ("the settings".to_owned(), None),
            SuppressedBy::Baseline => ("the baseline".to_owned(), None),
        };
        let body = pack(&serde_json::to_vec(finding).unwrap_or_default());
        let number = match standing.get(&finding.fingerprint) {
            None => add(tx, deployment, finding, body, "accepted", report.time).await?,
            Some(known) => {
                close_span(tx, known.id, sequence).await?;
                known.id
            }
        };
        let sql = "UPDATE finding SET state = 'accepted', reason = $4, decided_by = $5, decided_until = $6, changed = $7 \
            WHERE org = $1 AND id = $3 AND state NOT IN ('accepted', 'false-positive')";
        tx.run(sql, values![number, &one.reason, who, until, report.time]).await?;
        seen.insert(finding.fingerprint.as_str());
    }
    for (fingerprint, one) in &standing {
        let is_open = matches!(one.state.as_str(), "open" | "regressed");
        if is_open && !seen.contains(fingerprint.as_str()) && !unknown.contains(fingerprint.as_str()) {
            close_span(tx, one.id, sequence).await?;
            let sql = "UPDATE finding SET state = 'fixed', changed = $4 WHERE org = $1 AND id = $3";
            tx.run(sql, values![one.id, report.time]).await?;
            recorded.fixed.push(one.id);
        }
    }
    Ok(())
}

async fn add(
    tx: &mut Scoped,
    deployment: &deployments::Deployment,
    finding: &Finding,
    body: Vec<u8>,
    state: &str,
    time: i64,
) -> Result<i64, DataError> {
    let row = tx
        .one(
            "INSERT INTO finding (org, client, deployment, fingerprint, rule, severity, message, place, body, state, first_seen, last_seen, changed) \
             VALUES ($1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $12) RETURNING id",
            values![
                deployment.client,
                deployment.id,
                &finding.fingerprint,
                &finding.rule,
                findings::rank(finding.severity),
                &finding.message,
                findings::place(finding),
                body,
                state,
                time
            ],
        )
        .await?;
    Ok(row.ok_or(DataError::NotFound("finding"))?.int("id")?)
}

async fn open_span(
    tx: &mut Scoped,
    deployment: &deployments::Deployment,
    finding: i64,
    sequence: i64,
) -> Result<(), DataError> {
    let sql = "INSERT INTO finding_span (org, client, deployment, finding, opened) VALUES ($1, $3, $4, $5, $6)";
    tx.run(sql, values![deployment.client, deployment.id, finding, sequence]).await?;
    Ok(())
}

async fn close_span(tx: &mut Scoped, finding: i64, sequence: i64) -> Result<(), DataError> {
    let sql = "UPDATE finding_span SET closed = $4 WHERE org = $1 AND finding = $3 AND closed IS NULL";
    tx.run(sql, values![finding, sequence]).await?;
    Ok(())
}
