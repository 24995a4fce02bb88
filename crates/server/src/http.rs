//! The client of HTTP with which the server asks others.

use std::time::Duration;

/// A client that waits so long for an answer, and that nobody sends on to somewhere else.
///
/// # Errors
///
/// When it cannot be made.
pub(crate) fn client(patience: Duration) -> Result<reqwest::Client, String> {
    // A second one finds it there.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("castellan/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .timeout(patience)
        .build()
        .map_err(|error| error.to_string())
}
