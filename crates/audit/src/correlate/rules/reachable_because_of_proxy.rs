//! What is open from outside is open because of a line of the proxy's configuration.
//!
//! ## What it does
//!
//! Joins an open database manager or open RPC, seen from outside, with the place in the proxy's configuration that lets
//! it through, and shows that place with the finding.
//!
//! ## Why it matters
//!
//! The outside view says what is wrong, the configuration says which line to change.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "site-database-manager-open" }, { rule = "proxy-database-manager" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "site-database-manager-open" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "site-git-exposed" }, { rule = "proxy-database-manager" }]
//! ```
//!
//! ## How to fix
//!
//! Change the line that is shown; `castellan fix` can do it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/749.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("reachable-because-of-proxy", "JOI005", Group::Joined, Severity::Info, 749);

const PAIRS: &[(&[&str], &str)] = &[
    (
        &[
            "site-database-manager-default",
            "site-database-manager-open",
            "site-database-manager-unclaimed",
            "site-database-manager-served",
        ],
        "proxy-database-manager",
    ),
    (&["site-xmlrpc-open", "site-jsonrpc-open", "site-json2-open", "site-database-service-open"], "proxy-rpc-open"),
    (&["site-block-evaded"], "proxy-block-evaded"),
    (&["site-login-unlimited"], "proxy-login-unlimited"),
    (&["site-forwarded-host-trusted"], "proxy-forwarded-spoofable"),
    (&["site-host-reflected"], "proxy-any-host"),
    (&["site-dbfilter-header"], "proxy-dbfilter-header"),
    (&["hsts-missing"], "proxy-hsts-missing"),
    (&["http-not-redirected", "site-login-in-clear"], "proxy-plain-http"),
    (&["tls-old-version", "tls-ssl3"], "proxy-old-tls"),
];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    let mut out = Vec::new();
    for (outside, inside) in PAIRS {
        for finding in view.all(outside) {
            out.extend(view.all(&[inside]).take(3).map(|cause| Joint::relate(finding, cause, "because of")));
        }
    }
    out
}
