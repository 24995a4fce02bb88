//! Which advisories concern a component.

use std::cmp::Ordering;

use crate::data::{self, LibraryAdvisory, OdooAdvisory, OdooFacts};
use crate::inventory::{Inventory, Library, OdooModule, Product, PythonPackage, SystemPackage};
use crate::modules::series_of;
use crate::osv::Advisory;
use crate::table::Table;
use crate::version::Scheme;

/// Records about a Python package. What the distribution brings is left to its own records: it is mended without a new version.
#[must_use]
pub fn python<'t>(package: &PythonPackage, table: &'t Table) -> Vec<&'t Advisory> {
    if package.distribution {
        return Vec::new();
    }
    table.affecting("PyPI", &package.name, &package.version)
}

/// Records about a package of the system.
#[must_use]
pub fn system<'t>(package: &SystemPackage, ecosystem: &str, table: &'t Table) -> Vec<&'t Advisory> {
    table.affecting(ecosystem, &package.source, &package.source_version)
}

/// An advisory about a JavaScript library.
#[derive(Debug, Clone, PartialEq)]
pub struct LibraryMatch {
    /// CVE, or another id.
    pub id: String,
    /// First version that is not affected.
    pub fixed: Option<String>,
    /// CVSS base score.
    pub score: Option<f32>,
}

/// Advisories about a JavaScript library: the embedded ones, and records of npm where some were taken in.
#[must_use]
pub fn library(library: &Library, table: &Table) -> Vec<LibraryMatch> {
    let known = of_library(library).into_iter().map(|one| LibraryMatch {
        id: one.cve.clone(),
        fixed: one.fixed.clone(),
        score: None,
    });
    let mut out: Vec<LibraryMatch> = known.collect();
    for record in table.affecting("npm", npm(&library.name), &library.version) {
        let id = cve(record);
        if !out.iter().any(|one| one.id == id) {
            let fixed = record.fixed_in(Scheme::Dotted, &library.version).map(str::to_owned);
            out.push(LibraryMatch { id, fixed, score: record.score });
        }
    }
    out
}

/// The name of a library in the registry of npm.
#[must_use]
pub fn npm(library: &str) -> &str {
    match library {
        "pdfjs" => "pdfjs-dist",
        "prism" => "prismjs",
        "fullcalendar" => "@fullcalendar/core",
        other => other,
    }
}

/// The CVE number of a record, or its own id.
#[must_use]
pub fn cve(record: &Advisory) -> String {
    record.aliases.iter().find(|alias| alias.starts_with("CVE-")).unwrap_or(&record.id).clone()
}

fn of_library(library: &Library) -> Vec<&'static LibraryAdvisory> {
    let below = |bound: &str| Scheme::Dotted.compare(&library.version, bound).is_some_and(Ordering::is_lt);
    let affected = |one: &&LibraryAdvisory| {
        one.library == library.name
            && one.introduced.as_deref().is_none_or(|from| !below(from))
            && one.fixed.as_deref().is_none_or(below)
    };
    data::libraries().advisories.iter().filter(affected).collect()
}

/// An advisory about a module of others.
#[derive(Debug, Clone)]
pub struct ModuleMatch<'d> {
    /// The advisory.
    pub advisory: &'d OdooAdvisory,
    /// Its version is told to be affected; otherwise only the series is named.
    pub is_certain: bool,
    /// The versions, as the advisory says them.
    pub range: String,
}

/// Advisories about a module of others.
#[must_use]
pub fn module<'d>(module: &OdooModule, facts: &'d OdooFacts) -> Vec<ModuleMatch<'d>> {
    if module.core {
        return Vec::new();
    }
    let named = facts.advisories.iter().filter(|one| one.kind != "core" && one.modules.contains(&module.name));
    named
        .filter_map(|advisory| {
            let is_certain = match module_is_affected(&module.version, advisory) {
                Some(false) => return None,
                Some(true) => true,
                None => false,
            };
            Some(ModuleMatch { advisory, is_certain, range: advisory.addon_range.clone().unwrap_or_default() })
        })
        .collect()
}

