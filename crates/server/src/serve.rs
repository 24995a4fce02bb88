//! Listens: TLS or plain, with bounds on connections and time, and an end that lets requests finish.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};
use tracing::{Instrument, field, info, info_span, warn};

use crate::api::extract::Peer;
use crate::app::App;
use crate::keys::write_private;
use crate::telemetry::follow;

/// Connections at once: of all, and of one address, unless a proxy stands in front.
const CONNECTIONS: usize = 2048;
const OF_ONE: u32 = 256;
/// How long a client may take for the head of a request, a handshake, a piece of a body, and we for an answer.
const HEAD: Duration = Duration::from_secs(10);
const BODY: Duration = Duration::from_secs(20);
const ANSWER: Duration = Duration::from_secs(60);
/// How long requests get when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// Every route of the server.
pub fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .nest("/api/v1", crate::api::router(app))
        .merge(crate::pages::router(app))
        .layer(RequestBodyTimeoutLayer::new(BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER))
        .layer(from_fn(headers))
        .layer(from_fn_with_state(Arc::clone(app), observe))
        .with_state(Arc::clone(app))
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    match app.data.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

/// Counters have no names of people or clients in them; still only this machine may read them, unless a proxy lets others.
async fn metrics(State(app): State<Arc<App>>, peer: Peer) -> Response {
    if !peer.0.to_canonical().is_loopback() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let jobs = app.data.job_counts().await.unwrap_or_default();
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.text(&jobs)).into_response()
}

/// Nothing of ours is framed, sniffed, or run from elsewhere.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    response
}

/// Counts requests and writes them to the log; the path is there, what stands behind the question mark is not.
async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("other", |path| path.as_str()).to_owned();
    let method = request.method().clone();
    let span = info_span!(
        "request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = field::Empty,
        http.request.method = %method,
        http.route = %route,
        http.response.status_code = field::Empty,
    );
    if app.web.behind_proxy {
        follow(&span, request.headers());
    }
    let mut response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    if response.status().is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    let took = begun.elapsed();
    app.metrics.request(method.as_str(), &route, response.status().as_u16(), took);
    info!(method = %method, route, status = response.status().as_u16(), milliseconds = took.as_secs_f64() * 1000.0, "request");
    if app.web.secure {
        let value = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

/// Where certificate and key are.
#[derive(Debug, Clone)]
pub struct Pair {
    /// Chain, PEM.
    pub certificate: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

/// The configuration of TLS.
///
/// # Errors
///
/// When a file cannot be read or used.
pub fn tls(pair: &Pair) -> Result<Arc<rustls::ServerConfig>, String> {
    let wrong = |path: &Path, error: &dyn std::fmt::Display| format!("`{}`: {error}", path.display());
    let chain = CertificateDer::pem_file_iter(&pair.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(&pair.certificate, &error))?;
    let key = PrivateKeyDer::from_pem_file(&pair.key).map_err(|error| wrong(&pair.key, &error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| wrong(&pair.certificate, &error))?;
    Ok(Arc::new(config))
}

/// A certificate of our own for these names, made once and kept in the folder.
///
/// # Errors
///
/// When it cannot be made or written.
pub fn self_signed(folder: &Path, names: &[String]) -> Result<Pair, String> {
    let pair = Pair { certificate: folder.join("certificate.pem"), key: folder.join("certificate.key") };
    if pair.certificate.is_file() && pair.key.is_file() {
        return Ok(pair);
    }
    let made = rcgen::generate_simple_self_signed(names.to_vec()).map_err(|error| error.to_string())?;
    std::fs::create_dir_all(folder).map_err(|error| format!("`{}`: {error}", folder.display()))?;
    for (path, text) in [(&pair.key, made.signing_key.serialize_pem()), (&pair.certificate, made.cert.pem())] {
        let _ = std::fs::remove_file(path);
        write_private(path, text.as_bytes()).map_err(|error| format!("`{}`: {error}", path.display()))?;
    }
    Ok(pair)
}

/// Answers until it is told to stop.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    app: Arc<App>,
    mut stop: watch::Receiver<bool>,
) {
    let service = router(&app);
    let acceptor = tls.map(TlsAcceptor::from);
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let by_address = ByAddress::default();
    let graceful = Arc::new(GracefulShutdown::new());
    let mut tidy = tokio::time::interval(Duration::from_secs(300));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = tidy.tick() => { app.tidy(); continue }
            _ = stop.changed() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                warn!(reason = %error, "a connection is not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // Above the bound a connection is closed at once: who is in is served.
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else { continue };
        let most = if app.web.behind_proxy { u32::MAX } else { OF_ONE };
        let Some(own) = by_address.enter(peer.ip().to_canonical(), most) else { continue };
        let (service, acceptor, graceful) = (service.clone(), acceptor.clone(), Arc::clone(&graceful));
        tokio::spawn(async move {
            let _places = (place, own);
            let _ = stream.set_nodelay(true);
            connection(stream, peer, acceptor, service, &graceful).await;
        });
    }
    drop(listener);
    if let Some(graceful) = Arc::into_inner(graceful) {
        let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    } else {
        // Connections in the middle of a handshake hold it a moment longer.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Connections of each address: one of them cannot take all places.
#[derive(Debug, Clone, Default)]
struct ByAddress(Arc<Mutex<HashMap<IpAddr, u32>>>);

/// A place of an address, which is free again when it goes.
#[derive(Debug)]
struct Place(ByAddress, IpAddr);

impl ByAddress {
    fn enter(&self, address: IpAddr, most: u32) -> Option<Place> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place(self.clone(), address))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.1);
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    service: Router,
    graceful: &GracefulShutdown,
) {
    match acceptor {
        None => answer(stream, peer, service, graceful).await,
        Some(acceptor) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(HEAD, acceptor.accept(stream)).await {
                answer(stream, peer, service, graceful).await;
            }
        }
    }
}

async fn answer<S>(stream: S, peer: SocketAddr, service: Router, graceful: &GracefulShutdown)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // The routes are those of all connections: only who asks is added to a request.
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        service.clone().oneshot(request)
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(64 << 10);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let _ = graceful.watch(connection).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_does_not_take_all_places() {
        let by_address = ByAddress::default();
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = by_address.enter(one, 2).unwrap();
        let second = by_address.enter(one, 2).unwrap();
        assert!(by_address.enter(one, 2).is_none() && by_address.enter(other, 2).is_some());
        drop(first);
        assert!(by_address.enter(one, 2).is_some());
        drop(second);
        assert!(by_address.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_certificate_of_our_own_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let pair = self_signed(folder.path(), &names).unwrap();
        tls(&pair).unwrap();
        let first = std::fs::read(&pair.certificate).unwrap();
        assert_eq!(std::fs::read(&self_signed(folder.path(), &names).unwrap().certificate).unwrap(), first);
        std::fs::write(&pair.key, "no key").unwrap();
        assert!(tls(&pair).unwrap_err().contains("certificate.key"));
    }
}
