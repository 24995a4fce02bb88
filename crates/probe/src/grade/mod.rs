//! Grades: the two that people know, computed by their published tables, and one that knows what an operator of Odoo can change.

mod observatory;
mod odoo;
mod ssl_labs;

use castellan_model::{Finding, Grade};

use crate::view::View;

/// Every grade that the evidence allows; none for a site that could not be reached.
#[must_use]
pub fn all(view: &View<'_>, findings: &[Finding], coverage: usize) -> Vec<Grade> {
    let mut grades = Vec::new();
    grades.extend(odoo::grade(view, findings, coverage));
    grades.extend(observatory::grade(view));
    grades.extend(ssl_labs::grade(view));
    grades
}
