//! The hash of the master password uses few rounds.
//!
//! ## What it does
//!
//! Reports a PBKDF2 hash with fewer than 600,000 rounds in 17.0 and newer, which make hashes with that many.
//!
//! ## Why it matters
//!
//! Whoever gets hold of the hash guesses more than twenty times as many passwords a second.
//!
//! ## Bad
//!
//! ```ini odoo-17.0
//! [options]
//! admin_passwd = $pbkdf2-sha512$25000$ei9FCEEIYSwFgHDO2dubcw$9Jhe.rv4ugwoEUCcqZzrxw5ZAZpS8JZuXo35ueZPlYkulXR/b3bB1/ahF7Yixt.MZ4SSq/46bgRxcYdLAXfaIg
//! ```
//!
//! ## Good
//!
//! ```ini odoo-16.0
//! [options]
//! admin_passwd = $pbkdf2-sha512$25000$ei9FCEEIYSwFgHDO2dubcw$9Jhe.rv4ugwoEUCcqZzrxw5ZAZpS8JZuXo35ueZPlYkulXR/b3bB1/ahF7Yixt.MZ4SSq/46bgRxcYdLAXfaIg
//! ```
//!
//! ## How to fix
//!
//! Set the master password again; Odoo 17.0 and newer hash it with 600,000 rounds.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/916.html>

use castellan_model::{Group, Persona, RuleMeta, SeriesRange, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::secret::Kept;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-master-password-rounds", "ODO005", Group::Odoo, Severity::Low, 916).persona(Persona::Pedantic).series(SeriesRange::since(17));

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("admin_passwd");
    if let Kept::Pbkdf2 { rounds } = odoo.master_password().kept
        && rounds < 600_000
    {
        out.push(Report::at(odoo.place_of(&setting), format!("the hash of the master password uses {rounds} rounds, Odoo {} uses 600000", odoo.series)));
    }
}
