//! What has a version, and how advisories stand, for a report.

use castellan_model::{AdvisoryAnswer, ComponentCounts, OdooVersion, SupportDate, VersionSummary, calendar};

use crate::inventory::{Inventory, OdooInstall};
use crate::matching;
use crate::odoo::evaluate;
use crate::rule::severity_named;
use crate::rules;
use crate::store::Data;
use crate::support::{self, Support};

/// The summary of an inventory.
#[must_use]
pub fn summary(inventory: &Inventory, data: &Data) -> VersionSummary {
    let today = calendar::date(inventory.time);
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let distribution = rules::ecosystem(inventory).unwrap_or_default();
    VersionSummary {
        subject: inventory.subject.clone(),
        data: data.odoo.compiled.clone(),
        odoo: inventory.odoo.iter().map(|install| odoo(install, data, &today)).collect(),
        support: dates(inventory, &today),
        components: ComponentCounts {
            modules: count(inventory.modules.iter().filter(|one| !one.core).count()),
            python: count(inventory.python.len()),
            system: count(inventory.system.len()),
            javascript: count(inventory.libraries.len()),
        },
        vulnerable: ComponentCounts {
            modules: count(
                inventory.modules.iter().filter(|one| !matching::module(one, &data.odoo).is_empty()).count(),
            ),
            python: count(inventory.python.iter().filter(|one| !matching::python(one, &data.table).is_empty()).count()),
            system: count(
                inventory
                    .system
                    .iter()
                    .filter(|one| !matching::system(one, &distribution, &data.table).is_empty())
                    .count(),
            ),
            javascript: count(inventory.libraries.iter().filter(|one| !matching::library(one).is_empty()).count()),
        },
    }
}

fn odoo(install: &OdooInstall, data: &Data, today: &str) -> OdooVersion {
    let (until, ended) = match support::odoo(&data.odoo, &install.series, today) {
        Some(Support::Until(end)) => (end, false),
        Some(Support::Ended(end)) => (end, true),
        None => (String::new(), false),
    };
    let mut advisories: Vec<AdvisoryAnswer> = evaluate(install, &data.odoo)
        .into_iter()
        .map(|answer| AdvisoryAnswer {
            id: answer.advisory.id.clone(),
            title: answer.advisory.title.clone(),
            severity: severity_named(&answer.advisory.severity),
            status: answer.status,
            reason: answer.reason,
        })
        .collect();
    advisories.sort_by(|left, right| {
        (left.status, std::cmp::Reverse(left.severity), &left.id).cmp(&(
            right.status,
            std::cmp::Reverse(right.severity),
            &right.id,
        ))
    });
    OdooVersion {
        place: install.place.clone(),
        series: install.series.clone(),
        built: install.date.clone().or_else(|| install.debian.clone()),
        built_from: match (&install.date, &install.debian) {
            (None, Some(_)) => "Debian's own package".to_owned(),
            _ => install.date_from.clone(),
        },
        until,
        ended,
        advisories,
    }
}

/// Until when the distribution and the products are mended.
fn dates(inventory: &Inventory, today: &str) -> Vec<SupportDate> {
    let mut out = Vec::new();
    if let Some(system) = &inventory.distribution {
        let name = match system.id.as_str() {
            "rocky" => "rocky-linux",
            "centos" => "centos-stream",
            other => other,
        };
        out.extend(date(name, &system.version, &system.place, today));
    }
    for product in matching::products(inventory) {
        out.extend(date(&product.name, &product.version, &product.place, today));
    }
    // Their makers' end is no end while the distribution mends them.
    let by = inventory
        .distribution
        .as_ref()
        .map_or_else(String::new, |system| format!("{} {}", support::title(&system.id), system.version));
    for product in matching::mended(inventory) {
        let known = date(&product.name, &product.version, &product.place, today);
        out.extend(known.map(|one| SupportDate { ended: false, mended_by: by.clone(), ..one }));
    }
    out
}

fn date(name: &str, version: &str, place: &str, today: &str) -> Option<SupportDate> {
    let (release, support) = support::product(name, version, today)?;
    let (until, ended) = match support {
        Support::Until(day) => (day, false),
        Support::Ended(day) => (day, true),
    };
    Some(SupportDate {
        product: support::title(name),
        version: version.to_owned(),
        place: place.to_owned(),
        until,
        ended,
        mended_by: String::new(),
        extended: support::extended(release, today).unwrap_or_default(),
    })
}
