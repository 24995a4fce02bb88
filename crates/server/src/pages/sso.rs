//! The way to a provider of single sign-on, and back.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::account::{Next, again, entered, local, login_page};
use super::forms::{Answer, Sent};
use crate::api::extract::{Peer, cookie};
use crate::api::problem::Problem;
use crate::api::session::{enter, may_try};
use crate::app::App;
use crate::auth::sso::{PATIENCE, Waiting};
use crate::clock::now;
use crate::keys::Sealed;

/// What the cookie is sealed for.
const CONTEXT: &str = "single sign-on";

fn name(app: &App) -> &'static str {
    if app.web.secure { "__Host-castellan-sso" } else { "castellan-sso" }
}

fn set(app: &App, value: &str, age: i64) -> String {
    let secure = if app.web.secure { "; Secure" } else { "" };
    // Lax: it comes along when the provider sends the browser back.
    format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={age}", name(app))
}

/// Off to the provider.
pub(super) async fn begin(State(app): State<Arc<App>>, peer: Peer, Query(next): Query<Next>) -> Answer {
    may_try(&app, peer)?;
    let sso = app.sso.as_ref().ok_or_else(|| Problem::not_found("single sign-on"))?;
    let (url, waiting) = match sso.begin(local(&next.next), now()).await {
        Ok(begun) => begun,
        Err(reason) => {
            tracing::error!(reason, "the provider of single sign-on cannot be used");
            let problem = Problem::unavailable(
                "the provider of single sign-on does not answer as it should: log in with your password, or try again",
            );
            return Ok(again(&problem, login_page(&app, &Sent::default(), &next.next, Some(&problem))));
        }
    };
    let text = SecretString::from(serde_json::to_string(&waiting).unwrap_or_default());
    let sealed = app.data.master().seal(CONTEXT, &text).map_err(|error| Problem::unavailable(&error.to_string()))?;
    let value = set(&app, &BASE64URL_NOPAD.encode(&sealed.to_bytes()), PATIENCE);
    Ok((StatusCode::SEE_OTHER, [(header::SET_COOKIE, value), (header::LOCATION, url.to_string())]).into_response())
}

/// With what the provider sends a browser back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Back {
    code: String,
    state: String,
    error: String,
    error_description: String,
}

fn waiting(app: &App, headers: &HeaderMap) -> Option<Waiting> {
    let bytes = BASE64URL_NOPAD.decode(cookie(headers, name(app))?.as_bytes()).ok()?;
    let text = app.data.master().open(CONTEXT, &Sealed::from_bytes(&bytes)?).ok()?;
    serde_json::from_str(text.expose_secret()).ok()
}

async fn come_back(app: &App, peer: Peer, headers: &HeaderMap, back: &Back) -> Result<(String, String), Problem> {
    may_try(app, peer)?;
    let sso = app.sso.as_ref().ok_or_else(|| Problem::not_found("single sign-on"))?;
    if !back.error.is_empty() {
        let said: String = format!("{} {}", back.error, back.error_description)
            .chars()
            .filter(|char| !char.is_control())
            .take(200)
            .collect();
        return Err(Problem::forbidden(format!("the provider says: {}", said.trim())));
    }
    let waiting = waiting(app, headers).filter(|waiting| waiting.state == back.state && waiting.until >= now());
    let waiting =
        waiting.ok_or_else(|| Problem::forbidden("this log-in was begun elsewhere, or took too long: begin again"))?;
    let known = sso.end(&waiting, &back.code).await.map_err(|reason| {
        tracing::warn!(reason, "a single sign-on is refused");
        Problem::forbidden("what the provider sent is not in order: begin again")
    })?;
    let address = peer.name();
    let account = app.data.known_by_sso(&known, &address).await?;
    Ok((enter(app, &account, peer, headers).await?, waiting.next))
}

/// Back from the provider.
pub(super) async fn end(
    State(app): State<Arc<App>>,
    peer: Peer,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Response {
    let mut response = match come_back(&app, peer, &headers, &back).await {
        Ok((secret, next)) => entered(&app, &secret, local(&next)),
        Err(problem) => again(&problem, login_page(&app, &Sent::default(), "/", Some(&problem))),
    };
    // It is good for one way.
    if let Ok(value) = HeaderValue::from_str(&set(&app, "", 0)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
