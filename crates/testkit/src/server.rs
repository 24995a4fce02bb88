//! A small HTTP/1.1 server on threads. It says what it is told to, also what no honest server says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::authority::Issued;

/// What a client sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method.
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Headers, names lower-cased.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Number of the request on this server, from 0.
    pub number: usize,
}

impl Request {
    /// First value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a server says.
#[derive(Debug, Clone)]
pub enum Reply {
    /// An answer as it should be; the length is added.
    Answer {
        /// Status.
        status: u16,
        /// Headers.
        headers: Vec<(String, String)>,
        /// Body.
        body: Vec<u8>,
    },
    /// These bytes, and then the connection is closed.
    Bytes(Vec<u8>),
    /// A start, and then a piece again and again until the client goes away.
    Endless {
        /// The first bytes.
        start: Vec<u8>,
        /// What follows for ever.
        piece: Vec<u8>,
        /// The pause between two pieces.
        pause: Duration,
    },
    /// Nothing, for a time; then the answer.
    Late(Duration, Box<Self>),
    /// The connection is closed without a word.
    Close,
}

impl Reply {
    /// A page of HTML.
    #[must_use]
    pub fn page(status: u16, body: &str) -> Self {
        Self::Answer {
            status,
            headers: vec![("Content-Type".into(), "text/html; charset=utf-8".into())],
            body: body.as_bytes().to_vec(),
        }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.into(), value.into()));
        }
        self
    }
}

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

/// A server that runs until it is dropped.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
    requests: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Plain HTTP.
    pub fn plain(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(None, Arc::new(handler))
    }

    /// HTTPS with TLS 1.2 and 1.3.
    ///
    /// # Panics
    ///
    /// When the certificate does not go with the key.
    #[expect(clippy::expect_used, reason = "a test with a wrong certificate has nothing to test")]
    pub fn tls(issued: &Issued, handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(issued.key.clone()));
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(issued.certificate.clone())], key)
            .expect("certificate and key");
        Self::start(Some(Arc::new(config)), Arc::new(handler))
    }

    /// Anything: what is done with each connection. Its number comes with it.
    ///
    /// # Panics
    ///
    /// When loopback gives no port.
    #[expect(clippy::expect_used, reason = "a test without a port has nothing to test")]
    pub fn raw(handler: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            stop: Arc::default(),
            requests: Arc::default(),
            connections: Arc::default(),
        };
        let (stop, connections) = (Arc::clone(&server.stop), Arc::clone(&server.connections));
        let handler = Arc::new(handler);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let number = connections.fetch_add(1, Ordering::Relaxed);
                let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
                let _ = stream.set_write_timeout(Some(Duration::from_secs(20)));
                let handler = Arc::clone(&handler);
                std::thread::spawn(move || handler(stream, number));
            }
        });
        server
    }

    fn start(config: Option<Arc<ServerConfig>>, handler: Arc<Handler>) -> Self {
        let requests: Arc<AtomicUsize> = Arc::default();
        let counter = Arc::clone(&requests);
        let mut server = Self::raw(move |stream, _| match &config {
            None => serve(stream, handler.as_ref(), &counter),
            Some(config) => {
                if let Ok(connection) = ServerConnection::new(Arc::clone(config)) {
                    serve(StreamOwned::new(connection, stream), handler.as_ref(), &counter);
                }
            }
        });
        server.requests = requests;
        server
    }

    /// Requests so far.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Connections so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve<S: Read + Write>(stream: S, handler: &Handler, counter: &AtomicUsize) {
    let mut reader = BufReader::new(stream);
    while let Some(mut request) = read(&mut reader) {
        request.number = counter.fetch_add(1, Ordering::Relaxed);
        let reply = handler(&request);
        if !say(reader.get_mut(), &request, reply) {
            return;
        }
    }
}

fn read<S: Read>(reader: &mut BufReader<S>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, target, headers, body, number: 0 })
}

/// Whether the connection may go on.
fn say<S: Write>(stream: &mut S, request: &Request, reply: Reply) -> bool {
    match reply {
        Reply::Answer { status, headers, body } => {
            let mut head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("\r\n");
            let mut bytes = head.into_bytes();
            if request.method != "HEAD" {
                bytes.extend_from_slice(&body);
            }
            stream.write_all(&bytes).and_then(|()| stream.flush()).is_ok()
        }
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).and_then(|()| stream.flush());
            false
        }
        Reply::Endless { start, piece, pause } => {
            let mut going = stream.write_all(&start).is_ok();
            while going {
                std::thread::sleep(pause);
                going = stream.write_all(&piece).and_then(|()| stream.flush()).is_ok();
            }
            false
        }
        Reply::Late(time, reply) => {
            std::thread::sleep(time);
            say(stream, request, *reply)
        }
        Reply::Close => false,
    }
}
