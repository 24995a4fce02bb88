//! A live database, read through RPC or SQL: users, rights, keys, settings, jobs; judged by pure rules.

pub mod collect;
pub mod evidence;
pub mod example;
pub mod instance;
pub mod judge;
pub mod reads;
pub mod rights;
pub mod rotation;
pub mod rule;
pub mod rules;
pub mod shipped;
pub mod view;
