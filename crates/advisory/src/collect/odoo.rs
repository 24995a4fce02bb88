//! Installations of Odoo: their series, the day of their build, what their source says.

use std::collections::{BTreeMap, BTreeSet};

use castellan_model::calendar;
use regex::Regex;

use super::git;
use super::tree::{Tree, join};
use crate::data;
use crate::inventory::{OdooInstall, SourceVerdict, SystemPackage};

/// Places in which a host keeps Odoo.
const PLACES: [&str; 7] = ["/usr/lib/python3", "/usr/local/lib", "/opt", "/srv", "/home", "/root", "/mnt"];

/// How deep it is looked for below a place.
const DEPTH: usize = 6;

/// Installations of a host.
pub fn of_host(tree: &Tree, packages: &[SystemPackage]) -> Vec<OdooInstall> {
    PLACES.iter().flat_map(|place| of_folder(tree, place, packages)).collect()
}

/// Installations below a folder.
pub fn of_folder(tree: &Tree, folder: &str, packages: &[SystemPackage]) -> Vec<OdooInstall> {
    let is_server = |names: &[String]| {
        names.iter().any(|name| name == "release.py")
            && names.iter().any(|name| matches!(name.as_str(), "tools/" | "addons/"))
    };
    tree.find(folder, DEPTH, &is_server).iter().filter_map(|server| install(tree, server, packages)).collect()
}

/// The installation whose server is this folder, the one with `release.py`.
fn install(tree: &Tree, server: &str, packages: &[SystemPackage]) -> Option<OdooInstall> {
    let place = join(server, "release.py");
    let text = tree.text(&place)?;
    let (series, line) = series_of(&text)?;
    let parent = server.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
    // In packages modules are below the server, in a checkout beside it.
    let addons: Vec<String> = [join(server, "addons"), join(&parent, "addons"), join(&parent, "odoo/addons")]
        .into_iter()
        .filter(|folder| {
            tree.has(&join(folder, "web/__manifest__.py")) || tree.has(&join(folder, "base/__manifest__.py"))
        })
        .collect();
    let on_disk: BTreeSet<String> = addons
        .iter()
        .flat_map(|folder| tree.list(folder))
        .filter_map(|name| name.strip_suffix('/').map(str::to_owned))
        .collect();
    let mut out = OdooInstall {
        line,
        source: source_of(tree, server, &parent),
        enterprise: Some(text.contains("'e'") || text.contains("+e") || on_disk.contains("web_enterprise"))
            .filter(|is| *is || !on_disk.is_empty()),
        on_disk: Some(on_disk).filter(|modules| !modules.is_empty()),
        series,
        place,
        ..OdooInstall::default()
    };
    // Only what the package manager put into its own place is of the package.
    let package = packages.iter().find(|package| package.name == "odoo" || package.name.starts_with("odoo-"));
    let packaged = package.filter(|_| server.starts_with("/usr/lib/python3"));
    if let Some(day) = day_in(&text) {
        out.date = Some(day);
        out.date_from = "the version in release.py".to_owned();
    } else if let Some(package) = packaged {
        match day_in(&package.version) {
            Some(day) => {
                out.date = Some(day);
                out.date_from = format!("the version of the package {} {}", package.name, package.version);
            }
            None => out.debian = Some(package.version.clone()),
        }
    } else if let Some(time) = git::commit_time(tree, &parent) {
        out.date = Some(calendar::date(time));
        out.date_from = "the commit of its checkout".to_owned();
    } else if let Some((day, from)) = day_of_metadata(tree, &parent) {
        out.date = Some(day);
        out.date_from = from;
    }
    if let Some(package) = packaged {
        out.changelog = changelog(tree, &package.name);
    }
    Some(out)
}

/// `version_info = (17, 0, 0, FINAL, 0, '')`, `('saas~18', 2, ...)`.
fn series_of(text: &str) -> Option<(String, u32)> {
    for (number, line) in text.lines().enumerate() {
        let Some(rest) = line.trim().strip_prefix("version_info") else { continue };
        let Some(rest) = rest.trim_start().strip_prefix('=') else { continue };
        let inside = rest.trim().trim_start_matches('(');
        let mut parts = inside.split(',').map(|part| part.trim().trim_matches(['\'', '"']));
        let (major, minor) = (parts.next()?, parts.next()?);
        if !minor.bytes().all(|byte| byte.is_ascii_digit()) || major.is_empty() {
            continue;
        }
        return Some((format!("{major}.{minor}"), u32::try_from(number + 1).unwrap_or(1)));
    }
    None
}

