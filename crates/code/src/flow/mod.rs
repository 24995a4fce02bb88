//! Inter-procedural taint analysis.
//!
//! Every function is interpreted over abstract values: where a value may come from (parameters and sources), what it
//! is (a cursor, records of a model, constant text), and what was done to it (formatted, escaped, checked). The result
//! of a function is a [`Summary`]: which parameter reaches its return value or a sink, which guards it performs. Callers
//! use the summaries of their callees; functions are interpreted again until no summary changes.
//!
//! Rules do not run the engine. They name a [`Sink`] and say which flows into it they claim.

mod analysis;
mod assign;
mod calls;
mod expressions;
mod fixpoint;
mod guards;
mod library;
mod orm;
mod outside;
mod sources;
mod strings;
mod summary;
mod value;

pub use calls::CallView;
pub use fixpoint::{Flow, FlowResults, run};
pub use guards::{Effects, Guards};
pub use sources::{Source, SourceKind, entry_source, is_rpc_method};
pub use summary::{Sink, SinkSite, Step, Summary};
pub use value::{Clean, Kind, Traits, Value};
