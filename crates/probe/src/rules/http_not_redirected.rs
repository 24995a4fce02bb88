//! Plain HTTP is served instead of leading to HTTPS.
//!
//! ## What it does
//!
//! Asks for `/` over plain HTTP and follows redirects on the same host.
//!
//! ## Why it matters
//!
//! Whoever types the name without https stays in clear, and whoever is on the way reads and changes everything.
//!
//! ## Bad
//!
//! ```http
//! > http-home
//! 200
//! content-type: text/html
//!
//! <title>Acme</title> Welcome
//! ```
//!
//! ## Good
//!
//! ```http
//! > http-home
//! 301
//! location: https://erp.example.com/
//! ```
//!
//! ## How to fix
//!
//! Redirect everything on port 80 to HTTPS with 301 or 308.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("http-not-redirected", "HDR019", Group::Headers, Severity::Medium, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    if view.evidence.site.starts_with("http://") {
        return Err(Unjudged::NotApplicable("the site was given with http".to_owned()));
    }
    if view.exchange("http-login").is_ok_and(|login| login.status == 200 && login.body.contains("oe_login_form")) {
        return Err(Unjudged::NotApplicable("the log-in page is served in clear: site-login-in-clear".to_owned()));
    }
    let end = match view.exchange("http-home") {
        Ok(first) => (1..=5)
            .filter_map(|hop| {
                view.exchange(&format!("http-home-{hop}")).ok().map(|one| (format!("http-home-{hop}"), one))
            })
            .next_back()
            .unwrap_or(("http-home".to_owned(), first)),
        Err(_) if view.is_closed("http-home") => return FINE,
        Err(reason) => return Err(reason),
    };
    let (probe, last) = end;
    if last.url.starts_with("http://") && (200..300).contains(&last.status) && !last.body.trim().is_empty() {
        return found(Report::at(probe, "a page is served over plain HTTP"));
    }
    if let Some(target) = last.target()
        && target.scheme() == "http"
    {
        return found(Report::at(probe, "plain HTTP leads to plain HTTP").shown_by("location"));
    }
    FINE
}
