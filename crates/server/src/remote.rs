//! A client of the API: for scripts and pipelines.

use castellan_agent::link::Link;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::auth::token;

/// A server, and who asks it.
#[derive(Debug)]
pub struct Remote {
    link: Link,
    token: SecretString,
}

impl Remote {
    /// A client for the server at an address. `authorities` are certificates in DER, besides those of the system.
    ///
    /// # Errors
    ///
    /// When the address is none, or would carry the token in the open beyond this machine.
    pub fn new(address: &str, token: SecretString, authorities: &[Vec<u8>]) -> Result<Self, String> {
        Ok(Self { link: Link::new(address, authorities)?, token })
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Vec<u8>>) -> Result<Vec<u8>, String> {
        let mut headers = vec![("authorization", format!("Bearer {}", self.token.expose_secret()))];
        if method == "POST" {
            // A request that is sent again by whatever stands between takes effect once.
            headers.push(("idempotency-key", token::new("")?));
        }
        let path = format!("/api/v1{path}");
        self.link.ask(method, &path, &headers, body).await.map_err(|error| error.to_string())
    }

    /// Reads something.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn get(&self, path: &str) -> Result<Value, String> {
        let bytes = self.ask("GET", path, None).await?;
        serde_json::from_slice(&bytes).map_err(|error| format!("the answer is no JSON: {error}"))
    }

    /// Reads something as it is.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn download(&self, path: &str) -> Result<Vec<u8>, String> {
        self.ask("GET", path, None).await
    }

    /// Does something.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn post(&self, path: &str, body: Option<Vec<u8>>) -> Result<Value, String> {
        let bytes = self.ask("POST", path, body).await?;
        serde_json::from_slice(&bytes).map_err(|error| format!("the answer is no JSON: {error}"))
    }
}
