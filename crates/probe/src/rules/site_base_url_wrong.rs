//! Odoo takes itself for another site.
//!
//! ## What it does
//!
//! Compares the address in robots.txt and in the canonical link with the one that was asked.
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
//! ```http
//! > login
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form"></form><script>odoo.__session_info__</script><link rel="canonical" href="http://erp.example.com/web/login"/>
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

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-base-url-wrong", "OUT038", Group::Outside, Severity::Low, 1173);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let robots = view.served("robots")?;
    let by_robots = robots.and_then(|one| one.body.lines().find_map(|line| line.trim().strip_prefix("Sitemap:"))).map(str::trim);
    let canonical = |probe| view.exchange(probe).ok().and_then(|one| headers::canonical(&one.body));
    let by_page = || ["home", "login"].into_iter().find_map(|probe| Some((probe, canonical(probe)?)));
    let Some((probe, own)) = by_robots.map(|own| ("robots", own)).or_else(by_page) else { return FINE };
    let Ok(url) = url::Url::parse(own) else { return FINE };
    let same = url.scheme() == view.evidence.site.split(':').next().unwrap_or_default()
        && url.host_str().is_some_and(|host| host.trim_start_matches("www.") == view.evidence.host.trim_start_matches("www."));
    if same { FINE } else { found(Report::at(probe, format!("Odoo calls itself {}", url.origin().ascii_serialization())).shown_by(own)) }
}
