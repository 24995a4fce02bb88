//! Set-up, log-in, and what is one's own: sessions, tokens, password, second factor.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{At, Body, Peer, Who};
use super::problem::Problem;
use crate::app::{App, Limit};
use crate::auth::totp;
use crate::data::people::{Account, NewPerson, is_right};
use crate::data::sessions::Session;
use crate::data::tokens::ApiToken;
use crate::scope::{Right, Role};

/// What is needed to log in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogIn {
    /// E-mail address.
    pub email: String,
    /// Password.
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
    /// Code of the second factor, or a recovery code.
    #[serde(default)]
    pub code: String,
}

/// What a browser needs to know of its session.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// E-mail address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// The most that may be done.
    pub right: Right,
    /// The only client that is seen.
    pub client: Option<i64>,
    /// Name of the organisation.
    pub organisation: String,
    /// To be sent as `X-CSRF-Token` with every change; none with a token.
    pub csrf: Option<String>,
}

/// The first owner.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The token that the server printed.
    pub token: String,
    /// Name of the organisation.
    pub organisation: String,
    /// E-mail address of the owner.
    pub email: String,
    /// Name of the owner.
    pub name: String,
    /// Password of the owner.
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
}

/// A new token.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do at most.
    pub right: Right,
    /// The only client that it sees.
    #[serde(default)]
    pub client: Option<i64>,
    /// Days until it ends, 1 to 366.
    pub days: i64,
}

/// A token that was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MadeToken {
    /// What lists show of it.
    #[serde(flatten)]
    pub token: ApiToken,
    /// The token. It is not shown again.
    pub secret: String,
}

/// A change of password.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The old one.
    #[schema(value_type = String, format = Password)]
    pub old: SecretString,
    /// The new one.
    #[schema(value_type = String, format = Password)]
    pub new: SecretString,
}

/// A secret for a second factor, not yet in force.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Offer {
    /// The secret, in Base32, for an app that cannot read the picture.
    pub secret: String,
    /// The address that an app reads.
    pub url: String,
    /// The same as a picture: SVG.
    pub picture: String,
}

/// A second factor, proven by a code.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    /// The secret that was offered.
    #[schema(value_type = String)]
    pub secret: SecretString,
    /// The code that the app shows now.
    pub code: String,
}

/// Codes for the day on which the telephone is lost; each works once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// The codes. They are not shown again.
    pub codes: Vec<String>,
}

/// Whether an address may try a password, token or code.
pub(crate) fn may_try(app: &App, peer: Peer) -> Result<(), Problem> {
    match app.may_log_in(&peer.name()) {
        Limit::Allowed { .. } => Ok(()),
        Limit::Refused { seconds } => Err(Problem::too_many(seconds)),
    }
}

/// Logs in: the secret of the session. Every failure says the same, whatever was wrong.
pub(crate) async fn log_in(app: &App, peer: Peer, headers: &HeaderMap, given: &LogIn) -> Result<String, Problem> {
    may_try(app, peer)?;
    let address = peer.name();
    let wait = app.data.must_wait(&given.email, &address).await?;
    if wait > 0 {
        return Err(Problem::too_many(wait));
    }
    let account = app.data.account(&given.email).await?.filter(|account| !account.person.disabled);
    let hash = account.as_ref().map(|account| account.password.clone());
    let right = is_right(&given.password, hash).await?;
    let second = match &account {
        Some(account) if right => app.data.check_second(account, &given.code).await?,
        _ => false,
    };
    let Some(account) = account.filter(|_| right && second) else {
        app.data.failed(&given.email, &address).await?;
        return Err(Problem::unauthorized("the address, the password or the code is wrong"));
    };
    app.data.succeeded(&given.email, &address).await?;
    enter(app, &account, peer, headers).await
}

/// Begins a session for somebody who has proven who they are: its secret.
pub(crate) async fn enter(app: &App, account: &Account, peer: Peer, headers: &HeaderMap) -> Result<String, Problem> {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(app.data.begin_session(account, &peer.name(), agent).await?)
}

/// Log in: the session comes back as a cookie.
#[utoipa::path(post, path = "/session", tag = "session", request_body = LogIn, extensions(("x-right" = json!("none"))),
    responses((status = 204, description = "Logged in")))]
pub async fn begin(
    State(app): State<Arc<App>>,
    peer: Peer,
    headers: HeaderMap,
    Body(given): Body<LogIn>,
) -> Result<Response, Problem> {
    let secret = log_in(&app, peer, &headers, &given).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, app.set_cookie(&secret))]).into_response())
}

/// Log out.
#[utoipa::path(delete, path = "/session", tag = "session", extensions(("x-right" = json!("read"))),
    responses((status = 204, description = "Logged out")))]
pub async fn end(State(app): State<Arc<App>>, who: Who) -> Result<Response, Problem> {
    if let Some(session) = &who.session {
        app.data.end_session(&who.scope, session.id).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, app.set_cookie(""))]).into_response())
}

/// Make the first owner, with the token that the server printed.
#[utoipa::path(post, path = "/setup", tag = "session", request_body = SetUp, extensions(("x-right" = json!("none"))),
    responses((status = 204, description = "Made and logged in")))]
pub async fn set_up(
    State(app): State<Arc<App>>,
    peer: Peer,
    headers: HeaderMap,
    Body(given): Body<SetUp>,
) -> Result<Response, Problem> {
    let secret = found(&app, peer, &headers, &given).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, app.set_cookie(&secret))]).into_response())
}

