//! Records of one company are seen in all others.
//!
//! ## What it does
//!
//! With several companies: looks at stored models with a field `company_id`, readable by ordinary users, that no active rule of everybody
//! narrows by company. Models of Odoo itself are left out.
//!
//! ## Why it matters
//!
//! People of one company read and change what belongs to another; nothing in the screens shows it.
//!
//! ## Bad
//!
//! ```json
//! {"companies": [{"id": 2, "name": "Second"}], "models": [{"id": 90, "model": "x_rental", "name": "Rental", "manual": true}], "fields": [{"id": 90, "model": "x_rental", "name": "company_id", "stored": true}], "access": [{"id": 90, "name": "x", "model": "x_rental", "active": true, "group": 1, "grants": {"read": true}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"models": [{"id": 90, "model": "x_rental", "name": "Rental", "manual": true}], "fields": [{"id": 90, "model": "x_rental", "name": "company_id", "stored": true}], "access": [{"id": 90, "name": "x", "model": "x_rental", "active": true, "group": 1, "grants": {"read": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Add a rule for everybody: `[('company_id', 'in', company_ids + [False])]`.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any, not_applicable};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("rule-company-missing", "RGT013", Group::Rights, Severity::Medium, 863);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["rules", "fields", "access", "companies", "names"])?;
    if view.evidence.companies.len() < 2 {
        return not_applicable("there is one company");
    }
    let mut records = Vec::new();
    for field in view.evidence.fields.iter().filter(|field| field.name == "company_id" && field.stored) {
        let Some(model) = view.evidence.models.iter().find(|model| model.model == field.model && !model.transient)
        else {
            continue;
        };
        let rows = view.access(&field.model);
        let custom =
            model.manual || (!rows.is_empty() && rows.iter().all(|row| !view.is_by_odoo("ir.model.access", row.id)));
        let readable =
            rows.iter().any(|row| row.grants.read && row.group.is_none_or(|group| !helpers::is_strong(view, group)));
        let ruled = view
            .evidence
            .rules
            .iter()
            .any(|rule| rule.active && rule.model == field.model && rule.domain.contains("company"));
        if custom && readable && !ruled {
            records.push((model.id, field.model.clone()));
        }
    }
    let message = format!("models with a company and no rule that keeps companies apart: {}", records.len());
    found_if_any(Report::of("ir.model", "stored company_id, readable, no rule by company", message).records(records))
}
