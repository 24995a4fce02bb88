//! A look at a site from outside, for anybody, where the server offers it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use castellan_model::AuditReport;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{Body, Peer};
use super::problem::Problem;
use super::session::may_try;
use crate::app::App;
use crate::data::checks::{Check, Refused};

/// A site to look at.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskCheck {
    /// Its address: `https://erp.example.com`.
    pub site: String,
    /// Whoever asks runs the site, or may have it looked at.
    pub consent: bool,
}

/// A check that was queued.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AskedCheck {
    /// Asks for the result: `/check/{secret}` for people, `/api/v1/checks/{secret}` for programs. It is not shown again.
    pub secret: String,
}

/// A check, with what came of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckResult {
    /// How it stands.
    #[serde(flatten)]
    pub check: Check,
    /// The audit, when it is done.
    #[schema(value_type = Option<Object>)]
    pub report: Option<AuditReport>,
}

/// Queues a check: its secret.
pub(crate) async fn queue(app: &App, peer: Peer, given: &AskCheck) -> Result<String, Problem> {
    let reach = app.public_check.ok_or_else(|| Problem::not_found("public check on this server"))?;
    may_try(app, peer)?;
    if !given.consent {
        return Err(Problem::invalid("say that you run this site, or may have it looked at"));
    }
    let site = reach.site(&given.site).await.map_err(Problem::invalid)?;
    match app.data.ask_check(&site, &peer.name()).await? {
        Ok(secret) => Ok(secret),
        Err(Refused::Later(seconds)) => Err(Problem::too_many(seconds)),
        Err(Refused::Again(seconds)) => {
            let mut problem = Problem::too_many(seconds);
            problem.detail =
                format!("{} was looked at a moment ago: try again in {} minutes", site.host, seconds / 60 + 1);
            Err(problem)
        }
    }
}

/// Look at a site from outside, once, without an account: where the server offers it.
#[utoipa::path(post, path = "/checks", tag = "checks", request_body = AskCheck, extensions(("x-right" = json!("none"))),
    responses((status = 202, body = AskedCheck)))]
pub async fn ask(
    State(app): State<Arc<App>>,
    peer: Peer,
    Body(given): Body<AskCheck>,
) -> Result<(StatusCode, Json<AskedCheck>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(AskedCheck { secret: queue(&app, peer, &given).await? })))
}

/// A check, and what came of it. It is kept for 14 days.
#[utoipa::path(get, path = "/checks/{secret}", tag = "checks", params(("secret" = String, Path)), extensions(("x-right" = json!("none"))),
    responses((status = 200, body = CheckResult)))]
pub async fn one(State(app): State<Arc<App>>, Path(secret): Path<String>) -> Result<Json<CheckResult>, Problem> {
    let found = app.data.check_of(&secret).await?;
    let (check, report) = found.ok_or_else(|| Problem::not_found("check: it is over, or none"))?;
    Ok(Json(CheckResult { check, report }))
}
