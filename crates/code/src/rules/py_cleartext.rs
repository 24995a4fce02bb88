//! Credentials go over an unencrypted connection.
//!
//! ## What it does
//!
//! Reports plain HTTP requests with `auth`, FTP and Telnet logins, and SMTP logins without TLS.
//!
//! ## Why it matters
//!
//! Anybody on the way reads the password.
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
//!         return requests.get('http://api.example.com/x', auth=('a', self.secret), timeout=5)
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
//!         return requests.get('https://api.example.com/x', auth=('a', self.secret), timeout=5)
//! ```
//!
//! ## How to fix
//!
//! Use HTTPS, SFTP, or `starttls()` before `login()`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-cleartext", "PY018", Group::Python, Severity::Medium, 319);

pub(super) const CHECK: Check = Check::Call(&["get", "post", "put", "patch", "request", "FTP", "Telnet"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    if matches!(call.dotted, "ftplib.FTP" | "telnetlib.Telnet") {
        return Some(Report::here(format!("`{}` sends passwords in clear text", call.dotted)).confidence(Confidence::Medium));
    }
    let url = call.argument(usize::from(call.name == "request"), "url")?;
    let text = url.text();
    let local = ["://localhost", "://127.", "://[::1]"].iter().any(|host| text.contains(host));
    let credentials = call.keyword("auth").is_some() || call.call.arguments.find_keyword("headers").is_some_and(|headers| call.source(headers).contains("Authorization"));
    (call.dotted.starts_with("requests.") && text.starts_with("http://") && !local && credentials)
        .then(|| Report::here("credentials are sent over plain HTTP"))
}
