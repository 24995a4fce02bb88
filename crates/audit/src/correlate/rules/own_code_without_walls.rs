//! Users can put code into the database, and somebody did.
//!
//! ## What it does
//!
//! Joins rights to make server actions or jobs outside administration with code that changed or is open to the public.
//!
//! ## Why it matters
//!
//! A single account of an ordinary user is enough to run code with every right, and it may have happened.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "right-to-run-code" }, { rule = "code-changed" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "right-to-run-code" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "code-changed" }]
//! ```
//!
//! ## How to fix
//!
//! Take the right away, read every action and job that changed, and see who changed it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/284.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta = RuleMeta::new("own-code-without-walls", "JOI021", Group::Joined, Severity::High, 284);

const RIGHT: &[&str] =
    &["right-to-run-code", "right-to-settings", "group-brings-administrator", "right-to-take-rights"];
const CODE: &[&str] = &["code-changed", "action-public", "parameter-code", "action-webhook-in-clear"];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.chain(
        &[RIGHT, CODE],
        "users outside administration may put code into the database, and there is code that changed or is open",
    )
}
