//! The administrator's well-known log-in can be tried from outside.
//!
//! ## What it does
//!
//! Joins the default `admin` account, or a password that was guessed, with a server that is seen from outside and no second
//! factor.
//!
//! ## Why it matters
//!
//! `admin` with a password that everybody tries first is the first thing that every scanner of the internet does.
//!
//! ## Bad
//!
//! ```toml
//! site = true
//! finding = [{ rule = "user-default-admin" }, { rule = "user-admin-no-second-factor" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "user-default-admin" }, { rule = "user-admin-no-second-factor" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! site = true
//! finding = [{ rule = "user-default-admin" }]
//! ```
//!
//! ## How to fix
//!
//! `castellan fix --replace-admin` makes another administrator and archives this one; demand a second factor.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1392.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("default-administrator-open", "JOI009", Group::Joined, Severity::Critical, 1392);

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    if !view.is_seen_from_outside() {
        return Vec::new();
    }
    view.chain(
        &[&["user-default-admin", "user-password-guessed", "user-demo"], &["user-admin-no-second-factor"]],
        "the well-known log-in of the administrator can be tried from outside, and a password is all that it needs",
    )
}
