//! What an organisation sets, and links to its reports.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{At, Body, Who};
use super::problem::Problem;
use crate::app::App;
use crate::data::organisations::Organisation;
use crate::data::shares::Share;
use crate::scope::Right;

/// What the organisation sets: the name of its reports, how long audits stay.
#[utoipa::path(get, path = "/organisation", tag = "organisation", extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Organisation)))]
pub async fn settings(State(app): State<Arc<App>>, who: Who) -> Result<Json<Organisation>, Problem> {
    Ok(Json(app.data.settings(who.may(Right::Read)?).await?))
}

/// Set it.
#[utoipa::path(put, path = "/organisation", tag = "organisation", request_body = Organisation, extensions(("x-right" = json!("people"))),
    responses((status = 200, body = Organisation)))]
pub async fn set(
    State(app): State<Arc<App>>,
    who: Who,
    Body(told): Body<Organisation>,
) -> Result<Json<Organisation>, Problem> {
    Ok(Json(app.data.set(who.may(Right::People)?, &told).await?))
}

/// A new link to a report.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShare {
    /// Days that it works, 1 to 90.
    pub days: i64,
    /// Language of the report: `en`, `fr`, `es`, `de`.
    #[serde(default = "english")]
    pub language: String,
}

fn english() -> String {
    "en".to_owned()
}

/// A link that was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MadeShare {
    /// What lists show of it.
    #[serde(flatten)]
    pub share: Share,
    /// The link. It is not shown again.
    pub link: String,
}

/// Links to reports of a deployment.
#[utoipa::path(get, path = "/deployments/{id}/shares", tag = "reports", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Vec<Share>)))]
pub async fn shares(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Vec<Share>>, Problem> {
    Ok(Json(app.data.shares(who.may(Right::Read)?, id).await?))
}

/// Make a link to the report of an audit, for somebody without an account.
#[utoipa::path(post, path = "/audits/{id}/shares", tag = "reports", params(("id" = i64, Path)), request_body = NewShare, extensions(("x-right" = json!("work"))),
    responses((status = 201, body = MadeShare)))]
pub async fn share(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    Body(new): Body<NewShare>,
) -> Result<(StatusCode, Json<MadeShare>), Problem> {
    let (share, secret) = app.data.share(who.may(Right::Work)?, id, new.days, &new.language).await?;
    let link = format!("{}/shared/{secret}", app.web.url);
    Ok((StatusCode::CREATED, Json(MadeShare { share, link })))
}

/// End a link.
#[utoipa::path(delete, path = "/shares/{id}", tag = "reports", params(("id" = i64, Path)), extensions(("x-right" = json!("work"))),
    responses((status = 204, description = "Gone")))]
pub async fn unshare(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<StatusCode, Problem> {
    app.data.end_share(who.may(Right::Work)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
