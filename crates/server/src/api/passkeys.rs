//! Passkeys: log in with one, and one's own.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webauthn_rs::prelude::{PublicKeyCredential, RegisterPublicKeyCredential};

use super::extract::{At, Body, Peer, Who};
use super::problem::Problem;
use super::session::{enter, in_session, may_try};
use crate::app::App;
use crate::auth::passkey::{Holder, Passkeys, Waiting};
use crate::data::passkeys::OwnPasskey;

/// What an authenticator is asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Asked {
    /// To be sent back with the answer, within five minutes.
    pub ceremony: String,
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON` of WebAuthn.
    #[schema(value_type = Object)]
    pub options: serde_json::Value,
}

/// A log-in with a passkey.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// What came with the question.
    pub ceremony: String,
    /// `AuthenticationResponseJSON` of WebAuthn.
    #[schema(value_type = Object)]
    pub credential: PublicKeyCredential,
}

/// A new passkey.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// What came with the offer.
    pub ceremony: String,
    /// What its owner calls it.
    pub name: String,
    /// `RegistrationResponseJSON` of WebAuthn.
    #[schema(value_type = Object)]
    pub credential: RegisterPublicKeyCredential,
}

fn ours(app: &App) -> Result<&Passkeys, Problem> {
    app.passkeys.as_ref().ok_or_else(|| {
        Problem::conflict("passkeys are bound to a name and to TLS: start the server with `--url https://NAME`")
    })
}

async fn asked(app: &App, made: Result<(serde_json::Value, Waiting), String>) -> Result<Json<Asked>, Problem> {
    let (options, waiting) = made.map_err(|reason| Problem::unavailable(&reason))?;
    Ok(Json(Asked { ceremony: app.data.wait_for(&waiting).await?, options }))
}

/// Ask whoever has a passkey to log in.
#[utoipa::path(post, path = "/session/passkey/offer", tag = "session", extensions(("x-right" = json!("none"))),
    responses((status = 200, body = Asked)))]
pub async fn ask(State(app): State<Arc<App>>, peer: Peer) -> Result<Json<Asked>, Problem> {
    may_try(&app, peer)?;
    asked(&app, ours(&app)?.ask()).await
}

/// Log in with a passkey: the session comes back as a cookie.
#[utoipa::path(post, path = "/session/passkey", tag = "session", request_body = Signed, extensions(("x-right" = json!("none"))),
    responses((status = 204, description = "Logged in")))]
pub async fn log_in(
    State(app): State<Arc<App>>,
    peer: Peer,
    headers: HeaderMap,
    Body(given): Body<Signed>,
) -> Result<Response, Problem> {
    may_try(&app, peer)?;
    let passkeys = ours(&app)?;
    let waiting = app.data.waited_for(&given.ceremony).await?;
    let unknown = || Problem::unauthorized("this passkey opens no account here: log in with your password");
    let (account, known) = app.data.passkey(&given.credential.raw_id).await?.ok_or_else(unknown)?;
    let kept = passkeys.proven(account.person.id, waiting, &given.credential, &known).map_err(|reason| {
        tracing::warn!(person = account.person.id, reason, "a passkey is refused");
        Problem::unauthorized("what the authenticator signed is not in order: begin again")
    })?;
    if !app.data.passkey_used(&known, &kept).await? {
        return Err(Problem::conflict("this passkey is used somewhere else at this moment: begin again"));
    }
    let secret = enter(&app, &account, peer, &headers).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, app.set_cookie(&secret))]).into_response())
}

/// One's own passkeys.
#[utoipa::path(get, path = "/me/passkeys", tag = "session", extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Vec<OwnPasskey>)))]
pub async fn list(State(app): State<Arc<App>>, who: Who) -> Result<Json<Vec<OwnPasskey>>, Problem> {
    Ok(Json(app.data.passkeys(&who.scope).await?))
}

/// Ask one's own authenticator for a passkey.
#[utoipa::path(post, path = "/me/passkeys/offer", tag = "session", extensions(("x-right" = json!("session"))),
    responses((status = 200, body = Asked)))]
pub async fn offer(State(app): State<Arc<App>>, who: Who) -> Result<Json<Asked>, Problem> {
    in_session(&who)?;
    let (passkeys, scope) = (ours(&app)?, &who.scope);
    let person = app.data.person(scope, scope.actor().person).await?;
    let has = app.data.credentials(scope).await?;
    asked(&app, passkeys.offer(&Holder { person: person.id, email: &person.email, name: &person.name, has })).await
}

/// Keep a passkey that an authenticator made.
#[utoipa::path(post, path = "/me/passkeys", tag = "session", request_body = NewPasskey, extensions(("x-right" = json!("session"))),
    responses((status = 201, body = OwnPasskey)))]
pub async fn add(
    State(app): State<Arc<App>>,
    who: Who,
    Body(given): Body<NewPasskey>,
) -> Result<(StatusCode, Json<OwnPasskey>), Problem> {
    in_session(&who)?;
    let passkeys = ours(&app)?;
    let waiting = app.data.waited_for(&given.ceremony).await?;
    let kept = passkeys.made(who.scope.actor().person, &waiting, &given.credential).map_err(Problem::invalid)?;
    Ok((StatusCode::CREATED, Json(app.data.add_passkey(&who.scope, &given.name, &kept).await?)))
}

/// End one of one's own passkeys.
#[utoipa::path(delete, path = "/me/passkeys/{id}", tag = "session", params(("id" = i64, Path)), extensions(("x-right" = json!("session"))),
    responses((status = 204, description = "Ended")))]
pub async fn end(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<StatusCode, Problem> {
    in_session(&who)?;
    app.data.end_passkey(&who.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
