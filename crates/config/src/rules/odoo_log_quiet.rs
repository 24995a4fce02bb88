//! Logins are not logged.
//!
//! ## What it does
//!
//! Reports log levels above info, and a handler that mutes the logger of logins.
//!
//! ## Why it matters
//!
//! Guessing passwords leaves no trace, and fail2ban and detections have nothing to read.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! log_level = warn
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! log_level = info
//! ```
//!
//! ## How to fix
//!
//! Set `log_level = info`; keep `odoo.addons.base.models.res_users` at INFO.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-log-quiet", "ODO024", Group::Odoo, Severity::Medium, 778);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let level = odoo.setting("log_level");
    let text = level.value.text();
    if matches!(text.as_str(), "warn" | "warning" | "error" | "critical") {
        out.push(Report::at(odoo.place_of(&level), format!("at `log_level = {text}` logins are not logged")).fix(set_option(deployment, odoo, "log_level", "info")));
    }
    let handlers = odoo.setting("log_handler");
    let muted = handlers.value.list().into_iter().find(|handler| {
        handler.rsplit_once(':').is_some_and(|(logger, level)| {
            let covers = logger.is_empty() || logger == "odoo" || logger.ends_with("res_users");
            covers && matches!(level.to_uppercase().as_str(), "WARN" | "WARNING" | "ERROR" | "CRITICAL")
        })
    });
    if let Some(handler) = muted {
        out.push(Report::at(odoo.place_of(&handlers), format!("the log handler `{handler}` mutes logins")));
    }
}
