//! Random tokens: 256 bits, shown once, kept as a hash.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// A new token with a prefix by which people and scanners for leaked secrets know it.
///
/// # Errors
///
/// When the system gives no random bytes.
pub fn new(prefix: &str) -> Result<String, String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
    Ok(format!("{prefix}{}", BASE64URL_NOPAD.encode(&bytes)))
}

/// What is kept of it. A random token needs no salt and no slow hash.
#[must_use]
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    #[test]
    fn tokens_differ() {
        let (one, other) = (super::new("cst_").unwrap(), super::new("cst_").unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 4 + 43);
    }
}
