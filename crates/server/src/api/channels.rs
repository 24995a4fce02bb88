//! Who is told what, and what was sent.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::{Ask, At, Body, Who};
use super::problem::Problem;
use super::{Part, before, limit};
use crate::app::App;
use crate::data::Page;
use crate::data::channels::{Channel, Told};
use crate::data::deliveries::Delivery;
use crate::scope::Right;

/// A channel that was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MadeChannel {
    /// What lists show of it.
    #[serde(flatten)]
    pub channel: Channel,
    /// The key with which its webhooks are signed. It is not shown again.
    pub signing_key: String,
}

/// Who is told what.
#[utoipa::path(get, path = "/channels", tag = "alerts", extensions(("x-right" = json!("manage"))),
    responses((status = 200, body = Vec<Channel>)))]
pub async fn list(State(app): State<Arc<App>>, who: Who) -> Result<Json<Vec<Channel>>, Problem> {
    Ok(Json(app.data.channels(who.may(Right::Manage)?).await?))
}

/// Tell somebody what happens.
#[utoipa::path(post, path = "/channels", tag = "alerts", request_body = Told, extensions(("x-right" = json!("manage"))),
    responses((status = 201, body = MadeChannel)))]
pub async fn add(
    State(app): State<Arc<App>>,
    who: Who,
    Body(told): Body<Told>,
) -> Result<(StatusCode, Json<MadeChannel>), Problem> {
    let (channel, signing_key) = app.data.add_channel(who.may(Right::Manage)?, &told).await?;
    Ok((StatusCode::CREATED, Json(MadeChannel { channel, signing_key })))
}

/// Tell them nothing more.
#[utoipa::path(delete, path = "/channels/{id}", tag = "alerts", params(("id" = i64, Path)), extensions(("x-right" = json!("manage"))),
    responses((status = 204, description = "Gone")))]
pub async fn remove(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<StatusCode, Problem> {
    app.data.remove_channel(who.may(Right::Manage)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a test.
#[utoipa::path(post, path = "/channels/{id}/test", tag = "alerts", params(("id" = i64, Path)), extensions(("x-right" = json!("manage"))),
    responses((status = 202, body = Delivery)))]
pub async fn test(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
) -> Result<(StatusCode, Json<Delivery>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(app.data.test_channel(who.may(Right::Manage)?, id).await?)))
}

/// What was sent, newest first.
#[utoipa::path(get, path = "/deliveries", tag = "alerts", params(Part), extensions(("x-right" = json!("manage"))),
    responses((status = 200, body = Page<Delivery>)))]
pub async fn deliveries(
    State(app): State<Arc<App>>,
    who: Who,
    Ask(part): Ask<Part>,
) -> Result<Json<Page<Delivery>>, Problem> {
    let scope = who.may(Right::Manage)?;
    Ok(Json(app.data.deliveries(scope, before(part.cursor.as_deref())?, limit(part.limit)?).await?))
}
