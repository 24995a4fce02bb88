//! The public website form may write a field that decides about rights or money.
//!
//! ## What it does
//!
//! Reports calls that white-list fields for the website form on users, owners, states, prices and secrets, and
//! website forms switched on for internal models.
//!
//! ## Why it matters
//!
//! The form's route takes a model and values from anybody on the internet and creates the record as superuser.
//!
//! ## Bad
//!
//! ```xml
//! <function model="ir.model.fields" name="formbuilder_whitelist">
//!     <value>crm.lead</value>
//!     <value eval="['description', 'user_id']"/>
//! </function>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <function model="ir.model.fields" name="formbuilder_whitelist">
//!     <value>crm.lead</value>
//!     <value eval="['description', 'phone']"/>
//! </function>
//! ```
//!
//! ## How to fix
//!
//! White-list contact fields only, and only on models made for the public.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/915.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::python;
use crate::rule::{Check, RecordView, Report};
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("xml-form-whitelist", "DAT025", Group::Data, Severity::High, 915);

pub(super) const CHECK: Check = Check::Record(check);

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    let record = view.record;
    if record.function.as_deref() == Some("formbuilder_whitelist") {
        for field in &record.fields {
            let Some((text, range)) = &field.eval else { continue };
            let Ok(value) = python::parse_expression(text) else { continue };
            let dangerous = python::strings(&value).into_iter().find(|name| {
                matches!(*name, "user_id" | "create_uid" | "groups_id" | "group_ids" | "company_id" | "state" | "stage_id" | "active" | "login" | "share")
                    || secrets::is_secret_name(name)
                    || name.starts_with("amount")
            });
            if let Some(name) = dangerous {
                out.push(Report::at(view.site(*range), format!("anybody on the internet may set `{name}`")));
            }
        }
    }
    let opens = record.model == "ir.model" && record.truth("website_form_access") == Some(true);
    let internal = ["res_users", "res_groups", "account_move", "hr_employee", "ir_", "res_partner_bank"].iter().any(|part| record.id.contains(part));
    if opens && internal {
        out.push(Report::at(view.site(record.range), format!("the public website form may create `{}`", record.id)));
    }
}
