//! A secret of another service stands in a system parameter.
//!
//! ## What it does
//!
//! Looks at keys of parameters that speak of secrets, tokens, passwords or keys and have a value, and at values in the shape of well-known keys
//! or of addresses with a password. The value is never kept; the secrets of Odoo
//! itself are left out.
//!
//! ## Why it matters
//!
//! It is in every backup and every copy for tests, and every administrator reads it.
//!
//! ## Bad
//!
//! ```json
//! {"parameters": [{"key": "payment.gateway.secret", "length": 32}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "payment.gateway.secret", "length": 0}]}
//! ```
//!
//! ## How to fix
//!
//! Keep it outside the database (environment, a vault), or rotate it whenever a copy leaves the company.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/312.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("parameter-secret", "SET016", Group::Settings, Severity::Medium, 312);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters"])?;
    let records: Vec<_> = view
        .evidence
        .parameters
        .iter()
        .filter(|one| one.value.is_none() && one.length >= 4 && (one.looks_secret || helpers::is_secret_key(&one.key)))
        .map(|one| (one.id, format!("{} ({} characters)", one.key, one.length)))
        .collect();
    let message = format!("parameters with secrets of other services: {}", records.len());
    found_if_any(Report::of("ir.config_parameter", "key or shape of a secret", message).records(records))
}
