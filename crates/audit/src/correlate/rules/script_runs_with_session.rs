//! Foreign script can be placed on a page, and nothing keeps it from the session.
//!
//! ## What it does
//!
//! Raises the severity of cross-site scripting in code that others can use, when the site's cookie can be read by script and no
//! content security policy holds it.
//!
//! ## Why it matters
//!
//! The script acts as whoever looks at the page, an administrator too, and takes the session along.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "session-cookie-readable" }, { rule = "ctl-reflected-xss", module = "shop_api", reach = "anonymous", severity = "high" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "ctl-reflected-xss", module = "shop_api", reach = "anonymous", severity = "high" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "session-cookie-readable" }, { rule = "sql-format", module = "shop_api", reach = "anonymous", severity = "high" }]
//! ```
//!
//! ## How to fix
//!
//! Escape the value; set `HttpOnly` and a content security policy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("script-runs-with-session", "JOI019", Group::Joined, Severity::High, 79);

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    let Some(cookie) = view.all(&["session-cookie-readable"]).next() else { return Vec::new() };
    view.code()
        .filter(|finding| finding.cwe == 79 && finding.reach.is_some())
        .filter(|finding| (Severity::Medium..Severity::Critical).contains(&finding.severity))
        .flat_map(|finding| {
            let because = "the session's cookie can be read by script".to_owned();
            [Joint::raise(finding, because), Joint::relate(finding, cookie, "and")]
        })
        .collect()
}
