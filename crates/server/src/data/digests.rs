//! Digests: how everything stands and what became of it, once a day or week, instead of each message.

use castellan_model::calendar;
use castellan_store::db::Tx;
use castellan_store::values;

use super::alerts::Message;
use super::channels::timing;
use super::timing::Digest;
use super::{Data, DataError, deliveries, findings};
use crate::clock::now;

/// Lines of a part of a digest.
const LINES: i64 = 15;

/// What a digest is about.
struct Whose {
    org: i64,
    client: Option<i64>,
    since: i64,
}

impl Data {
    /// Queues digests that are due. How many comes back.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn digest(&self, at: i64) -> Result<u64, DataError> {
        let mut tx = self.read_all().await?;
        let sql = "SELECT * FROM channel WHERE enabled = 1 AND digest_next <= $1 ORDER BY id LIMIT 200";
        let due = tx.all(sql, values![at]).await?;
        drop(tx);
        let mut queued = 0;
        for row in &due {
            let timing = timing(row)?;
            let (id, expected) = (row.int("id")?, row.opt_int("digest_next")?);
            let mut tx = self.write_all().await?;
            let sql = "UPDATE channel SET digest_next = $2, digest_last = $3 WHERE id = $1 AND digest_next = $4";
            if tx.run(sql, values![id, timing.next_digest(at), at, expected]).await? == 1 {
                let whose =
                    Whose { org: row.int("org")?, client: row.opt_int("client")?, since: row.int("digest_last")? };
                let messages = match timing.digest {
                    Some(Digest::Monthly) => reports(&mut tx, &whose).await?,
                    _ => vec![digest(&mut tx, &whose).await?],
                };
                for message in &messages {
                    deliveries::queue(&mut tx, whose.org, whose.client, id, None, now(), message).await?;
                    queued += 1;
                }
            }
            tx.commit().await?;
        }
        Ok(queued)
    }
}

const STANDS: &str = "SELECT COUNT(*) AS deployments, CAST(COALESCE(SUM(critical), 0) AS BIGINT) AS critical, CAST(COALESCE(SUM(high), 0) AS BIGINT) AS high, \
    CAST(COALESCE(SUM(CASE WHEN audited >= $3 THEN 1 ELSE 0 END), 0) AS BIGINT) AS audited FROM deployment WHERE org = $1 AND ($2 IS NULL OR client = $2)";
/// Scores of now, and those of the newest audit before the digest began.
const MOVED: &str = "SELECT deployment.id, deployment.name, client.name AS client_name, deployment.points, \
    (SELECT audit.points FROM audit WHERE audit.deployment = deployment.id AND audit.time < $3 ORDER BY audit.sequence DESC LIMIT 1) AS before \
    FROM deployment JOIN client ON client.id = deployment.client \
    WHERE deployment.org = $1 AND ($2 IS NULL OR deployment.client = $2) AND deployment.audited >= $3 ORDER BY deployment.points, deployment.id LIMIT 2000";
const NEW: &str = "SELECT finding.severity, finding.message, deployment.name FROM finding JOIN deployment ON deployment.id = finding.deployment \
    WHERE finding.org = $1 AND ($2 IS NULL OR finding.client = $2) AND finding.first_seen >= $3 AND finding.state IN ('open', 'regressed') \
    AND finding.severity >= $4 ORDER BY finding.severity DESC, finding.id LIMIT $5";
const COUNTS: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN first_seen >= $3 AND state IN ('open', 'regressed') THEN 1 ELSE 0 END), 0) AS BIGINT) AS opened, \
    CAST(COALESCE(SUM(CASE WHEN state = 'fixed' AND changed >= $3 THEN 1 ELSE 0 END), 0) AS BIGINT) AS fixed FROM finding \
    WHERE org = $1 AND ($2 IS NULL OR client = $2) AND (changed >= $3 OR first_seen >= $3)";
const ALERTS: &str = "SELECT subject FROM alert WHERE org = $1 AND ($2 IS NULL OR client = $2) AND state = 'open' AND time >= $3 ORDER BY id DESC LIMIT $4";

