//! Odoo's own configuration: the options of each series, the value that counts, and passwords.

pub mod command;
pub mod effective;
pub mod options;
pub mod secret;
