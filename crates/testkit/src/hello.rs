//! A scripted TLS server for protocols that no library speaks any more: it reads a hello, chooses, and says the first messages.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::server::Server;

/// What the server takes.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// Versions with their suites, by wire numbers; the first suite that the client offers is taken.
    pub versions: Vec<(u16, Vec<u16>)>,
    /// Answers the hello of SSL 2.0.
    pub ssl2: bool,
    /// Takes DEFLATE.
    pub compression: bool,
    /// Extensions of the answer, by number, without content.
    pub extensions: Vec<u16>,
    /// Bits of the prime that is sent for suites with DHE.
    pub prime: usize,
    /// The certificate, DER; broken ones too.
    pub certificate: Vec<u8>,
    /// Looks at no suite behind this one.
    pub sees: Option<usize>,
    /// Closes every connection behind this one without a word.
    pub resets_after: Option<usize>,
    /// Answers with the highest version that it knows, whatever was asked.
    pub insists: bool,
    /// Says nothing.
    pub hangs: bool,
}

impl Script {
    /// Starts the server.
    #[must_use]
    pub fn start(self) -> Server {
        Server::raw(move |stream, number| {
            if self.resets_after.is_some_and(|most| number >= most) {
                return;
            }
            self.answer(stream);
        })
    }

    fn answer(&self, mut stream: TcpStream) {
        let mut buffer = vec![0; 8192];
        let Ok(count) = stream.read(&mut buffer) else { return };
        let bytes = buffer.get(..count).unwrap_or_default();
        if self.hangs {
            let _ = stream.read(&mut [0; 1]);
            return;
        }
        if bytes.first().is_some_and(|byte| byte & 0x80 != 0) {
            if self.ssl2 {
                // SERVER-HELLO: no session, certificate X.509, version 2, no certificate, one cipher, a connection id of 16.
                let mut hello = vec![4, 0, 1, 0, 2, 0, 0, 0, 3, 0, 16, 1, 0, 0x80];
                hello.extend_from_slice(&[7; 16]);
                let mut record = vec![0x80, u8::try_from(hello.len()).unwrap_or(0)];
                record.extend_from_slice(&hello);
                let _ = stream.write_all(&record);
            }
            return;
        }
        let Some((asked, suites)) = offered(bytes) else { return };
        let suites: Vec<u16> = suites.into_iter().take(self.sees.unwrap_or(usize::MAX)).collect();
        let best = self.versions.iter().map(|(version, _)| *version).max();
        let version = if self.insists { best.unwrap_or(asked) } else { asked };
        let own = self.versions.iter().find(|(known, _)| *known == version);
        let chosen = own.and_then(|(_, own)| own.iter().find(|suite| suites.contains(suite) || self.insists));
        let _ = match chosen {
            Some(suite) => stream.write_all(&self.hello(version, *suite)),
            // handshake_failure, or protocol_version where the version is not known.
            None => stream.write_all(&[21, 3, 1, 0, 2, 2, if own.is_some() { 40 } else { 70 }]),
        };
    }

    fn hello(&self, version: u16, suite: u16) -> Vec<u8> {
        let mut body = version.to_be_bytes().to_vec();
        body.extend_from_slice(&[9; 32]);
        body.push(0);
        body.extend_from_slice(&suite.to_be_bytes());
        body.push(u8::from(self.compression));
        if version > 0x0300 && !self.extensions.is_empty() {
            let mut extensions = Vec::new();
            for kind in &self.extensions {
                extensions.extend_from_slice(&kind.to_be_bytes());
                // Renegotiation has an empty list, the others nothing.
                extensions.extend_from_slice(if *kind == 0xff01 { &[0, 1, 0][..] } else { &[0, 0][..] });
            }
            body.extend_from_slice(&length16(extensions.len()));
            body.extend_from_slice(&extensions);
        }
        let mut messages = message(2, &body);
        let mut list = length24(self.certificate.len());
        list.extend_from_slice(&self.certificate);
        let mut chain = length24(list.len());
        chain.extend_from_slice(&list);
        messages.extend(message(11, &chain));
        if self.prime > 0 {
            let bytes = self.prime / 8;
            let mut exchange = length16(bytes).to_vec();
            exchange.extend(std::iter::repeat_n(0xff, bytes));
            exchange.extend_from_slice(&[0, 1, 2, 0, 1, 5]);
            messages.extend(message(12, &exchange));
        }
        messages.extend(message(14, &[]));
        let mut out = Vec::new();
        for part in messages.chunks(16_000) {
            out.push(22);
            out.extend_from_slice(&version.to_be_bytes());
            out.extend_from_slice(&length16(part.len()));
            out.extend_from_slice(part);
        }
        out
    }
}

fn length16(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes()
}

fn length24(length: usize) -> Vec<u8> {
    let bytes = u32::try_from(length).unwrap_or(0).to_be_bytes();
    bytes.iter().skip(1).copied().collect()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    out.extend(length24(body.len()));
    out.extend_from_slice(body);
    out
}

/// Version and suites of a hello.
fn offered(bytes: &[u8]) -> Option<(u16, Vec<u16>)> {
    let pair = |at: usize| Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    let mut version = pair(9)?;
    let session = usize::from(*bytes.get(43)?);
    let length = usize::from(pair(44 + session)?);
    let suites: Vec<u16> = (0..length / 2).filter_map(|number| pair(46 + session + number * 2)).collect();
    if suites.iter().any(|suite| suite >> 8 == 0x13) {
        version = 0x0304;
    }
    Some((version, suites))
}
