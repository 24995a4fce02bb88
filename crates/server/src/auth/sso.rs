//! Single sign-on: OpenID Connect's code flow with PKCE. The protocol and every check of tokens are the library's; here is how we ask.

use std::time::{Duration, Instant};

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use crate::http::client;

/// Where the provider sends people back to.
pub const BACK: &str = "/login/sso/back";
/// Seconds that somebody may take at the provider.
pub const PATIENCE: i64 = 600;
/// How long what the provider says of itself is remembered.
const REMEMBERED: Duration = Duration::from_secs(3600);
/// Bytes of an answer of the provider, and how long it may take.
const LARGEST: usize = 1 << 20;
const ANSWER: Duration = Duration::from_secs(15);

/// A provider, as people give it.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its address: `https://login.example.com/realms/agency`.
    pub issuer: String,
    /// As whom this server is known there.
    pub client: String,
    /// Its secret; none: a public client.
    pub secret: Option<SecretString>,
    /// What people read on the button.
    pub name: String,
}

/// Single sign-on through a provider.
#[derive(Debug)]
pub struct Sso {
    provider: Provider,
    issuer: IssuerUrl,
    back: RedirectUrl,
    http: reqwest::Client,
    known: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

/// What a browser keeps, sealed, while its person is at the provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Waiting {
    /// What comes back with the code.
    pub state: String,
    nonce: String,
    verifier: String,
    /// Where to go on.
    pub next: String,
    /// Not after, seconds since 1970.
    pub until: i64,
}

/// Who it is, by the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Issuer and subject: they stay when an address changes.
    pub subject: String,
    /// E-mail address.
    pub email: String,
    /// The provider has verified it.
    pub is_verified: bool,
    /// Name; empty: not told.
    pub name: String,
}

impl Sso {
    /// A provider for the server at an address.
    ///
    /// # Errors
    ///
    /// When one of them is no address, or the provider is asked in the open.
    pub fn new(provider: Provider, server: &str) -> Result<Self, String> {
        let wrong = || format!("`{}` is no address of an issuer; write https://HOST", provider.issuer);
        let url = Url::parse(&provider.issuer).map_err(|_| wrong())?;
        let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return Err(wrong());
        }
        let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|_| wrong())?;
        let back = RedirectUrl::new(format!("{server}{BACK}")).map_err(|error| format!("`{server}`: {error}"))?;
        let http = client(ANSWER)?;
        Ok(Self { provider, issuer, back, http, known: Mutex::new(None) })
    }

    /// What people read on the button.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.provider.name
    }

    async fn metadata(&self) -> Result<CoreProviderMetadata, String> {
        let mut known = self.known.lock().await;
        if let Some((since, metadata)) = known.as_ref()
            && since.elapsed() < REMEMBERED
        {
            return Ok(metadata.clone());
        }
        let http = |request| ask(self.http.clone(), request);
        let metadata = CoreProviderMetadata::discover_async(self.issuer.clone(), &http).await.map_err(reasons)?;
        *known = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
    }

    fn secret(&self) -> Option<ClientSecret> {
        self.provider.secret.as_ref().map(|secret| ClientSecret::new(secret.expose_secret().to_owned()))
    }

    /// Where a browser goes, and what it keeps.
    ///
    /// # Errors
    ///
    /// When the provider does not say who it is.
    pub async fn begin(&self, next: &str, now: i64) -> Result<(Url, Waiting), String> {
        let client = ClientId::new(self.provider.client.clone());
        let client = CoreClient::from_provider_metadata(self.metadata().await?, client, self.secret())
            .set_redirect_uri(self.back.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (url, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let waiting = Waiting {
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            next: next.to_owned(),
            until: now + PATIENCE,
        };
        Ok((url, waiting))
    }

    /// Who came back with a code.
    ///
    /// # Errors
    ///
    /// When the provider does not know the code, or its token is not in order.
    pub async fn end(&self, waiting: &Waiting, code: &str) -> Result<Known, String> {
        let client = ClientId::new(self.provider.client.clone());
        let client = CoreClient::from_provider_metadata(self.metadata().await?, client, self.secret())
            .set_redirect_uri(self.back.clone());
        let http = |request| ask(self.http.clone(), request);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(reasons)?
            .set_pkce_verifier(PkceCodeVerifier::new(waiting.verifier.clone()))
            .request_async(&http)
            .await
            .map_err(reasons)?;
        let token = answer.id_token().ok_or("the provider gives no ID token")?;
        let nonce = Nonce::new(waiting.nonce.clone());
        let claims = token.claims(&client.id_token_verifier(), &nonce).map_err(reasons)?;
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned());
        Ok(Known {
            subject: format!("{}\n{}", claims.issuer().as_str(), claims.subject().as_str()),
            email: claims.email().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            is_verified: claims.email_verified() == Some(true),
            name: name.unwrap_or_default(),
        })
    }
}

/// Everything that an error says, from the outside to the innermost.
fn reasons(error: impl std::error::Error) -> String {
    let mut out = error.to_string();
    let mut inner = error.source();
    while let Some(one) = inner {
        out += &format!(": {one}");
        inner = one.source();
    }
    out
}

/// An answer that is none.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NoAnswer(String);

/// Our client of HTTP for the library: bounded in bytes and time.
async fn ask(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
    let wrong = |error: reqwest::Error| NoAnswer(reasons(error.without_url()));
    let (parts, body) = request.into_parts();
    let request = http.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body);
    let mut answer = request.send().await.map_err(wrong)?;
    let mut response = HttpResponse::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    while let Some(chunk) = answer.chunk().await.map_err(wrong)? {
        if response.body().len() + chunk.len() > LARGEST {
            return Err(NoAnswer("the answer is too large".to_owned()));
        }
        response.body_mut().extend_from_slice(&chunk);
    }
    Ok(response)
}
