//! Clients.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::extract::{At, Body, Who};
use super::problem::Problem;
use crate::app::App;
use crate::data::clients::Client;
use crate::scope::Right;

/// What is said of a client.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToldClient {
    /// Name.
    pub name: String,
}

/// Clients, by name.
#[utoipa::path(get, path = "/clients", tag = "clients", extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Vec<Client>)))]
pub async fn list(State(app): State<Arc<App>>, who: Who) -> Result<Json<Vec<Client>>, Problem> {
    Ok(Json(app.data.clients(who.may(Right::Read)?).await?))
}

/// Add a client.
#[utoipa::path(post, path = "/clients", tag = "clients", request_body = ToldClient, extensions(("x-right" = json!("people"))),
    responses((status = 201, body = Client)))]
pub async fn add(
    State(app): State<Arc<App>>,
    who: Who,
    Body(given): Body<ToldClient>,
) -> Result<(StatusCode, Json<Client>), Problem> {
    Ok((StatusCode::CREATED, Json(app.data.add_client(who.may(Right::People)?, &given.name).await?)))
}

/// Give a client another name.
#[utoipa::path(put, path = "/clients/{id}", tag = "clients", params(("id" = i64, Path)), request_body = ToldClient, extensions(("x-right" = json!("manage"))),
    responses((status = 204, description = "Renamed")))]
pub async fn rename(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    Body(given): Body<ToldClient>,
) -> Result<StatusCode, Problem> {
    app.data.rename_client(who.may(Right::Manage)?, id, &given.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End a client: everything of it goes.
#[utoipa::path(delete, path = "/clients/{id}", tag = "clients", params(("id" = i64, Path)), extensions(("x-right" = json!("people"))),
    responses((status = 204, description = "Gone")))]
pub async fn purge(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<StatusCode, Problem> {
    app.data.purge_client(who.may(Right::People)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
