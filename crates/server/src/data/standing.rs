//! Conditions that time brings: an agent that is not heard, a scan that does not come, a certificate that ends. Each is told once when it begins
//! to hold and once when it is over, however many servers look.

use std::collections::{BTreeMap, BTreeSet};

use castellan_agent::protocol::Status;
use castellan_model::calendar;
use castellan_store::db::{Row, Tx};
use castellan_store::values;

use super::alerts::{About, Message, Trigger};
use super::{Data, DataError, agents, alerts, deployments};

/// A scan is overdue when it should have been there for this long, in seconds.
const OVERDUE: i64 = 2 * 3600;
/// Certificates and keys are told before they end, in seconds. Automatic renewal happens earlier: what is told did not renew.
const SOON: i64 = 14 * 86_400;
/// The end of support is told before it comes, in seconds: an upgrade takes long.
const SUPPORT: i64 = 180 * 86_400;

/// Where a condition holds: deployment, kind, and which one of the kind.
type Place = (i64, &'static str, String);

/// A condition that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    org: i64,
    client: i64,
    trigger: Trigger,
    subject: String,
    text: String,
    severity: &'static str,
}

fn condition(
    row: &Row,
    trigger: Trigger,
    key: String,
    severity: &'static str,
    (what, text): (String, String),
) -> Result<(Place, Condition), DataError> {
    let deployment = row.int("deployment")?;
    let subject = format!("{} ({}): {what}", row.text("name")?, row.text("client_name")?);
    let text = format!("{{server}}/deployments/{deployment}\n\n{text}");
    let condition = Condition { org: row.int("org")?, client: row.int("client")?, trigger, subject, text, severity };
    Ok(((deployment, trigger.name(), key), condition))
}

const LOST: &str = "SELECT agent.org, agent.client, agent.deployment, agent.id, agent.name AS agent_name, agent.seen, deployment.name, client.name AS client_name \
    FROM agent JOIN deployment ON deployment.id = agent.deployment JOIN client ON client.id = agent.client \
    WHERE agent.state = 'enrolled' AND agent.seen < $1";
/// Agents that are heard, whose deployment has no new audit.
const SILENT: &str = "SELECT agent.org, agent.client, agent.deployment, agent.name AS agent_name, agent.enrolled, agent.status, deployment.audited, \
    deployment.name, client.name AS client_name FROM agent JOIN deployment ON deployment.id = agent.deployment JOIN client ON client.id = agent.client \
    WHERE agent.state = 'enrolled' AND agent.seen >= $1 AND agent.enrolled < $2 AND (deployment.audited IS NULL OR deployment.audited < $2)";
/// Schedules that fired long ago without an audit since; what waits for its hours is not late.
const LATE: &str = "SELECT schedule.org, schedule.client, schedule.deployment, MIN(schedule.fired) AS since, deployment.name, client.name AS client_name \
    FROM schedule JOIN deployment ON deployment.id = schedule.deployment JOIN client ON client.id = schedule.client \
    WHERE schedule.enabled = 1 AND schedule.fired + schedule.jitter < $1 AND (deployment.audited IS NULL OR deployment.audited < schedule.fired) \
    AND NOT EXISTS (SELECT 1 FROM job WHERE job.deployment = schedule.deployment AND job.state = 'queued' AND job.due > $2) \
    GROUP BY schedule.org, schedule.client, schedule.deployment, deployment.name, client.name";
const ENDING: &str = "SELECT ending.org, ending.client, ending.deployment, ending.kind, ending.name AS ending_name, ending.at, deployment.name, client.name AS client_name \
    FROM ending JOIN deployment ON deployment.id = ending.deployment JOIN client ON client.id = ending.client \
    WHERE ending.at < $1";
const PROMISED: &str = "SELECT deployment.org, deployment.client, deployment.id AS deployment, deployment.name, client.name AS client_name, \
    deployment.min_score, deployment.points, deployment.critical_days, deployment.critical_since \
    FROM deployment JOIN client ON client.id = deployment.client \
    WHERE deployment.min_score > deployment.points OR deployment.critical_since < $1 - deployment.critical_days * 86400";

