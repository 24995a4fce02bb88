//! What can go wrong with a call, told the same way for every dialect.

/// A server's refusal or failure, by what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Wrong log-in, password or key.
    Denied,
    /// The user has no right to it. With the server's words.
    NoRight(String),
    /// The model is not there.
    NoModel(String),
    /// A field or method is not there, or the arguments are wrong.
    NoMember(String),
    /// The database is not there or not served.
    NoDatabase(String),
    /// The log-in has ended.
    SessionEnded,
    /// The server said no to the values.
    Invalid(String),
    /// Anything else that the server raised: the class of the exception, and its words.
    Other(String, String),
}

impl Fault {
    /// By the class of the exception and its words.
    #[must_use]
    pub fn of(name: &str, message: &str) -> Self {
        let text = message.trim().to_owned();
        let short = name.rsplit('.').next().unwrap_or(name);
        let low = text.to_lowercase();
        let no_model = (low.contains("object ") && low.contains("doesn't exist"))
            || low.contains("the model") && low.contains("does not exist");
        match short {
            "AccessDenied" | "Unauthorized" => Self::Denied,
            "SessionExpiredException" => Self::SessionEnded,
            _ if no_model || short == "NotFound" && low.contains("model") => Self::NoModel(text),
            _ if low.contains("database") && (low.contains("does not exist") || low.contains("not found")) => {
                Self::NoDatabase(text)
            }
            "AccessError" | "Forbidden" => Self::NoRight(text),
            _ if low.contains("invalid field")
                || low.contains("has no attribute")
                || (low.contains("the method") && low.contains("does not exist"))
                || low.contains("unexpected keyword") =>
            {
                Self::NoMember(text)
            }
            "UserError" | "ValidationError" | "RedirectWarning" | "MissingError" => Self::Invalid(text),
            _ => Self::Other(name.to_owned(), text),
        }
    }

    /// By a traceback: what XML-RPC has as the text of a fault with code 1.
    #[must_use]
    pub fn of_traceback(text: &str) -> Self {
        let last = text.trim_end().lines().last().unwrap_or_default();
        match last.split_once(": ") {
            Some((name, message)) if !name.contains(' ') => Self::of(name, message),
            _ => Self::of("", last),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = |text: &str| text.lines().next().unwrap_or_default().chars().take(300).collect::<String>();
        match self {
            Self::Denied => formatter.write_str("the log-in is refused: wrong user, password or key"),
            Self::NoRight(text) => write!(formatter, "no right: {}", first(text)),
            Self::NoModel(text) | Self::NoMember(text) | Self::Invalid(text) => formatter.write_str(&first(text)),
            Self::NoDatabase(text) => write!(formatter, "no such database: {}", first(text)),
            Self::SessionEnded => formatter.write_str("the log-in has ended"),
            Self::Other(name, text) if name.is_empty() => formatter.write_str(&first(text)),
            Self::Other(name, text) => write!(formatter, "{name}: {}", first(text)),
        }
    }
}

/// Why a call has no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server was not reached, or broke off.
    #[error("{0}")]
    Transport(String),
    /// An answer of HTTP that is none of the dialect's.
    #[error("HTTP status {status}{}", if .hint.is_empty() { String::new() } else { format!(": {hint}") })]
    Status {
        /// Status of HTTP.
        status: u16,
        /// What it may mean.
        hint: String,
    },
    /// The text breaks the dialect, or a limit.
    #[error("line {line}: {reason}")]
    Malformed {
        /// Line of the text, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The server refused or failed.
    #[error("{0}")]
    Fault(Fault),
}

impl Error {
    /// A text that breaks the dialect at a byte.
    pub(crate) fn malformed(text: &[u8], at: usize, reason: impl Into<String>) -> Self {
        let before = text.get(..at.min(text.len())).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Self::Malformed { line, reason: reason.into() }
    }
}
