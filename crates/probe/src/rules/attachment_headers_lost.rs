//! Files are served without the headers that keep their scripts from running.
//!
//! ## What it does
//!
//! Fetches the first 4 KiB of one picture that the log-in page shows, and looks for the headers that Odoo gives it.
//!
//! ## Why it matters
//!
//! An uploaded picture or page runs scripts in the name of the site. Odoo sends `nosniff`, and from 16.0 `default-src
//! 'none'`, with every file; a proxy that serves files itself loses them.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form"></form><script>odoo.__session_info__</script><img src="/web/image/website/1/logo"/>
//!
//! > attachment
//! 200
//! content-type: image/svg+xml
//!
//! <svg>
//! ```
//!
//! ```http
//! > version
//! 200
//! content-type: application/json
//!
//! {"version": "19.0", "version_info": [19]}
//!
//! > login
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form"></form><script>odoo.__session_info__</script><img src="/web/image/website/1/logo"/>
//!
//! > attachment
//! 200
//! content-type: image/svg+xml
//! x-content-type-options: nosniff
//!
//! <svg>
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form"></form><script>odoo.__session_info__</script><img src="/web/image/website/1/logo"/>
//!
//! > attachment
//! 200
//! content-type: image/svg+xml
//! content-security-policy: default-src 'none'
//! x-content-type-options: nosniff
//!
//! <svg>
//! ```
//!
//! ## How to fix
//!
//! nginx: repeat the two headers in the `internal` location that serves the filestore (`add_header
//! Content-Security-Policy "default-src 'none'"; add_header X-Content-Type-Options nosniff;`).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>
//! * Odoo documentation, "Deploying Odoo", serving static files and attachments: <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("attachment-headers-lost", "HDR026", Group::Headers, Severity::Medium, 693);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    if view.attachment().is_none() {
        return Err(Unjudged::NotApplicable("no page shows a file".to_owned()));
    }
    let exchange = view.exchange("attachment")?;
    if exchange.status != 200 {
        return Err(Unjudged::CouldNotTell(format!("the file is answered with {}", exchange.status)));
    }
    let policy = headers::policy(exchange).fetch("script-src").is_some();
    let nosniff = exchange.header("x-content-type-options").is_some();
    // Measured: 14.0 sends `nosniff` alone, 19.0 both.
    let sends_policy = view.series().is_some_and(|found| found.is_exact && found.series.major() >= 16);
    match (policy || !sends_policy, nosniff) {
        (true, true) => FINE,
        (false, _) => found(Report::at("attachment", "a file comes without a policy that stops its scripts")),
        (true, false) => found(
            Report::at("attachment", "a file comes without `X-Content-Type-Options: nosniff`").severity(Severity::Low),
        ),
    }
}
