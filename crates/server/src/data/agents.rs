//! Agents: who may take part in a deployment, what they say of themselves, and what they are told to do.

use castellan_agent::protocol::{
    Enrol, Enrolled, Heartbeat, Kind, Order, Orders, SKEW, SignedOrder, Status, public_key,
};
use castellan_agent::signature::{Key, name as key_name};
use castellan_store::db::{Row, Tx};
use castellan_store::values;
use data_encoding::BASE64;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

use super::alerts::{About, Message, Trigger};
use super::people::named;
use super::{Data, DataError, alerts, deployments, jobs, log};
use crate::auth::token;
use crate::clock::now;
use crate::keys::Sealed;
use crate::scope::{Scope, Scoped};

/// How long a token for an enrolment is good, in seconds.
const TOKEN: i64 = 24 * 3600;
/// How long an order waits for its agent, in seconds.
const ORDER: i64 = 3600;
/// Orders of an agent that lists show.
const SHOWN: i64 = 20;
/// Agents of a deployment at most.
const MOST: usize = 20;
/// Characters of what an agent says in one field.
const SAID: usize = 4000;
/// An agent that was not heard for this long is lost, in seconds: it speaks every minute.
pub const LOST: i64 = 300;

/// An agent, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Agent {
    /// Number.
    pub id: i64,
    /// Its deployment.
    pub deployment: i64,
    /// What people call it.
    pub name: String,
    /// `invited`: its token was not used yet; `enrolled`; `suspended`: two machines had its key, or it was stopped here.
    pub state: String,
    /// Until when its token may be used, seconds since 1970.
    pub token_expires: i64,
    /// Name of its key, as `castellan agent status` shows it; empty before it enrolled.
    pub key: String,
    /// When it enrolled, seconds since 1970.
    pub enrolled: Option<i64>,
    /// When it was heard last, seconds since 1970.
    pub seen: Option<i64>,
    /// Where it was heard from.
    pub address: String,
    /// Name of its host, as it says.
    pub host: String,
    /// Version of Castellan.
    pub version: String,
    /// Seconds between two collections.
    pub every: i64,
    /// Evidence that waits on its host.
    pub spooled: i64,
    /// When it collected last, seconds since 1970.
    pub collected: Option<i64>,
    /// Why its last collection failed.
    pub problem: String,
}

impl Agent {
    /// Whether it has not been heard for long.
    #[must_use]
    pub fn is_lost(&self, now: i64) -> bool {
        self.state == "enrolled" && self.seen.is_none_or(|seen| seen < now - LOST)
    }
}

/// What an agent was told to do, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgentOrder {
    /// Number.
    pub id: i64,
    /// Its agent.
    pub agent: i64,
    /// `ping`, `scan`, `diagnostics`.
    pub kind: String,
    /// `waiting`, `sent`, `done`, `failed`, `expired`.
    pub state: String,
    /// Who wanted it.
    pub requested_by: String,
    /// When, seconds since 1970.
    pub created: i64,
    /// When it ended.
    pub finished: Option<i64>,
    /// What the agent says.
    pub outcome: String,
}

/// An agent that signs a request.
#[derive(Debug, Clone)]
pub struct Known {
    /// Number.
    pub id: i64,
    /// Organisation.
    pub org: i64,
    /// Client.
    pub client: i64,
    /// Deployment.
    pub deployment: i64,
    /// What people call it.
    pub name: String,
    /// It was stopped.
    pub suspended: bool,
    /// Its public key.
    pub public_key: Vec<u8>,
}

impl Known {
    fn scope(&self, address: &str) -> Scope {
        Scope::agent(self.org, &self.name, address)
    }
}

fn agent(row: &Row) -> Result<Agent, DataError> {
    let status: Status = serde_json::from_str(&row.text("status")?).unwrap_or_default();
    Ok(Agent {
        id: row.int("id")?,
        deployment: row.int("deployment")?,
        name: row.text("name")?,
        state: row.text("state")?,
        token_expires: row.int("token_expires")?,
        key: row.opt_bytes("public_key")?.map(|key| key_name(&key)).unwrap_or_default(),
        enrolled: row.opt_int("enrolled")?,
        seen: row.opt_int("seen")?,
        address: row.text("address")?,
        host: status.host,
        version: status.version,
        every: status.every,
        spooled: i64::try_from(status.spooled).unwrap_or(i64::MAX),
        collected: status.collected,
        problem: status.problem,
    })
}

