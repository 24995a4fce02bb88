//! The websocket takes connections from foreign pages.
//!
//! ## What it does
//!
//! Opens the websocket with the `Origin` of a name that nobody has and closes it. Consent B.
//!
//! ## Why it matters
//!
//! A foreign page in the browser of a logged-in user reads the user's notifications. Odoo checks the origin only when
//! told so.
//!
//! ## Bad
//!
//! ```http
//! > websocket
//! 101
//! upgrade: websocket
//! ```
//!
//! ## Good
//!
//! ```http
//! > websocket
//! 403
//! ```
//!
//! ## How to fix
//!
//! Refuse foreign origins at the proxy: in nginx a `map $http_origin` of your own names; from 16.0 set
//! `ODOO_BUS_PUBLIC_SAMESITE_WS=True`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1385.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-websocket-origin", "OUT035", Group::Outside, Severity::Medium, 1385);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let exchange = view.exchange("websocket")?;
    if exchange.status == 101 {
        return found(Report::at("websocket", "the websocket opens for a foreign page"));
    }
    FINE
}
