//! Handshake messages by hand: what is offered, and what a server says to it, up to where keys would be needed.
//!
//! No TLS library speaks SSLv3 or offers suites that are broken, and what a server still accepts is the question. Sources:
//! RFC 5246, RFC 8446, RFC 6101, RFC 4492, RFC 5746, RFC 7366 and the SSL 2.0 draft.

/// Most bytes of a server's first messages; a chain of certificates is far below.
const MAX_HANDSHAKE: usize = 128 * 1024;

/// SSL 3.0.
pub const SSL3: u16 = 0x0300;
/// TLS 1.0.
pub const TLS10: u16 = 0x0301;
/// TLS 1.1.
pub const TLS11: u16 = 0x0302;
/// TLS 1.2.
pub const TLS12: u16 = 0x0303;
/// TLS 1.3.
pub const TLS13: u16 = 0x0304;

/// What a client offers.
#[derive(Debug, Clone)]
pub struct Hello<'h> {
    /// Highest version.
    pub version: u16,
    /// Cipher suites in order.
    pub suites: &'h [u16],
    /// Name of the server; none for addresses.
    pub name: Option<&'h str>,
    /// Key exchange groups; none for versions without extensions.
    pub groups: &'h [u16],
    /// Protocols of ALPN.
    pub protocols: &'h [&'h str],
    /// Offer DEFLATE compression.
    pub compression: bool,
}

/// Groups that are offered in every hello, strongest first: X25519, P-256, P-384, P-521, X448, then old curves and finite fields.
pub const GROUPS: &[u16] = &[
    0x11ec, 0x11eb, 0x11ed, 0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x001a, 0x001b, 0x001c, 0x0100, 0x0101, 0x0102,
    0x0103, 0x0104, 0x0016, 0x0015, 0x0014, 0x0013, 0x0012, 0x0011, 0x0010, 0x000f, 0x000e, 0x000d, 0x000c, 0x000b,
    0x000a, 0x0009, 0x0008, 0x0007, 0x0006, 0x0005, 0x0004, 0x0003, 0x0002, 0x0001,
];

const SIGNATURES: &[u16] = &[
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601,
    0x0303, 0x0301, 0x0203, 0x0201, 0x0402, 0x0502, 0x0602, 0x0202, 0x0101,
];

fn sized8(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(bytes);
}

fn sized16(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(bytes);
}

fn extension(out: &mut Vec<u8>, kind: u16, body: &[u8]) {
    out.extend_from_slice(&kind.to_be_bytes());
    sized16(out, body);
}

fn words(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|word| word.to_be_bytes()).collect()
}

