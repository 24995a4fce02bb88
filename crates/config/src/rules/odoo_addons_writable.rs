//! The service user may change Odoo's code.
//!
//! ## What it does
//!
//! Reports folders of `addons_path`, and modules in them, that the service user or everybody may write to.
//!
//! ## Why it matters
//!
//! A flaw that writes one file becomes code that runs at the next restart, and stays. Whoever breaks in makes
//! themselves at home.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! addons_path = /opt/odoo/addons
//! ==> /opt/odoo/addons/ 0777 root root <==
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! addons_path = /opt/odoo/addons
//! ==> /opt/odoo/addons/ 0755 root root <==
//! ```
//!
//! ## How to fix
//!
//! Let root or a deploy user own the code, with mode 0755; the service user reads it only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_mode};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-addons-writable", "ODO042", Group::Odoo, Severity::High, 732);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let user = odoo.user.as_deref().and_then(|name| deployment.user_named(name)).or_else(|| {
        let process = deployment.facts.processes.get(odoo.process?)?;
        deployment.user(process.uid)
    });
    for path in odoo.setting("addons_path").value.list() {
        let Some(attributes) = deployment.attributes(&path) else { continue };
        if attributes.world_writable() {
            out.push(Report::at(deployment.path_place(&path), format!("everybody may change the code in {path}")).severity(Severity::Critical).fix(set_mode(&path, attributes.mode & !0o022)));
            continue;
        }
        let Some(user) = user.filter(|user| user.uid != 0) else { continue };
        if deployment.may_write(user, &path) {
            out.push(Report::at(deployment.path_place(&path), format!("the service user {} may change the code in {path}", user.name)));
            continue;
        }
        let inside = format!("{path}/");
        let module = deployment.attributes.keys().find(|known| {
            known.strip_prefix(&inside).is_some_and(|rest| !rest.contains('/')) && deployment.may_write(user, known)
        });
        if let Some(module) = module {
            out.push(Report::at(deployment.path_place(module), format!("the service user {} may change the code in {module}", user.name)));
        }
    }
}
