//! A certificate authority of one test.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// An authority that signs what a test wants.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate, DER: for clients that should trust it.
    pub der: Vec<u8>,
}

/// A certificate with its key, both DER.
pub struct Issued {
    /// The certificate.
    pub certificate: Vec<u8>,
    /// The private key, PKCS#8.
    pub key: Vec<u8>,
}

#[expect(clippy::expect_used, reason = "a test that cannot make a key has nothing to test")]
impl Authority {
    /// A new one.
    #[must_use]
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Test Authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let der = params.self_signed(&key).expect("a certificate").der().to_vec();
        Self { issuer: Issuer::new(params, key), der }
    }

    /// A certificate for names, changed by `change` before it is signed.
    #[must_use]
    pub fn issue(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Issued {
        let mut params =
            CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).expect("names");
        params.distinguished_name.push(DnType::CommonName, names.first().copied().unwrap_or("nobody"));
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Issued { certificate: certificate.der().to_vec(), key: key.serialize_der() }
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}
