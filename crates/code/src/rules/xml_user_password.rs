//! A data file makes a user with a password.
//!
//! ## What it does
//!
//! Reports `res.users` records with a literal password outside demonstration data.
//!
//! ## Why it matters
//!
//! The password is the same in every database that has the module, and everybody who has the module knows it.
//!
//! ## Bad
//!
//! ```xml
//! <record id="user_sync" model="res.users">
//!     <field name="name">Sync</field>
//!     <field name="login">sync</field>
//!     <field name="password">Winter2024!</field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="user_sync" model="res.users">
//!     <field name="name">Sync</field>
//!     <field name="login">sync</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Leave the password out and let the administrator set one or send an invitation.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/798.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Check, RecordView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("xml-user-password", "DAT022", Group::Data, Severity::Critical, 798);

pub(super) const CHECK: Check = Check::Record(check);

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    let record = view.record;
    if record.model != "res.users" || view.program.is_demo(view.file) {
        return;
    }
    for field in record.fields.iter().filter(|field| matches!(field.name.as_str(), "password" | "new_password" | "password_crypt")) {
        let value = field.eval.as_ref().map_or(field.text.trim(), |(value, _)| value.trim());
        if value.is_empty() || matches!(value, "False" | "None" | "''" | "\"\"") || value.contains('(') {
            continue;
        }
        let mut report = Report::at(view.site(field.range), "this user gets a password that everybody who has the module knows");
        if let Some(range) = field.content.or(field.eval.as_ref().map(|(_, range)| *range)) {
            report = report.mask(range);
        }
        out.push(report);
    }
}
