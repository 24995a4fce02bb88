//! A method that clients can call deletes rows or changes tables with raw SQL.
//!
//! ## What it does
//!
//! Reports public methods that run DELETE, TRUNCATE, DROP or ALTER and check neither group nor access.
//!
//! ## Why it matters
//!
//! Any logged-in user can call the method over RPC and empties tables past all access rules.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def cleanup(self):
//!         self.env.cr.execute("DELETE FROM x_report")
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
//!     def _cleanup(self):
//!         self.env.cr.execute("DELETE FROM x_report")
//! ```
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def cleanup(self):
//!         if not self.env.user.has_group('base.group_system'):
//!             raise AccessError('no')
//!         self.env.cr.execute("DELETE FROM x_report")
//! ```
//!
//! ## How to fix
//!
//! Make the method private, check for an administrator, or use `unlink()`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-ddl-in-request", "SQL019", Group::Sql, Severity::Medium, 250).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    if !helpers::is_client_callable(view) || !view.summary.guards.is_empty() || view.function.name.as_str() == "unlink" {
        return;
    }
    for call in helpers::calls_in(&node.body).into_iter().filter(|call| helpers::is_cursor_method(call, "execute")) {
        let Some(text) = call.arguments.args.first() else { continue };
        let site = view.site(text);
        let sql = view.program.file(site.file).slice(site.range).trim_start_matches(['f', 'r', '"', '\'', '\n', ' ', '(']);
        let word = sql.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        if ["DELETE", "TRUNCATE", "DROP", "ALTER"].contains(&word.as_str()) {
            let message = format!("`{}` runs {word} and every logged-in user can call it", view.function.name);
            out.push(Report::at(view.site(call), message).confidence(Confidence::Medium));
            return;
        }
    }
}