impl Hello<'_> {
    /// The record that is sent.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut random = [0x5a_u8; 64];
        let _ = getrandom::fill(&mut random);
        let mut body = Vec::with_capacity(1024);
        body.extend_from_slice(&self.version.min(TLS12).to_be_bytes());
        body.extend_from_slice(random.get(..32).unwrap_or_default());
        // Servers behind middle boxes want a session id from TLS 1.3 clients.
        sized8(&mut body, if self.version == TLS13 { random.get(32..).unwrap_or_default() } else { &[] });
        let mut suites = words(self.suites);
        if self.version < TLS13 && !self.suites.contains(&0x00ff) {
            // Secure renegotiation, RFC 5746.
            suites.extend_from_slice(&[0x00, 0xff]);
        }
        sized16(&mut body, &suites);
        sized8(&mut body, if self.compression { &[1, 0] } else { &[0] });
        if self.version > SSL3 {
            let extensions = self.extensions();
            sized16(&mut body, &extensions);
        }
        let mut handshake = vec![1];
        let length = u32::try_from(body.len()).unwrap_or(0).to_be_bytes();
        handshake.extend_from_slice(length.get(1..).unwrap_or_default());
        handshake.extend_from_slice(&body);
        let record = if self.version == SSL3 { SSL3 } else { TLS10 };
        let mut out = vec![22];
        out.extend_from_slice(&record.to_be_bytes());
        sized16(&mut out, &handshake);
        out
    }

    fn extensions(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if let Some(name) = self.name {
            let mut host = vec![0];
            sized16(&mut host, name.as_bytes());
            let mut list = Vec::new();
            sized16(&mut list, &host);
            extension(&mut out, 0, &list);
        }
        let mut list = Vec::new();
        sized16(&mut list, &words(self.groups));
        extension(&mut out, 10, &list);
        extension(&mut out, 11, &[1, 0]);
        let mut list = Vec::new();
        sized16(&mut list, &words(SIGNATURES));
        if self.version >= TLS12 {
            extension(&mut out, 13, &list);
        }
        if !self.protocols.is_empty() {
            let mut names = Vec::new();
            for name in self.protocols {
                sized8(&mut names, name.as_bytes());
            }
            let mut list = Vec::new();
            sized16(&mut list, &names);
            extension(&mut out, 16, &list);
        }
        // Status request, extended master secret, session ticket.
        extension(&mut out, 5, &[1, 0, 0, 0, 0]);
        extension(&mut out, 23, &[]);
        extension(&mut out, 35, &[]);
        if self.version < TLS13 {
            // Heartbeat: who answers it may be asked for more than there is (CVE-2014-0160).
            extension(&mut out, 15, &[1]);
        } else {
            extension(&mut out, 43, &[2, 0x03, 0x04]);
            // No key share: the server names the group that it wants in a HelloRetryRequest.
            extension(&mut out, 51, &[0, 0]);
            extension(&mut out, 45, &[1, 1]);
        }
        out
    }
}

/// The hello of SSL 2.0 with its seven ciphers.
#[must_use]
pub fn ssl2_hello() -> Vec<u8> {
    let ciphers: [[u8; 3]; 7] =
        [[1, 0, 0x80], [2, 0, 0x80], [3, 0, 0x80], [4, 0, 0x80], [5, 0, 0x80], [6, 0, 0x40], [7, 0, 0xc0]];
    let mut body = vec![1, 0, 2, 0, 21, 0, 0, 0, 16];
    body.extend(ciphers.iter().flatten());
    let mut challenge = [0x5a_u8; 16];
    let _ = getrandom::fill(&mut challenge);
    body.extend_from_slice(&challenge);
    let mut out = (0x8000 | u16::try_from(body.len()).unwrap_or(0)).to_be_bytes().to_vec();
    out.extend_from_slice(&body);
    out
}

/// Whether an answer to the hello of SSL 2.0 is its server hello.
#[must_use]
pub fn is_ssl2_hello(bytes: &[u8]) -> bool {
    matches!(bytes, [first, _, 4, _, _, 0, 2, ..] if first & 0x80 != 0)
}

/// The key that a server sends for an exchange with forward secrecy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExchangeKey {
    /// Finite field: bits of the prime.
    Dh(u32),
    /// A named group.
    Group(u16),
}

/// What a server says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerHello {
    /// The version that it chose.
    pub version: u16,
    /// The cipher suite that it chose.
    pub suite: u16,
    /// Compression method: 0 for none, 1 for DEFLATE.
    pub compression: u8,
    /// Its extensions: kind, body.
    pub extensions: Vec<(u16, Vec<u8>)>,
    /// The group that it wants or takes.
    pub group: Option<u16>,
    /// Its certificates in DER, its own first. Empty for TLS 1.3, which encrypts them.
    pub certificates: Vec<Vec<u8>>,
    /// A certificate status that it sends along.
    pub staple: bool,
    /// Its ephemeral key.
    pub key: Option<ExchangeKey>,
}

impl ServerHello {
    /// Whether it has an extension.
    #[must_use]
    pub fn has(&self, kind: u16) -> bool {
        self.extensions.iter().any(|(known, _)| *known == kind)
    }
}

