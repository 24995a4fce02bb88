//! Constraints are declared in a form that the series ignores.
//!
//! ## What it does
//!
//! Reports `_sql_constraints` in modules for 19.0 and later.
//!
//! ## Why it matters
//!
//! Odoo no longer reads the list: tokens and references that were unique are no longer so.
//!
//! ## Bad
//!
//! ```python odoo-19.0
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     _sql_constraints = [('name_unique', 'unique(name)', 'taken')]
//! ```
//!
//! ## Good
//!
//! ```python odoo-18.0
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     _sql_constraints = [('name_unique', 'unique(name)', 'taken')]
//! ```
//!
//! ```python odoo-19.0
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     _name_unique = models.Constraint('unique(name)', 'taken')
//! ```
//!
//! ## How to fix
//!
//! Declare `models.Constraint` attributes.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/754.html>

use castellan_model::{Group, RuleMeta, SeriesRange, Severity};

use crate::rule::{Check, ClassView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-constraints-ignored", "ACC020", Group::Access, Severity::Medium, 754).series(SeriesRange::since(19));

pub(super) const CHECK: Check = Check::Class(check);

fn check(view: &ClassView<'_>, out: &mut Vec<Report>) {
    if let (true, Some(value)) = (view.class.kind.is_model(), view.class.attributes.get("_sql_constraints")) {
        out.push(Report::at(view.site(*value), "this series ignores `_sql_constraints`"));
    }
}
