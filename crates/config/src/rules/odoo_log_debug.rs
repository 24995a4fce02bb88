//! A logger is set to debug and may record secrets.
//!
//! ## What it does
//!
//! Reports `log_level` of the debug family and handlers for SQL, HTTP and RPC at DEBUG.
//!
//! ## Why it matters
//!
//! Requests, answers and statements go to the log with passwords, tokens and personal data; logs are read, copied and
//! shipped by many.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! log_level = debug_rpc
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
//! Set `log_level = info` and remove the handlers.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/532.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-log-debug", "ODO023", Group::Odoo, Severity::Medium, 532);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let level = odoo.setting("log_level");
    let text = level.value.text();
    if text.starts_with("debug") || text == "notset" {
        out.push(Report::at(odoo.place_of(&level), format!("`log_level` is {text}")).fix(set_option(deployment, odoo, "log_level", "info")));
    }
    let handlers = odoo.setting("log_handler");
    let loud = handlers.value.list().into_iter().find(|handler| handler.to_uppercase().ends_with(":DEBUG"));
    if let Some(handler) = loud {
        out.push(Report::at(odoo.place_of(&handlers), format!("the log handler `{handler}` records what passes")));
    }
}
