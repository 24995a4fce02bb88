//! The installed modules are listed to everybody.
//!
//! ## What it does
//!
//! Asks the public route of translations once; without a parameter it names every module.
//!
//! ## Why it matters
//!
//! The list names custom modules and third-party ones with known weaknesses. It is so by design; only the proxy can close
//! it.
//!
//! ## Bad
//!
//! ```http
//! > translations
//! 200
//! content-type: application/json
//!
//! {"lang": "en_US", "lang_parameters": {}, "modules": {"base": {"messages": []}, "acme_payroll": {"messages": []}}}
//! ```
//!
//! ## Good
//!
//! ```http
//! > translations
//! 404
//! ```
//!
//! ## How to fix
//!
//! Refuse `/web/webclient/translations` without `mods=` at the proxy for clients without a session, or accept it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::count;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-modules-disclosed", "OUT013", Group::Outside, Severity::Low, 200);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let modules = view.modules();
    if modules.is_empty() {
        view.served("translations")?;
        return FINE;
    }
    let probe =
        if view.served("translations").is_ok_and(|one| one.is_some()) { "translations" } else { "translations-old" };
    found(
        Report::at(probe, format!("everybody may read the names of {}", count(modules.len(), "installed module")))
            .shown_by("\"modules\""),
    )
}
