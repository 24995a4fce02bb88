//! TLS as a server offers it: versions, suites, groups and properties by hand-made hellos, the certificate and the modern handshake
//! through rustls.

pub mod certificate;
pub mod scan;
mod suites;
pub mod wire;

use serde::{Deserialize, Serialize};

pub use certificate::Certificate;

/// Certificates of a text in PEM, as DER.
#[must_use]
pub fn authorities(text: &[u8]) -> Vec<Vec<u8>> {
    x509_parser::pem::Pem::iter_from_buffer(text)
        .flatten()
        .filter(|pem| pem.label == "CERTIFICATE" && certificate::read(&pem.contents).is_some())
        .map(|pem| pem.contents)
        .collect()
}

/// The IANA name of a cipher suite; its number when it has none.
#[must_use]
pub fn suite_name(code: u16) -> String {
    suites::SUITES
        .iter()
        .find(|(known, _)| *known == code)
        .map_or_else(|| format!("0x{code:04x}"), |(_, name)| (*name).to_owned())
}

/// The name of a key exchange group, IANA registry "TLS Supported Groups".
#[must_use]
pub fn group_name(code: u16) -> String {
    match code {
        0x0017 => "secp256r1",
        0x0018 => "secp384r1",
        0x0019 => "secp521r1",
        0x0016 => "secp256k1",
        0x0015 => "secp224r1",
        0x0013 => "secp192r1",
        0x001a => "brainpoolP256r1",
        0x001b => "brainpoolP384r1",
        0x001c => "brainpoolP512r1",
        0x001d => "x25519",
        0x001e => "x448",
        0x0100 => "ffdhe2048",
        0x0101 => "ffdhe3072",
        0x0102 => "ffdhe4096",
        0x0103 => "ffdhe6144",
        0x0104 => "ffdhe8192",
        0x11eb => "SecP256r1MLKEM768",
        0x11ec => "X25519MLKEM768",
        0x11ed => "SecP384r1MLKEM1024",
        other => return format!("group 0x{other:04x}"),
    }
    .to_owned()
}

/// Strength of a group in bits of the key: as the SSL Labs guide compares them.
#[must_use]
pub fn group_bits(code: u16) -> u32 {
    match code {
        0x0018 | 0x001b | 0x11ed => 384,
        0x0019 | 0x001c => 521,
        0x001e => 448,
        0x0015 | 0x0014 => 224,
        0x0013 | 0x0012 => 192,
        0x000f..=0x0011 | 0x0001..=0x0005 => 160,
        0x0006 | 0x0007 => 233,
        _ => 256,
    }
}

/// The name of a protocol version.
#[must_use]
pub const fn version_name(version: u16) -> &'static str {
    match version {
        0x0002 => "SSLv2",
        wire::SSL3 => "SSLv3",
        wire::TLS10 => "TLS 1.0",
        wire::TLS11 => "TLS 1.1",
        wire::TLS12 => "TLS 1.2",
        wire::TLS13 => "TLS 1.3",
        _ => "an unknown version",
    }
}

/// What is weak about a cipher suite, worst first. Empty for a strong one.
#[must_use]
pub fn weakness(suite: &str) -> Option<&'static str> {
    let has = |part: &str| suite.contains(part);
    if has("_NULL_") && !has("WITH_AES") && (suite.ends_with("_NULL_SHA") || has("WITH_NULL")) {
        Some("no encryption")
    } else if has("anon") {
        Some("no authentication of the server")
    } else if has("EXPORT") {
        Some("export strength")
    } else if has("RC4") {
        Some("RC4")
    } else if has("RC2") || (has("_DES_") && !has("3DES")) {
        Some("56-bit keys")
    } else if has("3DES") || has("IDEA") || has("GOST28147") || has("28147") {
        Some("64-bit blocks (SWEET32)")
    } else if suite.ends_with("_MD5") {
        Some("MD5")
    } else {
        None
    }
}

/// Bits of the symmetric cipher of a suite.
#[must_use]
pub fn cipher_bits(suite: &str) -> u32 {
    let has = |part: &str| suite.contains(part);
    if has("WITH_NULL") || suite.ends_with("NULL_SHA") {
        0
    } else if has("EXPORT1024") {
        56
    } else if has("EXPORT") {
        40
    } else if has("3DES") {
        112
    } else if has("_DES_") || has("DES_192") {
        56
    } else if has("_256_") || has("CHACHA20") || has("GOST") || has("28147") {
        256
    } else {
        128
    }
}

