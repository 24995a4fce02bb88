//! How good a password is, told without keeping it.
//!
//! Odoo keeps the master password as passlib's `$pbkdf2-sha512$rounds$salt$checksum` (11.0 and newer) or in clear text.
//! Sources: passlib documentation, "passlib.hash.pbkdf2_digest"; Odoo, `odoo/tools/config.py`.

use data_encoding::{BASE64_NOPAD, Encoding, Specification};
use rayon::prelude::*;
use sha2::Sha512;

/// What stands for a password in a bundle: how good it was, not what it was.
pub const MASK: &str = "castellan-masked:";

/// Passwords that everybody tries first.
const COMMON: [&str; 48] = [
    "admin",
    "odoo",
    "password",
    "master",
    "123456",
    "admin123",
    "odoo123",
    "root",
    "postgres",
    "openerp",
    "changeme",
    "secret",
    "12345678",
    "123456789",
    "1234",
    "12345",
    "qwerty",
    "test",
    "demo",
    "Odoo",
    "Admin",
    "Password",
    "Passw0rd",
    "P@ssw0rd",
    "password1",
    "password123",
    "admin1234",
    "admin@123",
    "Admin123",
    "Admin@123",
    "odoo@123",
    "Odoo123",
    "odoo2024",
    "odoo2025",
    "odoo2026",
    "odoo12",
    "odoo13",
    "odoo14",
    "odoo15",
    "odoo16",
    "odoo17",
    "odoo18",
    "odoo19",
    "superadmin",
    "masterpassword",
    "letmein",
    "welcome",
    "labmaster",
];

/// Rounds of PBKDF2 that a look spends on guessing at most: about a second on one core.
const GUESS_ROUNDS: u64 = 2_400_000;

/// Shortest clear-text password that is not called weak.
const MIN_LENGTH: usize = 12;

/// How a password is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// No password.
    Empty,
    /// Clear text.
    Plain,
    /// PBKDF2 with SHA-512.
    Pbkdf2 {
        /// Number of rounds.
        rounds: u64,
    },
    /// A hash of another kind.
    OtherHash,
}

/// How easily a password is guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Among those that everybody tries first.
    Common,
    /// Shorter than twelve characters.
    Short,
}

/// What is said of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strength {
    /// How it is kept.
    pub kept: Kept,
    /// Why it is weak, if it is.
    pub weakness: Option<Weakness>,
    /// It is `admin`, Odoo's factory default.
    pub is_default: bool,
}

/// Judges a password or hash. `extra` are words that an attacker of this place tries too: database, role, host names.
#[must_use]
pub fn assess(value: &str, extra: &[&str]) -> Strength {
    if let Some(mask) = value.strip_prefix(MASK) {
        return unmask(mask);
    }
    if value.is_empty() {
        return Strength { kept: Kept::Empty, weakness: None, is_default: false };
    }
    if let Some((rounds, salt, checksum)) = parts(value) {
        let tries = usize::try_from(GUESS_ROUNDS / rounds.max(1)).unwrap_or(usize::MAX).max(3);
        let candidates: Vec<&str> = extra.iter().copied().chain(COMMON).collect();
        let guessed = candidates
            .par_iter()
            .take(tries)
            .find_map_any(|candidate| (derive(candidate, &salt, rounds) == checksum).then_some(*candidate));
        return Strength {
            kept: Kept::Pbkdf2 { rounds },
            weakness: guessed.map(|_| Weakness::Common),
            is_default: guessed == Some("admin"),
        };
    }
    if value.starts_with('$') && value.matches('$').count() >= 3 {
        return Strength { kept: Kept::OtherHash, weakness: None, is_default: false };
    }
    let lower = value.to_lowercase();
    let common = COMMON.iter().chain(extra).any(|word| word.eq_ignore_ascii_case(&lower));
    let one_character = value.chars().next().is_some_and(|first| value.chars().all(|char| char == first));
    let weakness = if common || one_character {
        Some(Weakness::Common)
    } else if value.chars().count() < MIN_LENGTH {
        Some(Weakness::Short)
    } else {
        None
    };
    Strength { kept: Kept::Plain, weakness, is_default: value == "admin" }
}

/// Passwords that everybody tries first.
#[must_use]
pub const fn common() -> &'static [&'static str] {
    &COMMON
}

/// The first of some words that a stored password is, hashed or not.
#[must_use]
pub fn guess<'w>(stored: &str, words: &[&'w str]) -> Option<&'w str> {
    match parts(stored) {
        Some((rounds, salt, checksum)) => {
            words.par_iter().copied().find_any(|word| derive(word, &salt, rounds) == checksum)
        }
        None => words.iter().copied().find(|word| *word == stored),
    }
}

/// What a bundle keeps instead of a password.
#[must_use]
pub fn mask(value: &str) -> String {
    let strength = assess(value, &[]);
    let weak = match (strength.is_default, strength.weakness) {
        (true, _) => "default",
        (_, Some(Weakness::Common)) => "common",
        (_, Some(Weakness::Short)) => "short",
        _ => "strong",
    };
    match strength.kept {
        Kept::Empty => String::new(),
        Kept::Plain => format!("{MASK}plain:{weak}"),
        Kept::Pbkdf2 { rounds } => format!("{MASK}pbkdf2-sha512:{rounds}:{weak}"),
        Kept::OtherHash => format!("{MASK}hash:{weak}"),
    }
}

