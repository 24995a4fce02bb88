//! Configuration of an Odoo host: readers with positions, what a request would meet, rules, reversible edits.
//!
//! The way of a look: [`host`] answers questions about a system, [`deployment`] finds the Odoo on it and links what
//! belongs together, [`rules`] judge, [`scan`] gathers. Reading never changes anything.

pub mod deployment;
pub mod example;
pub mod host;
pub mod markers;
pub mod odoo;
pub mod proxy;
pub mod read;
pub mod rule;
pub mod rules;
pub mod scan;
pub mod source;
