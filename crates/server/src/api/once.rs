//! A POST with an `Idempotency-Key` takes effect once: sent again, it gets the first answer.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use castellan_store::values;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::extract::Who;
use super::problem::Problem;
use super::{EVIDENCE, is_json};
use crate::app::App;
use crate::clock::now;
use crate::data::{Data, DataError};
use crate::scope::Scope;

/// How long a key is remembered, in seconds.
const REMEMBERED: i64 = 86_400;
/// Bytes of an answer that is remembered.
const ANSWER: usize = 1 << 20;
/// The status of a request whose answer is not there yet.
const PENDING: i64 = 0;

/// What was remembered under a key.
struct Remembered {
    request: String,
    status: i64,
    body: String,
}

impl Data {
    /// Takes a key; what is remembered under it, if it was taken before.
    async fn take_key(&self, scope: &Scope, key: &str, request: &str) -> Result<Option<Remembered>, DataError> {
        let mut tx = self.write(scope).await?;
        let actor = scope.actor().label.clone();
        let sql = "DELETE FROM idempotency WHERE org = $1 AND created < $3";
        tx.run(sql, values![now() - REMEMBERED]).await?;
        let sql = "INSERT INTO idempotency (org, actor, key, request, status, body, created) VALUES ($1, $3, $4, $5, $6, '', $7) \
            ON CONFLICT (org, actor, key) DO NOTHING";
        let taken = tx.run(sql, values![&actor, key, request, PENDING, now()]).await? == 1;
        if taken {
            tx.commit().await?;
            return Ok(None);
        }
        let sql = "SELECT request, status, body FROM idempotency WHERE org = $1 AND actor = $3 AND key = $4";
        let row = tx.one(sql, values![&actor, key]).await?.ok_or(DataError::NotFound("key"))?;
        Ok(Some(Remembered { request: row.text("request")?, status: row.int("status")?, body: row.text("body")? }))
    }

    /// Remembers the answer; none: the request had no effect, and the key is free again.
    async fn keep_answer(&self, scope: &Scope, key: &str, answer: Option<(u16, &str)>) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let actor = scope.actor().label.clone();
        match answer {
            Some((status, body)) => {
                let sql = "UPDATE idempotency SET status = $5, body = $6 WHERE org = $1 AND actor = $3 AND key = $4";
                tx.run(sql, values![&actor, key, i64::from(status), body]).await?;
            }
            None => {
                let sql = "DELETE FROM idempotency WHERE org = $1 AND actor = $3 AND key = $4";
                tx.run(sql, values![&actor, key]).await?;
            }
        }
        Ok(tx.commit().await?)
    }
}

/// Answers that hold a secret are not remembered: they would lie open in the database.
fn holds_secret(path: &str) -> bool {
    ["/me/tokens", "/invitations", "/me/second-factor/offer", "/channels", "/agents", "/shares"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// The layer.
pub(super) async fn once(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let key = request.headers().get("idempotency-key").cloned();
    let (Some(key), true) = (key, request.method() == Method::POST) else { return next.run(request).await };
    let Some(key) = key.to_str().ok().filter(|key| (1..=200).contains(&key.len())).map(str::to_owned) else {
        return Problem::invalid("`Idempotency-Key` has 1 to 200 visible characters").into_response();
    };
    let (mut parts, body) = request.into_parts();
    let who = match Who::of(&mut parts, &app).await {
        Ok(who) if !holds_secret(parts.uri.path()) => who,
        // Nothing is remembered; whether it is allowed the handler says.
        _ => return next.run(Request::from_parts(parts, body)).await,
    };
    let Ok(bytes) = to_bytes(body, EVIDENCE).await else {
        return Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large, or broke off")
            .into_response();
    };
    let mut digest = Sha256::new();
    digest.update(parts.uri.path().as_bytes());
    digest.update([0]);
    digest.update(&bytes);
    let asked = HEXLOWER.encode(&digest.finalize());
    match app.data.take_key(&who.scope, &key, &asked).await {
        Err(error) => return Problem::from(error).into_response(),
        Ok(Some(before)) if before.request != asked => {
            return Problem::invalid("this `Idempotency-Key` was used for another request").into_response();
        }
        Ok(Some(before)) if before.status == PENDING => {
            return Problem::conflict("the first request with this `Idempotency-Key` is not answered yet")
                .into_response();
        }
        Ok(Some(before)) => {
            let status = u16::try_from(before.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
            let mut response = (status.unwrap_or(StatusCode::OK), before.body).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
            return response;
        }
        Ok(None) => {}
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Problem::unavailable("the answer broke off").into_response();
    };
    let text = std::str::from_utf8(&bytes).ok().filter(|text| text.len() <= ANSWER);
    let answer = match text {
        Some(text) if parts.status.is_success() && (is_json(&parts.headers) || text.is_empty()) => {
            Some((parts.status.as_u16(), text))
        }
        _ => None,
    };
    if let Err(error) = app.data.keep_answer(&who.scope, &key, answer).await {
        tracing::warn!(reason = %error, "an answer cannot be remembered");
    }
    Response::from_parts(parts, Body::from(bytes))
}
