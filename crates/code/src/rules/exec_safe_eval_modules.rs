//! The names of `safe_eval` hold whole modules or a superuser environment.
//!
//! ## What it does
//!
//! Reports names such as `os`, `sys`, `open`, `datetime` as modules, or `sudo()` records, in the second argument of
//! `safe_eval`.
//!
//! ## Why it matters
//!
//! An expression walks from a module to everything that it imports (`time.sys.modules`), and with a superuser
//! environment to every record.
//!
//! ## Bad
//!
//! ```python
//! import os
//! from odoo.tools.safe_eval import safe_eval
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     formula = fields.Char()
//!
//!     def compute(self):
//!         return safe_eval(self.formula, {'os': os})
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo.tools.safe_eval import safe_eval, time
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     formula = fields.Char()
//!
//!     def compute(self):
//!         return safe_eval(self.formula, {'time': time})
//! ```
//!
//! ## How to fix
//!
//! Use the wrapped modules of `odoo.tools.safe_eval` (`time`, `datetime`, `dateutil`), and records without
//! `sudo()`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/95.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr};

use crate::flow::{CallView};
use crate::python;
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-safe-eval-modules", "EXE019", Group::Execution, Severity::High, 95);

pub(super) const CHECK: Check = Check::Call(&["safe_eval", "eval"], check);

/// Modules whose names reach the interpreter.
const MODULES: [&str; 14] = [
    "os", "sys", "subprocess", "shutil", "socket", "builtins", "importlib", "pickle", "requests", "urllib", "time", "datetime", "io", "odoo",
];

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    if !call.dotted.ends_with("safe_eval") {
        return None;
    }
    let Some(Expr::Dict(names)) = call.expression(1, "globals_dict") else { return None };
    for item in &names.items {
        let name = match &item.value {
            Expr::Name(name) => name.id.as_str(),
            Expr::Call(inner) if python::last_name(&inner.func) == Some("sudo") => {
                return Some(Report::at(call.site(&item.value), "the evaluated text reaches superuser records"));
            }
            _ => continue,
        };
        let imported = call.program.name(call.function.unit, name);
        if let Some(crate::program::Definition::External(dotted)) = imported
            && MODULES.contains(&dotted.as_str())
        {
            return Some(Report::at(call.site(&item.value), format!("the evaluated text reaches the whole module `{dotted}`")));
        }
        if name == "open" && imported.is_none() {
            return Some(Report::at(call.site(&item.value), "the evaluated text may open files"));
        }
    }
    None
}
