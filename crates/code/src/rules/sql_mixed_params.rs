//! Parameters are passed, but another value still is spliced into the text.
//!
//! ## What it does
//!
//! Reports statements that have a parameter list and text that was built from a value all the same.
//!
//! ## Why it matters
//!
//! The parameters make the statement look safe while the spliced part (a sort order, a table name, an operator) is
//! open. Whoever chooses the value ends the literal and goes on with SQL of their own: they read and change every
//! table, password hashes and access rights included, past all access rules.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def find(self, partner, order):
//!         self.env.cr.execute("SELECT id FROM x_report WHERE partner_id = %s ORDER BY " + order, (partner,))
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def find(self, partner, order):
//!         order = {'name': 'name', 'date': 'date'}[order]
//!         self.env.cr.execute("SELECT id FROM x_report WHERE partner_id = %s ORDER BY " + order, (partner,))
//! ```
//!
//! ## How to fix
//!
//! Keep the text constant and pass every value as a parameter: `cr.execute("... WHERE name = %s", (name,))`. For
//! table and column names use `psycopg2.sql.Identifier` or `SQL.identifier`; for keywords such as ASC choose from a
//! literal list.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-mixed-params", "SQL005", Group::Sql, Severity::High, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Sql], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    flow.sink.with_parameters.then(|| {
        let report = Report::here(format!("SQL text still holds {}, although parameters are passed", flow.source_words()));
        if flow.source.kind.is_client() { report.severity(Severity::Critical) } else { report }
    })
}