/// Makes the first owner and logs them in.
pub(crate) async fn found(app: &App, peer: Peer, headers: &HeaderMap, given: &SetUp) -> Result<String, Problem> {
    may_try(app, peer)?;
    if !app.is_setup(&given.token) {
        return Err(Problem::forbidden("this is not the set-up token: the server printed it when it started"));
    }
    let owner = NewPerson { email: given.email.clone(), name: given.name.clone(), password: given.password.clone() };
    app.data.found(&given.organisation, &owner, true).await?;
    app.close_setup();
    let given = LogIn { email: given.email.clone(), password: given.password.clone(), code: String::new() };
    log_in(app, peer, headers, &given).await
}

/// Who asks.
#[utoipa::path(get, path = "/me", tag = "session", extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Me)))]
pub async fn me(State(app): State<Arc<App>>, who: Who) -> Result<Json<Me>, Problem> {
    let scope = &who.scope;
    let right = Right::ALL.into_iter().rev().find(|right| scope.may(*right)).unwrap_or(Right::Read);
    Ok(Json(Me {
        email: scope.actor().label.clone(),
        role: scope.role(),
        right,
        client: scope.client(),
        organisation: app.data.organisation(scope).await?,
        csrf: who.session.map(|session| session.csrf),
    }))
}

/// One's own sessions.
#[utoipa::path(get, path = "/me/sessions", tag = "session", extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Vec<Session>)))]
pub async fn sessions(State(app): State<Arc<App>>, who: Who) -> Result<Json<Vec<Session>>, Problem> {
    Ok(Json(app.data.sessions(&who.scope).await?))
}

/// End one of one's own sessions.
#[utoipa::path(delete, path = "/me/sessions/{id}", tag = "session", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 204, description = "Ended")))]
pub async fn end_session(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<StatusCode, Problem> {
    app.data.end_session(&who.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Only in a session: a stolen token must not become more than it is.
pub(super) fn in_session(who: &Who) -> Result<i64, Problem> {
    let session = who
        .session
        .as_ref()
        .ok_or_else(|| Problem::forbidden("this is done in a session, not with a token: log in"))?;
    Ok(session.id)
}

/// Change one's own password.
#[utoipa::path(put, path = "/me/password", tag = "session", request_body = NewPassword, extensions(("x-right" = json!("session"))),
    responses((status = 204, description = "Changed")))]
pub async fn change_password(
    State(app): State<Arc<App>>,
    who: Who,
    peer: Peer,
    Body(given): Body<NewPassword>,
) -> Result<StatusCode, Problem> {
    may_try(&app, peer)?;
    app.data.change_password(&who.scope, in_session(&who)?, &given.old, &given.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A secret for a second factor: put it into an app, then send the app's code with it.
#[utoipa::path(post, path = "/me/second-factor/offer", tag = "session", extensions(("x-right" = json!("session"))),
    responses((status = 200, body = Offer)))]
pub async fn offer_second(State(_): State<Arc<App>>, who: Who) -> Result<Json<Offer>, Problem> {
    in_session(&who)?;
    Ok(Json(offer(&who.scope.actor().label)?))
}

/// A new secret with its picture.
pub(crate) fn offer(email: &str) -> Result<Offer, Problem> {
    use secrecy::ExposeSecret;
    let secret = totp::new().map_err(|reason| Problem::unavailable(&reason))?;
    let (url, picture) = totp::picture(&secret, email).map_err(|reason| Problem::unavailable(&reason))?;
    Ok(Offer { secret: secret.expose_secret().to_owned(), url, picture })
}

/// Set a second factor up. Recovery codes come back once.
#[utoipa::path(put, path = "/me/second-factor", tag = "session", request_body = Enrol, extensions(("x-right" = json!("session"))),
    responses((status = 200, body = RecoveryCodes)))]
pub async fn enrol(
    State(app): State<Arc<App>>,
    who: Who,
    peer: Peer,
    Body(given): Body<Enrol>,
) -> Result<Json<RecoveryCodes>, Problem> {
    may_try(&app, peer)?;
    in_session(&who)?;
    Ok(Json(RecoveryCodes { codes: app.data.enrol(&who.scope, &given.secret, &given.code).await? }))
}

/// Take one's own second factor away.
#[utoipa::path(delete, path = "/me/second-factor", tag = "session", extensions(("x-right" = json!("session"))),
    responses((status = 204, description = "Taken away")))]
pub async fn drop_second(State(app): State<Arc<App>>, who: Who) -> Result<StatusCode, Problem> {
    in_session(&who)?;
    app.data.drop_second(&who.scope, who.scope.actor().person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own tokens.
#[utoipa::path(get, path = "/me/tokens", tag = "session", extensions(("x-right" = json!("read"))),
    responses((status = 200, body = Vec<ApiToken>)))]
pub async fn tokens(State(app): State<Arc<App>>, who: Who) -> Result<Json<Vec<ApiToken>>, Problem> {
    Ok(Json(app.data.tokens(&who.scope).await?))
}

/// Make a token. It comes back once.
#[utoipa::path(post, path = "/me/tokens", tag = "session", request_body = NewToken, extensions(("x-right" = json!("session"))),
    responses((status = 201, body = MadeToken)))]
pub async fn make_token(
    State(app): State<Arc<App>>,
    who: Who,
    Body(given): Body<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), Problem> {
    in_session(&who)?;
    let (token, secret) = app.data.make_token(&who.scope, &given.name, given.right, given.client, given.days).await?;
    Ok((StatusCode::CREATED, Json(MadeToken { token, secret })))
}

/// End one of one's own tokens.
#[utoipa::path(delete, path = "/me/tokens/{id}", tag = "session", params(("id" = i64, Path)), extensions(("x-right" = json!("read"))),
    responses((status = 204, description = "Ended")))]
pub async fn end_token(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<StatusCode, Problem> {
    app.data.end_token(&who.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
