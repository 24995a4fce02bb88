//! Scans, audits and reports.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use castellan_report::Format;
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::{Ask, At, Who};
use super::problem::Problem;
use super::{Part, before, limit};
use crate::app::App;
use crate::data::Page;
use crate::data::audits::Audit;
use crate::data::findings::Difference;
use crate::data::jobs::Job;
use crate::reports::rendered;
use crate::scope::Right;

/// Scan it now.
#[utoipa::path(post, path = "/deployments/{id}/scans", tag = "scans", params(("id" = i64, Path)), extensions(("x-right" = json!("work"))),
    responses((status = 202, body = Job)))]
pub async fn scan(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<(StatusCode, Json<Job>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(app.data.scan_now(who.may(Right::Work)?, id).await?)))
}

/// Push evidence that was collected elsewhere; it is judged by the rules of the server.
#[utoipa::path(post, path = "/deployments/{id}/evidence", tag = "scans", params(("id" = i64, Path)), request_body(content = Object, description = "What `castellan scan --evidence FILE` wrote"), extensions(("x-right" = json!("work"))),
    responses((status = 202, body = Job)))]
pub async fn push(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<(StatusCode, Json<Job>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(app.data.push(who.may(Right::Work)?, id, &body?).await?)))
}

/// Which jobs.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct WhichJobs {
    /// Of this deployment.
    pub deployment: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<i64>,
}

/// Scans that wait, run or ended, newest first.
#[utoipa::path(get, path = "/jobs", tag = "scans", params(WhichJobs), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Page<Job>)))]
pub async fn jobs(
    State(app): State<Arc<App>>,
    who: Who,
    Ask(which): Ask<WhichJobs>,
) -> Result<Json<Page<Job>>, Problem> {
    let scope = who.may(Right::Read)?;
    let before = before(which.cursor.as_deref())?;
    Ok(Json(app.data.jobs(scope, which.deployment, before, limit(which.limit)?).await?))
}

/// One job.
#[utoipa::path(get, path = "/jobs/{id}", tag = "scans", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Job)))]
pub async fn job(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Job>, Problem> {
    Ok(Json(app.data.job(who.may(Right::Read)?, id).await?))
}

/// Cancel a job.
#[utoipa::path(post, path = "/jobs/{id}/cancel", tag = "scans", params(("id" = i64, Path)), extensions(("x-right" = json!("work"))),
    responses((status = 200, body = Job)))]
pub async fn cancel(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Job>, Problem> {
    Ok(Json(app.data.cancel(who.may(Right::Work)?, id).await?))
}

/// How often a stream of events looks at its job.
const LOOK: Duration = Duration::from_secs(1);

/// How a job goes on: an event `job` at each change, until it ends.
#[utoipa::path(get, path = "/jobs/{id}/events", tag = "scans", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn events(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let scope = who.may(Right::Read)?.clone();
    app.data.job(&scope, id).await?;
    let start = (app, scope, None::<Job>, false);
    let events = stream::unfold(start, move |(app, scope, last, over)| async move {
        if over {
            return None;
        }
        loop {
            let Ok(job) = app.data.job(&scope, id).await else { return None };
            if last.as_ref() != Some(&job) {
                let over = matches!(job.state.as_str(), "done" | "failed" | "cancelled");
                let event = Event::default().event("job").json_data(&job).unwrap_or_default();
                return Some((Ok(event), (app, scope, Some(job), over)));
            }
            tokio::time::sleep(LOOK).await;
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// Audits of a deployment, newest first.
#[utoipa::path(get, path = "/deployments/{id}/audits", tag = "audits", params(("id" = i64, Path), Part), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Page<Audit>)))]
pub async fn list(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    Ask(part): Ask<Part>,
) -> Result<Json<Page<Audit>>, Problem> {
    let scope = who.may(Right::Read)?;
    Ok(Json(app.data.audits(scope, id, before(part.cursor.as_deref())?, limit(part.limit)?).await?))
}

/// One audit.
#[utoipa::path(get, path = "/audits/{id}", tag = "audits", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Audit)))]
pub async fn one(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Audit>, Problem> {
    Ok(Json(app.data.audit(who.may(Right::Read)?, id).await?))
}

/// In which form a report comes.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct How {
    /// `json`, `html`, `pdf`, `summary`, `markdown`, `csv`, `sarif`, `junit`.
    pub format: Option<String>,
    /// `en`, `fr`, `es`, `de`.
    pub language: Option<String>,
}

/// The kind of content of each form that is given out.
const FORMS: [(&str, &str, &str); 8] = [
    ("json", "application/json", "json"),
    ("html", "text/html; charset=utf-8", "html"),
    ("pdf", "application/pdf", "pdf"),
    ("summary", "text/html; charset=utf-8", "html"),
    ("markdown", "text/markdown; charset=utf-8", "md"),
    ("csv", "text/csv; charset=utf-8", "csv"),
    ("sarif", "application/sarif+json", "sarif"),
    ("junit", "application/xml", "xml"),
];

/// The report of an audit as a file.
#[utoipa::path(get, path = "/audits/{id}/report", tag = "audits", params(("id" = i64, Path), How), extensions(("x-right" = json!("read"))),
    responses((status = 200, description = "The report", content_type = "application/octet-stream", body = Vec<u8>)))]
pub async fn report(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    Ask(how): Ask<How>,
) -> Result<Response, Problem> {
    let scope = who.may(Right::Read)?;
    let name = how.format.as_deref().unwrap_or("json");
    let Some((_, kind, end)) = FORMS.iter().find(|(known, ..)| *known == name) else {
        let known: Vec<&str> = FORMS.iter().map(|(known, ..)| *known).collect();
        return Err(Problem::invalid(format!("`format={name}`: one of {}", known.join(", "))));
    };
    let format = Format::from_name(name).ok_or_else(|| Problem::invalid("unknown format"))?;
    let language = how.language.as_deref().unwrap_or("en");
    let (audit, bytes) = rendered(&app.data, scope, id, format, language).await?;
    let file = format!("attachment; filename=\"castellan-{}-{}.{end}\"", audit.deployment, audit.sequence);
    Ok(([(header::CONTENT_TYPE, (*kind).to_owned()), (header::CONTENT_DISPOSITION, file)], bytes).into_response())
}

/// Which two audits.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Two {
    /// Sequence of the earlier one.
    pub from: i64,
    /// Sequence of the later one.
    pub to: i64,
}

/// What changed between two audits of a deployment.
#[utoipa::path(get, path = "/deployments/{id}/difference", tag = "audits", params(("id" = i64, Path), Two), extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Difference)))]
pub async fn difference(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    Ask(two): Ask<Two>,
) -> Result<Json<Difference>, Problem> {
    Ok(Json(app.data.difference(who.may(Right::Read)?, id, two.from, two.to).await?))
}
