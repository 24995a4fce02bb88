//! RPC is open to everybody, and an administrator has no second factor.
//!
//! ## What it does
//!
//! Joins open RPC endpoints with administrators that have no second factor; an old or endless key of an
//! administrator makes it critical.
//!
//! ## Why it matters
//!
//! RPC knows no second factor and no browser: a password that leaked elsewhere, or a key that somebody copied years ago, is all
//! that is needed to read and change everything.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "proxy-rpc-open" }, { rule = "user-admin-no-second-factor" }]
//! ```
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "site-jsonrpc-open" }, { rule = "user-admin-no-second-factor" }, { rule = "key-of-administrator" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "proxy-rpc-open" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "user-admin-no-second-factor" }, { rule = "key-of-administrator" }]
//! ```
//!
//! ## How to fix
//!
//! Let only the addresses of known integrations reach `/xmlrpc`, `/jsonrpc` and `/json`, demand a second factor of
//! administrators, and replace their keys by keys of accounts with few rights.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/308.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("rpc-open-to-unprotected-administrator", "JOI002", Group::Joined, Severity::High, 308);

const RPC: &[&str] =
    &["site-xmlrpc-open", "site-jsonrpc-open", "site-json2-open", "site-database-service-open", "proxy-rpc-open"];
const ADMINISTRATOR: &[&str] = &["user-admin-no-second-factor"];
const KEY: &[&str] = &["key-of-administrator", "key-old", "key-without-end"];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    let worse = view.chain(
        &[RPC, ADMINISTRATOR, KEY],
        "RPC is open to everybody, an administrator has no second factor, and keys are old or an administrator's",
    );
    if worse.is_empty() {
        return view
            .chain(&[RPC, ADMINISTRATOR], "RPC is open to everybody, and a password alone lets an administrator in");
    }
    worse.into_iter().map(|joint| joint.severity(Severity::Critical)).collect()
}
