//! HTTP/1.1 with nothing done behind one's back: no redirect is followed, no certificate refused, no cookie kept.
//!
//! A body is read up to a limit, an answer waited for up to a limit, and what is in the way is an [`Exchange`] with an error.
//! [`allowed`] holds what is never sent.

use std::io::Read as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

use crate::dial::{Dialer, Trouble};
use crate::evidence::Exchange;
use crate::tls::scan::{Recorder, config};

/// Bytes of a body that are read, unless a probe wants more.
pub const BODY: usize = 128 * 1024;
/// Most bytes of headers.
const HEADERS: usize = 64 * 1024;

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method.
    pub method: &'static str,
    /// Where.
    pub url: Url,
    /// The path and query as they are sent, when they must not be tidied.
    pub raw_target: Option<String>,
    /// Headers beside the usual ones; `Host` replaces the usual one.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: std::borrow::Cow<'static, str>,
    /// Bytes of the answer's body that are read.
    pub limit: usize,
}

impl Request {
    /// A plain request.
    #[must_use]
    pub const fn get(url: Url) -> Self {
        Self {
            method: "GET",
            url,
            raw_target: None,
            headers: Vec::new(),
            body: std::borrow::Cow::Borrowed(""),
            limit: BODY,
        }
    }
}

/// What is never sent, whatever was agreed to.
///
/// # Errors
///
/// The rule that forbids it.
pub fn allowed(method: &str, target: &str) -> Result<(), &'static str> {
    let decoded: String = url::form_urlencoded::parse(format!("x={}", target.replace(['&', '+'], " ")).as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect();
    let path = decoded.to_lowercase();
    let changes = !matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE");
    if changes && path.contains("database") {
        return Err(
            "nothing is ever sent to /web/database/*: with the default master password any value would become the new one",
        );
    }
    let tokens = ["/web/hook/", "/unsubscribe", "/unfollow", "/payment/", "/mail/unfollow"];
    if tokens.iter().any(|part| path.contains(part)) {
        return Err("links that do something when they are opened are never asked for");
    }
    if target.to_lowercase().contains("password=") || target.to_lowercase().contains("master_pwd") {
        return Err("no password is ever sent");
    }
    Ok(())
}

type Sender = http1::SendRequest<Full<Bytes>>;

/// Connections that wait for the next request; more are closed.
const IDLE: usize = 6;

/// Sends requests to one site, over connections that are used again.
pub struct Client {
    dialer: Dialer,
    agent: String,
    connector: TlsConnector,
    idle: Mutex<Vec<(String, Sender)>>,
    patience: Duration,
}

impl Client {
    /// For a site. `agent` is the `User-Agent`, `patience` the longest wait for one answer.
    #[must_use]
    pub fn new(dialer: Dialer, agent: &str, patience: Duration) -> Self {
        let mut config = config(Arc::new(Recorder::new(&[])));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self {
            dialer,
            agent: agent.to_owned(),
            connector: TlsConnector::from(Arc::new(config)),
            idle: Mutex::default(),
            patience,
        }
    }

    /// Sends a request and reads the answer.
    pub async fn send(&self, request: &Request) -> Exchange {
        let target = request.raw_target.clone().unwrap_or_else(|| {
            let query = request.url.query().map_or(String::new(), |query| format!("?{query}"));
            format!("{}{query}", request.url.path())
        });
        let mut exchange = Exchange {
            method: request.method.to_owned(),
            url: format!("{}{target}", &request.url[..url::Position::BeforePath]),
            sent: request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            ..Exchange::default()
        };
        if let Err(rule) = allowed(request.method, &target) {
            exchange.error = Some(rule.to_owned());
            return exchange;
        }
        match timeout(self.patience, self.exchange(request, &target, &mut exchange)).await {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => exchange.error = Some(reason),
            // What came until then is an answer, when there was a status.
            Err(_) if exchange.status != 0 => exchange.is_cut = true,
            Err(_) => exchange.error = Some("no answer in time".to_owned()),
        }
        exchange
    }

