//! The block of the database manager is passed by with another spelling.
//!
//! ## What it does
//!
//! When the page is refused, asks once with a letter percent-encoded and once with two slashes in front.
//!
//! ## Why it matters
//!
//! Odoo takes both for the same page, so the rule of the proxy protects nothing.
//!
//! ## Bad
//!
//! ```http
//! > manager
//! 403
//!
//!
//! > manager-encoded
//! 200
//! content-type: text/html
//!
//! <form action="/web/database/drop"><input name="master_pwd"/></form>
//! ```
//!
//! ## Good
//!
//! ```http
//! > manager
//! 403
//!
//!
//! > manager-encoded
//! 403
//! ```
//!
//! ## How to fix
//!
//! Compare the decoded and tidied path: in HAProxy `path,url_dec -m reg ^/+web/database`; in nginx `location ~
//! ^/web/database` with `merge_slashes on`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/436.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::path;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-block-evaded", "OUT007", Group::Outside, Severity::High, 436);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    view.exchange("manager")?;
    if !view.is_refused("manager") {
        return Err(Unjudged::NotApplicable("the plain path is not refused".to_owned()));
    }
    for probe in ["manager-encoded", "manager-slashes"] {
        if view.is_manager(probe) {
            let exchange = view.exchange(probe)?;
            let message = format!("/web/database/manager is refused, {} is not", path(exchange));
            return found(Report::at(probe, message).shown_by("master_pwd"));
        }
    }
    view.exchange("manager-encoded")?;
    FINE
}
