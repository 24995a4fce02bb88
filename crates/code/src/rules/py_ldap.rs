//! A value becomes part of an LDAP filter.
//!
//! ## What it does
//!
//! Reports searches whose filter text is built from a value.
//!
//! ## Why it matters
//!
//! `*)(uid=*` in the value turns the filter into one that matches everybody, the administrator first.
//!
//! ## Bad
//!
//! ```python
//! import ldap
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def find(self, login):
//!         link = ldap.initialize('ldap://x')
//!         return link.search_s('dc=x', 2, '(uid=%s)' % login)
//! ```
//!
//! ## Good
//!
//! ```python
//! import ldap
//! from ldap.filter import filter_format
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def find(self, login):
//!         link = ldap.initialize('ldap://x')
//!         return link.search_s('dc=x', 2, filter_format('(uid=%s)', [login]))
//! ```
//!
//! ## How to fix
//!
//! Use `ldap.filter.filter_format` or `escape_filter_chars`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/90.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-ldap", "PY010", Group::Python, Severity::High, 90);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Ldap], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    Some(Report::here(format!("the LDAP filter holds {}", flow.source_words())))
}
