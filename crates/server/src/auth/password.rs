//! Passwords of people: Argon2id with the crate's parameters (OWASP's first choice: 19 MiB, 2 rounds), each hash with a salt of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret, SecretString};

/// Fewest characters (NIST SP 800-63B-4, where a password is the only factor).
const FEWEST: usize = 15;
/// Most characters: hashing longer ones only costs time.
const MOST: usize = 256;

/// Passwords that are long and still known to everybody.
const KNOWN: [&str; 6] = ["password", "castellan", "123456789", "qwertyuiop", "letmein", "administrator"];

/// What is wrong with a new password; none: nothing.
#[must_use]
pub fn weakness(password: &SecretString, email: &str) -> Option<String> {
    let text = password.expose_secret();
    let length = text.chars().count();
    if length < FEWEST {
        return Some(format!("a password needs at least {FEWEST} characters; four unusual words do"));
    }
    if length > MOST {
        return Some(format!("a password may have {MOST} characters at most"));
    }
    let lower = text.to_lowercase();
    let name = email.split('@').next().unwrap_or_default().to_lowercase();
    let left = KNOWN.iter().fold(lower, |left, known| left.replace(known, ""));
    let left = if name.len() > 2 { left.replace(&name, "") } else { left };
    let mut different: Vec<char> = left.chars().collect();
    different.sort_unstable();
    different.dedup();
    (different.len() < 5).then(|| "this password is easy to guess; take four unusual words".to_owned())
}

/// Work that a thread of its own does.
type Work = Box<dyn FnOnce() + Send>;

/// As many threads as there are cores hash, and no more: each takes 19 MiB, whoever guesses how often.
static HASHERS: LazyLock<Mutex<Sender<Work>>> = LazyLock::new(|| {
    let (sender, receiver) = channel::<Work>();
    let receiver = Arc::new(Mutex::new(receiver));
    for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
        let receiver: Arc<Mutex<Receiver<Work>>> = Arc::clone(&receiver);
        thread::spawn(move || {
            loop {
                let work = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
                match work {
                    // A failure is one of whom it was for.
                    Ok(work) => drop(catch_unwind(AssertUnwindSafe(work))),
                    Err(_) => return,
                }
            }
        });
    }
    Mutex::new(sender)
});

/// Does something with a password where waiting hurts nobody.
///
/// # Errors
///
/// When the process ends.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let work: Work = Box::new(move || {
        // Who asked may have gone.
        if !answer.is_closed() {
            let _ = answer.send(work());
        }
    });
    let sent = HASHERS.lock().unwrap_or_else(PoisonError::into_inner).send(work);
    sent.map_err(|error| error.to_string())?;
    answered.await.map_err(|error| error.to_string())
}

/// The hash of a password. It takes a tenth of a second: see [`apart`].
///
/// # Errors
///
/// When the system gives no random bytes.
pub fn hash(password: &SecretString) -> Result<String, String> {
    Argon2::default()
        .hash_password(password.expose_secret().as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| error.to_string())
}

/// Whether it is the password. Without a hash the same time is taken, so that nobody learns which accounts exist.
#[must_use]
pub fn is_right(password: &SecretString, hash: Option<&str>) -> bool {
    static NOBODY: LazyLock<String> =
        LazyLock::new(|| self::hash(&SecretString::from("nobody's".to_owned())).unwrap_or_default());
    let is_somebody = hash.is_some();
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(&NOBODY)) else { return false };
    Argon2::default().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok() && is_somebody
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_fails_leaves_the_threads_for_others() {
        for _ in 0..20 {
            assert!(apart(|| -> u8 { panic!("one fails") }).await.is_err());
        }
        assert_eq!(apart(|| 7).await, Ok(7));
    }

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[test]
    fn a_password_is_known_again_and_no_other() {
        let hash = hash(&secret("correct horse battery staple")).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(is_right(&secret("correct horse battery staple"), Some(&hash)));
        assert!(!is_right(&secret("correct horse battery stable"), Some(&hash)));
        assert!(!is_right(&secret("nobody's"), None));
    }

    #[test]
    fn weak_passwords_are_refused() {
        for text in ["short", "passwordpassword", "castellan123456789", "aaaaaaaaaaaaaaaaaaaa", "ada.admin.ada.admin"] {
            assert!(weakness(&secret(text), "ada.admin@example.com").is_some(), "{text}");
        }
        assert_eq!(weakness(&secret("marble otter seven lanterns"), "ada@example.com"), None);
    }
}
