//! Asks a server what it takes.
//!
//! A hello offers up to 64 suites (middle boxes are known to ignore those behind); the server chooses one; it is offered again
//! without it until nothing is left. So each suite costs one connection, and each portion one more.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::wire::{self, Answer, ExchangeKey, Hello, Reader, SSL3, ServerHello, TLS10, TLS11, TLS12, TLS13};
use super::{TlsEvidence, Version, certificate, suite_name, suites};
use crate::dial::{Dialer, PATIENCE, Trouble};

/// How often a hello that was reset or not answered is sent again.
const TRIES: u32 = 3;

/// A server and what it is called.
struct Server<'d> {
    dialer: &'d Dialer,
    name: Option<&'d str>,
    troubles: Mutex<BTreeSet<&'static str>>,
    /// It says no in words, so that a connection that is closed without any is odd.
    alerts: AtomicBool,
}

/// What was found for one version.
#[derive(Default)]
struct Found {
    suites: Vec<u16>,
    hellos: Vec<ServerHello>,
}

impl Server<'_> {
    /// Sends one hello.
    async fn ask(&self, bytes: &[u8]) -> Result<Answer, Trouble> {
        let mut stream = self.dialer.connect().await?;
        stream.write_all(bytes).await.map_err(|_| Trouble::Reset)?;
        let mut reader = Reader::default();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            match timeout(PATIENCE, stream.read(&mut buffer)).await {
                Err(_) => return Err(Trouble::Timeout),
                Ok(Ok(0)) => return Ok(reader.end()),
                Ok(Err(_)) => {
                    return match reader.end() {
                        Answer::Closed => Err(Trouble::Reset),
                        answer => Ok(answer),
                    };
                }
                Ok(Ok(count)) => {
                    if let Some(answer) = reader.push(buffer.get(..count).unwrap_or_default()) {
                        return Ok(answer);
                    }
                }
            }
        }
    }

    /// Sends a hello again when it got lost, slower each time. A server that resets every time refuses.
    async fn offer(&self, hello: &Hello<'_>) -> Answer {
        let mut last = Trouble::Reset;
        for attempt in 0..TRIES {
            match self.ask(&hello.bytes()).await {
                Ok(Answer::Closed) if attempt == 0 && self.alerts.load(Ordering::Relaxed) => {}
                Ok(answer) => {
                    if matches!(answer, Answer::Alert(_)) {
                        self.alerts.store(true, Ordering::Relaxed);
                    }
                    return answer;
                }
                Err(trouble) => last = trouble,
            }
            // A reset is how some refuse a version; only a server that lets nobody in any more is asked again.
            if last == Trouble::Reset && attempt > 0 {
                return Answer::Closed;
            }
            if last == Trouble::Timeout && attempt > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(250 << attempt)).await;
        }
        if let Ok(mut troubles) = self.troubles.lock() {
            troubles.insert(last.text());
        }
        Answer::Closed
    }

    fn hello<'h>(&'h self, version: u16, suites: &'h [u16], groups: &'h [u16]) -> Hello<'h> {
        Hello { version, suites, name: self.name, groups, protocols: &[], compression: version < TLS13 }
    }

    /// Every suite of one version.
    async fn suites_of(&self, version: u16) -> Found {
        let mut found = Found::default();
        let (likely, rare) = candidates(version);
        let portions = likely.chunks(64).map(<[u16]>::to_vec).chain(rare.chunks(100).map(<[u16]>::to_vec));
        for (number, portion) in portions.enumerate() {
            let mut left = portion;
            while !left.is_empty() {
                match self.offer(&self.hello(version, &left, wire::GROUPS)).await {
                    Answer::Hello(hello) if hello.version == version && left.contains(&hello.suite) => {
                        left.retain(|suite| *suite != hello.suite);
                        found.suites.push(hello.suite);
                        found.hellos.push(*hello);
                    }
                    // Another version, or a plain word that this one is not spoken.
                    Answer::Hello(_) => return found,
                    Answer::Alert(70) if number == 0 && found.suites.is_empty() => return found,
                    Answer::Alert(_) | Answer::Closed => break,
                }
            }
        }
        found
    }

    /// Every group, in the order of the server.
    async fn groups(&self, version: u16, suites: &[u16]) -> Vec<u16> {
        let mut found = Vec::new();
        let mut left = wire::GROUPS.to_vec();
        while found.len() < 24 {
            let Answer::Hello(hello) = self.offer(&self.hello(version, suites, &left)).await else { break };
            let group = match (hello.group, hello.key) {
                (Some(group), _) | (None, Some(ExchangeKey::Group(group))) => group,
                _ => break,
            };
            if !left.contains(&group) {
                break;
            }
            left.retain(|other| *other != group);
            found.push(group);
        }
        found
    }

    async fn takes_ssl2(&self) -> bool {
        let Ok(mut stream) = self.dialer.connect().await else { return false };
        if stream.write_all(&wire::ssl2_hello()).await.is_err() {
            return false;
        }
        let mut buffer = [0; 64];
        // A server that does not know it says nothing at all.
        matches!(
            timeout(Duration::from_millis(800), stream.read(&mut buffer)).await,
            Ok(Ok(count)) if wire::is_ssl2_hello(buffer.get(..count).unwrap_or_default())
        )
    }
}

