//! What has a version, and how advisories stand, for a report.

use std::cmp::Ordering;

use castellan_model::{
    AdvisoryAnswer, ComponentCounts, OdooVersion, SupportDate, VersionSummary, VulnerableComponent, calendar,
};

use crate::inventory::{Inventory, Library, OdooInstall, OdooModule, PythonPackage, SystemPackage};
use crate::matching;
use crate::odoo::evaluate;
use crate::osv::Advisory;
use crate::rule::severity_named;
use crate::rules;
use crate::store::Data;
use crate::support::{self, Support};
use crate::version::Scheme;

/// The summary of an inventory.
#[must_use]
pub fn summary(inventory: &Inventory, data: &Data) -> VersionSummary {
    let today = calendar::date(inventory.time);
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let modules = weak_modules(inventory, data);
    let python = weak_python(inventory, data);
    let system = weak_packages(inventory, data);
    let javascript = weak_libraries(inventory, data);
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
            modules: count(modules.len()),
            python: count(python.len()),
            system: count(system.len()),
            javascript: count(javascript.len()),
        },
        weak: [modules, python, system, javascript].concat(),
    }
}

fn weak_modules(inventory: &Inventory, data: &Data) -> Vec<VulnerableComponent> {
    let of = |one: &OdooModule| {
        let found = matching::module(one, &data.odoo);
        let ids: Vec<String> = found.iter().map(|found| found.advisory.id.clone()).collect();
        weak(&one.name, &one.version, &one.place, ids, String::new())
    };
    inventory.modules.iter().filter_map(of).collect()
}

fn weak_python(inventory: &Inventory, data: &Data) -> Vec<VulnerableComponent> {
    let of = |one: &PythonPackage| {
        let found = matching::python(one, &data.table);
        weak(&one.name, &one.version, &one.place, ids(&found), fixed(&found, Scheme::Pep440, &one.version))
    };
    inventory.python.iter().filter_map(of).collect()
}

fn weak_packages(inventory: &Inventory, data: &Data) -> Vec<VulnerableComponent> {
    let records = rules::ecosystem(inventory).unwrap_or_default();
    let of = |one: &SystemPackage| {
        let found = matching::system(one, &records, &data.table);
        weak(&one.name, &one.version, &one.place, ids(&found), fixed(&found, Scheme::Debian, &one.source_version))
    };
    inventory.system.iter().filter_map(of).collect()
}

fn weak_libraries(inventory: &Inventory, data: &Data) -> Vec<VulnerableComponent> {
    let of = |one: &Library| {
        let found = matching::library(one, &data.table);
        let newest = found
            .iter()
            .map(|one| one.fixed.clone())
            .collect::<Option<Vec<String>>>()
            .and_then(|fixes| fixes.into_iter().max_by(|left, right| order(Scheme::Dotted, left, right)));
        let ids = found.into_iter().map(|found| found.id).collect();
        weak(&one.name, &one.version, &one.place, ids, newest.unwrap_or_default())
    };
    inventory.libraries.iter().filter_map(of).collect()
}

fn weak(name: &str, version: &str, place: &str, ids: Vec<String>, fixed: String) -> Option<VulnerableComponent> {
    (!ids.is_empty()).then(|| VulnerableComponent {
        name: name.to_owned(),
        version: version.to_owned(),
        place: place.to_owned(),
        ids,
        fixed,
    })
}

fn ids(found: &[&Advisory]) -> Vec<String> {
    let mut out: Vec<String> = found.iter().map(|one| matching::cve(one)).collect();
    out.sort();
    out.dedup();
    out
}

/// The least version in which every one of them is fixed.
fn fixed(found: &[&Advisory], scheme: Scheme, version: &str) -> String {
    let fixes: Option<Vec<&str>> = found.iter().map(|one| one.fixed_in(scheme, version)).collect();
    let newest = fixes.and_then(|fixes| fixes.into_iter().max_by(|left, right| order(scheme, left, right)));
    newest.unwrap_or_default().to_owned()
}

fn order(scheme: Scheme, left: &str, right: &str) -> Ordering {
    scheme.compare(left, right).unwrap_or(Ordering::Equal)
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
