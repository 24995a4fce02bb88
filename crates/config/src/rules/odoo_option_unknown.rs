//! An option has no effect.
//!
//! ## What it does
//!
//! Reports names that never had an effect, that this series does not have, and from 19.0 names that no option has
//! (older series keep them for add-ons).
//!
//! ## Why it matters
//!
//! What somebody meant to switch on is off: `secure_cert_file` encrypts nothing, `list_dbs = False` hides nothing.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! xmlrpcs = True
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! list_db = False
//! ```
//!
//! ## How to fix
//!
//! Remove the line or correct the name.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1164.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{remove_lines};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::options;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-option-unknown", "ODO026", Group::Odoo, Severity::Info, 1164);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let Some((_, ini)) = &odoo.conf else { return };
    for entry in ini.entries("options") {
        let name = entry.key.text.as_str();
        let fix = remove_lines(deployment, entry.site, &format!("remove `{name}`"));
        if let Some(dead) = options::dead(name) {
            let note = dead.note.trim_end_matches('.').split(';').next().unwrap_or("").to_lowercase();
            let note = if note.starts_with("as ") { String::new() } else { format!(": {note}") };
            out.push(Report::at(entry.site, format!("`{name}` has no effect{note}")).severity(Severity::Low).fix(fix));
            continue;
        }
        match options::find(name) {
            Some(fact) if !fact.works_in(odoo.series) && fact.renamed_to.is_none() && odoo.series_known => {
                let when = if odoo.series.major() < fact.first { format!("begins with {}.0", fact.first) } else { format!("ended with {}.0", fact.last) };
                out.push(Report::at(entry.site, format!("`{name}` has no effect in {}: it {when}", odoo.series)));
            }
            Some(_) => {}
            None => {
                let near = nearest_name(name);
                if let Some(near) = near {
                    out.push(Report::at(entry.site, format!("there is no option `{name}`; did you mean `{near}`?")).severity(Severity::Low));
                }
            }
        }
    }
}

/// A known option that differs by one or two letters.
fn nearest_name(name: &str) -> Option<&'static str> {
    options::all().iter().map(|option| option.name.as_str()).find(|known| known.len() > 5 && distance(name, known) <= 2)
}

/// Levenshtein's distance, given up above 2.
fn distance(left: &str, right: &str) -> usize {
    if left.len().abs_diff(right.len()) > 2 {
        return 3;
    }
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, char) in left.chars().enumerate() {
        let mut diagonal = index;
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
        for (column, other) in right.iter().enumerate() {
            let above = row.get(column + 1).copied().unwrap_or(0);
            let before = row.get(column).copied().unwrap_or(0);
            let cost = (diagonal + usize::from(char != *other)).min(above + 1).min(before + 1);
            diagonal = above;
            if let Some(cell) = row.get_mut(column + 1) {
                *cell = cost;
            }
        }
    }
    row.last().copied().unwrap_or(3)
}
