//! YAML is loaded with a loader that builds objects.
//!
//! ## What it does
//!
//! Reports `yaml.load` without a safe loader, and `unsafe_load` and `full_load`.
//!
//! ## Why it matters
//!
//! A YAML document can call any function of the server while it is loaded.
//!
//! ## Bad
//!
//! ```python
//! import yaml
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def restore(self, data):
//!         return yaml.load(data, Loader=yaml.Loader)
//! ```
//!
//! ## Good
//!
//! ```python
//! import yaml
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def restore(self, data):
//!         return yaml.safe_load(data)
//! ```
//!
//! ## How to fix
//!
//! Use `yaml.safe_load`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/502.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::python;
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-yaml", "EXE004", Group::Execution, Severity::High, 502);

pub(super) const CHECK: Check = Check::Call(&["load", "load_all", "unsafe_load", "unsafe_load_all", "full_load"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    if !call.dotted.starts_with("yaml.") || call.argument(0, "stream").is_some_and(|value| value.is_literal()) {
        return None;
    }
    let loader = call.expression(1, "Loader").and_then(python::last_name).unwrap_or_default();
    let safe = loader.contains("Safe") || loader == "BaseLoader";
    (!safe).then(|| Report::here(format!("`{}` builds any object that the document names", call.dotted)))
}