/// The day in `17.0-20250115`, `17.0.20250115`, `17.0+e.20250115`.
#[must_use]
pub fn day_in(text: &str) -> Option<String> {
    let pattern = Regex::new(r"\b\d{1,2}\.\d(?:\+e)?[-.](20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\b").ok()?;
    let found = pattern.captures(text)?;
    Some(format!("{}-{}-{}", &found[1], &found[2], &found[3]))
}

/// Metadata of an installed package beside the server: `odoo-17.0.20250115.dist-info`.
fn day_of_metadata(tree: &Tree, folder: &str) -> Option<(String, String)> {
    tree.list(folder).iter().map(|name| name.trim_end_matches('/')).find_map(|name| {
        let is = name.starts_with("odoo-") && (name.ends_with(".dist-info") || name.ends_with(".egg-info"));
        let day = day_in(name.strip_prefix("odoo-").filter(|_| is)?)?;
        Some((day, format!("the metadata {name}")))
    })
}

/// What the text of mended functions says.
fn source_of(tree: &Tree, server: &str, parent: &str) -> BTreeMap<String, SourceVerdict> {
    let mut out = BTreeMap::new();
    for one in data::fingerprints() {
        let places = match one.file.split_once('/') {
            Some(("odoo", rest)) => vec![join(server, rest)],
            Some(("addons", rest)) => {
                vec![join(server, &format!("addons/{rest}")), join(parent, &format!("addons/{rest}"))]
            }
            _ => continue,
        };
        let Some(text) = places.iter().find_map(|place| tree.text(place)) else { continue };
        let matches = |pattern: &str| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(&text));
        if matches(one.fixed) {
            out.insert(one.advisory.to_owned(), SourceVerdict::Fixed);
        } else if matches(one.vulnerable) {
            out.insert(one.advisory.to_owned(), SourceVerdict::Vulnerable);
        }
    }
    out
}

/// CVE numbers in the changelog of a package of Debian. A line that says that something is *not* mended does not count.
fn changelog(tree: &Tree, package: &str) -> BTreeSet<String> {
    let folder = format!("/usr/share/doc/{package}");
    let bytes = ["changelog.Debian.gz", "changelog.gz"].iter().find_map(|name| tree.bytes(&join(&folder, name)));
    let Some(bytes) = bytes else { return BTreeSet::new() };
    let mut text = String::new();
    use std::io::Read;
    if flate2::read::GzDecoder::new(bytes.as_slice()).take(16 << 20).read_to_string(&mut text).is_err() {
        return BTreeSet::new();
    }
    let Ok(pattern) = Regex::new(r"CVE-\d{4}-\d{4,}") else { return BTreeSet::new() };
    text.lines()
        .filter(|line| !line.to_lowercase().contains("not "))
        .flat_map(|line| pattern.find_iter(line).map(|found| found.as_str().to_owned()).collect::<Vec<_>>())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_and_days_of_every_form() {
        assert_eq!(series_of("x\nversion_info = (17, 0, 0, FINAL, 0, '')\n"), Some(("17.0".into(), 2)));
        assert_eq!(
            series_of("# version_info format: (MAJOR, MINOR)\nversion_info = ('saas~18', 2, 0, FINAL, 0, 'e')"),
            Some(("saas~18.2".into(), 2))
        );
        assert_eq!(series_of("version = 1"), None);
        for (text, day) in [
            ("17.0-20250115", "2025-01-15"),
            ("17.0.20250115", "2025-01-15"),
            ("17.0+e.20250115", "2025-01-15"),
            ("version = '16.0-20240610'", "2024-06-10"),
        ] {
            assert_eq!(day_in(text).as_deref(), Some(day), "{text}");
        }
        assert_eq!(day_in("14.0.0+dfsg.2-7+deb11u2"), None);
        assert_eq!(day_in("17.0-20251399"), None);
    }
}