/// The end of a hello.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The server goes on.
    Hello(Box<ServerHello>),
    /// It refuses with an alert.
    Alert(u8),
    /// It closes or resets the connection, or sends something else.
    Closed,
}

/// Collects bytes until an answer is complete.
#[derive(Debug, Default)]
pub struct Reader {
    raw: Vec<u8>,
    handshake: Vec<u8>,
}

impl Reader {
    /// Takes bytes from the server. `Some` when the answer is complete.
    pub fn push(&mut self, bytes: &[u8]) -> Option<Answer> {
        self.raw.extend_from_slice(bytes);
        while let Some((&[kind, _, _, high, low], _)) = self.raw.split_first_chunk::<5>() {
            let length = usize::from(u16::from_be_bytes([high, low]));
            if !(20..=24).contains(&kind) {
                return Some(Answer::Closed);
            }
            let Some(body) = self.raw.get(5..5 + length) else { break };
            match kind {
                21 => {
                    // A warning about the name may stand before a hello.
                    if let [1, 112, ..] = body {
                        self.raw.drain(..5 + length);
                        continue;
                    }
                    return Some(self.finished().unwrap_or_else(|| Answer::Alert(body.get(1).copied().unwrap_or(0))));
                }
                22 => self.handshake.extend_from_slice(body),
                _ => return Some(self.end()),
            }
            self.raw.drain(..5 + length);
            if self.handshake.len() > MAX_HANDSHAKE {
                return Some(self.end());
            }
            if let Some(answer) = self.finished() {
                return Some(answer);
            }
        }
        (self.raw.len() > MAX_HANDSHAKE).then_some(Answer::Closed)
    }

    /// The connection ended: what is known so far.
    #[must_use]
    pub fn end(&self) -> Answer {
        self.read().map_or(Answer::Closed, |(hello, _)| Answer::Hello(Box::new(hello)))
    }

    fn finished(&self) -> Option<Answer> {
        let (hello, complete) = self.read()?;
        (complete || hello.version == TLS13).then(|| Answer::Hello(Box::new(hello)))
    }

    /// The messages so far, and whether the server is done.
    fn read(&self) -> Option<(ServerHello, bool)> {
        let mut hello = None;
        let mut rest = self.handshake.as_slice();
        let mut complete = false;
        while let Some((&[kind, a, b, c], after)) = rest.split_first_chunk::<4>() {
            let length = u32::from_be_bytes([0, a, b, c]) as usize;
            let Some(body) = after.get(..length) else { break };
            match (kind, &mut hello) {
                (2, None) => hello = Some(server_hello(body)?),
                (11, Some(hello)) => hello.certificates = certificates(body),
                (12, Some(hello)) => hello.key = exchange_key(hello.suite, body),
                (22, Some(hello)) => hello.staple = true,
                (14, _) => complete = true,
                _ => {}
            }
            rest = after.get(length..).unwrap_or_default();
        }
        hello.map(|hello| (hello, complete))
    }
}

fn server_hello(body: &[u8]) -> Option<ServerHello> {
    let version = u16::from_be_bytes([*body.first()?, *body.get(1)?]);
    let id = usize::from(*body.get(34)?);
    let rest = body.get(35 + id..)?;
    let (&[high, low, compression], rest) = rest.split_first_chunk::<3>()?;
    let mut hello =
        ServerHello { version, suite: u16::from_be_bytes([high, low]), compression, ..ServerHello::default() };
    let mut rest = rest.get(2..).unwrap_or_default();
    while let Some((&[k1, k2, l1, l2], after)) = rest.split_first_chunk::<4>() {
        let kind = u16::from_be_bytes([k1, k2]);
        let length = usize::from(u16::from_be_bytes([l1, l2]));
        let Some(value) = after.get(..length) else { break };
        match (kind, value) {
            (43, [high, low]) => hello.version = u16::from_be_bytes([*high, *low]),
            (51, [high, low, ..]) => hello.group = Some(u16::from_be_bytes([*high, *low])),
            _ => {}
        }
        hello.extensions.push((kind, value.to_vec()));
        rest = after.get(length..).unwrap_or_default();
    }
    Some(hello)
}

