//! Agents: for people who let them in and tell them what to do, and for the agents themselves, whose requests are signed.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use castellan_agent::protocol::{ENROL_KEY, Enrol, Enrolled, Heartbeat, Kind, Orders, Taken, public_key};
use castellan_agent::signature::{DIGEST, INPUT, Request as ToSign, SIGNATURE, Signed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{At, Body, Peer, Who};
use super::problem::Problem;
use super::session::may_try;
use crate::app::App;
use crate::data::agents::{Agent, AgentOrder, Known, skew, suspended};
use crate::scope::Right;

/// A new agent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgent {
    /// What people call it, such as the name of its host.
    pub name: String,
}

/// An agent that may enrol.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitedAgent {
    /// What lists show of it.
    #[serde(flatten)]
    pub agent: Agent,
    /// The token for `castellan agent enrol`: good for one agent and one day. It is not shown again.
    pub token: String,
}

/// An order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// What to do.
    pub kind: Kind,
}

/// Agents of a deployment.
#[utoipa::path(get, path = "/deployments/{id}/agents", tag = "agents", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Vec<Agent>)))]
pub async fn list(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Vec<Agent>>, Problem> {
    Ok(Json(app.data.agents(who.may(Right::Read)?, id).await?))
}

/// Let one agent take part in a deployment.
#[utoipa::path(post, path = "/deployments/{id}/agents", tag = "agents", params(("id" = i64, Path)), request_body = NewAgent, extensions(("x-right" = json!("manage"))),
    responses((status = 201, body = InvitedAgent)))]
pub async fn invite(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    Body(new): Body<NewAgent>,
) -> Result<(StatusCode, Json<InvitedAgent>), Problem> {
    let (agent, token) = app.data.invite_agent(who.may(Right::Manage)?, id, &new.name).await?;
    Ok((StatusCode::CREATED, Json(InvitedAgent { agent, token })))
}

/// Take nothing more from an agent.
#[utoipa::path(delete, path = "/agents/{id}", tag = "agents", params(("id" = i64, Path)), extensions(("x-right" = json!("manage"))),
    responses((status = 204, description = "Gone")))]
pub async fn remove(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<StatusCode, Problem> {
    app.data.remove_agent(who.may(Right::Manage)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The newest orders of an agent, and what came of them.
#[utoipa::path(get, path = "/agents/{id}/orders", tag = "agents", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Vec<AgentOrder>)))]
pub async fn orders(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Vec<AgentOrder>>, Problem> {
    Ok(Json(app.data.orders(who.may(Right::Read)?, id).await?))
}

/// Tell an agent to do something, the next time that it asks.
#[utoipa::path(post, path = "/agents/{id}/orders", tag = "agents", params(("id" = i64, Path)), request_body = NewOrder, extensions(("x-right" = json!("work"))),
    responses((status = 202, body = AgentOrder)))]
pub async fn order(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    Body(new): Body<NewOrder>,
) -> Result<(StatusCode, Json<AgentOrder>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(app.data.order(who.may(Right::Work)?, id, new.kind).await?)))
}

/// A request that an agent signed.
#[derive(Debug)]
pub struct FromAgent {
    /// Which agent.
    known: Known,
    /// The number that its requests grow by.
    counter: i64,
    /// The body, as it was signed.
    body: Bytes,
    /// Where it comes from.
    address: String,
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn read(headers: &HeaderMap) -> Result<Signed, Problem> {
    if headers.get(INPUT).is_none() {
        return Err(Problem::unauthorized("requests of agents are signed: `castellan agent` does it"));
    }
    Signed::read(header(headers, INPUT)).map_err(|reason| Problem::unauthorized(&reason))
}

/// The agent that a request says it is of, whose signature is not checked yet.
pub(super) async fn claimed(parts: &mut Parts, app: &Arc<App>) -> Result<Known, Problem> {
    if let Some(known) = parts.extensions.get::<Known>() {
        return Ok(known.clone());
    }
    let signed = read(&parts.headers)?;
    let known = match signed.key.parse::<i64>() {
        Ok(id) => app.data.known_agent(id).await?,
        Err(_) => None,
    };
    let known = known.ok_or_else(|| {
        Problem::unauthorized("the server knows no such agent: it was removed, or never enrolled here")
    })?;
    parts.extensions.insert(known.clone());
    Ok(known)
}

impl FromRequest<Arc<App>> for FromAgent {
    type Rejection = Problem;

