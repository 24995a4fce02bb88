//! An SSH connection accepts any host key.
//!
//! ## What it does
//!
//! Reports `AutoAddPolicy` and `WarningPolicy` of paramiko.
//!
//! ## Why it matters
//!
//! Anybody on the way answers in place of the server and takes the password.
//!
//! ## Bad
//!
//! ```python
//! import paramiko
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def push(self):
//!         client = paramiko.SSHClient()
//!         client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
//! ```
//!
//! ## Good
//!
//! ```python
//! import paramiko
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def push(self):
//!         client = paramiko.SSHClient()
//!         client.load_system_host_keys()
//! ```
//!
//! ## How to fix
//!
//! Load known host keys and keep the default, which refuses others.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/322.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-ssh-hostkey", "PY012", Group::Python, Severity::Medium, 322);

pub(super) const CHECK: Check = Check::Call(&["set_missing_host_key_policy"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let text = call.source(&call.call.arguments);
    (text.contains("AutoAddPolicy") || text.contains("WarningPolicy")).then(|| Report::here("any host key is accepted"))
}