fn order(row: &Row) -> Result<AgentOrder, DataError> {
    let state = row.text("state")?;
    let is_over = matches!(state.as_str(), "waiting" | "sent") && row.int("expires")? < now();
    Ok(AgentOrder {
        id: row.int("id")?,
        agent: row.int("agent")?,
        kind: row.text("kind")?,
        state: if is_over { "expired".to_owned() } else { state },
        requested_by: row.text("requested_by")?,
        created: row.int("created")?,
        finished: row.opt_int("finished")?,
        outcome: row.text("outcome")?,
    })
}

const AGENT: &str = "SELECT * FROM agent WHERE org = $1 AND ($2 IS NULL OR client = $2) AND id = $3";
const SERVER_KEY: &str = "server key";

fn object(id: i64) -> String {
    format!("agent {id}")
}

impl Data {
    /// Agents of a deployment.
    ///
    /// # Errors
    ///
    /// When there is no such deployment.
    pub async fn agents(&self, scope: &Scope, deployment: i64) -> Result<Vec<Agent>, DataError> {
        let mut tx = self.read(scope).await?;
        deployments::one(&mut tx, deployment).await?;
        let sql = "SELECT * FROM agent WHERE org = $1 AND ($2 IS NULL OR client = $2) AND deployment = $3 ORDER BY id";
        tx.all(sql, values![deployment]).await?.iter().map(agent).collect()
    }

    /// Lets one agent take part in a deployment. The token with which it enrols comes back once.
    ///
    /// # Errors
    ///
    /// When there is no such deployment, or it has many already.
    pub async fn invite_agent(&self, scope: &Scope, deployment: i64, name: &str) -> Result<(Agent, String), DataError> {
        let name = named(name)?;
        let secret = token::new("cse_").map_err(DataError::Invalid)?;
        let mut tx = self.write(scope).await?;
        let client = deployments::one(&mut tx, deployment).await?.client;
        let sql = "DELETE FROM agent WHERE org = $1 AND deployment = $3 AND state = 'invited' AND token_expires < $4";
        tx.run(sql, values![deployment, now()]).await?;
        let sql = "SELECT id FROM agent WHERE org = $1 AND deployment = $3";
        if tx.all(sql, values![deployment]).await?.len() >= MOST {
            return Err(DataError::Conflict(format!("a deployment has at most {MOST} agents: remove one first")));
        }
        let row = tx
            .one(
                "INSERT INTO agent (org, client, deployment, name, state, token, token_expires, created) \
                 VALUES ($1, $3, $4, $5, 'invited', $6, $7, $8) RETURNING *",
                values![client, deployment, &name, token::hash(&secret), now() + TOKEN, now()],
            )
            .await?;
        let added = agent(&row.ok_or(DataError::NotFound("agent"))?)?;
        log::note(&mut tx, "agent.invite", &object(added.id), &format!("{name}, deployment {deployment}")).await?;
        tx.commit().await?;
        Ok((added, secret))
    }

