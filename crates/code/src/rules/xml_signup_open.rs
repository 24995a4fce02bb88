//! A data file opens sign-up or weakens the protection of logins.
//!
//! ## What it does
//!
//! Reports parameters set by data files that let anybody sign up, switch off two-factor authentication, or shorten
//! passwords.
//!
//! ## Why it matters
//!
//! Installing the module changes the security of the whole database, and nobody who installs it is told.
//!
//! ## Bad
//!
//! ```xml
//! <record id="signup" model="ir.config_parameter">
//!     <field name="key">auth_signup.invitation_scope</field>
//!     <field name="value">b2c</field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="signup" model="ir.config_parameter">
//!     <field name="key">auth_signup.invitation_scope</field>
//!     <field name="value">b2b</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Leave these parameters to the administrator.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::python;
use crate::rule::{Check, RecordView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("xml-signup-open", "DAT024", Group::Data, Severity::Medium, 1188);

pub(super) const CHECK: Check = Check::Record(check);

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    let record = view.record;
    let (key, value) = match (record.model.as_str(), record.function.as_deref()) {
        ("ir.config_parameter", Some("set_param")) => {
            let texts: Vec<String> = record.fields.iter().filter_map(|field| field.eval.as_ref()).flat_map(|(text, _)| {
                python::parse_expression(text).map(|value| python::strings(&value).into_iter().map(str::to_owned).collect::<Vec<_>>()).unwrap_or_default()
            }).collect();
            (texts.first().cloned().unwrap_or_default(), texts.get(1).cloned().unwrap_or_default())
        }
        ("ir.config_parameter", None) => (
            record.value("key").unwrap_or_default().to_owned(),
            record.value("value").unwrap_or_default().to_owned(),
        ),
        _ => return,
    };
    if view.program.is_demo(view.file) {
        return;
    }
    let weak = match key.as_str() {
        "auth_signup.invitation_scope" => value == "b2c",
        "auth_signup.allow_uninvited" => matches!(value.as_str(), "True" | "1"),
        "auth_password_policy.minlength" => value.parse::<u32>().is_ok_and(|length| length < 8),
        "auth_totp.policy" => value.is_empty() || value == "False",
        "base.login_cooldown_after" => value == "0",
        _ => false,
    };
    if weak {
        out.push(Report::at(view.site(record.range), format!("installing this module sets `{key}` to `{value}`")));
    }
}
