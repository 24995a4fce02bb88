//! Rules of one's own: YAML with conditions in CEL over typed evidence. No programming, and nothing that a rule can do but answer.
//!
//! A rule is read ([`rule`]), its paths are compared with the schema of the evidence ([`check`]), and it is run within limits ([`run`]). This crate
//! knows the evidence only as a JSON schema and JSON values; what they hold is for the caller to say.

pub mod check;
pub mod kinds;
pub mod rule;
pub mod run;

pub use kinds::Kinds;
pub use rule::{CustomRule, RuleError, read};
pub use run::{Hit, Outcome, evaluate};
