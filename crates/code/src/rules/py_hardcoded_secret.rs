//! A password, key or token is written in the code.
//!
//! ## What it does
//!
//! Reports literals that look like secrets, assigned to or passed under the name of one, and keys in the published
//! form of their issuers.
//!
//! ## Why it matters
//!
//! Everybody who has the module has the secret, it is the same everywhere, and it stays in the history.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pull(self):
//!         api_key = '9f8e7d6c5b4a39281706'
//!         return api_key
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pull(self):
//!         api_key = self.env['ir.config_parameter'].sudo().get_param('x.api_key')
//!         return api_key
//! ```
//!
//! ## How to fix
//!
//! Read it from a parameter that only administrators may read, or from the environment; revoke the one that was
//! shipped.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/798.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::{Program, Role};
use crate::python;
use crate::rule::{Check, Report};
use crate::rules::helpers;
use crate::rules::secrets;
use crate::source::{ModuleId};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-hardcoded-secret", "PY005", Group::Python, Severity::High, 798).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Module(check);

fn check(program: &Program<'_>, id: ModuleId, out: &mut Vec<Report>) {
    for function in &program.functions {
        let unit = program.unit(function.unit);
        if program.file(unit.file).module != Some(id) || unit.role != Role::Server {
            continue;
        }
        for (name, value) in helpers::named_literals(function.body, function.node.is_none()) {
            let Some(text) = python::string(value) else { continue };
            let known = secrets::known_key(text);
            if known.is_some() || (secrets::is_secret_name(name) && secrets::looks_like_secret(text)) {
                let site = program.site(function.unit, value);
                let what = known.unwrap_or("a secret");
                out.push(Report::at(site, format!("`{name}` holds {what} in the code")).mask(site.range));
            }
        }
    }
}
