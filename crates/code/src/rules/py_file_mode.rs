//! A file is made writable for everybody on the machine.
//!
//! ## What it does
//!
//! Reports `chmod` with world-writable modes.
//!
//! ## Why it matters
//!
//! Every account of the machine changes what the server reads or runs.
//!
//! ## Bad
//!
//! ```python
//! import os
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def share(self, path):
//!         os.chmod(path, 0o777)
//! ```
//!
//! ## Good
//!
//! ```python
//! import os
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def share(self, path):
//!         os.chmod(path, 0o640)
//! ```
//!
//! ## How to fix
//!
//! Give the owner and, where needed, one group: `0o640`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::python;
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-file-mode", "PY013", Group::Python, Severity::Medium, 732);

pub(super) const CHECK: Check = Check::Call(&["chmod"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let mode = call.call.arguments.args.last().and_then(python::integer)?;
    (call.dotted == "os.chmod" || call.receiver.is_some()).then_some(())?;
    (mode & 0o002 != 0).then(|| Report::here(format!("mode {mode:o} lets everybody on the machine write")))
}
