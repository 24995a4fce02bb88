//! A statement for another database is built from a value.
//!
//! ## What it does
//!
//! Reports `execute` on connections of pyodbc, pymssql, MySQL, Oracle and SQLAlchemy with text that is not
//! constant.
//!
//! ## Why it matters
//!
//! The other system loses its data the same way. Whoever chooses the value ends the literal and goes on with SQL of
//! their own: they read and change every table, password hashes and access rights included, past all access rules.
//!
//! ## Bad
//!
//! ```python
//! import pyodbc
//! from odoo import models
//!
//! class Sync(models.Model):
//!     _name = 'x.sync'
//!
//!     def pull(self, code):
//!         link = pyodbc.connect('DSN=erp')
//!         link.cursor().execute("SELECT * FROM item WHERE code = '%s'" % code)
//! ```
//!
//! ## Good
//!
//! ```python
//! import pyodbc
//! from odoo import models
//!
//! class Sync(models.Model):
//!     _name = 'x.sync'
//!
//!     def pull(self, code):
//!         link = pyodbc.connect('DSN=erp')
//!         link.cursor().execute("SELECT * FROM item WHERE code = ?", (code,))
//! ```
//!
//! ## How to fix
//!
//! Use the bind variables of the driver.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-external-cursor", "SQL015", Group::Sql, Severity::High, 89);

pub(super) const CHECK: Check = Check::Call(&["execute", "executemany"], check);

const DRIVERS: [&str; 8] =
    ["pyodbc", "pymssql", "MySQLdb", "mysql", "pymysql", "cx_Oracle", "oracledb", "sqlalchemy"];

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let driver = call.dotted.split('.').next().filter(|first| DRIVERS.contains(first))?;
    let text = call.argument(0, "statement")?;
    (!text.is_literal() && call.is_tainted(text) && text.traits.intersects(Traits::FORMAT | Traits::CONCAT))
        .then(|| Report::here(format!("a statement for `{driver}` is built from a value")))
}
