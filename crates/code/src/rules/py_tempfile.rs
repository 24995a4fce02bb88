//! A temporary file has a name that others can foresee.
//!
//! ## What it does
//!
//! Reports `tempfile.mktemp` and writes to fixed names below `/tmp`.
//!
//! ## Why it matters
//!
//! Another user of the machine puts a link there first and redirects the write.
//!
//! ## Bad
//!
//! ```python
//! import tempfile
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def export(self):
//!         return open(tempfile.mktemp(), 'w')
//! ```
//!
//! ## Good
//!
//! ```python
//! import tempfile
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def export(self):
//!         return tempfile.NamedTemporaryFile()
//! ```
//!
//! ## How to fix
//!
//! Use `tempfile.NamedTemporaryFile` or `mkstemp`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/377.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-tempfile", "PY009", Group::Python, Severity::Low, 377);

pub(super) const CHECK: Check = Check::Call(&["mktemp", "open"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    if call.dotted == "tempfile.mktemp" {
        return Some(Report::here("the name may be taken by somebody else before the file is made"));
    }
    let path = call.argument(0, "file")?;
    let mode = call.argument(1, "mode").map_or("r", |mode| mode.text());
    (call.dotted == "open" && path.text().starts_with("/tmp/") && mode.contains(['w', 'a', 'x']))
        .then(|| Report::here(format!("`{}` may be a link that somebody else has put there", path.text())))
}
