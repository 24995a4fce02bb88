//! The limit on websocket messages is off or very wide.
//!
//! ## What it does
//!
//! Reports `websocket_rate_limit_burst` above 100 and `websocket_rate_limit_delay` of 0 or less.
//!
//! ## Why it matters
//!
//! One client with one connection keeps the evented worker busy for everybody.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! websocket_rate_limit_delay = 0
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! websocket_rate_limit_delay = 0.2
//! ```
//!
//! ## How to fix
//!
//! Leave the defaults: burst 10, delay 0.2 seconds.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/770.html>

use castellan_model::{Group, RuleMeta, SeriesRange, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-websocket-limit", "ODO037", Group::Odoo, Severity::Low, 770).series(SeriesRange::since(16));

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let burst = odoo.setting("websocket_rate_limit_burst");
    if burst.value.number().is_some_and(|number| number > 100.0) {
        out.push(Report::at(odoo.place_of(&burst), format!("a burst of {} messages passes", burst.value.text())).fix(set_option(deployment, odoo, "websocket_rate_limit_burst", "10")));
    }
    let delay = odoo.setting("websocket_rate_limit_delay");
    if delay.value.number().is_some_and(|number| number <= 0.0) {
        out.push(Report::at(odoo.place_of(&delay), "the limit on websocket messages is off").fix(set_option(deployment, odoo, "websocket_rate_limit_delay", "0.2")));
    }
}
