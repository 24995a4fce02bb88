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
use crate::view::{Unjudged, View};

pub(super) const META: RuleMeta = RuleMeta::new("site-base-url-wrong", "OUT038", Group::Outside, Severity::Low, 1173);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    if headers::is_private_host(&view.evidence.host) {
        return Err(Unjudged::NotApplicable("the site was asked under an internal address".to_owned()));
    }
    let robots = view.served("robots")?;
    let map =
        robots.and_then(|one| one.body.lines().find_map(|line| line.trim().strip_prefix("Sitemap:"))).map(str::trim);
    let canonical = |probe: &'static str| Some((probe, headers::canonical(&view.exchange(probe).ok()?.body)?));
    let told = map.map(|map| ("robots", map)).into_iter().chain(canonical("home")).chain(canonical("login"));
    for (probe, own) in told {
        let Ok(url) = url::Url::parse(own) else { continue };
        // internal-address-told tells of links to the inside.
        if probe != "robots" && url.host_str().is_some_and(headers::is_private_host) {
            continue;
        }
        let bare = |host: &str| host.trim_start_matches("www.").to_owned();
        let same = view.evidence.site.starts_with(&format!("{}:", url.scheme()))
            && url.host_str().is_some_and(|host| bare(host) == bare(&view.evidence.host));
        if !same {
            let message = format!("Odoo calls itself {}", url.origin().ascii_serialization());
            return found(Report::at(probe, message).shown_by(own));
        }
    }
    FINE
}
