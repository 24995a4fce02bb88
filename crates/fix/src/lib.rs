//! Plans, previews, applies, verifies and undoes changes that remove findings; generates hardened configurations.
//!
//! The way of a fix: [`plan`] makes new texts from the changes of findings, [`diff`] shows them, [`journal`] keeps the old
//! state, writes atomically, asks the program itself whether it takes the file, and takes everything back when it does not.

pub mod check;
pub mod diff;
pub mod harden;
pub mod journal;
pub mod keys;
pub mod plan;
pub mod records;
