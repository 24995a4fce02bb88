//! A REST base class leaves all its routes open.
//!
//! ## What it does
//!
//! Reports `_default_auth = 'public'` or `'none'` on REST controllers, and `_default_cors = '*'` beside it.
//!
//! ## Why it matters
//!
//! Every service that is added later is open to the internet without anybody deciding it.
//!
//! ## Bad
//!
//! ```python
//! from odoo.addons.base_rest.controllers import main
//!
//! class Rest(main.RestController):
//!     _root_path = '/rest/'
//!     _default_auth = 'public'
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo.addons.base_rest.controllers import main
//!
//! class Rest(main.RestController):
//!     _root_path = '/rest/'
//!     _default_auth = 'user'
//! ```
//!
//! ## How to fix
//!
//! Set `_default_auth` to `user`, `api_key` or `jwt`, and open single methods.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/306.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::python;
use crate::rule::{Check, ClassView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-rest-default-public", "WEB033", Group::Web, Severity::High, 306);

pub(super) const CHECK: Check = Check::Class(check);

fn check(view: &ClassView<'_>, out: &mut Vec<Report>) {
    if let Some(value) = view.class.attributes.get("_default_auth")
        && matches!(python::string(value), Some("public" | "none"))
    {
        out.push(Report::at(view.site(*value), format!("every service of `{}` is open to the internet", view.class.name)));
    }
}
