//! Data is encrypted in a broken way.
//!
//! ## What it does
//!
//! Reports DES, RC4 and Blowfish, ECB mode, and constant keys or initialisation vectors.
//!
//! ## Why it matters
//!
//! The text is read without the key, or equal texts are recognised by their cipher.
//!
//! ## Bad
//!
//! ```python
//! from Crypto.Cipher import AES
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def seal(self, key, data):
//!         return AES.new(key, AES.MODE_ECB).encrypt(data)
//! ```
//!
//! ## Good
//!
//! ```python
//! from cryptography.fernet import Fernet
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def seal(self, key, data):
//!         return Fernet(key).encrypt(data)
//! ```
//!
//! ## How to fix
//!
//! Use Fernet or AES-GCM with a random nonce and a key from outside the code.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-crypto", "PY015", Group::Python, Severity::High, 327);

pub(super) const CHECK: Check = Check::Call(&["new", "ECB", "TripleDES", "ARC4", "Blowfish", "Fernet", "AES"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let text = call.source(&call.call.arguments);
    let library = call.dotted.contains("Crypto") || call.dotted.contains("cryptography");
    if !library {
        return None;
    }
    let weak = if text.contains("MODE_ECB") || call.name == "ECB" {
        "ECB shows equal blocks"
    } else if [".DES.", ".DES3.", ".ARC4.", ".ARC2.", ".Blowfish."].iter().any(|cipher| call.dotted.contains(cipher)) || matches!(call.name, "TripleDES" | "ARC4" | "Blowfish") {
        "this cipher is broken"
    } else if call.argument(0, "key").is_some_and(|key| key.is_literal()) {
        "the key is in the code"
    } else {
        return None;
    };
    Some(Report::here(weak))
}