    async fn exchange(&self, request: &Request, target: &str, exchange: &mut Exchange) -> Result<(), String> {
        let place = request.url[..url::Position::BeforePath].to_owned();
        let upgrades = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("upgrade"));
        // A connection that waited may have been closed by now; what changes something is never sent twice.
        if !upgrades
            && request.method != "POST"
            && let Some(sender) = self.take(&place)
            && self.over(sender, request, target, exchange, &place, false).await.is_ok()
        {
            return Ok(());
        }
        *exchange = Exchange {
            method: exchange.method.clone(),
            url: exchange.url.clone(),
            sent: exchange.sent.clone(),
            ..Exchange::default()
        };
        let sender = self.connect(request).await?;
        self.over(sender, request, target, exchange, &place, upgrades).await
    }

    fn take(&self, place: &str) -> Option<Sender> {
        let mut idle = self.idle.lock().ok()?;
        idle.retain(|(_, sender)| !sender.is_closed());
        let at = idle.iter().position(|(known, sender)| known == place && sender.is_ready())?;
        Some(idle.swap_remove(at).1)
    }

    fn keep(&self, place: &str, sender: Sender) {
        if let Ok(mut idle) = self.idle.lock()
            && idle.len() < IDLE
        {
            idle.push((place.to_owned(), sender));
        }
    }

    async fn connect(&self, request: &Request) -> Result<Sender, String> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let port = request.url.port_or_known_default().unwrap_or(443);
        let stream = self.dialer.port(port).connect().await.map_err(|trouble| trouble.text().to_owned())?;
        if request.url.scheme() == "https" {
            let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
                .map_err(|_| "no name for TLS".to_owned())?;
            let stream = self
                .connector
                .connect(name, stream)
                .await
                .map_err(|error| format!("TLS: {}", short(&error.to_string())))?;
            handshake(stream).await
        } else {
            handshake(stream).await
        }
    }

    async fn over(
        &self,
        mut sender: Sender,
        request: &Request,
        target: &str,
        exchange: &mut Exchange,
        place: &str,
        upgrades: bool,
    ) -> Result<(), String> {
        let mut built = hyper::Request::builder().method(request.method).uri(target);
        let own_host = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
        if !own_host {
            let authority = &request.url[url::Position::BeforeHost..url::Position::BeforePath];
            built = built.header("host", authority);
        }
        built = built.header("user-agent", &self.agent).header("accept", "*/*");
        for (name, value) in &request.headers {
            built = built.header(*name, value);
        }
        let built = built
            .body(Full::new(Bytes::from(request.body.clone().into_owned())))
            .map_err(|error| short(&error.to_string()))?;
        let response = sender.send_request(built).await.map_err(|error| failure(&error))?;
        exchange.status = response.status().as_u16();
        exchange.headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        if exchange.status == 101 {
            return Ok(());
        }
        let closes = exchange.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let mut body = response.into_body();
        let mut bytes: Vec<u8> = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                exchange.is_cut = true;
                break;
            };
            if let Some(data) = frame.data_ref() {
                let room = request.limit.saturating_sub(bytes.len());
                bytes.extend_from_slice(data.get(..data.len().min(room)).unwrap_or_default());
                // What came is kept even when the rest never comes.
                exchange.body = String::from_utf8_lossy(&bytes).into_owned();
                if data.len() > room {
                    exchange.is_cut = true;
                    break;
                }
            }
        }
        exchange.body = text(&bytes, exchange.header("content-encoding"), request.limit);
        // Another host name would be strange on the same connection, and a half-read answer is in the way.
        if !exchange.is_cut && !closes && !upgrades && !own_host {
            self.keep(place, sender);
        }
        Ok(())
    }
}

/// Begins HTTP on a connection, which is then driven beside.
async fn handshake<S>(stream: S) -> Result<Sender, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::Builder::new()
        .max_buf_size(HEADERS)
        .max_headers(256)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| failure(&error))?;
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(sender)
}

/// What went wrong, in words.
fn failure(error: &hyper::Error) -> String {
    if error.is_canceled() || error.is_closed() || error.is_incomplete_message() {
        return Trouble::Reset.text().to_owned();
    }
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("HTTP: {}", short(&format!("{error}{cause}")))
}

/// Text of a body; compressed ones are unpacked up to the limit.
fn text(bytes: &[u8], encoding: Option<&str>, limit: usize) -> String {
    if encoding.is_some_and(|encoding| encoding.contains("gzip")) {
        let mut out = Vec::new();
        let _ = flate2::read::GzDecoder::new(bytes).take(limit as u64).read_to_end(&mut out);
        return String::from_utf8_lossy(&out).into_owned();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

fn short(text: &str) -> String {
    text.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_never_sent() {
        for (method, target, may) in [
            ("GET", "/web/database/manager", true),
            ("POST", "/web/database/list", false),
            ("POST", "/web/%64atabase/create", false),
            ("POST", "/web/database/manager?x=1", false),
            ("GET", "/web/hook/1234", false),
            ("GET", "/web/login?password=x", false),
            ("POST", "/jsonrpc", true),
        ] {
            assert_eq!(allowed(method, target).is_ok(), may, "{method} {target}");
        }
    }

    #[test]
    fn a_bomb_stays_small() {
        use std::io::Write as _;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..100 {
            packed.write_all(&[b'a'; 100_000]).unwrap();
        }
        let packed = packed.finish().unwrap();
        assert_eq!(text(&packed, Some("gzip"), 1000).len(), 1000);
        assert_eq!(text(b"plain", None, 1000), "plain");
        assert_eq!(text(b"not gzip", Some("gzip"), 1000), "");
    }
}
