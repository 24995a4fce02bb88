//! Servers for tests: sites that answer as real ones do, and sites that do everything to break a client.
//!
//! All listen on loopback, on a port that the system chooses, and end with the test.

mod authority;
pub mod hello;
pub mod names;
pub mod odoo;
pub mod postgres;
mod server;
pub mod site;

pub use authority::Authority;
pub use server::{Reply, Request, Server};
