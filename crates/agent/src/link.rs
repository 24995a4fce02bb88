//! The way to a server: HTTPS with certificates that are verified, no redirects, bounds on answers and time.

use std::time::Duration;

use reqwest::{Method, header};
use serde_json::Value;
use url::Url;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes of an answer.
const LARGEST: usize = 256 << 20;

/// Why an answer is none that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkError {
    /// The server is not reached, or the connection broke.
    Away(String),
    /// The server refuses: the status, what it says, and after how many seconds it may be asked again.
    Refused {
        /// Status of HTTP.
        status: u16,
        /// What it says.
        detail: String,
        /// Seconds to wait.
        after: Option<u64>,
    },
}

impl std::fmt::Display for LinkError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Away(reason) => write!(out, "{reason}"),
            Self::Refused { status, detail, .. } => write!(out, "the server answers {status}: {detail}"),
        }
    }
}

impl LinkError {
    /// Whether the same request may be taken another time.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Away(_) => true,
            Self::Refused { status, .. } => !matches!(status, 400 | 413 | 415 | 422),
        }
    }
}

/// A server.
#[derive(Debug, Clone)]
pub struct Link {
    base: Url,
    http: reqwest::Client,
}

impl Link {
    /// The server at an address. `authorities` are certificates in DER, besides those of the system.
    ///
    /// # Errors
    ///
    /// When the address is none, or would carry secrets in the open beyond this machine.
    pub fn new(address: &str, authorities: &[Vec<u8>]) -> Result<Self, String> {
        let wrong = || format!("`{address}` is no address of a server; write https://HOST");
        let base = Url::parse(address).map_err(|_| wrong())?;
        let host = base.host_str().ok_or_else(wrong)?;
        let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        if base.scheme() != "https" && !(base.scheme() == "http" && is_here) {
            return Err(format!("`{address}`: a token goes through https only, but for a server on this machine"));
        }
        // A second call finds it installed, which is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("castellan/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE);
        for der in authorities {
            let certificate = reqwest::Certificate::from_der(der).map_err(|error| error.to_string())?;
            builder = builder.add_root_certificate(certificate);
        }
        Ok(Self { base, http: builder.build().map_err(|error| error.to_string())? })
    }

    /// Asks, with a body of JSON where there is one.
    ///
    /// # Errors
    ///
    /// When there is no answer, or another than success.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, LinkError> {
        let url = self.base.join(path).map_err(|error| LinkError::Away(error.to_string()))?;
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| LinkError::Away(error.to_string()))?;
        let mut request = self.http.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        }
        let mut answer = request.send().await.map_err(|error| self.away(&error))?;
        let status = answer.status();
        let after = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.away(&error))? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err(LinkError::Away("the answer is too large".to_owned()));
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(bytes);
        }
        let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let detail = problem.get("detail").and_then(Value::as_str).unwrap_or("it does not say why").to_owned();
        Err(LinkError::Refused { status: status.as_u16(), detail, after })
    }

    /// The innermost reason: what stands around it names the address again.
    fn away(&self, error: &reqwest::Error) -> LinkError {
        let mut reason: &dyn std::error::Error = error;
        while let Some(source) = reason.source() {
            reason = source;
        }
        let reason = reason.to_string();
        let hint = if reason.contains("certificate") {
            "; an authority of your own is named with `--authority FILE`"
        } else {
            ""
        };
        LinkError::Away(format!("{} is not reached: {reason}{hint}", self.base))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_go_in_the_open() {
        let new = |address: &str| Link::new(address, &[]).map(|_| ());
        assert!(new("https://castellan.example.com").is_ok());
        assert!(new("http://127.0.0.1:8437").is_ok());
        assert!(new("http://castellan.example.com").unwrap_err().contains("https only"));
        assert!(new("http://localhost.evil.example").is_err());
        assert!(new("castellan").is_err());
    }
}
