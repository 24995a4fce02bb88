//! An ordinary group gets a right on a model that gives power over the system.
//!
//! ## What it does
//!
//! Compares access rows on sensitive models (parameters, server actions, jobs, access rules, users, views, mail
//! servers ...) with what Odoo itself ships.
//!
//! ## Why it matters
//!
//! Who may write a server action, a view, a rule or a parameter is an administrator in all but name; who may read
//! parameters or mail servers reads the secrets in them.
//!
//! ## Bad
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_param,param,base.model_ir_config_parameter,base.group_user,1,1,1,0
//! ```
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_mail,mail,base.model_ir_mail_server,base.group_user,1,0,0,0
//! ```
//!
//! ## Good
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_param,param,base.model_ir_config_parameter,base.group_system,1,1,1,0
//! ```
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_model,model,base.model_ir_model,base.group_user,1,0,0,0
//! ```
//!
//! ## How to fix
//!
//! Give the right to `base.group_system` only, and reach the one value that others need through a method that
//! checks and returns it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::{AccessRow, Operation, Program, core_grants, group_tier, sensitive_model};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("acl-sensitive-model", "DAT005", Group::Data, Severity::Critical, 269);

pub(super) const CHECK: Check = Check::Access(check);

/// Reading these gives away secrets.
const SECRET_TO_READ: [&str; 8] = [
    "ir.config_parameter", "ir.mail_server", "fetchmail.server", "res.users.apikeys", "auth.oauth.provider", "res.company.ldap",
    "payment.provider", "iap.account",
];

fn check(program: &Program<'_>, row: &AccessRow) -> Option<Report> {
    let model = row.model.as_str();
    let sensitive = sensitive_model(model)?;
    if !matches!(sensitive.severity.as_str(), "critical" | "high") || row.inactive {
        return None;
    }
    let series = program.series(row.site.file);
    let group = row.group.map(|group| group.as_str());
    if group.and_then(group_tier).is_some_and(|tier| tier >= 4) {
        return None;
    }
    let power = ["ir.", "res.users", "res.groups", "base.automation", "auth", "mail.template", "fetchmail.server", "res.company.ldap"]
        .iter()
        .any(|prefix| model.starts_with(prefix));
    let wider = Operation::ALL.iter().zip(['r', 'w', 'c', 'd']).filter(|(operation, letter)| {
        let matters = if **operation == Operation::Read { SECRET_TO_READ.contains(&model) } else { power };
        matters && row.allows(**operation) && !core_grants(model, group, *letter, series)
    });
    let wider: Vec<&str> = wider.map(|(operation, _)| operation.word()).collect();
    if wider.is_empty() || model == "ir.attachment" || recommended(group, &sensitive.write_groups) {
        return None;
    }
    let who = group.unwrap_or("everybody");
    let report = Report::at(row.site, format!("`{who}` may {} `{model}` ({})", wider.join(", "), sensitive.why));
    // A group of the module's own may be meant for administrators.
    let broad = group.is_none_or(|group| matches!(group, "base.group_user" | "base.group_portal" | "base.group_public"));
    let report = if wider == ["read"] || sensitive.severity != "critical" { report.severity(Severity::High) } else { report };
    Some(if broad { report } else { report.confidence(Confidence::Medium) })
}

fn recommended(group: Option<&str>, groups: &[String]) -> bool {
    group.is_some_and(|group| groups.iter().any(|known| known.split(' ').next() == Some(group)))
}
