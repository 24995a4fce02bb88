//! Every site may read answers with the session of the visitor.
//!
//! ## What it does
//!
//! Asks with the `Origin` of a name that nobody has, with GET and as a preflight, and looks for it in
//! `Access-Control-Allow-Origin`.
//!
//! ## Why it matters
//!
//! With credentials allowed, a foreign page reads in the name of whoever is logged in.
//!
//! ## Bad
//!
//! ```http
//! > cors
//! 200
//! content-type: text/html
//! access-control-allow-origin: https://castellan-probe.invalid
//! access-control-allow-credentials: true
//!
//! x
//! ```
//!
//! ## Good
//!
//! ```http
//! > cors
//! 200
//! access-control-allow-origin: *
//!
//! x
//! ```
//!
//! ## How to fix
//!
//! Name the origins that need it; never repeat what the client sends.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/942.html>
//! * <https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS>

use castellan_model::{Group, RuleMeta, Severity};

use crate::probes::FOREIGN;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("cors-reflected", "HDR016", Group::Headers, Severity::High, 942);

pub(super) fn check(view: &View<'_>) -> Judged {
    let mut last = None;
    for probe in ["cors", "options"] {
        match view.exchange(probe) {
            Ok(exchange) => {
                let back =
                    exchange.header("access-control-allow-origin").is_some_and(|origin| origin.contains(FOREIGN));
                let credentials =
                    exchange.header("access-control-allow-credentials").is_some_and(|value| value.trim() == "true");
                if back {
                    let severity = if credentials { Severity::High } else { Severity::Low };
                    let message = if credentials {
                        "a made-up origin is allowed, with credentials"
                    } else {
                        "a made-up origin is allowed, without credentials"
                    };
                    return found(
                        Report::at(probe, message).severity(severity).shown_by("access-control-allow-origin"),
                    );
                }
            }
            Err(reason) => last = Some(reason),
        }
    }
    last.map_or(FINE, Err)
}
