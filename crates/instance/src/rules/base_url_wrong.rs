//! Links in mails lead to an address in clear or to nowhere.
//!
//! ## What it does
//!
//! Looks at `web.base.url`: http, or an address of this host or an inner network.
//!
//! ## Why it matters
//!
//! The link that resets a password goes over plain HTTP, where it can be read on the way.
//!
//! ## Bad
//!
//! ```json
//! {"parameters": [{"key": "web.base.url", "value": "http://erp.example.com"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "web.base.url", "value": "https://erp.example.com"}]}
//! ```
//!
//! ## How to fix
//!
//! Set `web.base.url` to the https address that people use, and freeze it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{FINE, Judged, Report, found, not_applicable};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("base-url-wrong", "SET014", Group::Settings, Severity::Medium, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters"])?;
    let Some(url) = view.parameter("web.base.url") else { return not_applicable("the parameter is not set") };
    let clear = url.starts_with("http://");
    let host = url.split("://").nth(1).unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
    let message = if helpers::is_local(host) {
        format!("links in mails lead to {url}, which is this host alone")
    } else if clear {
        format!("links in mails lead to {url}, without TLS")
    } else {
        return FINE;
    };
    found(Report::of("ir.config_parameter", "key web.base.url", message).records(view.parameter_record("web.base.url")))
}
