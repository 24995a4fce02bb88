//! A password, token or signature is made with a broken hash.
//!
//! ## What it does
//!
//! Reports MD5 and SHA-1 over values named password, token, secret or signature.
//!
//! ## Why it matters
//!
//! Both are broken: passwords are guessed at billions a second, and signatures are forged.
//!
//! ## Bad
//!
//! ```python
//! import hashlib
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def store(self, password):
//!         return hashlib.md5(password.encode()).hexdigest()
//! ```
//!
//! ## Good
//!
//! ```python
//! import hashlib
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def etag(self, content):
//!         return hashlib.md5(content).hexdigest()
//! ```
//!
//! ## How to fix
//!
//! Hash passwords with passlib (`pbkdf2_sha512`) or argon2; sign with HMAC and SHA-256.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/328.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::python;
use crate::rule::{Check, Report};
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("py-weak-hash", "PY003", Group::Python, Severity::Medium, 328).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Call(&["md5", "sha1", "new"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let weak = match call.dotted {
        "hashlib.md5" | "hashlib.sha1" | "md5.new" | "sha.new" => true,
        "hashlib.new" => matches!(call.argument(0, "name").map(|name| name.text()), Some("md5" | "sha1")),
        "hmac.new" => call.expression(2, "digestmod").and_then(python::last_name).is_some_and(|name| matches!(name, "md5" | "sha1")),
        _ => false,
    };
    if !weak || call.keyword("usedforsecurity").is_some() {
        return None;
    }
    let words = call.source(&call.call.arguments);
    let secret = words.split(|char: char| !char.is_alphanumeric() && char != '_').any(secrets::is_secret_name)
        || secrets::is_secret_name(call.function.name.trim_start_matches('_'))
        || call.function.name.contains("signature")
        || call.function.name.contains("token");
    secret.then(|| Report::here(format!("`{}` protects a secret", call.dotted)))
}
