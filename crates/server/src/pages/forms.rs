//! Who looks at a page, and what a form sends.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use url::form_urlencoded;

use super::layout;
use crate::api::extract::{InSession, Who};
use crate::api::problem::Problem;
use crate::app::App;
use crate::scope::{Right, Scope};

/// What a page answers with when it cannot be shown.
pub(super) type Answer = Result<Response, Oops>;

/// A problem, as a page.
#[derive(Debug)]
pub(super) struct Oops(pub Problem);

impl<E: Into<Problem>> From<E> for Oops {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        layout::oops(&self.0, "/").into_response()
    }
}

/// Somebody with a session.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// What they may see and do.
    pub scope: Scope,
    /// Their session.
    pub session: InSession,
    /// Name of their organisation.
    pub organisation: String,
    /// The path of the page.
    pub path: String,
}

impl Visitor {
    /// Goes on only with this right.
    pub fn may(&self, right: Right) -> Result<&Scope, Oops> {
        if self.scope.may(right) {
            return Ok(&self.scope);
        }
        let may = self.scope.role().name();
        Err(Oops(Problem::forbidden(format!(
            "this needs the right `{}`; you are {may}: ask an owner or administrator",
            right.name()
        ))))
    }
}

/// Where who is not logged in goes, and comes back from.
async fn to_login(app: &App, parts: &Parts) -> Response {
    if app.data.is_new().await.unwrap_or(false) {
        return Redirect::to("/setup").into_response();
    }
    if parts.uri.path() == "/" {
        return Redirect::to("/login").into_response();
    }
    let to = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let next: String = form_urlencoded::byte_serialize(to.as_bytes()).collect();
    Redirect::to(&format!("/login?next={next}")).into_response()
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        match Who::of(parts, app).await {
            Ok(Who { scope, session: Some(session) }) => {
                let organisation =
                    app.data.organisation(&scope).await.map_err(|error| Oops::from(error).into_response())?;
                Ok(Self { scope, session, organisation, path: parts.uri.path().to_owned() })
            }
            Err(problem) if problem.status == StatusCode::SERVICE_UNAVAILABLE.as_u16() => {
                Err(Oops(problem).into_response())
            }
            _ => Err(to_login(app, parts).await),
        }
    }
}

/// What a form sent.
#[derive(Debug, Default)]
pub(super) struct Sent(Vec<(String, String)>);

impl Sent {
    /// The value of a field; empty: it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The same, none when it is empty.
    pub fn filled(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A value as it was typed.
    pub fn whole(&self, name: &str) -> String {
        self.0.iter().find(|(key, _)| key == name).map_or_else(String::new, |(_, value)| value.clone())
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// A whole number, where one was sent.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Oops> {
        self.filled(name)
            .map(|text| {
                text.parse().map_err(|_| Oops(Problem::invalid(format!("`{name}`: `{text}` is no whole number"))))
            })
            .transpose()
    }
}

impl FromRequest<Arc<App>> for Sent {
    type Rejection = Response;

    /// Only from our own pages: from elsewhere nothing is taken, and in a session the form has to hold its token.
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let from = parts.headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
        if from.is_some_and(|from| from != "same-origin" && from != "none") {
            return Err(Oops(Problem::forbidden("this form was sent from another site")).into_response());
        }
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(
                Oops(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "this is no form of ours")).into_response()
            );
        }
        let session = Who::of(&mut parts, app).await.ok().and_then(|who| who.session);
        let bytes = Bytes::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(|rejection| Oops::from(rejection).into_response())?;
        let sent = Self(form_urlencoded::parse(&bytes).into_owned().collect());
        if session.is_some_and(|session| session.csrf != sent.get("csrf")) {
            let reason = "this form is of another session: go back, load the page anew, and send it again";
            return Err(Oops(Problem::forbidden(reason)).into_response());
        }
        Ok(sent)
    }
}