/// The suites that make sense for a version: likely ones, rare ones.
fn candidates(version: u16) -> (Vec<u16>, Vec<u16>) {
    let fits = |(code, name): &&(u16, &str)| match version {
        TLS13 => code >> 8 == 0x13,
        _ if code >> 8 == 0x13 => false,
        TLS12 => true,
        // Before 1.2 there is neither authenticated encryption nor another hash.
        _ => !["GCM", "CCM", "POLY1305", "SHA256", "SHA384", "MGM"].iter().any(|part| name.contains(part)),
    };
    let (likely, rare) = suites::SUITES.split_at(suites::LIKELY.min(suites::SUITES.len()));
    let codes = |list: &[(u16, &str)]| list.iter().filter(fits).map(|(code, _)| *code).collect();
    if version == TLS13 {
        return (codes(suites::SUITES), Vec::new());
    }
    (codes(likely), codes(rare))
}

/// Asks a server for everything. `name` is sent as the server's name, unless it is an address.
pub async fn scan(dialer: &Dialer, name: &str, authorities: &[Vec<u8>]) -> TlsEvidence {
    let is_address = name.parse::<std::net::IpAddr>().is_ok();
    let server = Server {
        dialer,
        name: (!is_address).then_some(name),
        troubles: Mutex::default(),
        alerts: AtomicBool::new(false),
    };
    let mut out = TlsEvidence::default();
    match server.ask(&server.hello(TLS12, &candidates(TLS12).0, wire::GROUPS).bytes()).await {
        Err(trouble) => {
            out.failure = Some(trouble.text().to_owned());
            out.connections = dialer.count();
            return out;
        }
        Ok(Answer::Closed)
            if server.ask(&server.hello(TLS13, &candidates(TLS13).0, wire::GROUPS).bytes()).await
                == Ok(Answer::Closed) =>
        {
            let old = server.offer(&server.hello(TLS10, &candidates(TLS10).0, wire::GROUPS)).await;
            if !matches!(old, Answer::Hello(_) | Answer::Alert(_)) {
                out.failure = Some("the port does not speak TLS".to_owned());
                out.connections = dialer.count();
                return out;
            }
        }
        Ok(_) => {}
    }
    let (modern, ssl2, one, two, three, four, five) = tokio::join!(
        modern(dialer, name, authorities),
        server.takes_ssl2(),
        server.suites_of(TLS13),
        server.suites_of(TLS12),
        server.suites_of(TLS11),
        server.suites_of(TLS10),
        server.suites_of(SSL3),
    );
    if ssl2 {
        out.versions.push(Version { number: 2, suites: Vec::new() });
    }
    let all = [(SSL3, five), (TLS10, four), (TLS11, three), (TLS12, two), (TLS13, one)];
    for (number, found) in &all {
        if !found.suites.is_empty() {
            let suites = found.suites.iter().map(|code| suite_name(*code)).collect();
            out.versions.push(Version { number: *number, suites });
        }
    }
    let old: Vec<&ServerHello> =
        all.iter().flat_map(|(_, found)| &found.hellos).filter(|hello| hello.version <= TLS12).collect();
    out.dh_bits = old
        .iter()
        .filter_map(|hello| if let Some(ExchangeKey::Dh(bits)) = hello.key { Some(bits) } else { None })
        .min();
    out.compression = old.iter().any(|hello| hello.compression == 1);
    out.heartbeat = old.iter().any(|hello| hello.has(15));
    out.tickets = old.iter().any(|hello| hello.has(35));
    out.staple = old.iter().any(|hello| hello.staple) || modern.staple;
    let with_extensions = old.iter().filter(|hello| hello.version > SSL3).max_by_key(|hello| hello.version);
    out.secure_renegotiation = with_extensions.map(|hello| hello.has(0xff01));
    out.extended_master_secret = with_extensions.map(|hello| hello.has(23));
    further(&server, &all, &mut out).await;
    chains(&old, &modern, &mut out);
    out.distrust = modern.distrust;
    out.own_authority = modern.own_authority;
    out.early_data = modern.early_data;
    out.protocols = modern.protocols;
    if out.versions.is_empty() && out.failure.is_none() {
        out.failure = Some("every handshake is refused".to_owned());
    }
    // A server that lets nobody in any more looks like one that takes nothing else: what it took once is asked for again.
    let taken = all.iter().rev().find_map(|(version, found)| Some((*version, *found.suites.first()?)));
    if let Some((version, suite)) = taken
        && !matches!(server.offer(&server.hello(version, &[suite], wire::GROUPS)).await, Answer::Hello(_))
        && let Ok(mut troubles) = server.troubles.lock()
    {
        troubles.insert("the server stopped answering");
    }
    let troubles = server.troubles.into_inner().unwrap_or_default();
    out.incomplete = (!troubles.is_empty()).then(|| troubles.into_iter().collect::<Vec<_>>().join("; "));
    out.connections = dialer.count();
    out
}

