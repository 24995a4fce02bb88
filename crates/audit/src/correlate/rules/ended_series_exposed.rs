//! An Odoo that gets no security fixes any more is open to the internet.
//!
//! ## What it does
//!
//! Joins a series whose support has ended with a site that was seen from outside.
//!
//! ## Why it matters
//!
//! Every weakness that is found from now on stays open for ever.
//!
//! ## Bad
//!
//! ```toml
//! site = true
//! finding = [{ rule = "odoo-series-ended" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "odoo-series-ended" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! site = true
//! finding = [{ rule = "odoo-build-old" }]
//! ```
//!
//! ## How to fix
//!
//! Move to a supported series; until then let only known networks reach the server.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta = RuleMeta::new("ended-series-exposed", "JOI007", Group::Joined, Severity::High, 1104);

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    if !view.is_seen_from_outside() {
        return Vec::new();
    }
    view.all(&["odoo-series-ended", "site-series-unsupported"])
        .take(1)
        .map(|ended| Joint::found(&[ended], "this Odoo gets no security fixes any more, and everybody reaches it"))
        .collect()
}