    /// Who it is is looked up before the body is read, and the signature checked before anything is done with it.
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let known = claimed(&mut parts, app).await?;
        let signed = read(&parts.headers)?;
        if let Some(off) = skew(signed.created) {
            return Err(Problem::unauthorized(&format!("the clock of this host is {off} seconds off: set it")));
        }
        let address = Peer::from_request_parts(&mut parts, app).await?.name();
        let (method, path) = (parts.method.as_str().to_owned(), whole_path(&parts));
        let headers = parts.headers.clone();
        let body = Bytes::from_request(Request::from_parts(parts, body), app).await?;
        let request = ToSign { method: &method, path: &path, body: &body };
        signed
            .check(&known.public_key, &request, header(&headers, DIGEST), header(&headers, SIGNATURE))
            .map_err(|reason| Problem::unauthorized(&reason))?;
        if known.suspended {
            return Err(Problem::forbidden(suspended()));
        }
        Ok(Self { known, counter: signed.counter, body, address })
    }
}

/// The path as it was asked for: routes that are nested see a part of it.
fn whole_path(parts: &Parts) -> String {
    let original = parts.extensions.get::<axum::extract::OriginalUri>();
    original.map_or(parts.uri.path(), |uri| uri.0.path()).to_owned()
}

/// Enrol an agent with its one-time token. The request is signed with the key in it.
#[utoipa::path(post, path = "/agent/enrolment", tag = "agents", request_body = Enrol, extensions(("x-right" = json!("none"))),
    responses((status = 200, body = Enrolled)))]
pub async fn enrol(State(app): State<Arc<App>>, peer: Peer, request: Request) -> Result<Json<Enrolled>, Problem> {
    may_try(&app, peer)?;
    let (parts, body) = request.into_parts();
    let signed = read(&parts.headers)?;
    let (method, path, headers) = (parts.method.as_str().to_owned(), whole_path(&parts), parts.headers.clone());
    let body = Bytes::from_request(Request::from_parts(parts, body), &app).await?;
    let asked: Enrol = serde_json::from_slice(&body).map_err(|error| Problem::invalid(error.to_string()))?;
    let key = public_key(&asked.public_key).map_err(Problem::invalid)?;
    let request = ToSign { method: &method, path: &path, body: &body };
    let checked = signed.check(&key, &request, header(&headers, DIGEST), header(&headers, SIGNATURE));
    checked.map_err(|reason| Problem::unauthorized(&reason))?;
    if signed.key != ENROL_KEY {
        return Err(Problem::unauthorized("a request to enrol is signed with the key in it"));
    }
    if let Some(off) = skew(signed.created) {
        return Err(Problem::unauthorized(&format!("the clock of this host is {off} seconds off: set it")));
    }
    Ok(Json(app.data.enrol_agent(&asked, &peer.name()).await?))
}

/// An agent lives. What it is to do comes back, signed with the server's key.
#[utoipa::path(post, path = "/agent/heartbeat", tag = "agents", request_body = Heartbeat, extensions(("x-right" = json!("agent"))),
    responses((status = 200, body = Orders)))]
pub async fn heartbeat(State(app): State<Arc<App>>, from: FromAgent) -> Result<Json<Orders>, Problem> {
    let told: Heartbeat = serde_json::from_slice(&from.body).map_err(|error| Problem::invalid(error.to_string()))?;
    Ok(Json(app.data.heard(&from.known, from.counter, &told, &from.address).await?))
}

/// Evidence that an agent collected, with its number: sent again, it is taken once.
#[utoipa::path(put, path = "/agent/evidence/{number}", tag = "agents", params(("number" = i64, Path)), request_body(content = Object, description = "Evidence, as `castellan agent show` prints it"), extensions(("x-right" = json!("agent"))),
    responses((status = 202, body = Taken)))]
pub async fn evidence(
    State(app): State<Arc<App>>,
    At(number): At<i64>,
    from: FromAgent,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    let job = app.data.take_evidence(&from.known, from.counter, number, &from.body, &from.address).await?;
    Ok((StatusCode::ACCEPTED, Json(Taken { job })))
}
