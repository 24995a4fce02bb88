//! A site as the outside sees it: collected once, judged by pure rules.

pub mod collect;
pub mod dial;
pub mod dns;
pub mod evidence;
pub mod example;
pub mod grade;
pub mod headers;
pub mod http;
pub mod judge;
pub mod probes;
pub mod rule;
pub mod rules;
mod secrets;
pub mod site;
pub mod tls;
pub mod view;

pub use secrets::without_secrets;
