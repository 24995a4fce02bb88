//! The API through its routes, without a socket.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod agents;
mod alerts;
mod behaviour;
mod checks;
mod passkeys;
mod shared;
mod sso;
mod tenants;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use castellan_server::api::extract::Peer;
use castellan_server::app::{App, Web};
use castellan_server::auth::passkey::Passkeys;
use castellan_server::auth::sso::{Provider, Sso};
use castellan_server::data::Data;
use castellan_server::data::people::NewPerson;
use castellan_server::keys::Master;
use castellan_server::metrics::Metrics;
use castellan_server::scope::{Role, Scope};
use castellan_server::serve::router;
use secrecy::SecretString;
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "marble otter seven lanterns";

/// A server of a test's own.
pub(crate) struct Server {
    pub(crate) app: Arc<App>,
    router: Router,
    pub(crate) folder: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Server {
    pub(crate) async fn new() -> Self {
        Self::with_sso(None).await
    }

    /// A server that knows a provider of single sign-on.
    pub(crate) async fn with_sso(sso: Option<Provider>) -> Self {
        Self::prepared(|app| app.sso = sso.map(|provider| Sso::new(provider, &app.web.url).unwrap())).await
    }

    /// A server with something more.
    pub(crate) async fn prepared(prepare: impl FnOnce(&mut App)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("watch.db").display().to_string();
        let data = Data::open(&address, Master::random().unwrap()).await.unwrap();
        let web = Web { url: "http://castellan.test".into(), ..Web::default() };
        let mut app = App::new(data, Arc::new(Metrics::default()), web);
        app.passkeys = Passkeys::at("https://castellan.test");
        prepare(&mut app);
        let app = Arc::new(app);
        let router = router(&app);
        Self { app, router, folder }
    }

    pub(crate) fn data(&self) -> &Data {
        &self.app.data
    }

    /// Asks; `headers` as `name: value`.
    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        self.send(request, body.map(|value| value.to_string().into_bytes()).unwrap_or_default()).await
    }

    /// Sends a request with a body of bytes.
    pub(crate) async fn send(&self, request: axum::http::request::Builder, body: Vec<u8>) -> Answer {
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(Peer("127.0.0.1".parse().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Asks with a token.
    pub(crate) async fn with(&self, token: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.ask(method, path, &[("authorization", &format!("Bearer {token}"))], body).await
    }

    /// An organisation with its owner.
    pub(crate) async fn organisation(&self, name: &str) -> Scope {
        let email = format!("owner@{name}.example");
        let owner =
            NewPerson { email: email.clone(), name: "Owner".into(), password: SecretString::from(PASSWORD.to_owned()) };
        self.data().found(name, &owner, false).await.unwrap();
        self.scope(&email).await
    }

    pub(crate) async fn scope(&self, email: &str) -> Scope {
        let cookie = self.cookie(email).await;
        self.data().session(&cookie, "127.0.0.1").await.unwrap().unwrap().scope
    }

    /// The cookie of a new session.
    pub(crate) async fn cookie(&self, email: &str) -> String {
        let account = self.data().account(email).await.unwrap().unwrap();
        self.data().begin_session(&account, "127.0.0.1", "test").await.unwrap()
    }

    /// A person of a role, invited by somebody: a token with all that they may do.
    pub(crate) async fn person(&self, owner: &Scope, email: &str, role: Role, client: Option<i64>) -> String {
        let (_, secret) = self.data().invite(owner, email, role, client).await.unwrap();
        self.data().accept(&secret, "Somebody", SecretString::from(PASSWORD.to_owned())).await.unwrap();
        self.token(&self.scope(email).await).await
    }

    /// A token with all that somebody may do.
    pub(crate) async fn token(&self, scope: &Scope) -> String {
        use castellan_server::scope::Right;
        let right = Right::ALL.into_iter().rev().find(|right| scope.may(*right) && *right != Right::Own).unwrap();
        self.data().make_token(scope, "all", right, None, 30).await.unwrap().1
    }
}