/// Groups, whose order counts, fallback.
async fn further(server: &Server<'_>, all: &[(u16, Found); 5], out: &mut TlsEvidence) {
    let of = |version: u16| {
        all.iter().find(|(number, _)| *number == version).map(|(_, found)| found.suites.as_slice()).unwrap_or_default()
    };
    // The newest version that exchanges keys over curves; before TLS 1.2 there is no other list of them.
    let elliptic = [TLS12, TLS11, TLS10].into_iter().find_map(|version| {
        let suites: Vec<u16> =
            of(version).iter().copied().filter(|code| suite_name(*code).contains("_ECDHE_")).collect();
        (!suites.is_empty()).then_some((version, suites))
    });
    let highest = all.iter().rev().find(|(_, found)| found.suites.len() > 1);
    let groups = async {
        if !of(TLS13).is_empty() {
            server.groups(TLS13, of(TLS13)).await
        } else if let Some((version, suites)) = &elliptic {
            server.groups(*version, suites).await
        } else {
            Vec::new()
        }
    };
    let order = async {
        let (version, found) = highest?;
        let [first, second, ..] = found.suites.as_slice() else { return None };
        match server.offer(&server.hello(*version, &[*second, *first], wire::GROUPS)).await {
            Answer::Hello(hello) => Some(hello.suite == *first),
            _ => None,
        }
    };
    let fallback = async {
        let mut taken = all.iter().rev().filter(|(_, found)| !found.suites.is_empty());
        let _highest = taken.next()?;
        let (lower, found) = taken.next()?;
        let mut suites = found.suites.clone();
        suites.push(0x5600);
        match server.offer(&server.hello(*lower, &suites, wire::GROUPS)).await {
            Answer::Alert(86) => Some(true),
            Answer::Hello(_) => Some(false),
            _ => None,
        }
    };
    (out.groups, out.prefers_own_order, out.refuses_fallback) = tokio::join!(groups, order, fallback);
}

/// Chains without repetition: what the modern handshake saw first.
fn chains(old: &[&ServerHello], modern: &Modern, out: &mut TlsEvidence) {
    let mut seen: Vec<&[u8]> = Vec::new();
    let from_old = old.iter().map(|hello| hello.certificates.as_slice());
    for chain in std::iter::once(modern.chain.as_slice()).chain(from_old) {
        let Some(own) = chain.first() else { continue };
        if seen.contains(&own.as_slice()) || seen.len() == 4 {
            continue;
        }
        seen.push(own);
        let read: Vec<_> = chain.iter().filter_map(|der| certificate::read(der)).collect();
        if !read.is_empty() {
            out.chains.push(read);
        }
    }
}

/// What a handshake with a modern library shows.
#[derive(Debug, Default, Clone)]
struct Modern {
    chain: Vec<Vec<u8>>,
    distrust: Option<String>,
    own_authority: bool,
    staple: bool,
    protocols: Vec<String>,
    early_data: bool,
}

async fn modern(dialer: &Dialer, name: &str, authorities: &[Vec<u8>]) -> Modern {
    let seen = Arc::new(Recorder::new(authorities));
    let mut config = config(Arc::clone(&seen));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.enable_early_data = true;
    config.resumption = Resumption::in_memory_sessions(4);
    let config = Arc::new(config);
    let connector = TlsConnector::from(Arc::clone(&config));
    let Ok(server_name) = ServerName::try_from(name.to_owned()) else { return Modern::default() };
    let mut out = Modern::default();
    if let Ok(stream) = dialer.connect().await
        && let Ok(Ok(mut stream)) = timeout(PATIENCE, connector.connect(server_name.clone(), stream)).await
    {
        let (_, connection) = stream.get_ref();
        if let Some(protocol) = connection.alpn_protocol() {
            out.protocols.push(String::from_utf8_lossy(protocol).into_owned());
        }
        if connection.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3) {
            // Tickets come after the handshake; they say whether early data would be taken.
            let mut buffer = [0; 1];
            let _ = timeout(Duration::from_millis(250), stream.read(&mut buffer)).await;
            out.early_data =
                rustls::ClientConnection::new(config, server_name).is_ok_and(|mut next| next.early_data().is_some());
        }
    }
    let record = seen.seen.lock().map(|record| record.clone()).unwrap_or_default();
    out.chain = record.chain;
    out.distrust = record.distrust;
    out.own_authority = record.own_authority;
    out.staple = record.staple;
    out
}

