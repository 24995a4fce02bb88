//! The master password is kept in clear text.
//!
//! ## What it does
//!
//! Reports an `admin_passwd` that is no hash, in series that can keep a hash (11.0 and newer).
//!
//! ## Why it matters
//!
//! Everybody who reads the file, a backup of it or a repository that holds it can download and delete every database.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! admin_passwd = kX7-correct-horse-battery
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
//! Keep the hash that Odoo itself uses (`$pbkdf2-sha512$...`). `castellan fix` hashes the password that is there; it
//! stays the same for those who know it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/256.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Change, Fix, Group, RuleMeta, SeriesRange, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::odoo::effective::Value;
use crate::odoo::secret::Kept;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-master-password-plaintext", "ODO003", Group::Odoo, Severity::High, 256).series(SeriesRange::since(11));

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("admin_passwd");
    let strength = odoo.master_password();
    if setting.origin == Origin::Default || setting.value == Value::Bool(false) || strength.kept != Kept::Plain || strength.is_default {
        return;
    }
    let fix = setting.site.filter(|_| strength.weakness.is_none()).and_then(|site| {
        let path = deployment.file(site.file)?.path.clone();
        let (start, end) = (site.range.start, site.range.end);
        Some(Fix {
            title: "keep the hash of the master password".into(),
            changes: vec![Change::HashPassword { path, start, end }],
            note: Some("Odoo reads it when it starts: restart it afterwards.".into()),
            reverts_unless_confirmed: false,
        })
    });
    out.push(Report::at(odoo.place_of(&setting), "the master password is kept in clear text").fix(fix));
}