/// The newest audit of each deployment whose whole report is kept.
const NEWEST: &str = "SELECT deployment.id, deployment.name, deployment.points, deployment.grade, deployment.critical, deployment.high, audit.id AS audit, audit.time \
    FROM deployment JOIN audit ON audit.deployment = deployment.id AND audit.sequence = deployment.sequence \
    WHERE deployment.org = $1 AND ($2 IS NULL OR deployment.client = $2) AND audit.time >= $3 ORDER BY deployment.name, deployment.id LIMIT $4";
/// Reports of a month to one address.
const REPORTS: i64 = 500;

/// A report for each deployment that was audited.
async fn reports(tx: &mut Tx, whose: &Whose) -> Result<Vec<Message>, DataError> {
    let rows = tx.all(NEWEST, values![whose.org, whose.client, whose.since, REPORTS]).await?;
    rows.iter()
        .map(|row| {
            let (deployment, name, points) = (row.int("id")?, row.text("name")?, row.int("points")?);
            let (grade, day) = (row.text("grade")?, calendar::date(row.int("time")?));
            Ok(Message {
                events: vec!["report".to_owned()],
                subject: format!("{name}: security report of {day}"),
                text: format!(
                    "{name} has {points} of 100 points, grade {grade}; {} critical and {} high findings are open.\n\nThe report is attached.",
                    row.int("critical")?,
                    row.int("high")?
                ),
                deployment,
                severity: "info".to_owned(),
                report: row.int("audit")?,
                ..Message::default()
            })
        })
        .collect()
}

/// How everything stands.
async fn digest(tx: &mut Tx, whose: &Whose) -> Result<Message, DataError> {
    let who = || values![whose.org, whose.client, whose.since];
    let stands = tx.one(STANDS, who()).await?.ok_or(DataError::NotFound("deployment"))?;
    let counts = tx.one(COUNTS, who()).await?.ok_or(DataError::NotFound("finding"))?;
    let (opened, fixed) = (counts.int("opened")?, counts.int("fixed")?);
    let (critical, high) = (stands.int("critical")?, stands.int("high")?);
    let mut text = vec![
        format!("Since {}. {{server}}/", calendar::moment(whose.since)),
        String::new(),
        format!(
            "{} deployments, {} audited; {critical} critical and {high} high findings are open.",
            stands.int("deployments")?,
            stands.int("audited")?
        ),
        format!("{opened} findings opened, {fixed} were fixed."),
    ];
    let mut moved = Vec::new();
    for row in tx.all(MOVED, who()).await? {
        if let (Some(points), Some(before)) = (row.opt_int("points")?, row.opt_int("before")?)
            && points != before
        {
            moved.push((
                points - before,
                format!(
                    "  {before} to {points}  {} ({})  {{server}}/deployments/{}",
                    row.text("name")?,
                    row.text("client_name")?,
                    row.int("id")?
                ),
            ));
        }
    }
    moved.sort();
    part(&mut text, "Scores that moved", moved.into_iter().map(|(_, line)| line).collect());
    let mut new = Vec::new();
    let mut values = who();
    values.extend(values![findings::rank(castellan_model::Severity::High), LINES + 1]);
    for row in tx.all(NEW, values).await? {
        let severity = findings::severity(row.int("severity")?);
        new.push(format!("  {severity}  {}: {}", row.text("name")?, row.text("message")?.replace('`', "")));
    }
    part(&mut text, "New findings of high and critical severity", new);
    let mut values = who();
    values.extend(values![LINES + 1]);
    let open = tx.all(ALERTS, values).await?;
    let open = open.iter().map(|row| Ok(format!("  {}", row.text("subject")?))).collect::<Result<_, DataError>>()?;
    part(&mut text, "Alerts that nobody has seen", open);
    Ok(Message {
        events: vec!["digest".to_owned()],
        subject: format!("Castellan: {critical} critical open, {opened} new, {fixed} fixed"),
        text: text.join("\n"),
        severity: "info".to_owned(),
        ..Message::default()
    })
}

fn part(text: &mut Vec<String>, title: &str, mut lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    let most = usize::try_from(LINES).unwrap_or(usize::MAX);
    let more = lines.len() > most;
    lines.truncate(most);
    text.extend([String::new(), format!("{title}:")]);
    text.append(&mut lines);
    if more {
        text.push("  ... and more".to_owned());
    }
}
