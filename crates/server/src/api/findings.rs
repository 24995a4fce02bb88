//! Findings over time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use castellan_model::Severity;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Ask, At, Body, Who};
use super::limit;
use super::problem::Problem;
use crate::app::App;
use crate::data::Page;
use crate::data::findings::{Change, Comment, Filter, Finding};
use crate::scope::Right;

/// Which findings.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct WhichFindings {
    /// Of this deployment.
    pub deployment: Option<i64>,
    /// `active` for those that are open in any way, or `open`, `regressed`, `fixed`, `accepted`, `false-positive`.
    pub state: Option<String>,
    /// At least this severe: `critical`, `high`, `medium`, `low`, `info`.
    pub severity: Option<String>,
    /// Of this rule.
    pub rule: Option<String>,
    /// With this text in message or place.
    pub text: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<i64>,
}

impl WhichFindings {
    /// As the data takes it.
    ///
    /// # Errors
    ///
    /// When a word is unknown.
    pub fn filter(&self) -> Result<Filter, Problem> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let severity = match filled(&self.severity) {
            None => None,
            Some(name) => Some(Severity::ALL.into_iter().find(|one| one.as_str() == name).ok_or_else(|| {
                Problem::invalid(format!("`severity={name}`: one of critical, high, medium, low, info"))
            })?),
        };
        Ok(Filter {
            deployment: self.deployment,
            state: filled(&self.state),
            severity,
            rule: filled(&self.rule),
            text: filled(&self.text),
        })
    }
}

/// A finding with its evidence.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WholeFinding {
    /// What lists show of it.
    #[serde(flatten)]
    pub finding: Finding,
    /// The finding as the report has it: why it matters, what to do, where, how it gets there.
    #[schema(value_type = Object)]
    pub body: castellan_model::Finding,
}

/// A decision about several findings.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Numbers of the findings, 1 to 500.
    pub findings: Vec<i64>,
    /// What is decided.
    pub change: Change,
}

/// Something to say.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// What is said.
    pub text: String,
}

/// Findings, worst first.
#[utoipa::path(get, path = "/findings", tag = "findings", params(WhichFindings), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Page<Finding>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    who: Who,
    Ask(which): Ask<WhichFindings>,
) -> Result<Json<Page<Finding>>, Problem> {
    let scope = who.may(Right::Read)?;
    let limit = limit(which.limit)?;
    Ok(Json(app.data.findings(scope, &which.filter()?, which.cursor.as_deref(), limit).await?))
}

/// One finding with its evidence.
#[utoipa::path(get, path = "/findings/{id}", tag = "findings", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = WholeFinding)))]
pub async fn one(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<WholeFinding>, Problem> {
    let (finding, body) = app.data.finding(who.may(Right::Read)?, id).await?;
    Ok(Json(WholeFinding { finding, body }))
}

/// Decide about findings: all of them, or none if one cannot be.
#[utoipa::path(post, path = "/findings/decisions", tag = "findings", request_body = Decision, extensions(("x-right" = json!("work"))),
    responses((status = 200, body = Vec<Finding>)))]
pub async fn decide(
    State(app): State<Arc<App>>,
    who: Who,
    Body(given): Body<Decision>,
) -> Result<Json<Vec<Finding>>, Problem> {
    Ok(Json(app.data.change_findings(who.may(Right::Work)?, &given.findings, &given.change).await?))
}

/// What was said about a finding.
#[utoipa::path(get, path = "/findings/{id}/comments", tag = "findings", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Vec<Comment>)))]
pub async fn comments(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Vec<Comment>>, Problem> {
    Ok(Json(app.data.comments(who.may(Right::Read)?, id).await?))
}

/// Say something about a finding.
#[utoipa::path(post, path = "/findings/{id}/comments", tag = "findings", params(("id" = i64, Path)), request_body = NewComment, extensions(("x-right" = json!("work"))),
    responses((status = 201, body = Comment)))]
pub async fn comment(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    Body(given): Body<NewComment>,
) -> Result<(StatusCode, Json<Comment>), Problem> {
    Ok((StatusCode::CREATED, Json(app.data.add_comment(who.may(Right::Work)?, id, &given.text).await?)))
}
