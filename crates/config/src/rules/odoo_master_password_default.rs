//! The master password is Odoo's factory default.
//!
//! ## What it does
//!
//! Reports `admin_passwd` that is missing, is `admin`, or is the hash of `admin`. From 19.0 `False` is skipped and
//! leaves the default too.
//!
//! ## Why it matters
//!
//! Whoever reaches the database manager or the `db` service first downloads, deletes or replaces every database, and
//! sets a master password of their own.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! list_db = True
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! admin_passwd = $pbkdf2-sha512$25000$ei9FCEEIYSwFgHDO2dubcw$9Jhe.rv4ugwoEUCcqZzrxw5ZAZpS8JZuXo35ueZPlYkulXR/b3bB1/ahF7Yixt.MZ4SSq/46bgRxcYdLAXfaIg
//! ```
//!
//! ## How to fix
//!
//! Set a long random master password, stored as a hash, and switch the database manager off with `list_db = False`.
//! `castellan fix` does both and shows the new password once.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1392.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Change, Fix, Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::odoo::effective::Value;
use crate::rule::Check;
use crate::rule::Report;
use crate::source::Site;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-master-password-default", "ODO002", Group::Odoo, Severity::Critical, 1392);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("admin_passwd");
    if setting.value == Value::Bool(false) || !odoo.master_password().is_default {
        return;
    }
    let guarded = !odoo.setting("list_db").value.truth();
    let message = match setting.origin {
        Origin::Default => "no master password is set, so it is the factory default `admin`",
        _ => "the master password is the factory default `admin`",
    };
    let mut report = Report::at(odoo.place_of(&setting), message).fix(new_password(deployment, odoo, setting.site));
    if guarded {
        // The manager is off: the default counts again as soon as somebody switches it on.
        report = report.severity(Severity::High);
    }
    out.push(report);
}

/// A new random password in place of the old one, or as a new line.
pub(super) fn new_password(deployment: &Deployment, odoo: &OdooServer, site: Option<Site>) -> Option<Fix> {
    let (id, ini) = odoo.conf.as_ref()?;
    let file = deployment.file(*id)?;
    let change = match site {
        Some(site) if site.file == *id => {
            let glued = file.text.get(..site.range.start as usize).is_some_and(|before| before.ends_with('='));
            let before = if glued { " " } else { "" }.to_owned();
            let (start, end) = (site.range.start, site.range.end);
            Change::NewPassword { path: file.path.clone(), start, end, before, after: String::new() }
        }
        Some(_) => return None,
        None => {
            let at = crate::read::ini::insertion(&file.text, ini.section("options")?).start;
            let lead = if file.text.ends_with('\n') || (at as usize) < file.text.len() { "" } else { "\n" };
            let before = format!("{lead}admin_passwd = ");
            Change::NewPassword { path: file.path.clone(), start: at, end: at, before, after: "\n".into() }
        }
    };
    Some(Fix {
        title: "set a new random master password, kept as a hash".into(),
        changes: vec![change],
        note: Some("The new password is shown once. Odoo reads it when it starts: restart it afterwards.".into()),
        reverts_unless_confirmed: false,
    })
}
