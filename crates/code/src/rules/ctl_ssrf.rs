//! A client chooses the address that the server calls.
//!
//! ## What it does
//!
//! Follows values of routes and public methods into the URL of outgoing requests whose host is not constant.
//!
//! ## Why it matters
//!
//! The server fetches addresses of its own network for the client: cloud metadata with keys, databases, admin
//! pages.
//!
//! ## Bad
//!
//! ```python
//! import requests
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/fetch', type='json', auth='user')
//!     def fetch(self, url):
//!         return requests.get(url, timeout=5).text
//! ```
//!
//! ## Good
//!
//! ```python
//! import requests
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/fetch', type='json', auth='user')
//!     def fetch(self, code):
//!         return requests.get(f'https://api.example.com/items/{code}', timeout=5).text
//! ```
//!
//! ## How to fix
//!
//! Fix the host, or check it against a list and refuse private addresses and redirects.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/918.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-ssrf", "WEB012", Group::Web, Severity::High, 918);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Url], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_route() || matches!(flow.source.kind, SourceKind::Rpc | SourceKind::Context | SourceKind::Mail | SourceKind::Wizard)).then(|| Report::here(format!("the server calls the address in {}", flow.source_words())))
}
