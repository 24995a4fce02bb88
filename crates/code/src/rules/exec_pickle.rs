//! Data is deserialised by a format that runs code.
//!
//! ## What it does
//!
//! Reports `pickle`, `marshal`, `shelve`, `dill` and `jsonpickle` on data that is not constant.
//!
//! ## Why it matters
//!
//! Loading the data runs what its author put in: the server is taken over before any check of the result.
//!
//! ## Bad
//!
//! ```python
//! import pickle
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def restore(self, data):
//!         return pickle.loads(data)
//! ```
//!
//! ## Good
//!
//! ```python
//! import json
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def restore(self, data):
//!         return json.loads(data)
//! ```
//!
//! ## How to fix
//!
//! Use JSON, or sign the data with a key of the server and verify before loading.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/502.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-pickle", "EXE003", Group::Execution, Severity::Critical, 502);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Pickle], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    Some(Report::here(format!("code inside the data runs: {}", flow.source_words())))
}
