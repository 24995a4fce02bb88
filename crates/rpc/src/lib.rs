//! Odoo's wire dialects: XML-RPC, JSON-RPC and JSON-2, parsed, printed and called. No policy.

pub mod client;
pub mod download;
pub mod error;
pub mod json;
mod number;
pub mod value;
pub mod xml;

pub use client::{Client, Dialect, Options};
pub use error::{Error, Fault};
pub use value::Value;

/// A call as it stands on the wire, before anybody looks at what it means: `execute_kw` with its seven parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// `common`, `object`, `db`; XML-RPC has it in the path.
    pub service: String,
    /// `authenticate`, `execute_kw`, `version`.
    pub method: String,
    /// Parameters by position.
    pub parameters: Vec<Value>,
}

/// A call of a model's method, whatever dialect it came in.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCall {
    /// The database; JSON-2 has it in a header, or nowhere.
    pub database: Option<String>,
    /// Id of the user; JSON-2 has a key only.
    pub user: Option<i64>,
    /// `res.users`.
    pub model: String,
    /// `search_read`.
    pub method: String,
    /// Parameters by position.
    pub arguments: Vec<Value>,
    /// Parameters by name, in the order of the wire.
    pub named: Vec<(String, Value)>,
}

impl Call {
    /// What it asks a model for: `execute` and `execute_kw` of the object service.
    #[must_use]
    pub fn model_call(&self) -> Option<ModelCall> {
        if self.service != "object" || !matches!(self.method.as_str(), "execute" | "execute_kw") {
            return None;
        }
        let [database, user, _secret, model, method, rest @ ..] = self.parameters.as_slice() else { return None };
        let (arguments, named) = if self.method == "execute" {
            (rest.to_vec(), Vec::new())
        } else {
            let arguments = match rest.first() {
                Some(Value::List(arguments)) => arguments.clone(),
                _ => Vec::new(),
            };
            let named = match rest.get(1) {
                Some(Value::Map(named)) => named.clone(),
                _ => Vec::new(),
            };
            (arguments, named)
        };
        Some(ModelCall {
            database: database.text().map(str::to_owned),
            user: user.int(),
            model: model.text()?.to_owned(),
            method: method.text()?.to_owned(),
            arguments,
            named,
        })
    }
}

/// What a reader takes at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the text.
    pub bytes: usize,
    /// Values inside each other.
    pub depth: usize,
    /// Values in all.
    pub values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 << 20, depth: 64, values: 4_000_000 }
    }
}
