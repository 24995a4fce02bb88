//! A value becomes part of a shell command.
//!
//! ## What it does
//!
//! Reports `os.system`, `os.popen` and `subprocess` with `shell=True` on a command line that is not constant.
//!
//! ## Why it matters
//!
//! A semicolon or backtick in the value starts another program as the server's account.
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
//!     def convert(self, name):
//!         subprocess.run('convert %s out.png' % name, shell=True)
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
//!     def convert(self):
//!         subprocess.run(['convert', '--', 'in.png', 'out.png'])
//! ```
//!
//! ## How to fix
//!
//! Pass a list of arguments without a shell, with `--` before values; `shlex.quote` where a shell is needed.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/78.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-shell", "EXE005", Group::Execution, Severity::Critical, 78);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Shell], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    Some(Report::here(format!("a shell command holds {}", flow.source_words())))
}
