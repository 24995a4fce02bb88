//! The address of links is whatever an administrator came by.
//!
//! ## What it does
//!
//! Looks at `web.base.url.freeze`. Without it Odoo writes `web.base.url` anew at each log-in of an administrator, from the `Host` of the
//! request.
//!
//! ## Why it matters
//!
//! An administrator who is lured to another host name makes all mails lead there.
//!
//! ## Bad
//!
//! ```json
//! {"without": ["parameters/web.base.url.freeze"]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "web.base.url.freeze", "value": "True"}]}
//! ```
//!
//! ## How to fix
//!
//! Set `web.base.url.freeze` to True.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/644.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("base-url-not-frozen", "SET015", Group::Settings, Severity::Low, 644);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters"])?;
    match view.parameter("web.base.url.freeze") {
        Some(value) if !matches!(value, "" | "False" | "false" | "0") => FINE,
        _ => found(
            Report::of(
                "ir.config_parameter",
                "key web.base.url.freeze",
                "the base URL changes with the host that an administrator uses",
            )
            .records(view.parameter_record("web.base.url")),
        ),
    }
}