    /// Removes an agent: nothing that its key signs is taken any more.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn remove_agent(&self, scope: &Scope, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let sql = "DELETE FROM agent WHERE org = $1 AND ($2 IS NULL OR client = $2) AND id = $3";
        if tx.run(sql, values![id]).await? == 0 {
            return Err(DataError::NotFound("agent"));
        }
        log::note(&mut tx, "agent.remove", &object(id), "").await?;
        Ok(tx.commit().await?)
    }

    /// Tells an agent to do something, the next time that it asks.
    ///
    /// # Errors
    ///
    /// When there is none, or it does not listen.
    pub async fn order(&self, scope: &Scope, id: i64, kind: Kind) -> Result<AgentOrder, DataError> {
        let mut tx = self.write(scope).await?;
        let found = tx.one(AGENT, values![id]).await?.ok_or(DataError::NotFound("agent"))?;
        if found.text("state")? != "enrolled" {
            return Err(DataError::Conflict(format!("this agent is {}: it does not listen", found.text("state")?)));
        }
        let client = found.int("client")?;
        let added = add_order(tx.tx(), scope.org(), client, id, kind, &scope.actor().label).await?;
        log::note(&mut tx, "agent.order", &object(id), kind.name()).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// The newest orders of an agent.
    ///
    /// # Errors
    ///
    /// When there is no such agent.
    pub async fn orders(&self, scope: &Scope, id: i64) -> Result<Vec<AgentOrder>, DataError> {
        let mut tx = self.read(scope).await?;
        tx.one(AGENT, values![id]).await?.ok_or(DataError::NotFound("agent"))?;
        let sql = "SELECT * FROM agent_order WHERE org = $1 AND ($2 IS NULL OR client = $2) AND agent = $3 ORDER BY id DESC LIMIT $4";
        tx.all(sql, values![id, SHOWN]).await?.iter().map(order).collect()
    }

    /// Takes an agent in: its token is good for one key. The same agent may ask again, as when an answer was lost.
    ///
    /// # Errors
    ///
    /// When the token is none, is over, or was used by another; that it was used again goes into the log.
    pub async fn enrol_agent(&self, asked: &Enrol, address: &str) -> Result<Enrolled, DataError> {
        let key = public_key(&asked.public_key).map_err(DataError::Invalid)?;
        let (host, version) = (short(&asked.host), short(&asked.version));
        let refused = || {
            DataError::Forbidden(
                "this token is none, is over, or was used by another agent: make a new one on the settings page of the deployment".to_owned(),
            )
        };
        let mut tx = self.read_all().await?;
        let sql = "SELECT agent.*, deployment.name AS deployment_name FROM agent JOIN deployment ON deployment.id = agent.deployment WHERE token = $1";
        let row = tx.one(sql, values![token::hash(asked.token.trim())]).await?.ok_or_else(refused)?;
        drop(tx);
        let (id, org, name) = (row.int("id")?, row.int("org")?, row.text("name")?);
        let scope = Scope::agent(org, &name, address);
        let enrolled = Enrolled {
            agent: id,
            server_key: BASE64.encode(&self.server_key().await?.public()),
            deployment: row.text("deployment_name")?,
        };
        if row.opt_bytes("public_key")?.as_deref() == Some(key.as_slice()) && row.text("state")? == "enrolled" {
            return Ok(enrolled);
        }
        let status = Status { host: host.clone(), version, ..Status::default() };
        let mut tx = self.write(&scope).await?;
        let sql = "UPDATE agent SET state = 'enrolled', public_key = $4, enrolled = $5, seen = $5, address = $6, status = $7 \
            WHERE org = $1 AND id = $3 AND state = 'invited' AND token_expires >= $5";
        let text = serde_json::to_string(&status).unwrap_or_default();
        let taken = tx.run(sql, values![id, key.clone(), now(), address, text]).await? == 1;
        let action = if taken { "agent.enrol" } else { "agent.enrol-refused" };
        log::note(&mut tx, action, &object(id), &format!("host {host}, key {}", key_name(&key))).await?;
        tx.commit().await?;
        if taken { Ok(enrolled) } else { Err(refused()) }
    }

    /// The agent of a number; none: there is no such one.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn known_agent(&self, id: i64) -> Result<Option<Known>, DataError> {
        let mut tx = self.read_all().await?;
        let sql = "SELECT id, org, client, deployment, name, state, public_key FROM agent WHERE id = $1 AND public_key IS NOT NULL";
        let Some(row) = tx.one(sql, values![id]).await? else { return Ok(None) };
        Ok(Some(Known {
            id,
            org: row.int("org")?,
            client: row.int("client")?,
            deployment: row.int("deployment")?,
            name: row.text("name")?,
            suspended: row.text("state")? != "enrolled",
            public_key: row.bytes("public_key")?,
        }))
    }

    /// An agent lives: what it says is kept, and what it is to do comes back.
    ///
    /// # Errors
    ///
    /// When the request was taken before, or two machines have its key: then it is suspended.
    pub async fn heard(
        &self,
        known: &Known,
        counter: i64,
        told: &Heartbeat,
        address: &str,
    ) -> Result<Orders, DataError> {
        let scope = known.scope(address);
        let mut tx = self.write(&scope).await?;
        let row = count(&mut tx, known, counter).await?;
        let (run, before) = (row.text("run")?, row.text("run_before")?);
        let told_run = short(&told.status.run);
        // A run that was followed by another does not come back: then both live, and both have the key.
        if !told_run.is_empty() && told_run != run && told_run == before {
            suspend(&mut tx, known, address).await?;
            tx.commit().await?;
            return Err(DataError::Forbidden(suspended()));
        }
        let before = if told_run == run { before } else { run };
        let status = Status {
            host: short(&told.status.host),
            version: short(&told.status.version),
            problem: short(&told.status.problem),
            run: String::new(),
            ..told.status.clone()
        };
        let text = serde_json::to_string(&status).unwrap_or_default();
        let sql = "UPDATE agent SET seen = $4, address = $5, run = $6, run_before = $7, status = $8 WHERE org = $1 AND id = $3";
        tx.run(sql, values![known.id, now(), address, told_run, before, text]).await?;
        for outcome in &told.outcomes {
            let state = if outcome.done { "done" } else { "failed" };
            let sql = "UPDATE agent_order SET state = $5, finished = $6, outcome = $7 \
                WHERE org = $1 AND agent = $3 AND id = $4 AND state IN ('waiting', 'sent')";
            tx.run(sql, values![known.id, outcome.order, state, now(), short(&outcome.text)]).await?;
        }
        let sql = "SELECT id, kind, expires FROM agent_order WHERE org = $1 AND agent = $3 AND state IN ('waiting', 'sent') \
            AND id > $5 AND expires >= $4 ORDER BY id";
        let waiting = tx.all(sql, values![known.id, now(), told.status.order]).await?;
        if waiting.is_empty() {
            tx.commit().await?;
            return Ok(Orders::default());
        }
        let mut orders = Vec::new();
        for row in waiting {
            let Some(kind) = Kind::from_name(&row.text("kind")?) else { continue };
            orders.push(Order { id: row.int("id")?, agent: known.id, kind, expires: row.int("expires")? });
        }
        let sql = "UPDATE agent_order SET state = 'sent' WHERE org = $1 AND agent = $3 AND state = 'waiting'";
        tx.run(sql, values![known.id]).await?;
        tx.commit().await?;
        let key = self.server_key().await?;
        Ok(Orders { orders: orders.iter().map(|order| SignedOrder::new(order, &key)).collect() })
    }

    /// Takes evidence of an agent, in its order, each once. The job that judges it comes back; none: it was taken before.
    ///
    /// # Errors
    ///
    /// When the request was taken before, or it is no evidence.
    pub async fn take_evidence(
        &self,
        known: &Known,
        counter: i64,
        number: i64,
        evidence: &[u8],
        address: &str,
    ) -> Result<Option<i64>, DataError> {
        let packed = jobs::packed(evidence).await?;
        let scope = known.scope(address);
        let mut tx = self.write(&scope).await?;
        let row = count(&mut tx, known, counter).await?;
        if row.int("evidence")? >= number {
            tx.commit().await?;
            return Ok(None);
        }
        let sql = "UPDATE agent SET evidence = $4, seen = $5 WHERE org = $1 AND id = $3";
        tx.run(sql, values![known.id, number, now()]).await?;
        let place = jobs::Place { org: known.org, client: known.client, deployment: known.deployment };
        let by = scope.actor().label.clone();
        let job = jobs::enqueue(tx.tx(), &place, "judge", &by, now(), Some(packed)).await?;
        tx.commit().await?;
        Ok(Some(job))
    }

    /// The key with which orders are signed; it is made when it is needed first.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or was sealed with another master key.
    pub(crate) async fn server_key(&self) -> Result<Key, DataError> {
        let wrong = |reason: String| DataError::Conflict(format!("the server's key: {reason}"));
        for _ in 0..2 {
            let row = self.read_all().await?.one("SELECT sealed FROM server_key WHERE id = 1", Vec::new()).await?;
            if let Some(row) = row {
                let sealed = Sealed::from_bytes(&row.bytes("sealed")?).ok_or_else(|| wrong("it is damaged".into()))?;
                let text = self.master().open(SERVER_KEY, &sealed).map_err(|error| wrong(error.to_string()))?;
                let bytes = BASE64.decode(text.expose_secret().as_bytes()).map_err(|error| wrong(error.to_string()))?;
                return Key::read(&bytes).map_err(wrong);
            }
            let (key, pkcs8) = Key::generate().map_err(wrong)?;
            let text = SecretString::from(BASE64.encode(&pkcs8));
            let sealed = self.master().seal(SERVER_KEY, &text).map_err(|error| wrong(error.to_string()))?;
            let mut tx = self.write_all().await?;
            // Another server may be as quick: the first one counts.
            let sql = "INSERT INTO server_key (id, public_key, sealed) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING";
            tx.run(sql, values![key.public(), sealed.to_bytes()]).await?;
            tx.commit().await?;
        }
        Err(wrong("it cannot be made".to_owned()))
    }

    /// Seals the server's key with the newest master key.
    pub(super) async fn rotate_server_key(&self, tx: &mut Tx) -> Result<u64, DataError> {
        let Some(row) = tx.one("SELECT sealed FROM server_key WHERE id = 1", Vec::new()).await? else { return Ok(0) };
        let Some(sealed) = Sealed::from_bytes(&row.bytes("sealed")?) else { return Ok(0) };
        let new = self.master().rotate(SERVER_KEY, &sealed).map_err(|error| DataError::Conflict(error.to_string()))?;
        let Some(new) = new else { return Ok(0) };
        tx.run("UPDATE server_key SET sealed = $1 WHERE id = 1", values![new.to_bytes()]).await?;
        Ok(1)
    }
}