/// A client that takes every certificate and remembers it.
pub(crate) fn config(recorder: Arc<Recorder>) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(rustls::ALL_VERSIONS);
    // The provider has both versions, so this cannot fail.
    #[expect(clippy::expect_used, reason = "the provider is our own choice")]
    let builder = builder.expect("TLS 1.2 and 1.3");
    builder.dangerous().with_custom_certificate_verifier(recorder).with_no_client_auth()
}

/// Takes every certificate, and asks Mozilla's list for its verdict.
#[derive(Debug)]
pub(crate) struct Recorder {
    judge: Option<Arc<WebPkiServerVerifier>>,
    own: Option<Arc<WebPkiServerVerifier>>,
    seen: Mutex<Record>,
}

#[derive(Debug, Clone, Default)]
struct Record {
    chain: Vec<Vec<u8>>,
    distrust: Option<String>,
    own_authority: bool,
    staple: bool,
}

impl Recorder {
    /// `authorities` are those of the user, in DER.
    pub(crate) fn new(authorities: &[Vec<u8>]) -> Self {
        let verifier = |roots: RootCertStore| {
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()
        };
        let mut own = RootCertStore::empty();
        own.add_parsable_certificates(authorities.iter().map(|der| CertificateDer::from(der.as_slice())));
        Self {
            judge: verifier(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }),
            own: if own.is_empty() { None } else { verifier(own) },
            seen: Mutex::default(),
        }
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verify = |judge: &Option<Arc<WebPkiServerVerifier>>| {
            judge
                .as_ref()
                .map(|judge| judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now))
        };
        let mut verdict = verify(&self.judge);
        let mut own_authority = false;
        if matches!(verdict, Some(Err(_))) {
            let own = verify(&self.own);
            own_authority = matches!(own, Some(Ok(_)));
            // Whoever is vouched for by one's own authority has another fault than that nobody stands behind it.
            if !matches!(
                own,
                None | Some(Err(rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer)))
            ) {
                verdict = own;
            }
        }
        if let Ok(mut seen) = self.seen.lock() {
            seen.chain = std::iter::once(end_entity).chain(intermediates).map(|one| one.to_vec()).collect();
            seen.staple = !ocsp_response.is_empty();
            seen.own_authority = own_authority;
            seen.distrust = match verdict {
                Some(Err(error)) => Some(reason(&error)),
                _ => None,
            };
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        use SignatureScheme as S;
        vec![
            S::ECDSA_NISTP256_SHA256,
            S::ECDSA_NISTP384_SHA384,
            S::ECDSA_NISTP521_SHA512,
            S::ED25519,
            S::RSA_PSS_SHA256,
            S::RSA_PSS_SHA384,
            S::RSA_PSS_SHA512,
            S::RSA_PKCS1_SHA256,
            S::RSA_PKCS1_SHA384,
            S::RSA_PKCS1_SHA512,
            S::ECDSA_SHA1_Legacy,
            S::RSA_PKCS1_SHA1,
        ]
    }
}

/// Why the list of authorities does not vouch for a certificate: `expired`, `name`, `unknown authority` and so on.
fn reason(error: &rustls::Error) -> String {
    use rustls::CertificateError as E;
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            E::Expired | E::ExpiredContext { .. } => "it has expired".into(),
            E::NotValidYet | E::NotValidYetContext { .. } => "it is not valid yet".into(),
            E::NotValidForName | E::NotValidForNameContext { .. } => "it is for another name".into(),
            E::UnknownIssuer => "no authority of Mozilla's list stands behind it".into(),
            E::BadSignature | E::BadEncoding => "it is broken".into(),
            E::Revoked => "it is revoked".into(),
            // A self-signed certificate that may sign others, too.
            E::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                "no authority of Mozilla's list stands behind it".into()
            }
            other => other.to_string().chars().take(80).collect(),
        },
        other => other.to_string().chars().take(80).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_has_its_version() {
        let (modern, none) = candidates(TLS13);
        assert!(modern.len() >= 5 && none.is_empty());
        let (likely, rare) = candidates(TLS12);
        assert!(likely.contains(&0xc02f) && !likely.contains(&0x1301) && rare.len() > 100);
        assert!(!candidates(TLS10).0.contains(&0xc02f));
    }
}
