//! The API under /api/v1: everything that the pages do, described by OpenAPI 3.1 out of the handlers.

pub mod agents;
pub mod alerts;
pub mod audits;
pub mod channels;
pub mod checks;
pub mod clients;
pub mod deployments;
pub mod extract;
pub mod findings;
mod once;
pub mod organisation;
pub mod passkeys;
pub mod people;
pub mod problem;
pub mod session;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, PathItem, Ref, ResponseBuilder, SecurityRequirement};
use utoipa::{IntoParams, OpenApi as _};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, Limit};
use crate::data::PAGE;
use extract::{Peer, Who};
use problem::Problem;

/// Rows of a page at most.
const MOST: i64 = 500;
/// Bytes of a body, and of evidence that is pushed.
const SMALL: usize = 1 << 20;
const EVIDENCE: usize = 64 << 20;
/// An answer that is larger has no entity tag.
const TAGGED: usize = 8 << 20;

/// A part of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Part {
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<i64>,
}

/// How many rows are meant.
///
/// # Errors
///
/// When it is none or too many.
pub fn limit(given: Option<i64>) -> Result<i64, Problem> {
    match given {
        None => Ok(PAGE),
        Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::invalid(format!("`limit` is 1 to {MOST}"))),
    }
}

/// A cursor that is a number.
///
/// # Errors
///
/// When it is none.
pub fn before(cursor: Option<&str>) -> Result<Option<i64>, Problem> {
    cursor.map(|text| text.parse().map_err(|_| Problem::invalid("this cursor is none that a list gave"))).transpose()
}

#[derive(utoipa::OpenApi)]
#[openapi(
    components(schemas(Problem)),
    info(
        title = "Castellan",
        description = "Watches over installations of Odoo. Send `Authorization: Bearer TOKEN`; times are seconds since 1970; errors are problems of RFC 9457; \
                   lists come in pages, and `next` of one is `cursor` of the next; a POST with `Idempotency-Key` takes effect once."
    )
)]
struct Described;

fn described() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(session::set_up))
        .routes(routes!(session::begin, session::end))
        .routes(routes!(passkeys::ask))
        .routes(routes!(passkeys::log_in))
        .routes(routes!(passkeys::list, passkeys::add))
        .routes(routes!(passkeys::offer))
        .routes(routes!(passkeys::end))
        .routes(routes!(session::me))
        .routes(routes!(session::sessions))
        .routes(routes!(session::end_session))
        .routes(routes!(session::change_password))
        .routes(routes!(session::offer_second))
        .routes(routes!(session::enrol, session::drop_second))
        .routes(routes!(session::tokens, session::make_token))
        .routes(routes!(session::end_token))
        .routes(routes!(people::list))
        .routes(routes!(people::one, people::change))
        .routes(routes!(people::drop_second))
        .routes(routes!(people::invitations, people::invite))
        .routes(routes!(people::accept))
        .routes(routes!(people::withdraw))
        .routes(routes!(people::log))
        .routes(routes!(people::check_log))
        .routes(routes!(organisation::settings, organisation::set, people::purge))
        .routes(routes!(organisation::shares))
        .routes(routes!(organisation::share))
        .routes(routes!(organisation::unshare))
        .routes(routes!(checks::ask))
        .routes(routes!(checks::one))
        .routes(routes!(clients::list, clients::add))
        .routes(routes!(clients::rename, clients::purge))
        .routes(routes!(deployments::list, deployments::add))
        .routes(routes!(deployments::one, deployments::change, deployments::remove))
        .routes(routes!(deployments::secrets))
        .routes(routes!(deployments::put_secret, deployments::remove_secret))
        .routes(routes!(deployments::schedules, deployments::add_schedule))
        .routes(routes!(deployments::remove_schedule))
        .routes(routes!(audits::scan))
        .routes(routes!(audits::jobs))
        .routes(routes!(audits::job))
        .routes(routes!(audits::cancel))
        .routes(routes!(audits::events))
        .routes(routes!(audits::list))
        .routes(routes!(audits::difference))
        .routes(routes!(audits::one))
        .routes(routes!(audits::report))
        .routes(routes!(agents::list, agents::invite))
        .routes(routes!(agents::remove))
        .routes(routes!(agents::orders, agents::order))
        .routes(routes!(agents::enrol))
        .routes(routes!(agents::heartbeat))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::see))
        .routes(routes!(alerts::maintenance, alerts::plan))
        .routes(routes!(alerts::end))
        .routes(routes!(channels::list, channels::add))
        .routes(routes!(channels::remove))
        .routes(routes!(channels::test))
        .routes(routes!(channels::deliveries))
        .routes(routes!(findings::list))
        .routes(routes!(findings::decide))
        .routes(routes!(findings::one))
        .routes(routes!(findings::comments, findings::comment))
}

/// Routes that take evidence.
fn large() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(audits::push)).routes(routes!(agents::evidence))
}