/// What agents say goes into lists: not more than fits there.
fn short(text: &str) -> String {
    text.chars().filter(|char| !char.is_control() || *char == '\n').take(SAID).collect()
}

/// Why an agent is not heard.
pub(crate) fn suspended() -> String {
    "this agent is suspended: two machines signed with its key. Remove it on the settings page of the deployment, and enrol each machine anew"
        .to_owned()
}

/// Seconds by which the clock of an agent is off, where that is too much.
#[must_use]
pub fn skew(created: i64) -> Option<i64> {
    let off = created - now();
    (off.abs() > SKEW).then_some(off)
}

/// Counts a request; none is taken twice.
async fn count(tx: &mut Scoped, known: &Known, counter: i64) -> Result<Row, DataError> {
    let sql = "UPDATE agent SET counter = $4 WHERE org = $1 AND id = $3 AND counter < $4 AND state = 'enrolled' RETURNING run, run_before, evidence";
    tx.one(sql, values![known.id, counter])
        .await?
        .ok_or_else(|| DataError::Conflict("this request was taken before, or is older than one that was".to_owned()))
}

async fn suspend(tx: &mut Scoped, known: &Known, address: &str) -> Result<(), DataError> {
    tx.run("UPDATE agent SET state = 'suspended' WHERE org = $1 AND id = $3", values![known.id]).await?;
    log::note(tx, "agent.suspend", &object(known.id), &format!("a second machine has its key, at {address}")).await?;
    let name = deployments::one(tx, known.deployment).await?.name;
    let message = Message {
        subject: format!("{name}: the agent {} is suspended", known.name),
        text: format!(
            "{{server}}/deployments/{}\n\nTwo machines sign with its key; the second was heard from {address}. Nothing of either is taken any more. \
             If the host was copied, remove the agent and enrol each machine anew; if it was not, somebody has read its key.",
            known.deployment
        ),
        deployment: known.deployment,
        severity: "critical".to_owned(),
        ..Message::default()
    };
    let about = About { org: known.org, client: known.client, drop: 0 };
    alerts::tell(tx.tx(), about, &[Trigger::AgentSuspended], &message).await.map(|_| ())
}

