//! A name from a value goes into DDL without quoting.
//!
//! ## What it does
//!
//! Reports ALTER, DROP, CREATE and TRUNCATE statements whose table or column name is built from a value that no
//! client sends directly.
//!
//! ## Why it matters
//!
//! A name with a quote or a semicolon in it ends the statement; field names that start with `x_` are chosen by
//! users with Settings rights.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def _rebuild(self, table):
//!         self.env.cr.execute("DROP TABLE IF EXISTS %s" % table)
//! ```
//!
//! ## Good
//!
//! ```python
//! from psycopg2 import sql
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def _rebuild(self, table):
//!         self.env.cr.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(table)))
//! ```
//!
//! ## How to fix
//!
//! Quote the name with `psycopg2.sql.Identifier` or `SQL.identifier`, or check it against the registry.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-identifier-unquoted", "SQL016", Group::Sql, Severity::Medium, 89).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Sql], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    if flow.source.kind.is_client() {
        return None;
    }
    let file = flow.program.file(flow.sink.site.file);
    let text = file.slice(flow.sink.site.range).trim_start_matches(['f', 'r', '"', '\'', '(', '\n', ' ']).to_ascii_lowercase();
    ["alter ", "drop ", "create ", "truncate "].iter().any(|word| text.starts_with(word)).then(|| {
        Report::here(format!("a DDL statement holds the name {}", flow.source_words())).confidence(Confidence::Medium)
    })
}
