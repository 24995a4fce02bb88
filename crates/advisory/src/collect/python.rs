//! Python packages: metadata of installed ones, files that ask for them, the interpreters of environments, and modules of Odoo that came as
//! packages, with the files that differ from their release.

use super::tree::{Tree, join};
use crate::inventory::{OdooModule, Product, PythonPackage};
use crate::osv::package_name;

/// Places in which a host keeps packages and environments.
const PLACES: [&str; 8] =
    ["/usr/lib/python3", "/usr/local/lib", "/opt", "/srv", "/home", "/root", "/var/lib/odoo", "/usr/lib/odoo"];

/// How deep environments are looked for below a place.
const DEPTH: usize = 6;

/// What Python tells.
#[derive(Debug, Default)]
pub struct Python {
    /// Packages.
    pub packages: Vec<PythonPackage>,
    /// Interpreters of environments.
    pub interpreters: Vec<Product>,
    /// Modules of Odoo that came as packages.
    pub modules: Vec<OdooModule>,
}

/// Installed packages of a host.
pub fn of_host(tree: &Tree) -> Python {
    let mut out = Python::default();
    for place in PLACES {
        for folder in tree.find(place, DEPTH, &holds_packages) {
            environment(tree, &folder, folder.ends_with("/dist-packages") && folder.starts_with("/usr/lib/"), &mut out);
        }
    }
    out
}

/// One folder of packages: `X/lib/python3.11/site-packages`.
fn environment(tree: &Tree, folder: &str, distribution: bool, out: &mut Python) {
    out.packages.extend(installed(tree, folder, distribution));
    out.modules.extend(modules(tree, folder));
    let Some((above, _)) = folder.rsplit_once("/lib/") else { return };
    let place = join(above, "pyvenv.cfg");
    let Some(text) = tree.text(&place) else { return };
    let version = text.lines().enumerate().find_map(|(number, line)| {
        let (key, value) = line.split_once('=')?;
        matches!(key.trim(), "version" | "version_info").then(|| (number + 1, value.trim().to_owned()))
    });
    if let Some((line, version)) = version {
        out.interpreters.push(Product {
            name: "python".to_owned(),
            version,
            place,
            line: u32::try_from(line).unwrap_or(1),
        });
    }
}

