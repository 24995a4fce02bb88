//! Deployments, their credentials and schedules.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Ask, At, Body, Who};
use super::limit;
use super::problem::Problem;
use crate::app::App;
use crate::data::Page;
use crate::data::deployments::{Deployment, Filter, Order, Told};
use crate::data::schedules::{Schedule, Told as ToldSchedule};
use crate::data::secrets::SecretName;
use crate::scope::Right;

/// Which deployments, in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Which {
    /// Of this client.
    pub client: Option<i64>,
    /// With this tag.
    pub tag: Option<String>,
    /// With this text in name, client or owner.
    pub text: Option<String>,
    /// With this grade: A to F.
    pub grade: Option<String>,
    /// In this order.
    #[param(inline)]
    pub order: Order,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<i64>,
}

impl Which {
    /// As the data takes it.
    #[must_use]
    pub fn filter(&self) -> Filter {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        Filter {
            client: self.client,
            tag: filled(&self.tag),
            text: filled(&self.text),
            grade: filled(&self.grade),
            order: self.order,
        }
    }
}

/// A credential.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSecret {
    /// The password or API key. It is sealed, and never comes back.
    #[schema(value_type = String, format = Password)]
    pub value: SecretString,
}

/// Deployments.
#[utoipa::path(get, path = "/deployments", tag = "deployments", params(Which), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Page<Deployment>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    who: Who,
    Ask(which): Ask<Which>,
) -> Result<Json<Page<Deployment>>, Problem> {
    let scope = who.may(Right::Read)?;
    let limit = limit(which.limit)?;
    Ok(Json(app.data.deployments(scope, &which.filter(), which.cursor.as_deref(), limit).await?))
}

/// Add a deployment.
#[utoipa::path(post, path = "/deployments", tag = "deployments", request_body = Told, extensions(("x-right" = json!("manage"))),
    responses((status = 201, body = Deployment)))]
pub async fn add(
    State(app): State<Arc<App>>,
    who: Who,
    Body(told): Body<Told>,
) -> Result<(StatusCode, Json<Deployment>), Problem> {
    let added = app.data.add_deployment(who.may(Right::Manage)?, &told).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// One deployment.
#[utoipa::path(get, path = "/deployments/{id}", tag = "deployments", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Deployment)))]
pub async fn one(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Deployment>, Problem> {
    Ok(Json(app.data.deployment(who.may(Right::Read)?, id).await?))
}

/// Say a deployment anew.
#[utoipa::path(put, path = "/deployments/{id}", tag = "deployments", params(("id" = i64, Path)), request_body = Told, extensions(("x-right" = json!("manage"))),
    responses((status = 200, body = Deployment)))]
pub async fn change(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    Body(told): Body<Told>,
) -> Result<Json<Deployment>, Problem> {
    Ok(Json(app.data.change_deployment(who.may(Right::Manage)?, id, &told).await?))
}

/// Remove a deployment with everything that is of it.
#[utoipa::path(delete, path = "/deployments/{id}", tag = "deployments", params(("id" = i64, Path)), extensions(("x-right" = json!("manage"))),
    responses((status = 204, description = "Gone")))]
pub async fn remove(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<StatusCode, Problem> {
    app.data.remove_deployment(who.may(Right::Manage)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which credentials there are; never what they are.
#[utoipa::path(get, path = "/deployments/{id}/secrets", tag = "deployments", params(("id" = i64, Path)), extensions(("x-right" = json!("manage"))),
    responses((status = 200, body = Vec<SecretName>)))]
pub async fn secrets(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Vec<SecretName>>, Problem> {
    Ok(Json(app.data.secrets(who.may(Right::Manage)?, id).await?))
}

/// Give a credential: `rpc` or `sql`.
#[utoipa::path(put, path = "/deployments/{id}/secrets/{name}", tag = "deployments", params(("id" = i64, Path), ("name" = String, Path)), request_body = NewSecret, extensions(("x-right" = json!("manage"))),
    responses((status = 204, description = "Sealed")))]
pub async fn put_secret(
    State(app): State<Arc<App>>,
    who: Who,
    At((id, name)): At<(i64, String)>,
    Body(given): Body<NewSecret>,
) -> Result<StatusCode, Problem> {
    app.data.put_secret(who.may(Right::Manage)?, id, &name, &given.value).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a credential.
#[utoipa::path(delete, path = "/deployments/{id}/secrets/{name}", tag = "deployments", params(("id" = i64, Path), ("name" = String, Path)), extensions(("x-right" = json!("manage"))),
    responses((status = 204, description = "Gone")))]
pub async fn remove_secret(
    State(app): State<Arc<App>>,
    who: Who,
    At((id, name)): At<(i64, String)>,
) -> Result<StatusCode, Problem> {
    app.data.remove_secret(who.may(Right::Manage)?, id, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// When it is scanned.
#[utoipa::path(get, path = "/deployments/{id}/schedules", tag = "schedules", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Vec<Schedule>)))]
pub async fn schedules(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Vec<Schedule>>, Problem> {
    Ok(Json(app.data.schedules(who.may(Right::Read)?, id).await?))
}

/// Scan it on a schedule.
#[utoipa::path(post, path = "/deployments/{id}/schedules", tag = "schedules", params(("id" = i64, Path)), request_body = ToldSchedule, extensions(("x-right" = json!("manage"))),
    responses((status = 201, body = Schedule)))]
pub async fn add_schedule(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    Body(told): Body<ToldSchedule>,
) -> Result<(StatusCode, Json<Schedule>), Problem> {
    Ok((StatusCode::CREATED, Json(app.data.add_schedule(who.may(Right::Manage)?, id, &told).await?)))
}

/// Remove a schedule.
#[utoipa::path(delete, path = "/deployments/{id}/schedules/{schedule}", tag = "schedules", params(("id" = i64, Path), ("schedule" = i64, Path)), extensions(("x-right" = json!("manage"))),
    responses((status = 204, description = "Gone")))]
pub async fn remove_schedule(
    State(app): State<Arc<App>>,
    who: Who,
    At((id, schedule)): At<(i64, i64)>,
) -> Result<StatusCode, Problem> {
    app.data.remove_schedule(who.may(Right::Manage)?, id, schedule).await?;
    Ok(StatusCode::NO_CONTENT)
}
