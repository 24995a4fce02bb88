//! Scripts are served in the form for developers.
//!
//! ## What it does
//!
//! Reads the names of the bundles on the log-in page.
//!
//! ## Why it matters
//!
//! Every page loads hundreds of files, and the server is likely to run with developer options.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form"></form><script>odoo.__session_info__</script><script src="/web/assets/1/debug/web.assets_frontend.js"></script>
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form"></form><script>odoo.__session_info__</script><script src="/web/assets/1/3f1a2b4/web.assets_frontend.min.js"></script>
//! ```
//!
//! ## How to fix
//!
//! Remove `--dev` and `dev_mode`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/489.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-debug-assets", "OUT046", Group::Outside, Severity::Low, 489);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let exchange = view.exchange("login")?;
    if exchange.body.contains("/web/assets/debug/")
        || (exchange.body.contains("/web/assets/") && exchange.body.contains("/debug/web.assets"))
    {
        return found(Report::at("login", "the log-in page loads bundles for developers").shown_by("/debug/"));
    }
    FINE
}
