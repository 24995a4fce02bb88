//! Signed requests and orders: HTTP message signatures (RFC 9421) with Ed25519, over a digest of the body (RFC 9530).

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

/// Header of the digest of the body.
pub const DIGEST: &str = "content-digest";
/// Header that says what is signed.
pub const INPUT: &str = "signature-input";
/// Header of the signature.
pub const SIGNATURE: &str = "signature";
/// The name of our signature among those of a request.
const LABEL: &str = "castellan";
/// What is signed, and that it is an agent's.
const COMPONENTS: &str = r#"("@method" "@path" "content-digest")"#;
const TAG: &str = "castellan-agent";
/// Bytes of a header that is read.
const LONGEST: usize = 512;

/// A key pair.
pub struct Key(Ed25519KeyPair);

impl std::fmt::Debug for Key {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Key({})", BASE64.encode(&self.public()))
    }
}

impl Key {
    /// A new one, as PKCS#8 (RFC 8410).
    ///
    /// # Errors
    ///
    /// When the system gives no random bytes.
    pub fn generate() -> Result<(Self, Vec<u8>), String> {
        let pair = Ed25519KeyPair::generate().map_err(|_| "no key can be made".to_owned())?;
        let bytes = pair.to_pkcs8().map_err(|_| "no key can be made".to_owned())?.as_ref().to_vec();
        Ok((Self(pair), bytes))
    }

    /// Reads what [`Self::generate`] gave.
    ///
    /// # Errors
    ///
    /// When it is no key.
    pub fn read(pkcs8: &[u8]) -> Result<Self, String> {
        Ed25519KeyPair::from_pkcs8(pkcs8).map(Self).map_err(|_| "it is no Ed25519 key in PKCS#8".to_owned())
    }

    /// The public half, 32 bytes.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    /// A signature, 64 bytes.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.sign(bytes).as_ref().to_vec()
    }

    /// The headers of a signed request.
    #[must_use]
    pub fn headers(&self, request: &Request<'_>, signed: &Signed) -> [(&'static str, String); 3] {
        let digest = digest(request.body);
        let signature = self.sign(base(request, &digest, &signed.parameters()).as_bytes());
        [
            (DIGEST, digest),
            (INPUT, format!("{LABEL}={}", signed.parameters())),
            (SIGNATURE, format!("{LABEL}=:{}:", BASE64.encode(&signature))),
        ]
    }
}

/// Whether a signature is of this key.
#[must_use]
pub fn is_signed(public: &[u8], bytes: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public).verify(bytes, signature).is_ok()
}

/// The name of a public key, as people compare it: the start of its hash.
#[must_use]
pub fn name(public: &[u8]) -> String {
    let hash = Sha256::digest(public);
    let hex = data_encoding::HEXLOWER.encode(&hash[..8]);
    hex.as_bytes().chunks(4).map(|part| String::from_utf8_lossy(part).into_owned()).collect::<Vec<_>>().join(" ")
}

/// What of a request is signed.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Method.
    pub method: &'a str,
    /// Path, without what stands behind the question mark: requests of agents have none.
    pub path: &'a str,
    /// Body.
    pub body: &'a [u8],
}

/// Who signed, when, and the how manieth time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The agent; `enrol`: its key is in the body.
    pub key: String,
    /// When, seconds since 1970.
    pub created: i64,
    /// Grows with every request of a key: what was sent once is not taken again.
    pub counter: i64,
}

fn digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", BASE64.encode(&Sha256::digest(body)))
}

/// The text that is signed: RFC 9421, section 2.5.
fn base(request: &Request<'_>, digest: &str, parameters: &str) -> String {
    format!(
        "\"@method\": {}\n\"@path\": {}\n\"content-digest\": {digest}\n\"@signature-params\": {parameters}",
        request.method, request.path
    )
}

impl Signed {
    fn parameters(&self) -> String {
        format!(
            r#"{COMPONENTS};created={};nonce="{}";keyid="{}";alg="ed25519";tag="{TAG}""#,
            self.created, self.counter, self.key
        )
    }

    /// Reads `Signature-Input`. Only the form that agents write is taken.
    ///
    /// # Errors
    ///
    /// When it is another.
    pub fn read(input: &str) -> Result<Self, String> {
        let wrong = || "`Signature-Input` is none of an agent of Castellan".to_owned();
        if input.len() > LONGEST {
            return Err(wrong());
        }
        let rest = input.strip_prefix(LABEL).and_then(|rest| rest.strip_prefix('=')).ok_or_else(wrong)?;
        let rest = rest.strip_prefix(COMPONENTS).ok_or_else(wrong)?;
        let value = |name: &str| {
            let part = rest.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            part.map(|text| text.trim_matches('"')).ok_or_else(wrong)
        };
        let signed = Self {
            key: value("keyid")?.to_owned(),
            created: value("created")?.parse().map_err(|_| wrong())?,
            counter: value("nonce")?.parse().map_err(|_| wrong())?,
        };
        // What is not written as we write it, to the letter, is not what was signed.
        if signed.parameters() == format!("{COMPONENTS}{rest}") { Ok(signed) } else { Err(wrong()) }
    }

