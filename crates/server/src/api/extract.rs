//! What handlers take from a request: who asks, from where, and what was sent; each failure is a problem of RFC 9457.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::app::App;
use crate::scope::{Right, Scope};

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// As limits and the log take it: an address of IPv4, or a network of 64 bits of IPv6, as one machine has it.
    #[must_use]
    pub fn name(self) -> String {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

impl FromRequestParts<Arc<App>> for Peer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let direct = parts.extensions.get::<Self>().copied();
        let told = if app.web.behind_proxy { forwarded(&parts.headers) } else { None };
        told.map(Peer).or(direct).ok_or_else(|| Problem::unavailable("the connection has no address"))
    }
}

/// The address that the proxy in front adds last.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let text = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    text.rsplit(',').next()?.trim().parse().ok()
}

/// The value of a cookie.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value)
}

/// A browser's session behind a request.
#[derive(Debug, Clone)]
pub struct InSession {
    /// Number.
    pub id: i64,
    /// What changes have to send back.
    pub csrf: String,
}

/// Who asks: by a session or a token.
#[derive(Debug, Clone)]
pub struct Who {
    /// What they may see and do.
    pub scope: Scope,
    /// The session; none: a token.
    pub session: Option<InSession>,
}

impl Who {
    /// Goes on only with this right.
    ///
    /// # Errors
    ///
    /// When they may not.
    pub fn may(&self, right: Right) -> Result<&Scope, Problem> {
        if self.scope.may(right) {
            return Ok(&self.scope);
        }
        let may = self.scope.role().name();
        Err(Problem::forbidden(format!("this needs the right `{}`; you ask as {may}", right.name())))
    }

    /// Of whom it is, whatever changes are checked by.
    ///
    /// # Errors
    ///
    /// When nobody is logged in.
    pub async fn of(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let peer = Peer::from_request_parts(parts, app).await?;
        let who = if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let token = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
            let scope = match token {
                Some(token) => app.data.of_token(token.trim(), &peer.name()).await?,
                None => None,
            };
            let scope = scope.ok_or_else(|| Problem::unauthorized("this token is none, or is over: make a new one"))?;
            Self { scope, session: None }
        } else {
            let none = || Problem::unauthorized("log in, or send `Authorization: Bearer TOKEN`");
            let secret = cookie(&parts.headers, app.cookie()).ok_or_else(none)?;
            let known = app.data.session(secret, &peer.name()).await?.ok_or_else(none)?;
            Self { scope: known.scope, session: Some(InSession { id: known.id, csrf: known.csrf }) }
        };
        parts.extensions.insert(who.clone());
        Ok(who)
    }
}

/// Whether a request changes something.
fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

impl FromRequestParts<Arc<App>> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let who = Self::of(parts, app).await?;
        if let Some(session) = &who.session
            && changes(&parts.method)
        {
            let sent = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
            if sent != Some(session.csrf.as_str()) {
                return Err(Problem::forbidden(
                    "a change in a session needs the header `X-CSRF-Token`, which `GET /api/v1/me` tells",
                ));
            }
        }
        Ok(who)
    }
}

/// A body of JSON.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let value = axum::Json::<serde_json::Value>::from_request(request, app).await?.0;
        // A list would be read as an object without names.
        if !value.is_object() {
            return Err(Problem::invalid("the body is an object of JSON: `{...}`"));
        }
        serde_json::from_value(value).map(Self).map_err(|error| Problem::invalid(error.to_string()))
    }
}

/// A part of the path.
#[derive(Debug)]
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        Ok(Self(Path::<T>::from_request_parts(parts, app).await?.0))
    }
}

/// What stands behind the question mark.
#[derive(Debug)]
pub struct Ask<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Ask<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        Ok(Self(Query::<T>::from_request_parts(parts, app).await?.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_and_proxies_are_read() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; castellan=xyz=".parse().unwrap());
        headers.append("x-forwarded-for", "1.2.3.4, 198.51.100.7".parse().unwrap());
        assert_eq!(cookie(&headers, "castellan"), Some("xyz="));
        assert_eq!(cookie(&headers, "b"), None);
        // Only the last hop is ours: what stands before it anybody can write.
        assert_eq!(forwarded(&headers), Some("198.51.100.7".parse().unwrap()));
    }

    #[test]
    fn one_machine_of_ipv6_is_one_name() {
        let name = |text: &str| Peer(text.parse().unwrap()).name();
        assert_eq!(name("2001:db8:1:2:3::1"), name("2001:db8:1:2:ffff::2"));
        assert_eq!(name("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
