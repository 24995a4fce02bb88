//! What a certificate says. Source: RFC 5280 and the CA/Browser Forum's baseline requirements.

use serde::{Deserialize, Serialize};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;

/// The facts of one certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificate {
    /// Subject as text.
    pub subject: String,
    /// Issuer as text.
    pub issuer: String,
    /// Names that it is for: DNS names lower-cased, addresses as text.
    pub names: Vec<String>,
    /// First second of its life, Unix time.
    pub not_before: i64,
    /// Last second of its life, Unix time.
    pub not_after: i64,
    /// `RSA`, `EC`, `Ed25519`, or the number of the algorithm.
    pub key_kind: String,
    /// Bits of the key.
    pub key_bits: u32,
    /// The exponent of an RSA key is 1.
    pub exponent_one: bool,
    /// Hash of the signature: `SHA1`, `SHA256`, `MD5`; empty where the algorithm has its own.
    pub signature_hash: String,
    /// Issued by itself.
    pub self_issued: bool,
    /// May issue others.
    pub is_authority: bool,
    /// Has signed certificate timestamps in it.
    pub timestamps: bool,
    /// Wants a status to be sent along (RFC 7633).
    pub must_staple: bool,
    /// Has an address for its status.
    pub revocation: bool,
    /// Serial number in hexadecimal.
    pub serial: String,
}

/// Reads a certificate in DER. `None` for what is none.
#[must_use]
pub fn read(der: &[u8]) -> Option<Certificate> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let (key_kind, key_bits, exponent_one) = key(&parsed);
    let mut out = Certificate {
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        not_before: parsed.validity().not_before.timestamp(),
        not_after: parsed.validity().not_after.timestamp(),
        key_kind,
        key_bits,
        exponent_one,
        signature_hash: signature_hash(&parsed.signature_algorithm.algorithm.to_id_string()).to_owned(),
        self_issued: parsed.subject() == parsed.issuer(),
        is_authority: parsed.is_ca(),
        serial: parsed.raw_serial_as_string(),
        ..Certificate::default()
    };
    for extension in parsed.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => {
                out.names = names.general_names.iter().filter_map(general_name).take(500).collect();
            }
            ParsedExtension::SCT(list) => out.timestamps = !list.is_empty(),
            ParsedExtension::CRLDistributionPoints(_) => out.revocation = true,
            ParsedExtension::AuthorityInfoAccess(access) => {
                out.revocation |=
                    access.accessdescs.iter().any(|one| one.access_method.to_id_string() == "1.3.6.1.5.5.7.48.1");
            }
            _ => {}
        }
        out.must_staple |= extension.oid.to_id_string() == "1.3.6.1.5.5.7.1.24";
    }
    Some(out)
}

fn key(parsed: &X509Certificate) -> (String, u32, bool) {
    let info = parsed.public_key();
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => {
            ("RSA".into(), u32::try_from(key.key_size()).unwrap_or(0), key.try_exponent().is_ok_and(|value| value == 1))
        }
        Ok(PublicKey::EC(point)) => ("EC".into(), u32::try_from(point.key_size()).unwrap_or(0), false),
        _ => match info.algorithm.algorithm.to_id_string().as_str() {
            "1.3.101.112" => ("Ed25519".into(), 256, false),
            "1.3.101.113" => ("Ed448".into(), 448, false),
            other => (other.to_owned(), 0, false),
        },
    }
}

/// The hash of a signature algorithm by its object identifier.
fn signature_hash(id: &str) -> &'static str {
    match id {
        "1.2.840.113549.1.1.2" => "MD2",
        "1.2.840.113549.1.1.4" => "MD5",
        "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" | "1.2.840.10040.4.3" | "1.3.14.3.2.29" => "SHA1",
        "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" => "SHA256",
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => "SHA384",
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => "SHA512",
        _ => "",
    }
}

fn general_name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(name.to_lowercase()),
        GeneralName::IPAddress([a, b, c, d]) => Some(std::net::Ipv4Addr::new(*a, *b, *c, *d).to_string()),
        GeneralName::IPAddress(bytes) => {
            let bytes: [u8; 16] = (*bytes).try_into().ok()?;
            Some(std::net::Ipv6Addr::from(bytes).to_string())
        }
        _ => None,
    }
}

impl Certificate {
    /// Whether it is for a host: a name, a wildcard for one label, or an address.
    #[must_use]
    pub fn is_for(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_lowercase();
        self.names.iter().any(|name| match name.strip_prefix("*.") {
            Some(parent) => host.split_once('.').is_some_and(|(_, rest)| rest == parent),
            None => *name == host,
        })
    }

    /// Days of its whole life.
    #[must_use]
    pub const fn days(&self) -> i64 {
        (self.not_after - self.not_before) / 86_400
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_browsers_match_them() {
        let certificate = Certificate {
            names: vec!["erp.example.com".into(), "*.test.org".into(), "192.0.2.1".into()],
            ..Certificate::default()
        };
        for (host, expected) in [
            ("ERP.example.com.", true),
            ("a.test.org", true),
            ("a.b.test.org", false),
            ("test.org", false),
            ("192.0.2.1", true),
            ("other.example.com", false),
        ] {
            assert_eq!(certificate.is_for(host), expected, "{host}");
        }
        assert_eq!(read(b"no certificate"), None);
    }
}
