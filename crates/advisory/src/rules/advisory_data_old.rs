//! The data about advisories is old.
//!
//! ## What it does
//!
//! Compares the day of the data with today: more than 30 days are told.
//!
//! ## Why it matters
//!
//! What was published since is not known here: silence is no proof.
//!
//! ## Bad
//!
//! ```json
//! {"time": 1800000000, "odoo": [{"place": "/opt/odoo/odoo/release.py", "line": 15, "series": "19.0", "date": "2027-01-14"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"odoo": [{"place": "/opt/odoo/odoo/release.py", "line": 15, "series": "19.0", "date": "2026-11-20"}]}
//! ```
//!
//! ## How to fix
//!
//! `castellan update --from` takes newer data from a folder or a URL; a newer castellan brings its own.
//!
//! ## References
//!
//! * <https://osv.dev/>
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Report, View};

pub(super) const META: RuleMeta = RuleMeta::new("advisory-data-old", "ADV012", Group::Versions, Severity::Info, 1104);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let inventory = view.inventory;
    if inventory.odoo.is_empty() && inventory.python.is_empty() && inventory.system.is_empty() {
        return Vec::new();
    }
    let mut days: Vec<(String, String)> = Vec::new();
    if !inventory.odoo.is_empty() {
        days.push(("Odoo".to_owned(), view.data.odoo.compiled.clone()));
    }
    let ecosystem = super::ecosystem(inventory).filter(|_| !inventory.system.is_empty());
    let python = Some("PyPI".to_owned()).filter(|_| !inventory.python.is_empty());
    for one in [python, ecosystem].into_iter().flatten().filter(|one| view.data.table.knows(one)) {
        days.push((one.clone(), view.data.table.date_of(&one).to_owned()));
    }
    let Some((what, day)) = days.iter().min_by(|left, right| left.1.cmp(&right.1)) else { return Vec::new() };
    match view.days_since(day) {
        Some(days) if days > 30 => {
            vec![Report::at(
                "castellan",
                1,
                format!("data of {day}"),
                format!("the data about {what} is of {day}, {days} days old"),
            )]
        }
        _ => Vec::new(),
    }
}
