//! The licences of modules do not go together.
//!
//! ## What it does
//!
//! Looks at modules that need one another. A module under OPL-1 or OEEL-1 is not free and may not be built upon one under AGPL-3, whose
//! licence passes to what uses it; and one under GPL or AGPL may not need a module that is not free. A manifest without a licence is under
//! LGPL-3 by Odoo's rule.
//!
//! ## Why it matters
//!
//! Whoever passes the modules on, or lets others use them over the network, breaks one of the licences.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"name": "shop_pro", "place": "/opt/addons/shop_pro/__manifest__.py", "version": "17.0.1.0.0", "licence": "OPL-1", "depends": ["shop_base"]}, {"name": "shop_base", "place": "/opt/addons/shop_base/__manifest__.py", "version": "17.0.1.0.0", "licence": "AGPL-3"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "shop_pro", "place": "/opt/addons/shop_pro/__manifest__.py", "version": "17.0.1.0.0", "licence": "OPL-1", "depends": ["shop_base"]}, {"name": "shop_base", "place": "/opt/addons/shop_base/__manifest__.py", "version": "17.0.1.0.0", "licence": "LGPL-3"}]}
//! ```
//!
//! ## How to fix
//!
//! Ask the authors for another licence, or take one of the modules out.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/legal/licenses.html>
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{Report, View};

pub(super) const META: RuleMeta =
    RuleMeta::new("licence-conflict", "ADV011", Group::Versions, Severity::Low, 1188).confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let modules = &view.inventory.modules;
    let mut out = Vec::new();
    for module in modules.iter().filter(|module| !module.core) {
        for name in &module.depends {
            let Some(needed) = modules.iter().find(|one| one.name == *name) else { continue };
            let (own, other) = (kind(&module.licence), kind(&needed.licence));
            let conflict = matches!((own, other), (Kind::Closed, Kind::Copyleft) | (Kind::Copyleft, Kind::Closed));
            if conflict {
                let message = format!(
                    "{} is under {} and needs {}, which is under {}",
                    module.name, module.licence, needed.name, needed.licence
                );
                out.push(
                    Report::at(&module.place, 1, format!("{}: {}", module.name, module.licence), message)
                        .scope(format!("{} {}", module.name, needed.name)),
                );
            }
        }
    }
    out
}

#[derive(Clone, Copy)]
enum Kind {
    /// Passes to what uses it.
    Copyleft,
    /// Not free.
    Closed,
    /// Goes with everything.
    Open,
}

fn kind(licence: &str) -> Kind {
    match licence.trim() {
        "OPL-1" | "OEEL-1" | "Other proprietary" => Kind::Closed,
        text if text.starts_with("AGPL") || text.starts_with("GPL") => Kind::Copyleft,
        _ => Kind::Open,
    }
}