/// Modules of Odoo among the packages of a folder. Their RECORD holds the checksum of every file of the release.
fn modules(tree: &Tree, folder: &str) -> Vec<OdooModule> {
    let mut out = Vec::new();
    for name in tree.list(folder) {
        let Some(stem) = name.strip_suffix(".dist-info/") else { continue };
        let is_addon = stem.starts_with("odoo_addon_") || (stem.starts_with("odoo") && stem.contains("_addon_"));
        let Some((package, version)) = stem.split_once('-').filter(|_| is_addon) else { continue };
        let place = join(&join(folder, name.trim_end_matches('/')), "RECORD");
        let Some(text) = tree.text(&place) else { continue };
        let mut module: Option<String> = None;
        let mut changed = Vec::new();
        for line in text.lines() {
            let mut fields = line.rsplitn(3, ',');
            let (_size, sum, path) =
                (fields.next(), fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
            let Some((own, inside)) =
                path.trim_matches('"').strip_prefix("odoo/addons/").and_then(|rest| rest.split_once('/'))
            else {
                continue;
            };
            module.get_or_insert_with(|| own.to_owned());
            let Some(expected) = sum.strip_prefix("sha256=") else { continue };
            let real = tree.bytes(&join(folder, path.trim_matches('"'))).map(|bytes| {
                use sha2::Digest;
                data_encoding::BASE64URL_NOPAD.encode(&sha2::Sha256::digest(&bytes))
            });
            if real.as_deref() != Some(expected) {
                changed.push(inside.to_owned());
            }
        }
        if let Some(module) = module {
            out.push(OdooModule {
                name: module,
                place: place.clone(),
                version: version.to_owned(),
                changed,
                compared_with: format!("RECORD of {package} {version}"),
                ..OdooModule::default()
            });
        }
    }
    out
}

/// Installed packages and files that ask for some, below a folder.
pub fn of_folder(tree: &Tree, folder: &str) -> Python {
    let mut found_here = Python::default();
    for found in tree.find(folder, DEPTH, &holds_packages) {
        environment(tree, &found, false, &mut found_here);
    }
    let out = &mut found_here.packages;
    for found in every(tree, folder, DEPTH) {
        let name = found.rsplit('/').next().unwrap_or_default();
        let text = || tree.text(&found).unwrap_or_default();
        match name {
            "Pipfile.lock" => out.extend(pipfile(&text(), &found)),
            "poetry.lock" | "uv.lock" | "pdm.lock" => out.extend(lock(&text(), &found)),
            _ if name.starts_with("requirements") && name.ends_with(".txt") => {
                out.extend(requirements(&text(), &found))
            }
            _ => {}
        }
    }
    found_here
}

fn holds_packages(names: &[String]) -> bool {
    names.iter().any(|name| name.ends_with(".dist-info/") || name.trim_end_matches('/').ends_with(".egg-info"))
}

/// Files below a folder by the names that matter here.
fn every(tree: &Tree, folder: &str, depth: usize) -> Vec<String> {
    let mut out = Vec::new();
    for name in tree.list(folder) {
        match name.strip_suffix('/') {
            Some(below)
                if depth > 0
                    && !matches!(below, ".git" | "node_modules" | "site-packages" | "dist-packages" | "static") =>
            {
                out.extend(every(tree, &join(folder, below), depth - 1));
            }
            Some(_) => {}
            None if name.ends_with(".lock") || name.ends_with(".txt") => out.push(join(folder, &name)),
            None => {}
        }
    }
    out
}

/// Metadata of one folder of packages.
fn installed(tree: &Tree, folder: &str, distribution: bool) -> Vec<PythonPackage> {
    let mut out = Vec::new();
    for name in tree.list(folder) {
        let bare = name.trim_end_matches('/');
        let place = if bare.ends_with(".dist-info") {
            join(&join(folder, bare), "METADATA")
        } else if bare.ends_with(".egg-info") && name.ends_with('/') {
            join(&join(folder, bare), "PKG-INFO")
        } else if bare.ends_with(".egg-info") {
            join(folder, bare)
        } else {
            continue;
        };
        let Some(text) = tree.text(&place) else { continue };
        out.extend(metadata(&text, &place).map(|one| PythonPackage { distribution, ..one }));
    }
    out
}

/// The head of a METADATA file.
#[must_use]
pub fn metadata(text: &str, place: &str) -> Option<PythonPackage> {
    let head = text.split("\n\n").next().unwrap_or_default();
    let field = |name: &str| {
        let mut lines = head.lines().enumerate();
        lines.find_map(|(number, line)| Some((number, line.strip_prefix(name)?.strip_prefix(':')?.trim().to_owned())))
    };
    let (line, version) = field("Version")?;
    let licence = field("License-Expression").or_else(|| field("License")).map(|(_, text)| text).unwrap_or_default();
    Some(PythonPackage {
        name: package_name("PyPI", &field("Name")?.1),
        version,
        place: place.to_owned(),
        line: u32::try_from(line + 1).unwrap_or(1),
        licence: licence.chars().take(80).collect(),
        ..PythonPackage::default()
    })
}

/// Lines with `==` of a requirements file. What is not pinned has no version to judge.
#[must_use]
pub fn requirements(text: &str, place: &str) -> Vec<PythonPackage> {
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let requirement = line.split(';').next().unwrap_or_default().split(" --").next().unwrap_or_default().trim();
        let Some((name, version)) = requirement.split_once("==") else { continue };
        let name = name.split('[').next().unwrap_or_default().trim();
        let version = version.trim_start_matches('=').split(',').next().unwrap_or_default().trim();
        let is_name = !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || "._-".contains(char));
        if is_name && !version.is_empty() && !version.contains('*') {
            let marker = line.split_once(';').map_or("", |(_, marker)| marker).split(" --").next().unwrap_or_default();
            out.push(PythonPackage { marker: marker.trim().to_owned(), ..pinned(name, version, place, number) });
        }
    }
    out
}

