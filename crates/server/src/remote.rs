//! A client of the API: for scripts, pipelines and agents.

use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::auth::token;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes of an answer.
const LARGEST: usize = 256 << 20;

/// A server, and who asks it.
#[derive(Debug)]
pub struct Remote {
    base: Url,
    token: SecretString,
    http: reqwest::Client,
}

impl Remote {
    /// A client for the server at an address. `authorities` are certificates in DER, besides those of the system.
    ///
    /// # Errors
    ///
    /// When the address is none, or would carry the token in the open beyond this machine.
    pub fn new(address: &str, token: SecretString, authorities: &[Vec<u8>]) -> Result<Self, String> {
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
        Ok(Self { base, token, http: builder.build().map_err(|error| error.to_string())? })
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Result<Vec<u8>, String> {
        let url = self.base.join(&format!("/api/v1{path}")).map_err(|error| error.to_string())?;
        let mut request = self
            .http
            .request(method.clone(), url)
            .header("authorization", format!("Bearer {}", self.token.expose_secret()));
        if method == Method::POST {
            // A request that is sent again by whatever stands between takes effect once.
            request = request.header("idempotency-key", token::new("")?);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let mut answer = request.send().await.map_err(|error| {
            let mut reason: &dyn std::error::Error = &error;
            while let Some(source) = reason.source() {
                reason = source;
            }
            format!("{} is not reached: {reason}", self.base)
        })?;
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| error.to_string())? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err("the answer is too large".to_owned());
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return Ok(bytes);
        }
        let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let detail = problem.get("detail").and_then(Value::as_str).unwrap_or("it does not say why");
        Err(format!("the server answers {}: {detail}", status.as_u16()))
    }

    /// Reads something.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn get(&self, path: &str) -> Result<Value, String> {
        let bytes = self.ask(Method::GET, path, None).await?;
        serde_json::from_slice(&bytes).map_err(|error| format!("the answer is no JSON: {error}"))
    }

    /// Reads something as it is.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn download(&self, path: &str) -> Result<Vec<u8>, String> {
        self.ask(Method::GET, path, None).await
    }

    /// Does something.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn post(&self, path: &str, body: Option<Vec<u8>>) -> Result<Value, String> {
        let bytes = self.ask(Method::POST, path, body).await?;
        serde_json::from_slice(&bytes).map_err(|error| format!("the answer is no JSON: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_go_in_the_open() {
        let new = |address: &str| Remote::new(address, SecretString::from("cst_x".to_owned()), &[]).map(|_| ());
        assert!(new("https://castellan.example.com").is_ok());
        assert!(new("http://127.0.0.1:8437").is_ok());
        assert!(new("http://castellan.example.com").unwrap_err().contains("https only"));
        assert!(new("http://localhost.evil.example").is_err());
        assert!(new("castellan").is_err());
    }
}