pub(super) async fn add_order(
    tx: &mut Tx,
    org: i64,
    client: i64,
    agent: i64,
    kind: Kind,
    by: &str,
) -> Result<AgentOrder, DataError> {
    // What waits already is not told twice.
    let sql =
        "SELECT * FROM agent_order WHERE org = $1 AND agent = $2 AND kind = $3 AND state = 'waiting' AND expires >= $4";
    if let Some(row) = tx.one(sql, values![org, agent, kind.name(), now()]).await? {
        return order(&row);
    }
    tx.run("DELETE FROM agent_order WHERE agent = $1 AND created < $2", values![agent, now() - 30 * 86_400]).await?;
    let row = tx
        .one(
            "INSERT INTO agent_order (org, client, agent, kind, state, requested_by, created, expires) VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7) RETURNING *",
            values![org, client, agent, kind.name(), by, now(), now() + ORDER],
        )
        .await?;
    order(&row.ok_or(DataError::NotFound("order"))?)
}

/// The agents of a deployment that collect for it.
pub(super) async fn listening(tx: &mut Tx, deployment: i64) -> Result<Vec<i64>, DataError> {
    let sql = "SELECT id FROM agent WHERE deployment = $1 AND state = 'enrolled' ORDER BY id";
    tx.all(sql, values![deployment]).await?.iter().map(|row| Ok(row.int("id")?)).collect()
}
