//! An outgoing request may wait for ever.
//!
//! ## What it does
//!
//! Reports `requests` and `urlopen` calls without `timeout`.
//!
//! ## Why it matters
//!
//! A slow or silent other side holds the worker; a few of them stop the whole server.
//!
//! ## Bad
//!
//! ```python
//! import requests
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pull(self):
//!         return requests.get('https://api.example.com')
//! ```
//!
//! ## Good
//!
//! ```python
//! import requests
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pull(self):
//!         return requests.get('https://api.example.com', timeout=10)
//! ```
//!
//! ## How to fix
//!
//! Give `timeout=` in seconds.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/400.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-no-timeout", "PY002", Group::Python, Severity::Low, 400);

pub(super) const CHECK: Check = Check::Call(&["get", "post", "put", "patch", "delete", "head", "request", "urlopen"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let direct = call.dotted.split_once('.').is_some_and(|(first, rest)| first == "requests" && rest == call.name)
        || matches!(call.dotted, "urllib.request.urlopen" | "urllib2.urlopen");
    let timed = call.keyword("timeout").is_some() || call.keywords.iter().any(|(name, _)| name.is_none());
    let positional = call.name == "urlopen" && call.arguments.len() > 2;
    (direct && !timed && !positional).then(|| Report::here(format!("`{}` has no timeout", call.dotted)))
}
