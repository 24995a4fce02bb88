//! Odoo modules on disk, to a program model, to findings.
//!
//! The way of a scan: [`discover`] finds texts and modules, [`program`] parses and links them into one graph, [`flow`]
//! interprets every function, [`rules`] judge, [`scan`] gathers. Nothing that is scanned is ever run or imported.

pub mod discover;
pub mod example;
pub mod flow;
pub mod javascript;
pub mod markers;
pub mod program;
pub mod python;
pub mod rule;
pub mod rules;
pub mod scan;
pub mod source;
