//! An install hook makes users, sets passwords or gives administrator rights.
//!
//! ## What it does
//!
//! Reports hooks of a module that create users, write passwords, or add users to Settings or Access Rights.
//!
//! ## Why it matters
//!
//! Installing the module plants an account or rights that no administrator has asked for and that uninstalling does
//! not remove.
//!
//! ## Bad
//!
//! ```text
//! ==> hooks.py <==
//! def post_init_hook(env):
//!     env['res.users'].create({'name': 'Sync', 'login': 'sync', 'password': 'x9Kd72ls'})
//! ==> __manifest__.py <==
//! {'name': 'Sync', 'version': '17.0.1.0.0', 'post_init_hook': 'post_init_hook'}
//! ```
//!
//! ```text
//! ==> hooks.py <==
//! def post_init_hook(env):
//!     env.ref('base.group_system').write({'users': [(4, 5)]})
//! ==> __manifest__.py <==
//! {'name': 'Sync', 'version': '17.0.1.0.0', 'post_init_hook': 'post_init_hook'}
//! ```
//!
//! ## Good
//!
//! ```text
//! ==> hooks.py <==
//! def post_init_hook(env):
//!     env['x.note'].create({'name': 'Sync'})
//! ==> __manifest__.py <==
//! {'name': 'Sync', 'version': '17.0.1.0.0', 'post_init_hook': 'post_init_hook'}
//! ```
//!
//! ## How to fix
//!
//! Put accounts into reviewed data files without passwords, and leave rights to the administrator.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr};

use crate::flow::{CallView};
use crate::python;
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-hook-privilege", "ACC007", Group::Access, Severity::Critical, 269);

pub(super) const CHECK: Check = Check::Call(&["create", "write"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let receiver = call.receiver?;
    let hook = call.function.name.contains("hook") || call.program.module_of(call.program.unit(call.function.unit).file).is_some_and(|module| {
        module.manifest.hooks.iter().any(|hook| *hook == call.function.name.as_str())
    });
    if !hook || call.function.class.is_some() {
        return None;
    }
    let text = call.source(call.call);
    let privileged = ["group_system", "group_erp_manager"].iter().any(|group| text.contains(group));
    match receiver.model() {
        "res.users" if call.name == "create" || text.contains("password") || privileged => {
            let mut report = Report::here("installing the module makes or opens an account");
            if let Some(Expr::Dict(values)) = call.expression(0, "vals") {
                for item in &values.items {
                    if item.key.as_ref().and_then(python::string) == Some("password") {
                        report = report.mask(call.site(&item.value).range);
                    }
                }
            }
            Some(report)
        }
        "res.groups" if call.name == "write" && text.contains("users") => Some(Report::here("installing the module gives users a group").severity(Severity::High)),
        // `env.ref("base.group_system").write({"users": ...})`.
        "" if call.name == "write" && privileged && text.contains("users") => {
            Some(Report::here("installing the module gives users an administrator group"))
        }
        _ => None,
    }
}
