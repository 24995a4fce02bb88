//! The build of Odoo is old.
//!
//! ## What it does
//!
//! Reports an image `odoo:SERIES-DATE` whose date lies more than 90 days behind the newest build of the series that
//! Castellan knows or the day of the look.
//!
//! ## Why it matters
//!
//! Fixes come with builds, without numbers: an image pulled once stays at its date for ever, with every flaw found
//! since.
//!
//! ## Bad
//!
//! ```yaml
//! ==> /srv/erp/docker-compose.yml <==
//! services:
//!   web:
//!     image: odoo:17.0-20240610
//! ==> facts <==
//! {"now": 1795478400}
//! ```
//!
//! ## Good
//!
//! ```yaml
//! ==> /srv/erp/docker-compose.yml <==
//! services:
//!   web:
//!     image: odoo:17.0-20261101
//! ==> facts <==
//! {"now": 1795478400}
//! ```
//!
//! ## How to fix
//!
//! Pull the newest build of the series, test it on a copy, and note its date in the tag.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-image-old", "CTR009", Group::Container, Severity::High, 1104);

pub(super) const CHECK: Check = Check::Service(check);

fn check(deployment: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    let (Some(image), Some(tag)) = (service.image(), service.tag()) else { return };
    if service.image_name() != "odoo" {
        return;
    }
    let Some((series, date)) = tag.split_once('-') else { return };
    let date: String = date.chars().take_while(char::is_ascii_digit).collect();
    let Some(day) = castellan_model::calendar::day_of(&date) else { return };
    let newest = super::helpers::newest_build(series).and_then(|date| castellan_model::calendar::day_of(&date));
    let today = deployment.facts.now / 86_400;
    let behind = newest.map_or(0, |newest| newest - day).max(if today > 0 { today - day } else { 0 });
    if behind > 90 {
        let report = Report::at(image.site, format!("this build of Odoo {series} is {behind} days old")).scope(service.name.text.clone());
        out.push(if behind > 180 { report } else { report.severity(Severity::Medium) });
    }
}
