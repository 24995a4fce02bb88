//! A report behind a link: for somebody without an account, until it ends.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use castellan_report::Format;

use super::forms::Answer;
use crate::api::extract::Peer;
use crate::api::problem::Problem;
use crate::api::session::may_try;
use crate::app::App;
use crate::reports::rendered;

/// The report brings its own style and script; it asks nobody for anything, and runs as if it were from nowhere.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'; sandbox allow-scripts allow-popups";

async fn answer(app: &App, peer: Peer, secret: &str, format: Format, kind: &'static str) -> Result<Response, Problem> {
    // Links cannot be guessed; nor may somebody try.
    may_try(app, peer)?;
    let over = || Problem::not_found("report: the link is over, or none. Ask who sent it for a new one");
    let shared = app.data.shared(secret).await?.ok_or_else(over)?;
    let (_, bytes) = rendered(&app.data, &shared.scope, shared.audit, format, &shared.language).await?;
    Ok(behind_a_link(kind, bytes))
}

/// A report for whoever has its link: a document of its own, which nobody else keeps or finds.
pub(super) fn behind_a_link(kind: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    response
}

pub(super) async fn page(State(app): State<Arc<App>>, peer: Peer, Path(secret): Path<String>) -> Answer {
    Ok(answer(&app, peer, &secret, Format::Html, "text/html; charset=utf-8").await?)
}

pub(super) async fn pdf(State(app): State<Arc<App>>, peer: Peer, Path(secret): Path<String>) -> Answer {
    Ok(answer(&app, peer, &secret, Format::Pdf, "application/pdf").await?)
}
