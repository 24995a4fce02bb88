//! Files of the server can be fetched, and they hold secrets.
//!
//! ## What it does
//!
//! Joins a repository, configuration file or folder that is served to everybody with secrets in code or configuration.
//!
//! ## Why it matters
//!
//! The password of the database, of the mail server or of a payment provider is a download.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "site-git-exposed" }, { rule = "py-hardcoded-secret", module = "shop_api" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "site-git-exposed" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "py-hardcoded-secret", module = "shop_api" }]
//! ```
//!
//! ## How to fix
//!
//! Close the path at the proxy, then replace every secret that was in these files: they are known.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/538.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("leaked-file-with-secret", "JOI015", Group::Joined, Severity::Critical, 538);

const SERVED: &[&str] = &[
    "site-git-exposed",
    "site-env-exposed",
    "site-conf-exposed",
    "site-compose-exposed",
    "site-directory-listing",
    "proxy-private-files",
    "nginx-root-exposed",
];
const SECRET: &[&str] = &[
    "py-hardcoded-secret",
    "xml-secret-param",
    "xml-user-password",
    "js-secret",
    "odoo-database-password-in-file",
    "odoo-smtp-password-in-file",
    "odoo-master-password-plaintext",
    "container-secret-in-environment",
    "dockerfile-secret",
];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.chain(
        &[SERVED, SECRET],
        "files of the server can be fetched by everybody, and there are secrets in files of the server",
    )
}
