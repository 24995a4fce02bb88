//! Users may change fields of their own account that decide about rights.
//!
//! ## What it does
//!
//! Reports `SELF_WRITEABLE_FIELDS` that gains groups, companies, login, active or secrets.
//!
//! ## Why it matters
//!
//! Every user writes these fields on the own account without any right: adding oneself to Settings is one RPC call.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Users(models.Model):
//!     _inherit = 'res.users'
//!
//!     @property
//!     def SELF_WRITEABLE_FIELDS(self):
//!         return super().SELF_WRITEABLE_FIELDS + ['groups_id']
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Users(models.Model):
//!     _inherit = 'res.users'
//!
//!     @property
//!     def SELF_WRITEABLE_FIELDS(self):
//!         return super().SELF_WRITEABLE_FIELDS + ['theme']
//! ```
//!
//! ## How to fix
//!
//! List preferences only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr, Stmt};

use crate::python;
use crate::rule::{Check, ClassView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-self-writeable", "ACC005", Group::Access, Severity::Critical, 269);

pub(super) const CHECK: Check = Check::Class(check);

const POWER: [&str; 12] = [
    "groups_id", "group_ids", "company_id", "company_ids", "login", "active", "share", "sel_groups", "role", "oauth_uid", "totp_secret", "new_password",
];

fn check(view: &ClassView<'_>, out: &mut Vec<Report>) {
    if view.class.model.is_none_or(|model| model.as_str() != "res.users") {
        return;
    }
    let mut values: Vec<&Expr> = view.class.attributes.get("SELF_WRITEABLE_FIELDS").copied().into_iter().collect();
    for statement in &view.class.node.body {
        match statement {
            Stmt::FunctionDef(def) if matches!(def.name.as_str(), "SELF_WRITEABLE_FIELDS" | "__init__") => {
                values.extend(helpers::returns_in(&def.body));
                for inner in helpers::statements_in(&def.body) {
                    match inner {
                        Stmt::Assign(assign) if assign.targets.iter().any(|target| python::last_name(target) == Some("SELF_WRITEABLE_FIELDS")) => {
                            values.push(&assign.value);
                        }
                        Stmt::AugAssign(assign) if python::last_name(&assign.target) == Some("SELF_WRITEABLE_FIELDS") => {
                            values.push(&assign.value);
                        }
                        _ => {}
                    }
                }
                for call in helpers::calls_in(&def.body) {
                    let named = python::dotted(&call.func).is_some_and(|dotted| dotted.contains("SELF_WRITEABLE_FIELDS"));
                    values.extend(call.arguments.args.iter().filter(|_| named));
                }
            }
            _ => {}
        }
    }
    for value in values {
        if let Some((name, node)) = helpers::strings_within(value).into_iter().find(|(name, _)| POWER.contains(name)) {
            out.push(Report::at(view.site(node), format!("every user may set `{name}` on the own account")));
            return;
        }
    }
}
