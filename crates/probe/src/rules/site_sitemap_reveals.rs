//! The map of the site names pages that are meant to stay unknown.
//!
//! ## What it does
//!
//! When robots.txt names a map, reads the first 64 KiB of `/sitemap.xml` for internal hosts and for names of copies, back-ups
//! and internal pages.
//!
//! ## Why it matters
//!
//! The map is public: it shows strangers pages that nobody links to, and hosts that only the company knows.
//!
//! ## Bad
//!
//! ```http
//! > sitemap
//! 200
//! content-type: application/xml
//!
//! <urlset><url><loc>https://erp.example.com/shop</loc></url><url><loc>https://erp.example.com/internal-price-list</loc></url></urlset>
//! ```
//!
//! ```http
//! > sitemap
//! 200
//! content-type: application/xml
//!
//! <urlset><url><loc>http://192.168.1.20:8069/contactus</loc></url></urlset>
//! ```
//!
//! ## Good
//!
//! ```http
//! > sitemap
//! 200
//! content-type: application/xml
//!
//! <urlset><url><loc>https://erp.example.com/jobs/intern-2</loc></url><url><loc>https://erp.example.com/blog/international</loc></url></urlset>
//! ```
//!
//! ## How to fix
//!
//! Unpublish the page, or switch "Indexed" off in its properties; set the domain of the website in its settings.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::{Unjudged, View};

pub(super) const META: RuleMeta = RuleMeta::new("site-sitemap-reveals", "OUT036", Group::Outside, Severity::Low, 200);

/// Words of a path that tell, each between signs that part words.
const TELLING: [&str; 5] = ["staging", "backup", "backups", "internal", "confidential"];

pub(super) fn check(view: &View<'_>) -> Judged {
    if view.sitemap_is_named() == Some(false) {
        return Err(Unjudged::NotApplicable("robots.txt names no map".to_owned()));
    }
    let Some(exchange) = view.served("sitemap")? else { return FINE };
    for place in exchange.body.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next()) {
        let place = place.trim();
        if let Some(address) =
            headers::private_address(place).filter(|_| !headers::is_private_host(&view.evidence.host))
        {
            return found(Report::at("sitemap", format!("the map tells {address}")).shown_by(place));
        }
        let path = place.splitn(4, '/').nth(3).unwrap_or_default().to_lowercase();
        let telling = path.split(|char: char| !char.is_ascii_alphanumeric()).find(|word| TELLING.contains(word));
        if telling.is_some() {
            let report = Report::at("sitemap", format!("the map names /{path}")).severity(Severity::Info);
            return found(report.confidence(castellan_model::Confidence::Medium).shown_by(place));
        }
    }
    FINE
}
