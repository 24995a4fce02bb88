//! A signed token is read without checking the signature.
//!
//! ## What it does
//!
//! Reports `jwt.decode` with verification switched off, with the algorithm `none`, or without a list of algorithms.
//!
//! ## Why it matters
//!
//! Anybody writes a token of their own and is whoever it says.
//!
//! ## Bad
//!
//! ```python
//! import jwt
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def user(self, token):
//!         return jwt.decode(token, options={'verify_signature': False})
//! ```
//!
//! ## Good
//!
//! ```python
//! import jwt
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def user(self, token, key):
//!         return jwt.decode(token, key, algorithms=['RS256'], audience='odoo')
//! ```
//!
//! ## How to fix
//!
//! Give the key, the list of algorithms and the audience.
//!
//! ## Limits
//!
//! Reading the header alone, without trusting the claims, is sound with `get_unverified_header`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/347.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-jwt", "PY006", Group::Python, Severity::Critical, 347);

pub(super) const CHECK: Check = Check::Call(&["decode"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let library = call.dotted.split('.').next().is_some_and(|first| matches!(first, "jwt" | "jose" | "python_jwt" | "authlib"));
    if !library {
        return None;
    }
    let text: String = call.source(&call.call.arguments).chars().filter(|char| !char.is_whitespace()).collect::<String>().replace('"', "'");
    let off = text.contains("'verify_signature':False") || text.contains("verify=False") || text.contains("'none'");
    let open = call.keyword("algorithms").is_none() && call.arguments.len() < 3 && call.dotted.starts_with("jwt.") && call.keyword("options").is_none();
    if off {
        return Some(Report::here("the signature of the token is not checked"));
    }
    open.then(|| Report::here("any algorithm is accepted, `none` too on old versions of the library").severity(Severity::High).confidence(Confidence::Medium))
}
