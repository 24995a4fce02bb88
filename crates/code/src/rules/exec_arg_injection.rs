//! A value is one argument of a program.
//!
//! ## What it does
//!
//! Follows values of clients into the argument lists of `subprocess`.
//!
//! ## Why it matters
//!
//! A value that begins with `-` is an option: git, curl, ssh, tar and wkhtmltopdf run commands or read and write
//! files by options alone.
//!
//! ## Bad
//!
//! ```python
//! import subprocess
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def clone(self, url):
//!         subprocess.check_call(['git', 'clone', url])
//! ```
//!
//! ## Good
//!
//! ```python
//! import subprocess
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def show(self, number):
//!         subprocess.check_call(['git', 'show', str(int(number))])
//! ```
//!
//! ## How to fix
//!
//! Check the form of the value (scheme, allowed characters) and put `--` before it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/88.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-arg-injection", "EXE006", Group::Execution, Severity::High, 88);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Argument], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    if !flow.source.kind.is_client() {
        return None;
    }
    let file = flow.program.file(flow.sink.site.file);
    if file.slice(flow.sink.site.range).contains("\"--\"") || file.slice(flow.sink.site.range).contains("'--'") {
        return None;
    }
    Some(Report::here(format!("an argument of a program is {}", flow.source_words())))
}