/// Whether a version is affected; none: the series is named, and nothing tells more.
fn module_is_affected(version: &str, advisory: &OdooAdvisory) -> Option<bool> {
    let series = series_of(version).unwrap_or_default();
    if !advisory.series.is_empty() && !series.is_empty() && !advisory.series.contains(&series) {
        return Some(false);
    }
    // `17.0.0.4`, `newer than 16.0.2.1`, `14.0.1.0.0 / 15.0.1.0.0 / 16.0.1.0.0`.
    let fixed = advisory.fixed_addon_version.as_deref().unwrap_or_default();
    let newer = fixed.strip_prefix("newer than ");
    let bounds: Vec<&str> =
        newer.unwrap_or(fixed).split('/').map(str::trim).filter(|bound| !bound.is_empty()).collect();
    let of_series = bounds.iter().find(|bound| bound.starts_with(&format!("{series}.")));
    let bound = of_series.or(bounds.first().filter(|_| bounds.len() == 1))?;
    let order = Scheme::Dotted.compare(version, bound)?;
    Some(if newer.is_some() { order.is_le() } else { order.is_lt() })
}

/// Records about a product. A version that is not whole, such as `1.27`, has none.
#[must_use]
pub fn product<'t>(product: &Product, table: &'t Table) -> Vec<&'t Advisory> {
    let name = if product.name == "apache-http-server" { "apache" } else { &product.name };
    whole_version(product).map_or_else(Vec::new, |version| table.affecting("Bitnami", name, version))
}

/// The version of a product without what its packager added; none: the number is not whole.
#[must_use]
pub fn whole_version(product: &Product) -> Option<&str> {
    let end = product.version.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(product.version.len());
    let version = product.version.get(..end)?.trim_end_matches('.');
    // PostgreSQL has two numbers since its version 10.
    let whole = if product.name == "postgresql" && !version.starts_with("9.") { 2 } else { 3 };
    (version.split('.').count() >= whole).then_some(version)
}

/// Products that no distribution mends: those that were seen, and packages that a maker built.
#[must_use]
pub fn products(inventory: &Inventory) -> Vec<Product> {
    let of_makers = inventory.system.iter().filter_map(|package| {
        Some(Product {
            name: maker(&package.name, &package.version)?.to_owned(),
            version: package.version.split(':').next_back().unwrap_or_default().to_owned(),
            place: package.place.clone(),
            line: package.line,
        })
    });
    inventory.products.iter().cloned().chain(of_makers).collect()
}

/// Products that the distribution brought and mends, for their makers' dates.
#[must_use]
pub fn mended(inventory: &Inventory) -> Vec<Product> {
    let of = |package: &SystemPackage| {
        if maker(&package.name, &package.version).is_some() {
            return None;
        }
        let numbered = |prefix: &str| {
            let rest = package.name.strip_prefix(prefix).unwrap_or_default();
            !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        };
        let name = match package.name.as_str() {
            "nginx" => "nginx",
            "redis-server" => "redis",
            "openssl" => "openssl",
            "nodejs" => "nodejs",
            "haproxy" => "haproxy",
            "caddy" => "caddy",
            "apache2" => "apache-http-server",
            _ if numbered("postgresql-") => "postgresql",
            _ if numbered("python3.") => "python",
            _ => return None,
        };
        Some(Product {
            name: name.to_owned(),
            version: package.version.split(':').next_back().unwrap_or_default().to_owned(),
            place: package.place.clone(),
            line: package.line,
        })
    };
    inventory.system.iter().filter_map(of).collect()
}

/// The product of a package that its maker built: `13.22-1.pgdg120+1`, `1.26.2-1~bookworm`, `6:7.4.1-1rl1~bookworm1`.
fn maker(name: &str, version: &str) -> Option<&'static str> {
    let codename =
        ["~bullseye", "~bookworm", "~trixie", "~focal", "~jammy", "~noble"].iter().any(|word| version.contains(word));
    let is_number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    match name {
        "nginx" if codename => Some("nginx"),
        "redis-server" | "redis" if version.contains("rl1~") => Some("redis"),
        "nodejs" if version.contains("nodesource") => Some("nodejs"),
        _ if name.strip_prefix("postgresql-").is_some_and(is_number) && version.contains("pgdg") => Some("postgresql"),
        _ => None,
    }
}
