//! A script of another site is loaded without a check.
//!
//! ## What it does
//!
//! Reads the scripts of the page that people see for a foreign host and no `integrity`.
//!
//! ## Why it matters
//!
//! Whoever takes over that host runs scripts in this site.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! strict-transport-security: max-age=31536000; includeSubDomains
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script><script src="https://cdn.example.net/x.js"></script>
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! strict-transport-security: max-age=31536000; includeSubDomains
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script><script src="https://cdn.example.net/x.js" integrity="sha384-abc" crossorigin="anonymous"></script><script src="/web/assets/x.js"></script>
//! ```
//!
//! ## How to fix
//!
//! Add `integrity`, or serve the script from the site itself.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/353.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("script-integrity-missing", "HDR023", Group::Headers, Severity::Info, 353)
        .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    let foreign = headers::scripts(&exchange.body).into_iter().find(|script| {
        let host = url::Url::parse(&exchange.url)
            .ok()
            .and_then(|base| base.join(&script.url).ok())
            .and_then(|url| url.host_str().map(str::to_owned));
        script.is_script && script.integrity.is_none() && host.is_some_and(|host| host != view.evidence.host)
    });
    match foreign {
        Some(script) => found(Report::at(page, "a script of another site has no `integrity`").shown_by(script.url)),
        None => FINE,
    }
}
