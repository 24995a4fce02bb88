//! What happened, who has seen it, and times in which nobody is told.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::extract::{Ask, At, Body, Who};
use super::problem::Problem;
use super::{Part, before, limit};
use crate::app::App;
use crate::data::Page;
use crate::data::alerts::Alert;
use crate::data::maintenance::{Maintenance, Told};
use crate::scope::Right;

/// What happened, newest first.
#[utoipa::path(get, path = "/alerts", tag = "alerts", params(Part), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Page<Alert>)))]
pub async fn list(State(app): State<Arc<App>>, who: Who, Ask(part): Ask<Part>) -> Result<Json<Page<Alert>>, Problem> {
    let scope = who.may(Right::Read)?;
    Ok(Json(app.data.alerts(scope, before(part.cursor.as_deref())?, limit(part.limit)?).await?))
}

/// Say that somebody has seen it: channels further up are not told.
#[utoipa::path(post, path = "/alerts/{id}/seen", tag = "alerts", params(("id" = i64, Path)), extensions(("x-right" = json!("work"))),
    responses((status = 200, body = Alert)))]
pub async fn see(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Alert>, Problem> {
    Ok(Json(app.data.see_alert(who.may(Right::Work)?, id).await?))
}

/// Times of maintenance: what happens in them is noted, and nobody is told.
#[utoipa::path(get, path = "/maintenance", tag = "alerts", extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Vec<Maintenance>)))]
pub async fn maintenance(State(app): State<Arc<App>>, who: Who) -> Result<Json<Vec<Maintenance>>, Problem> {
    Ok(Json(app.data.maintenance(who.may(Right::Read)?).await?))
}

/// Plan maintenance.
#[utoipa::path(post, path = "/maintenance", tag = "alerts", request_body = Told, extensions(("x-right" = json!("manage"))),
    responses((status = 201, body = Maintenance)))]
pub async fn plan(
    State(app): State<Arc<App>>,
    who: Who,
    Body(told): Body<Told>,
) -> Result<(StatusCode, Json<Maintenance>), Problem> {
    Ok((StatusCode::CREATED, Json(app.data.plan_maintenance(who.may(Right::Manage)?, &told).await?)))
}

/// End maintenance, or take it back.
#[utoipa::path(delete, path = "/maintenance/{id}", tag = "alerts", params(("id" = i64, Path)), extensions(("x-right" = json!("manage"))),
    responses((status = 204, description = "Gone")))]
pub async fn end(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<StatusCode, Problem> {
    app.data.end_maintenance(who.may(Right::Manage)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