/// `[[package]]` blocks of poetry, uv and pdm.
#[must_use]
pub fn lock(text: &str, place: &str) -> Vec<PythonPackage> {
    let mut out = Vec::new();
    let mut name: Option<String> = None;
    let value = |line: &str, key: &str| {
        let rest = line.strip_prefix(key)?.trim_start().strip_prefix('=')?;
        Some(rest.trim().trim_matches('"').to_owned())
    };
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            name = None;
        } else if let Some(found) = value(line, "name") {
            name = Some(found);
        } else if let (Some(known), Some(version)) = (&name, value(line, "version")) {
            out.push(pinned(known, &version, place, number));
            name = None;
        }
    }
    out
}

/// `"lxml": {"version": "==4.9.2"}` of Pipfile.lock, in any section.
#[must_use]
pub fn pipfile(text: &str, place: &str) -> Vec<PythonPackage> {
    let Ok(serde_json::Value::Object(sections)) = serde_json::from_str(text) else { return Vec::new() };
    let mut out = Vec::new();
    for (name, about) in sections.values().filter_map(serde_json::Value::as_object).flatten() {
        let version = about.get("version").and_then(|version| version.as_str()?.strip_prefix("=="));
        let Some(version) = version else { continue };
        let line = text.lines().position(|line| line.trim_start().starts_with(&format!("\"{name}\""))).unwrap_or(0);
        out.push(pinned(name, version, place, line));
    }
    out
}

fn pinned(name: &str, version: &str, place: &str, number: usize) -> PythonPackage {
    PythonPackage {
        name: package_name("PyPI", name),
        version: version.to_owned(),
        place: place.to_owned(),
        line: u32::try_from(number + 1).unwrap_or(1),
        pinned: true,
        ..PythonPackage::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_read_from_every_kind_of_file() {
        let text = "# x\nlxml==4.9.2 ; python_version >= '3.10'\nPillow[x]==9.0.1  # y\nrequests>=2\nurllib3==1.26.* \n-r other.txt\n";
        let found: Vec<_> = requirements(text, "r").into_iter().map(|one| (one.name, one.version, one.line)).collect();
        assert_eq!(found, [("lxml".into(), "4.9.2".into(), 2), ("pillow".into(), "9.0.1".into(), 3)]);
        let text = "{\"_meta\": {\"hash\": {}},\n\"default\": {\n\"lxml\": {\"version\": \"==4.9.2\"},\n\"x\": {\"git\": \"y\"}}}";
        let found: Vec<_> = pipfile(text, "p").into_iter().map(|one| (one.name, one.version, one.line)).collect();
        assert_eq!(found, [("lxml".to_owned(), "4.9.2".to_owned(), 3)]);
        let text = "[[package]]\nname = \"Jinja2\"\nversion = \"3.1.2\"\n\n[package.dependencies]\nname = \"x\"\n\n[[package]]\nname = \"lxml\"\nversion = \"5.0\"\n";
        let found: Vec<_> = lock(text, "l").into_iter().map(|one| (one.name, one.version)).collect();
        assert_eq!(found, [("jinja2".to_owned(), "3.1.2".to_owned()), ("lxml".to_owned(), "5.0".to_owned())]);
    }

    #[test]
    fn metadata_ends_with_its_head() {
        let one = metadata("Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.0\nLicense: MIT\n\nVersion: 2.0\n", "m")
            .unwrap();
        assert_eq!(
            (one.name.as_str(), one.version.as_str(), one.line, one.licence.as_str()),
            ("foo-bar", "1.0", 3, "MIT")
        );
    }
}
