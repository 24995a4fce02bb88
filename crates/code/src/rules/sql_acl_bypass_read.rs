//! A method that clients can call returns rows of raw SQL.
//!
//! ## What it does
//!
//! Reports public methods and routes that run a SELECT and return what it fetched, without any access check.
//!
//! ## Why it matters
//!
//! Raw SQL knows no access rights and no record rules: every logged-in user reads the rows of every company.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def totals(self):
//!         self.env.cr.execute("SELECT partner_id, amount FROM x_report")
//!         return self.env.cr.dictfetchall()
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
//!     def totals(self):
//!         self.check_access('read')
//!         self.env.cr.execute("SELECT partner_id, amount FROM x_report")
//!         return self.env.cr.dictfetchall()
//! ```
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def _totals(self):
//!         self.env.cr.execute("SELECT partner_id, amount FROM x_report")
//!         return self.env.cr.dictfetchall()
//! ```
//!
//! ## How to fix
//!
//! Make the method private (underscore, or `@api.private` from 18.0), check access first, or build the query with
//! `_where_calc` and `_apply_ir_rules`.
//!
//! ## Limits
//!
//! Rows that are kept in a variable first, and SELECTs restricted to the current user, are not judged.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/862.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-acl-bypass-read", "SQL018", Group::Sql, Severity::Medium, 862).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    if !helpers::is_client_callable(view) || !view.summary.guards.is_empty() {
        return;
    }
    let select = helpers::calls_in(&node.body).into_iter().any(|call| {
        helpers::is_cursor_method(call, "execute")
            && call.arguments.args.first().is_some_and(|text| {
                let site = view.site(text);
                view.program.file(site.file).slice(site.range).to_ascii_lowercase().contains("select")
            })
    });
    if !select {
        return;
    }
    let returned = helpers::returns_in(&node.body).into_iter().find(|value| {
        helpers::calls_within(value).into_iter().any(|call| {
            matches!(python::last_name(&call.func), Some("dictfetchall" | "fetchall"))
        })
    });
    if let Some(value) = returned {
        let report = Report::at(view.site(value), format!("`{}` returns rows of raw SQL to any client", view.function.name));
        out.push(report.confidence(Confidence::Medium));
    }
}
