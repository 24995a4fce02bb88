//! The master password is easily guessed.
//!
//! ## What it does
//!
//! Reports a master password that is among those that everybody tries first, is the name of the database or role, or
//! is shorter than twelve characters. Hashes are tried against the same small list, on this machine, within a bounded
//! number of rounds.
//!
//! ## Why it matters
//!
//! The master password has no lock-out: each try costs an attacker one request, and the first hit gives every
//! database.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! admin_passwd = odoo2025
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! admin_passwd = kX7-correct-horse-battery
//! ```
//!
//! ## How to fix
//!
//! Set a long random master password. `castellan fix` makes one, keeps its hash and shows it once.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/521.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::odoo::effective::Value;
use crate::odoo::secret::Weakness;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-master-password-weak", "ODO004", Group::Odoo, Severity::High, 521);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("admin_passwd");
    if setting.origin == Origin::Default || setting.value == Value::Bool(false) {
        return;
    }
    let strength = odoo.master_password();
    if strength.is_default {
        return;
    }
    let message = match strength.weakness {
        Some(Weakness::Common) => "the master password is one that everybody tries first",
        Some(Weakness::Short) => "the master password is shorter than twelve characters",
        None => return,
    };
    let fix = super::odoo_master_password_default::new_password(deployment, odoo, setting.site);
    out.push(Report::at(odoo.place_of(&setting), message).fix(fix));
}