/// Whether a suite gives forward secrecy. TLS 1.3's always do.
#[must_use]
pub fn is_forward_secret(suite: &str) -> bool {
    suite.contains("DHE_") || !suite.contains("_WITH_")
}

/// Whether a suite authenticates what it encrypts.
#[must_use]
pub fn is_authenticated(suite: &str) -> bool {
    ["GCM", "CCM", "POLY1305", "_MGM"].iter().any(|mode| suite.contains(mode))
}

/// One protocol version that a server takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Wire number: 0x0303 for TLS 1.2.
    pub number: u16,
    /// Cipher suites, in the order in which the server chose them.
    pub suites: Vec<String>,
}

/// Everything that the handshakes told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TlsEvidence {
    /// Why there is nothing: no TLS on this port, the connection was refused. The rest is empty then.
    pub failure: Option<String>,
    /// Some hellos were not answered in time or reset: what is missing may be there.
    pub incomplete: Option<String>,
    /// Versions that it takes, oldest first.
    pub versions: Vec<Version>,
    /// Key exchange groups, in the order in which the server chose them.
    pub groups: Vec<u16>,
    /// Bits of the prime of finite-field key exchange, when it is used.
    pub dh_bits: Option<u32>,
    /// The server chooses the suite, not the client. `None` when only one was offered.
    pub prefers_own_order: Option<bool>,
    /// Refuses a client that fell back to an older version (RFC 7507). `None` when there is no older version.
    pub refuses_fallback: Option<bool>,
    /// Takes DEFLATE compression (CRIME).
    pub compression: bool,
    /// Secure renegotiation, RFC 5746; `None` for servers with TLS 1.3 only.
    pub secure_renegotiation: Option<bool>,
    /// Extended master secret, RFC 7627; `None` for servers with TLS 1.3 only.
    pub extended_master_secret: Option<bool>,
    /// Answers the heartbeat extension.
    pub heartbeat: bool,
    /// Gives session tickets before TLS 1.3.
    pub tickets: bool,
    /// Takes early data, which can be replayed.
    pub early_data: bool,
    /// Sends the status of its certificate along.
    pub staple: bool,
    /// Protocols of ALPN that it takes: `h2`, `http/1.1`.
    pub protocols: Vec<String>,
    /// Certificate chains, each with the server's own first: usually one, two where it has an RSA and an ECDSA key.
    pub chains: Vec<Vec<Certificate>>,
    /// The authority is one that the user named, no public one.
    pub own_authority: bool,
    /// What Mozilla's list of authorities says of the first chain: `None` for good.
    pub distrust: Option<String>,
    /// Connections that were opened.
    pub connections: u32,
}

impl TlsEvidence {
    /// Whether a version is taken.
    #[must_use]
    pub fn takes(&self, number: u16) -> bool {
        self.versions.iter().any(|version| version.number == number)
    }

    /// The server's own certificate.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.chains.first()?.first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_judged_by_their_names() {
        for (name, weak, bits, forward, authenticated) in [
            ("TLS_AES_128_GCM_SHA256", None, 128, true, true),
            ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", None, 256, true, true),
            ("TLS_RSA_WITH_AES_256_CBC_SHA", None, 256, false, false),
            ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", Some("64-bit blocks (SWEET32)"), 112, false, false),
            ("TLS_DH_anon_WITH_AES_128_CBC_SHA", Some("no authentication of the server"), 128, false, false),
            ("TLS_ECDHE_RSA_WITH_NULL_SHA", Some("no encryption"), 0, true, false),
            ("TLS_RSA_EXPORT_WITH_RC4_40_MD5", Some("export strength"), 40, false, false),
            ("TLS_RSA_WITH_DES_CBC_SHA", Some("56-bit keys"), 56, false, false),
        ] {
            assert_eq!((weakness(name), cipher_bits(name)), (weak, bits), "{name}");
            assert_eq!((is_forward_secret(name), is_authenticated(name)), (forward, authenticated), "{name}");
        }
        assert!(suites::SUITES.len() > 300 && suites::LIKELY < suites::SUITES.len());
        assert_eq!(suite_name(0x1301), "TLS_AES_128_GCM_SHA256");
    }
}
