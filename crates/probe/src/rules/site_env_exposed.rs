//! A file of environment variables can be downloaded.
//!
//! ## What it does
//!
//! Asks for the file once, reads its first 4 KiB and wants its very content, not only a status.
//!
//! ## Why it matters
//!
//! It holds passwords of the database, of mail and of interfaces.
//!
//! ## Bad
//!
//! ```http
//! > env
//! 200
//! content-type: text/plain
//!
//! POSTGRES_PASSWORD=secret
//! ADMIN_PASSWD=x
//! ```
//!
//! ## Good
//!
//! ```http
//! > env
//! 200
//! content-type: text/html
//!
//! <html><title>Welcome</title></html>
//! ```
//!
//! ```http
//! > env
//! 404
//! ```
//!
//! ## How to fix
//!
//! Remove the file from the served folder and change every password in it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/538.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::assigns;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-env-exposed", "OUT030", Group::Outside, Severity::Critical, 538);

pub(super) fn check(view: &View<'_>) -> Judged {
    let Some(exchange) = view.served("env")? else { return FINE };
    let body = exchange.body.as_str();
    if !exchange.is_html() && (body.lines().filter(|line| assigns(line)).count() >= 2) {
        return found(Report::at("env", "/.env can be downloaded; its values are not shown here"));
    }
    FINE
}