fn unmask(mask: &str) -> Strength {
    let mut fields = mask.split(':');
    let kind = fields.next().unwrap_or_default();
    let kept = match kind {
        "pbkdf2-sha512" => Kept::Pbkdf2 { rounds: fields.next().and_then(|text| text.parse().ok()).unwrap_or(0) },
        "hash" => Kept::OtherHash,
        _ => Kept::Plain,
    };
    let word = fields.next().unwrap_or_default();
    let weakness = match word {
        "default" | "common" => Some(Weakness::Common),
        "short" => Some(Weakness::Short),
        _ => None,
    };
    Strength { kept, weakness, is_default: word == "default" }
}

/// passlib's alphabet: `.` where Base64 has `+`.
fn alphabet() -> Option<Encoding> {
    let mut specification: Specification = BASE64_NOPAD.specification();
    specification.symbols = specification.symbols.replace('+', ".");
    specification.check_trailing_bits = false;
    specification.encoding().ok()
}

/// Rounds, salt and checksum of a hash.
fn parts(hash: &str) -> Option<(u64, Vec<u8>, Vec<u8>)> {
    let rest = hash.strip_prefix("$pbkdf2-sha512$")?;
    let mut fields = rest.split('$');
    let rounds: u64 = fields.next()?.parse().ok()?;
    let encoding = alphabet()?;
    let salt = encoding.decode(fields.next()?.as_bytes()).ok()?;
    let checksum = encoding.decode(fields.next()?.as_bytes()).ok()?;
    (rounds > 0 && checksum.len() == 64).then_some((rounds, salt, checksum))
}

fn derive(password: &str, salt: &[u8], rounds: u64) -> Vec<u8> {
    let mut out = vec![0; 64];
    let rounds = u32::try_from(rounds.min(GUESS_ROUNDS)).unwrap_or(u32::MAX);
    pbkdf2::pbkdf2_hmac::<Sha512>(password.as_bytes(), salt, rounds, &mut out);
    out
}

/// Whether a password belongs to a hash of Odoo's form.
#[must_use]
pub fn verify(password: &str, hash: &str) -> bool {
    parts(hash).is_some_and(|(rounds, salt, checksum)| derive(password, &salt, rounds) == checksum)
}

/// Rounds that Odoo 17.0 and newer use.
pub const ROUNDS: u32 = 600_000;

/// Hashes a password in Odoo's own form. `salt` must be random, 16 bytes.
#[must_use]
pub fn hash(password: &str, salt: &[u8], rounds: u32) -> String {
    let Some(encoding) = alphabet() else { return String::new() };
    let checksum = derive(password, salt, u64::from(rounds));
    format!("$pbkdf2-sha512${rounds}${}${}", encoding.encode(salt), encoding.encode(&checksum))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made by passlib 1.7.4: `CryptContext(["pbkdf2_sha512"]).hash("admin")` with 25000 rounds.
    const PASSLIB_ADMIN: &str = "$pbkdf2-sha512$25000$VeqdU4ox5lxLqZVSipEy5g$HHotu9Dt1G/8MxdFFqfb.fvUmxFKVzpBYGItkS7KKSYWWzaYlHn3sGvoXnjz2DqHC3xWTUWK6DurePnzYliQ3g";

    #[test]
    fn our_hash_is_verified_and_guessed() {
        let ours = hash("admin", b"0123456789abcdef", 1000);
        assert!(ours.starts_with("$pbkdf2-sha512$1000$"));
        assert!(verify("admin", &ours) && !verify("other", &ours));
        let strength = assess(&ours, &[]);
        assert!(strength.is_default && strength.kept == Kept::Pbkdf2 { rounds: 1000 });
        assert_eq!(assess(&hash("a long random one", b"0123456789abcdef", 1000), &[]).weakness, None);
        assert!(verify("admin", PASSLIB_ADMIN) && !verify("Admin", PASSLIB_ADMIN));
        assert!(assess(PASSLIB_ADMIN, &[]).is_default);
    }

    #[test]
    fn clear_text_is_judged() {
        assert!(assess("admin", &[]).is_default);
        assert_eq!(assess("Odoo", &[]).weakness, Some(Weakness::Common));
        assert_eq!(assess("acme-prod", &["acme-prod"]).weakness, Some(Weakness::Common));
        assert_eq!(assess("kX93-pq", &[]).weakness, Some(Weakness::Short));
        assert_eq!(assess("correct horse battery", &[]).weakness, None);
        assert_eq!(assess("", &[]).kept, Kept::Empty);
        assert_eq!(assess("$6$salt$hash", &[]).kept, Kept::OtherHash);
    }

    #[test]
    fn a_mask_keeps_the_judgement_and_not_the_password() {
        for value in ["admin", "odoo", "kX9-q", "correct horse battery"] {
            let masked = mask(value);
            assert!(!masked.contains(value));
            assert_eq!(assess(&masked, &[]), assess(value, &[]));
        }
        assert_eq!(mask(""), "");
    }

    #[test]
    fn broken_hashes_are_not_taken_for_one() {
        for value in ["$pbkdf2-sha512$", "$pbkdf2-sha512$x$a$b", "$pbkdf2-sha512$0$AAAA$AAAA", "$pbkdf2-sha512$10$A$A"]
        {
            assert!(!verify("admin", value));
            assert!(!assess(value, &[]).is_default);
        }
    }
}
