//! A search is run with superuser rights for every caller.
//!
//! ## What it does
//!
//! Reports `_search`, `name_search` and `_read_group` overrides that call `super()` with
//! `access_rights_uid=SUPERUSER_ID`, `bypass_access=True` or on `self.sudo()`.
//!
//! ## Why it matters
//!
//! Record rules no longer narrow what users find: names of foreign records show up in every selection list.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def _search(self, domain, offset=0, limit=None, order=None, access_rights_uid=None):
//!         return super()._search(domain, offset, limit, order, access_rights_uid=SUPERUSER_ID)
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
//!     def _search(self, domain, offset=0, limit=None, order=None, access_rights_uid=None):
//!         return super()._search(domain, offset, limit, order, access_rights_uid=access_rights_uid)
//! ```
//!
//! ## How to fix
//!
//! Pass the arguments on as they came.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-search-bypass", "ACC013", Group::Access, Severity::High, 863);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    let name = view.function.name.as_str();
    if !matches!(name, "_search" | "_name_search" | "name_search" | "_read_group" | "search" | "read_group" | "web_search_read") || view.function.class.is_none() {
        return;
    }
    for call in helpers::calls_in(&node.body) {
        let Expr::Attribute(attribute) = &*call.func else { continue };
        let Expr::Call(inner) = &*attribute.value else { continue };
        if python::last_name(&inner.func) != Some("super") || attribute.attr.as_str() != name {
            continue;
        }
        let keyword = |wanted: &str| call.arguments.find_keyword(wanted).map(|keyword| &keyword.value);
        let bypass = keyword("bypass_access").and_then(python::boolean) == Some(true)
            || keyword("access_rights_uid").is_some_and(helpers::is_superuser)
            || inner.arguments.args.get(1).is_some_and(helpers::is_sudo_of_self);
        if bypass {
            out.push(Report::at(view.site(call), format!("`{name}` finds records that the caller may not see")));
            return;
        }
    }
}
