//! One file from a web server, whole or not at all.

use std::time::Duration;

use url::Url;

use crate::client::transport;
use crate::error::Error;

/// How long nothing may come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Fetches a file of at most `most` bytes. Redirects are followed to HTTPS alone, once the first request was HTTPS. `authorities` are
/// certificates in DER, besides those of the system.
///
/// # Errors
///
/// When the server is not reached, does not answer with the file, or the file is too large.
pub async fn download(url: &Url, authorities: &[Vec<u8>], most: u64) -> Result<Vec<u8>, Error> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("castellan/", env!("CARGO_PKG_VERSION")))
        .https_only(url.scheme() == "https")
        .redirect(reqwest::redirect::Policy::limited(5))
        .connect_timeout(PATIENCE)
        .read_timeout(PATIENCE);
    for der in authorities {
        let certificate = reqwest::Certificate::from_der(der).map_err(|error| transport(&error))?;
        builder = builder.add_root_certificate(certificate);
    }
    let client = builder.build().map_err(|error| transport(&error))?;
    let mut answer = client.get(url.clone()).send().await.map_err(|error| transport(&error))?;
    if !answer.status().is_success() {
        return Err(Error::Transport(format!("the server answers {}", answer.status())));
    }
    let too_large = || Error::Transport(format!("the file is larger than {} MiB", most >> 20));
    if answer.content_length().is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| transport(&error))? {
        if (body.len() + chunk.len()) as u64 > most {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
