//! Passwords can be tried without end, and they need not be good.
//!
//! ## What it does
//!
//! Joins a log-in without a limit at the proxy with passwords that may be short or are known to be weak, or a cool-down
//! that is off.
//!
//! ## Why it matters
//!
//! A machine tries thousands of passwords an hour; one short one among the users is enough.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "proxy-login-unlimited" }, { rule = "password-policy-missing" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "proxy-login-unlimited" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "password-policy-missing" }, { rule = "login-cooldown-weak" }]
//! ```
//!
//! ## How to fix
//!
//! Limit `/web/login` at the proxy, demand twelve characters, keep Odoo's cool-down on, add a second factor.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/307.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta = RuleMeta::new("passwords-can-be-tried", "JOI008", Group::Joined, Severity::High, 307);

const LOGIN: &[&str] = &["site-login-unlimited", "proxy-login-unlimited", "proxy-rpc-unlimited"];
const PASSWORD: &[&str] = &["password-policy-missing", "login-cooldown-weak", "user-password-guessed"];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.chain(&[LOGIN, PASSWORD], "log-ins can be tried without a limit, and passwords may be weak")
}