    /// Whether the request is signed with this key.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn check(
        &self,
        public: &[u8],
        request: &Request<'_>,
        told_digest: &str,
        signature: &str,
    ) -> Result<(), String> {
        let digest = digest(request.body);
        if told_digest != digest {
            return Err("`Content-Digest` is not that of the body".to_owned());
        }
        let text = signature
            .strip_prefix(LABEL)
            .and_then(|rest| rest.strip_prefix("=:"))
            .and_then(|rest| rest.strip_suffix(':'))
            .filter(|text| text.len() <= LONGEST);
        let bytes = text.and_then(|text| BASE64.decode(text.as_bytes()).ok());
        let bytes = bytes.ok_or_else(|| "`Signature` is none of an agent of Castellan".to_owned())?;
        if is_signed(public, base(request, &digest, &self.parameters()).as_bytes(), &bytes) {
            Ok(())
        } else {
            Err("the request is not signed with the key of this agent".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one() -> (Key, Signed, Request<'static>) {
        let signed = Signed { key: "7".into(), created: 1_790_000_000, counter: 42 };
        (Key::generate().unwrap().0, signed, Request { method: "POST", path: "/api/v1/agent/heartbeat", body: b"{}" })
    }

    #[test]
    fn what_was_signed_is_taken_and_nothing_else() {
        let (key, signed, request) = one();
        let [(_, digest), (_, input), (_, signature)] = key.headers(&request, &signed);
        let read = Signed::read(&input).unwrap();
        assert_eq!(read, signed);
        assert_eq!(read.check(&key.public(), &request, &digest, &signature), Ok(()));
        let is_wrong = |read: &Signed, request: &Request<'_>| {
            read.check(&key.public(), request, &super::digest(request.body), &signature).is_err()
        };
        assert!(is_wrong(&read, &Request { path: "/api/v1/agent/evidence/1", ..request }));
        assert!(is_wrong(&read, &Request { method: "PUT", ..request }));
        assert!(is_wrong(&read, &Request { body: b"{ }", ..request }));
        assert!(is_wrong(&Signed { counter: 43, ..signed.clone() }, &request));
        assert!(is_wrong(&Signed { key: "8".into(), ..signed.clone() }, &request));
        assert!(is_wrong(&Signed { created: signed.created + 1, ..signed.clone() }, &request));
        let other = Key::generate().unwrap().0;
        assert!(read.check(&other.public(), &request, &digest, &signature).is_err());
        assert!(
            read.check(&key.public(), &request, "sha-256=:AAAA:", &signature).unwrap_err().contains("Content-Digest")
        );
    }

    #[test]
    fn the_signed_text_is_that_of_the_standard() {
        let (_, signed, request) = one();
        // The digest is that of RFC 9530 for `{}` and a line less: `printf '{}' | openssl dgst -sha256 -binary | base64`.
        let text = base(&request, &digest(request.body), &signed.parameters());
        assert_eq!(
            text,
            "\"@method\": POST\n\"@path\": /api/v1/agent/heartbeat\n\"content-digest\": sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:\n\
             \"@signature-params\": (\"@method\" \"@path\" \"content-digest\");created=1790000000;nonce=\"42\";keyid=\"7\";alg=\"ed25519\";tag=\"castellan-agent\""
        );
    }

    #[test]
    fn a_key_is_read_again() {
        let (key, pkcs8) = Key::generate().unwrap();
        assert_eq!(Key::read(&pkcs8).unwrap().public(), key.public());
        assert!(Key::read(b"no key").is_err());
        assert_eq!(name(&key.public()).len(), 19);
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(text in ".{0,200}", tail in ".{0,80}") {
            let _ = Signed::read(&text);
            let _ = Signed::read(&format!("castellan={COMPONENTS};{tail}"));
        }

        #[test]
        fn what_is_read_is_written_the_same(key in "[a-z0-9]{1,20}", created in any::<i64>(), counter in any::<i64>()) {
            let signed = Signed { key, created, counter };
            prop_assert_eq!(Signed::read(&format!("castellan={}", signed.parameters())).unwrap(), signed);
        }
    }
}
