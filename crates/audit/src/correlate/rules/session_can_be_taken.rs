//! Log-ins travel in the clear, and a password is all that an administrator needs.
//!
//! ## What it does
//!
//! Joins log-in or cookies over plain HTTP with administrators that have no second factor.
//!
//! ## Why it matters
//!
//! Whoever shares a network with an administrator once has the administrator's account.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "site-login-in-clear" }, { rule = "user-admin-no-second-factor" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "site-login-in-clear" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "user-admin-no-second-factor" }]
//! ```
//!
//! ## How to fix
//!
//! Redirect HTTP to HTTPS, set HSTS, mark cookies `Secure`, demand a second factor.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta = RuleMeta::new("session-can-be-taken", "JOI018", Group::Joined, Severity::High, 319);

const CLEAR: &[&str] = &[
    "site-login-in-clear",
    "site-rpc-in-clear",
    "http-not-redirected",
    "proxy-plain-http",
    "session-cookie-insecure",
    "proxy-cookie-flags",
];
const ADMINISTRATOR: &[&str] = &["user-admin-no-second-factor"];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.chain(
        &[CLEAR, ADMINISTRATOR],
        "log-ins or cookies travel in the clear, and a password alone lets an administrator in",
    )
}
