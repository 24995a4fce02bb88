//! A secret is written to the log.
//!
//! ## What it does
//!
//! Reports log calls with values named password, token or key, and with whole request headers.
//!
//! ## Why it matters
//!
//! The log is read by more people, kept longer and copied further than the database.
//!
//! ## Bad
//!
//! ```python
//! import logging
//! _logger = logging.getLogger(__name__)
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pull(self, password):
//!         _logger.info('login with %s', password)
//! ```
//!
//! ## Good
//!
//! ```python
//! import logging
//! _logger = logging.getLogger(__name__)
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pull(self, password):
//!         _logger.info('login')
//! ```
//!
//! ## How to fix
//!
//! Leave it out, or log whether it is set.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/532.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::python;
use crate::rule::{Check, Report};
use crate::rules::helpers;
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("py-log-secret", "PY011", Group::Python, Severity::Medium, 532).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Call(&["info", "debug", "warning", "error", "critical", "exception", "log"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    if !matches!(call.receiver_name(), "_logger" | "logger" | "logging" | "log" | "LOGGER" | "_LOGGER") {
        return None;
    }
    for argument in call.call.arguments.args.iter().skip(usize::from(call.name == "log")) {
        for name in helpers::names_within(argument) {
            if secrets::is_secret_name(name) && name.len() > 2 {
                return Some(Report::at(call.site(argument), format!("`{name}` goes to the log")));
            }
        }
        if python::dotted(argument).is_some_and(|dotted| dotted.ends_with("httprequest.headers")) {
            return Some(Report::at(call.site(argument), "the headers of the request, cookies among them, go to the log"));
        }
    }
    None
}
