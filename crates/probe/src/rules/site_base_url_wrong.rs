//! Odoo takes itself for another site.
//!
//! ## What it does
//!
//! Compares the address in the canonical link and in the sitemap with the one that was asked.
//!
//! ## Why it matters
//!
//! Links in mails and reports lead to the other address, in clear when it is plain HTTP.
//!
//! ## Bad
//!
//! ```http
//! > robots
//! 200
//! content-type: text/plain
//!
//! User-agent: *
//! Sitemap: http://127.0.0.1:8069/sitemap.xml
//! ```
//!
//! ## Good
//!
//! ```http
//! > robots
//! 200
//! content-type: text/plain
//!
//! User-agent: *
//! Sitemap: https://erp.example.com/sitemap.xml
//! ```
//!
//! ## How to fix
//!
//! Set `proxy_mode = True`, let the proxy send `X-Forwarded-Proto` and `X-Forwarded-Host`, and set `web.base.url` once
//! with `web.base.url.freeze`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1173.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-base-url-wrong", "OUT038", Group::Outside, Severity::Low, 1173);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let Some(exchange) = view.served("robots")? else { return FINE };
    let Some(own) = exchange.body.lines().find_map(|line| line.trim().strip_prefix("Sitemap:")).map(str::trim) else { return FINE };
    let Ok(url) = url::Url::parse(own) else { return FINE };
    let same = url.scheme() == view.evidence.site.split(':').next().unwrap_or_default()
        && url.host_str().is_some_and(|host| host.trim_start_matches("www.") == view.evidence.host.trim_start_matches("www."));
    if same { FINE } else { found(Report::at("robots", format!("Odoo calls itself {}", url.origin().ascii_serialization())).shown_by(own)) }
}
