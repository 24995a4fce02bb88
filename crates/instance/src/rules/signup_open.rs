//! Everybody may make an account.
//!
//! ## What it does
//!
//! Looks at `auth_signup.invitation_scope`, and at each website's own setting.
//!
//! ## Why it matters
//!
//! A stranger with a portal account reaches far more code than one without. A shop wants this, others do not.
//!
//! ## Bad
//!
//! ```json
//! {"parameters": [{"key": "auth_signup.invitation_scope", "value": "b2c"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "auth_signup.invitation_scope", "value": "b2b"}]}
//! ```
//!
//! ## How to fix
//!
//! Settings, Permissions, Customer Account: "On invitation".
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/284.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any, not_applicable};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("signup-open", "SET002", Group::Settings, Severity::Medium, 284);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters", "modules"])?;
    if !view.has_module("auth_signup") {
        return not_applicable("the module auth_signup is not installed");
    }
    let shop = view.has_module("website_sale");
    let mut records = Vec::new();
    if view.parameter("auth_signup.invitation_scope") == Some("b2c") {
        records.extend(view.parameter_record("auth_signup.invitation_scope"));
    }
    for site in view.evidence.websites.iter().filter(|site| site.signup == "b2c") {
        records.push((site.id, format!("website {}", site.name)));
    }
    let report =
        Report::of("ir.config_parameter", "auth_signup.invitation_scope = b2c", "everybody may make an account")
            .records(records);
    found_if_any(if shop { report.severity(Severity::Low) } else { report })
}
