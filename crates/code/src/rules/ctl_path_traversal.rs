//! A client chooses part of a file path.
//!
//! ## What it does
//!
//! Follows values of routes and public methods into `open`, `send_file`, `os.remove` and relatives.
//!
//! ## Why it matters
//!
//! `../` leads out of the folder that was meant: to odoo.conf with its passwords, or to another customer's files.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/file', type='http', auth='public')
//!     def file(self, name):
//!         return open('/srv/files/' + name).read()
//! ```
//!
//! ## Good
//!
//! ```python
//! import os
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/file', type='http', auth='public')
//!     def file(self, name):
//!         return open('/srv/files/' + os.path.basename(name)).read()
//! ```
//!
//! ## How to fix
//!
//! Take the base name only, or resolve the path and check that it stays below the folder.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/22.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind};
use crate::python;
use crate::rule::{Check, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-path-traversal", "WEB011", Group::Web, Severity::High, 22);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Path], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let client = flow.source.kind.is_route() || matches!(flow.source.kind, SourceKind::Rpc | SourceKind::Context | SourceKind::Mail);
    if !client {
        return None;
    }
    // `realpath` together with a comparison of the beginning is the known check.
    let checked = flow.function().node.is_some_and(|node| {
        let calls = helpers::calls_in(&node.body);
        let called = |name: &str| calls.iter().any(|call| python::last_name(&call.func) == Some(name));
        (called("realpath") || called("resolve") || called("abspath")) && (called("commonpath") || called("startswith") || called("is_relative_to") || called("relative_to"))
    });
    (!checked).then(|| Report::here(format!("the file path holds {}", flow.source_words())))
}
