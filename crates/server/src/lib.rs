//! The monitoring server: people, what is under care, scans on schedule, their history, an API and pages.

pub mod api;
pub mod app;
pub mod auth;
pub mod clock;
pub mod data;
mod http;
pub mod keys;
pub mod metrics;
mod pages;
pub mod reach;
pub mod remote;
pub mod reports;
pub mod run;
pub mod scope;
pub mod serve;
pub mod sources;
pub mod telemetry;
pub mod work;
