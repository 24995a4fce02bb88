//! A page loads a script from another host.
//!
//! ## What it does
//!
//! Reports `<script>` and `<iframe>` of server templates that come from another host without an integrity hash, and
//! over plain HTTP at all.
//!
//! ## Why it matters
//!
//! Whoever controls or intercepts the other host runs code in every visitor's session.
//!
//! ## Bad
//!
//! ```xml
//! <template id="page">
//!     <script src="https://cdn.example.com/lib.js"/>
//! </template>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <template id="page">
//!     <script src="/x_note/static/src/lib.js"/>
//! </template>
//! ```
//!
//! ## How to fix
//!
//! Ship the file with the module, or add `integrity` and `crossorigin`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/829.html>

use castellan_model::{Group, RuleMeta, Severity};


use crate::rule::{Check, ElementView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("qweb-external-script", "TPL005", Group::Template, Severity::Medium, 829);

pub(super) const CHECK: Check = Check::Element(check);

fn check(view: &ElementView<'_>) -> Option<Report> {
    let element = view.element;
    if !matches!(element.tag.as_str(), "script" | "iframe" | "link") || element.attribute("integrity").is_some() {
        return None;
    }
    let attribute = element.attribute("src").or_else(|| element.attribute("href"))?;
    let value = attribute.value.trim();
    let plain = value.starts_with("http://");
    let foreign = plain || value.starts_with("https://") || value.starts_with("//");
    let script = element.tag == "script" || (element.tag == "link" && element.value("rel") == "stylesheet" && plain) || (element.tag == "iframe" && plain);
    (foreign && script).then(|| Report::at(view.site(attribute.range), format!("loads `{value}` from another host")))
}
