//! The content security policy lets any script run.
//!
//! ## What it does
//!
//! Reads the sources of scripts as browsers do: `unsafe-inline` counts only without a nonce or a hash.
//!
//! ## Why it matters
//!
//! A policy that allows everything gives a feeling of safety and stops nothing.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! content-security-policy: default-src 'self'; script-src * 'unsafe-inline'
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! content-security-policy: script-src 'self' data:
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! content-security-policy: script-src 'self' 'unsafe-inline' 'nonce-abc123'
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! content-security-policy: default-src 'self' 'unsafe-eval'
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! Name the hosts of your scripts, and use a nonce for those in the page.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("csp-weak", "HDR009", Group::Headers, Severity::Low, 693);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    view.not_gated()?;
    let policy = headers::policy(exchange);
    let Some(sources) = &policy.script else {
        return Err(Unjudged::NotApplicable("no policy limits scripts".to_owned()));
    };
    match headers::weak_script_source(sources) {
        Some(source) => {
            found(Report::at(page, format!("scripts are allowed from `{source}`")).shown_by("content-security-policy"))
        }
        None => FINE,
    }
}