fn certificates(body: &[u8]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = body.get(3..).unwrap_or_default();
    while let Some((&[a, b, c], after)) = rest.split_first_chunk::<3>() {
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        let Some(one) = after.get(..length) else { break };
        if out.len() == 16 {
            break;
        }
        out.push(one.to_vec());
        rest = after.get(length..).unwrap_or_default();
    }
    out
}

/// Reads the parameters of an ephemeral key; the name of the suite says of which kind they are.
fn exchange_key(suite: u16, body: &[u8]) -> Option<ExchangeKey> {
    if super::suite_name(suite).contains("ECDH") {
        return match body {
            [3, high, low, ..] => Some(ExchangeKey::Group(u16::from_be_bytes([*high, *low]))),
            _ => None,
        };
    }
    if !super::suite_name(suite).contains("_DH") {
        return None;
    }
    let (&[high, low], rest) = body.split_first_chunk::<2>()?;
    let prime = rest.get(..usize::from(u16::from_be_bytes([high, low])))?;
    let start = prime.iter().position(|byte| *byte != 0)?;
    let significant = prime.get(start..)?;
    let bits = u32::try_from(significant.len()).ok()? * 8 - significant.first()?.leading_zeros();
    Some(ExchangeKey::Dh(bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut out = vec![kind, 3, 3];
        sized16(&mut out, body);
        out
    }

    #[test]
    fn a_hello_is_well_formed() {
        let hello = Hello {
            version: TLS13,
            suites: &[0x1301],
            name: Some("erp.example.com"),
            groups: GROUPS,
            protocols: &["h2"],
            compression: false,
        };
        let bytes = hello.bytes();
        let length = usize::from(u16::from_be_bytes([bytes[3], bytes[4]]));
        assert_eq!((bytes[0], bytes.len()), (22, length + 5));
        let ssl3 = Hello { version: SSL3, ..hello }.bytes();
        assert_eq!(&ssl3[..3], &[22, 3, 0]);
        assert!(is_ssl2_hello(&[0x80, 20, 4, 0, 1, 0, 2, 0]));
    }

    #[test]
    fn answers_in_pieces_alerts_and_nonsense() {
        let mut body = vec![3, 3];
        body.extend_from_slice(&[7; 32]);
        body.extend_from_slice(&[0, 0xc0, 0x2f, 1, 0, 0]);
        let mut message = vec![2, 0, 0, u8::try_from(body.len()).unwrap()];
        message.extend_from_slice(&body);
        message.extend_from_slice(&[12, 0, 0, 4, 3, 0, 0x1d, 0]);
        message.extend_from_slice(&[14, 0, 0, 0]);
        let bytes = record(22, &message);
        let mut reader = Reader::default();
        let mut answer = None;
        for byte in &bytes {
            assert!(answer.is_none());
            answer = reader.push(&[*byte]);
        }
        let Some(Answer::Hello(hello)) = answer else { panic!("{answer:?}") };
        assert_eq!((hello.version, hello.suite, hello.compression), (TLS12, 0xc02f, 1));
        assert_eq!(hello.key, Some(ExchangeKey::Group(0x1d)));
        assert_eq!(Reader::default().push(&record(21, &[2, 70])), Some(Answer::Alert(70)));
        assert_eq!(Reader::default().push(b"HTTP/1.1 400 Bad Request\r\n"), Some(Answer::Closed));
        assert_eq!(Reader::default().end(), Answer::Closed);
    }

    #[test]
    fn a_prime_has_as_many_bits_as_it_has() {
        let mut body = vec![0, 129, 0];
        body.extend_from_slice(&[0xff; 128]);
        assert_eq!(exchange_key(0x0033, &body), Some(ExchangeKey::Dh(1024)));
        assert_eq!(exchange_key(0x0033, &body[..20]), None);
    }
}
