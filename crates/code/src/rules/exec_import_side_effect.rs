//! Code reaches out or starts programs while it is imported.
//!
//! ## What it does
//!
//! Reports network requests, programs and file writes at the top of a file.
//!
//! ## Why it matters
//!
//! The code runs on every start of the server and on every scan by other tools, before anybody has installed the
//! module.
//!
//! ## Bad
//!
//! ```python
//! import requests
//! requests.get('https://example.com/ping')
//! ```
//!
//! ## Good
//!
//! ```python
//! import requests
//!
//! def ping():
//!     requests.get('https://example.com/ping')
//! ```
//!
//! ## How to fix
//!
//! Move it into a method that somebody calls.
//!
//! ## Limits
//!
//! Code below `if __name__ == '__main__'` is reported too: a module of Odoo has no use for it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/506.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::program::{Role, UnitKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-import-side-effect", "EXE022", Group::Execution, Severity::High, 506);

pub(super) const CHECK: Check = Check::Call(
    &["get", "post", "put", "request", "urlopen", "urlretrieve", "system", "popen", "run", "call", "check_call", "check_output", "Popen"],
    check,
);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let first = call.dotted.split('.').next().unwrap_or_default();
    let reaches = matches!(first, "requests" | "httpx" | "urllib" | "urllib2" | "subprocess") || matches!(call.dotted, "os.system" | "os.popen");
    let unit = call.program.unit(call.function.unit);
    (reaches && call.function.node.is_none() && unit.kind == UnitKind::File && unit.role == Role::Server)
        .then(|| Report::here(format!("`{}` runs while the file is imported", call.dotted)))
}
