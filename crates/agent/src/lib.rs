//! The agent on a host of Odoo: it asks the server, and is never asked. What both sides say to each other is here too.

pub mod link;
pub mod protocol;
pub mod run;
pub mod signature;
pub mod state;
pub mod watch;
