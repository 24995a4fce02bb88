//! A debugger is left in the code.
//!
//! ## What it does
//!
//! Reports `breakpoint()`, `pdb.set_trace()` and remote debuggers.
//!
//! ## Why it matters
//!
//! A worker stops there for good, and a remote debugger runs any code that is sent to it.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def close(self):
//!         breakpoint()
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def close(self):
//!         return True
//! ```
//!
//! ## How to fix
//!
//! Remove it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/489.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-debug", "PY014", Group::Python, Severity::Low, 489);

pub(super) const CHECK: Check = Check::Call(&["breakpoint", "set_trace", "listen", "settrace"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let debugger = match call.name {
        "breakpoint" => call.receiver.is_none(),
        "set_trace" => true,
        _ => matches!(call.dotted.split('.').next(), Some("debugpy" | "ptvsd" | "pydevd")),
    };
    debugger.then(|| Report::here(format!("`{}` stops or opens the server", call.name)))
}