/// What holds at a moment.
async fn holding(tx: &mut Tx, at: i64) -> Result<BTreeMap<Place, Condition>, DataError> {
    let mut out = BTreeMap::new();
    for row in tx.all(LOST, values![at - agents::LOST]).await? {
        let name = row.text("agent_name")?;
        let what = format!("the agent {name} is not heard");
        let text = format!(
            "It was heard last on {}. Look whether its host runs and reaches this server: `castellan agent status` and the log of its service say more.",
            calendar::moment(row.int("seen")?)
        );
        let key = row.int("id")?.to_string();
        out.extend([condition(&row, Trigger::HeartbeatLost, key, "error", (what, text))?]);
    }
    for row in tx.all(LATE, values![at - OVERDUE, at]).await? {
        let text = format!(
            "A scan was due on {} and is not there. Look at the page Scans, and whether a worker runs, or at its agent.",
            calendar::moment(row.int("since")?)
        );
        let what = ("a scan is overdue".to_owned(), text);
        out.extend([condition(&row, Trigger::ScanOverdue, String::new(), "warning", what)?]);
    }
    for row in tx.all(SILENT, values![at - agents::LOST, at - OVERDUE]).await? {
        let status: Status = serde_json::from_str(&row.text("status")?).unwrap_or_default();
        let last = row.opt_int("audited")?.or(row.opt_int("enrolled")?).unwrap_or(at);
        if last < at.saturating_sub(status.every.saturating_mul(2)).saturating_sub(OVERDUE) {
            let problem = if status.problem.is_empty() { "It does not say why." } else { status.problem.as_str() };
            let text = format!("The agent {} is heard and sends no evidence. {problem}", row.text("agent_name")?);
            let what = ("a scan is overdue".to_owned(), text);
            out.extend([condition(&row, Trigger::ScanOverdue, String::new(), "warning", what)?]);
        }
    }
    for row in tx.all(ENDING, values![at + SUPPORT]).await? {
        let (kind, name, end) = (row.text("kind")?, row.text("ending_name")?, row.int("at")?);
        let day = calendar::date(end);
        let (trigger, within, what, text) = match kind.as_str() {
            "certificate" => (
                Trigger::CertificateExpiry,
                SOON,
                format!("the certificate of {name} ends on {day}"),
                "Renew it; where that is automatic, look why it did not happen.",
            ),
            "key" => (
                Trigger::KeyExpiry,
                SOON,
                format!("API {name} ends on {day}"),
                "What works with it stops then: `castellan keys` has a plan to rotate it.",
            ),
            _ => (
                Trigger::SupportEnd,
                SUPPORT,
                format!("fixes for {name} end on {day}"),
                "Plan the upgrade: `castellan upgrade` says what stands in its way.",
            ),
        };
        if end < at + within {
            let severity = if end < at { "error" } else { "warning" };
            out.extend([condition(&row, trigger, format!("{name} {day}"), severity, (what, text.to_owned()))?]);
        }
    }
    for row in tx.all(PROMISED, values![at]).await? {
        for what in deployments::broken(&row, at)? {
            let text = "This is not what was promised for it.".to_owned();
            out.extend([condition(&row, Trigger::LevelBroken, what.clone(), "error", (what, text))?]);
        }
    }
    Ok(out)
}

impl Data {
    /// Tells what began to hold and what is over. How many alerts were made comes back.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn stand(&self, at: i64) -> Result<u64, DataError> {
        let mut tx = self.read_all().await?;
        let holding = holding(&mut tx, at).await?;
        let rows = tx.all("SELECT id, deployment, kind, key, alert FROM standing", Vec::new()).await?;
        drop(tx);
        let mut known = BTreeSet::new();
        for row in &rows {
            let (kind, key) = (row.text("kind")?, row.text("key")?);
            let place = Trigger::ALL
                .into_iter()
                .find(|one| one.name() == kind)
                .map(|one| (row.int("deployment"), one.name(), key));
            let Some((deployment, kind, key)) = place else { continue };
            let place = (deployment?, kind, key);
            if !holding.contains_key(&place) {
                self.end_standing(row.int("id")?, row.opt_int("alert")?).await?;
            }
            known.insert(place);
        }
        let mut told = 0;
        for (place, condition) in holding.iter().filter(|(place, _)| !known.contains(*place)) {
            told += u64::from(self.begin_standing(place, condition, at).await?);
        }
        Ok(told)
    }

    async fn begin_standing(&self, place: &Place, condition: &Condition, at: i64) -> Result<bool, DataError> {
        let (deployment, kind, key) = place;
        let mut tx = self.write_all().await?;
        let sql = "INSERT INTO standing (org, client, deployment, kind, key, since) VALUES ($1, $2, $3, $4, $5, $6) \
            ON CONFLICT (deployment, kind, key) DO NOTHING RETURNING id";
        // Another server was as quick, and tells it.
        let values = values![condition.org, condition.client, *deployment, *kind, key, at];
        let Some(row) = tx.one(sql, values).await? else { return Ok(false) };
        let message = Message {
            subject: condition.subject.clone(),
            text: condition.text.clone(),
            deployment: *deployment,
            severity: condition.severity.to_owned(),
            ..Message::default()
        };
        let about = About { org: condition.org, client: condition.client, drop: 0 };
        let alert = alerts::tell(&mut tx, about, &[condition.trigger], &message).await?;
        tx.run("UPDATE standing SET alert = $2 WHERE id = $1", values![row.int("id")?, alert]).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn end_standing(&self, id: i64, alert: Option<i64>) -> Result<(), DataError> {
        let mut tx = self.write_all().await?;
        if tx.run("DELETE FROM standing WHERE id = $1", values![id]).await? == 1
            && let Some(alert) = alert
        {
            alerts::end(&mut tx, alert).await?;
        }
        Ok(tx.commit().await?)
    }
}
