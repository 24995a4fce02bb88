//! An API key never ends.
//!
//! ## What it does
//!
//! Looks at keys without a date of expiry, in series that have one (18.0 and later).
//!
//! ## Why it matters
//!
//! What nobody has to renew nobody misses: it works for whoever finds it in ten years.
//!
//! ## Bad
//!
//! ```json odoo-19.0
//! {"keys": [{"id": 1, "name": "shop", "user": 7, "created": 1789000000, "scope": "rpc"}]}
//! ```
//!
//! ## Good
//!
//! ```json odoo-19.0
//! {"keys": [{"id": 1, "name": "shop", "user": 7, "created": 1789000000, "scope": "rpc", "expires": 1795000000}]}
//! ```
//!
//! ```json odoo-17.0
//! {"keys": [{"id": 1, "name": "shop", "user": 7, "created": 1789000000, "scope": "rpc"}]}
//! ```
//!
//! ## How to fix
//!
//! Make keys with an end, and let their owner be no administrator, who may make endless ones.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/324.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any, not_applicable};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("key-without-end", "KEY003", Group::Keys, Severity::Medium, 324);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["keys", "users"])?;
    if view.series() < 18 {
        return not_applicable("keys have an end from 18.0");
    }
    let mut records = Vec::new();
    for key in helpers::live_keys(view).filter(|key| key.expires.is_none()) {
        records.push((key.id, format!("{} of {}", key.name, view.login(key.user))));
    }
    let message = format!("API keys that never end: {}", records.len());
    found_if_any(Report::of("res.users.apikeys", "no date of expiry", message).records(records))
}
