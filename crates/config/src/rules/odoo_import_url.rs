//! The import wizard fetches any web address.
//!
//! ## What it does
//!
//! Reports a server that does not narrow `import_url_regex` (`import_image_regex` up to 18.0).
//!
//! ## Why it matters
//!
//! Users who may import make the server fetch addresses of their choice, those of the inner network too.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! list_db = False
//! ```
//!
//! ## Good
//!
//! ```ini odoo-19.0
//! [options]
//! import_url_regex = ^https://cdn\.example\.com/
//! ```
//!
//! ## How to fix
//!
//! Set the expression to the hosts that imports need, or to `^$`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/918.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-import-url", "ODO019", Group::Odoo, Severity::Low, 918).persona(Persona::Auditor);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let name = if odoo.series.major() >= 19 { "import_url_regex" } else { "import_image_regex" };
    let setting = odoo.setting(name);
    if setting.origin == Origin::Default {
        out.push(Report::at(odoo.place_of(&setting), format!("`{name}` is not set: imports fetch any web address")));
    }
}
