//! A data file holds a key or password.
//!
//! ## What it does
//!
//! Reports literals that look like secrets in configuration parameters, mail servers, payment and OAuth providers
//! and similar records.
//!
//! ## Why it matters
//!
//! The secret is in the package and its history: everybody who has the module has it, and it is the same
//! everywhere.
//!
//! ## Bad
//!
//! ```xml
//! <record id="param_key" model="ir.config_parameter">
//!     <field name="key">x_sync.api_key</field>
//!     <field name="value">9f8e7d6c5b4a39281706</field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="param_key" model="ir.config_parameter">
//!     <field name="key">x_sync.api_key</field>
//!     <field name="value">changeme</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Ship the record without the value and let the administrator enter it; revoke the key that was shipped.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/798.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Check, RecordView, Report};
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("xml-secret-param", "DAT023", Group::Data, Severity::High, 798);

pub(super) const CHECK: Check = Check::Record(check);

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    let record = view.record;
    if view.program.is_demo(view.file) || record.model == "res.users" {
        return;
    }
    for field in &record.fields {
        let name = if record.model == "ir.config_parameter" && field.name == "value" {
            record.value("key").unwrap_or_default()
        } else {
            field.name.as_str()
        };
        let text = field.text.trim();
        let secret = (secrets::is_secret_name(name) || field.name == "smtp_pass") && secrets::looks_like_secret(text);
        let known = secrets::known_key(text);
        if !secret && known.is_none() {
            continue;
        }
        let what = known.unwrap_or("a secret");
        let mut report = Report::at(view.site(field.range), format!("`{name}` ships {what} to every database"));
        if let Some(range) = field.content {
            report = report.mask(range);
        }
        out.push(report);
    }
}