/// The description of the API.
#[must_use]
pub fn description() -> OpenApi {
    let (_, inner) = described().merge(large()).split_for_parts();
    let mut api = Described::openapi().nest("/api/v1", inner);
    api.info.version = env!("CARGO_PKG_VERSION").to_owned();
    api.paths.paths.values_mut().for_each(with_problems);
    let components = api.components.get_or_insert_with(Default::default);
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    components.add_security_scheme("token", bearer);
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("castellan")));
    components.add_security_scheme("session", cookie);
    let none: [&str; 0] = [];
    api.security = Some(vec![SecurityRequirement::new("token", none), SecurityRequirement::new("session", none)]);
    api
}

/// Statuses that any address can answer with.
const PROBLEMS: [(&str, &str); 10] = [
    ("400", "Cannot be read"),
    ("401", "Not logged in"),
    ("403", "Not allowed"),
    ("404", "Not found, or not for who asks"),
    ("409", "Something is in the way"),
    ("413", "Too large"),
    ("415", "Not JSON"),
    ("422", "Cannot be used"),
    ("429", "Too many requests"),
    ("503", "Not available"),
];

/// Every operation may answer with a problem.
fn with_problems(item: &mut PathItem) {
    let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
    for operation in operations.into_iter().flatten() {
        let right = operation.extensions.as_ref().and_then(|extensions| extensions.get("x-right"));
        if right.is_some_and(|right| right == "none") {
            // For anybody, whatever the rest needs.
            operation.security = Some(Vec::new());
        }
        for (status, description) in PROBLEMS {
            let content = Content::new(Some(Ref::from_schema_name("Problem")));
            let response = ResponseBuilder::new().description(description).content("application/problem+json", content);
            operation.responses.responses.insert(status.to_owned(), response.build().into());
        }
    }
}

/// The routes of the API.
pub fn router(app: &Arc<App>) -> Router<Arc<App>> {
    let (small, _) = described().split_for_parts();
    let (large, _) = large().split_for_parts();
    small
        .layer(DefaultBodyLimit::max(SMALL))
        .merge(large.layer(DefaultBodyLimit::max(EVIDENCE)))
        .route("/openapi.json", axum::routing::get(openapi))
        .fallback(async || Problem::not_found("address of the API; `/api/v1/openapi.json` describes all"))
        .method_not_allowed_fallback(async || Problem::method())
        .layer(from_fn_with_state(Arc::clone(app), once::once))
        .layer(from_fn_with_state(Arc::clone(app), guard))
}

async fn openapi() -> Json<OpenApi> {
    Json(description())
}

/// Whose requests are counted together. Of an agent it is not proven yet: another address has limits of its own.
async fn asks(parts: &mut Parts, app: &Arc<App>) -> Result<String, Problem> {
    let peer = <Peer as FromRequestParts<Arc<App>>>::from_request_parts(parts, app).await?;
    if let Ok(known) = agents::claimed(parts, app).await {
        return Ok(format!("agent {} {}", known.id, peer.name()));
    }
    Ok(match Who::of(parts, app).await {
        Ok(who) => format!("person {} {}", who.scope.org(), who.scope.actor().person),
        Err(_) => format!("address {}", peer.name()),
    })
}

/// Limits how often who may ask, and tags answers, so that what did not change is not sent again.
async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let length =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > EVIDENCE as u64) {
        // Nothing is so large: it is not waited for.
        return Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE, "nothing of more than 64 MiB is taken")
            .into_response();
    }
    let is_read = request.method() == Method::GET;
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let (mut parts, body) = request.into_parts();
    let key = match asks(&mut parts, &app).await {
        Ok(key) => key,
        Err(problem) => return problem.into_response(),
    };
    let limit = app.may_ask(&key);
    let mut response = match limit {
        Limit::Refused { seconds } => Problem::too_many(seconds).into_response(),
        Limit::Allowed { .. } => next.run(Request::from_parts(parts, body)).await,
    };
    if is_read && response.status() == StatusCode::OK {
        response = tagged(response, known.as_ref()).await;
    }
    let left = if let Limit::Allowed { left } = limit { left } else { 0 };
    let reset = if let Limit::Refused { seconds } = limit { seconds } else { 60 };
    let headers = response.headers_mut();
    for (name, value) in [
        ("ratelimit-limit", i64::from(app.most())),
        ("ratelimit-remaining", i64::from(left)),
        ("ratelimit-reset", reset),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Adds an entity tag to an answer of JSON; 304 when who asks has it already.
async fn tagged(response: Response, known: Option<&HeaderValue>) -> Response {
    let is_json = is_json(response.headers());
    if !is_json {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Problem::unavailable("the answer broke off").into_response();
    };
    if bytes.len() > TAGGED {
        return Response::from_parts(parts, Body::from(bytes));
    }
    let tag = format!("\"{}\"", &HEXLOWER.encode(&Sha256::digest(&bytes))[..32]);
    let has = known
        .and_then(|value| value.to_str().ok())
        .is_some_and(|text| text.split(',').any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*"));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if has {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"))
}
