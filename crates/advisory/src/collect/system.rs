//! The distribution and its packages: `os-release`, the status of dpkg, also of images without dpkg itself.

use super::tree::{Tree, join};
use crate::inventory::{Distribution, SystemPackage};

/// Which system it is.
pub fn distribution(tree: &Tree) -> Option<Distribution> {
    let (place, text) =
        ["/etc/os-release", "/usr/lib/os-release"].iter().find_map(|path| Some((*path, tree.text(path)?)))?;
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))?;
        Some(line.trim().trim_matches(['"', '\'']).to_owned())
    };
    Some(Distribution {
        id: value("ID")?.to_lowercase(),
        version: value("VERSION_ID").unwrap_or_default(),
        name: value("PRETTY_NAME").unwrap_or_default(),
        place: place.to_owned(),
    })
}

/// Packages that are installed.
pub fn packages(tree: &Tree) -> Vec<SystemPackage> {
    let read = |place: &str| {
        let found = tree.text(place).map_or_else(Vec::new, |text| status(&text));
        found.into_iter().map(|one| SystemPackage { place: place.to_owned(), ..one }).collect::<Vec<_>>()
    };
    let mut out = read("/var/lib/dpkg/status");
    // Images without a package manager keep one file for each package.
    for name in tree.list("/var/lib/dpkg/status.d") {
        if !name.ends_with('/') && !name.ends_with(".md5sums") {
            out.extend(read(&join("/var/lib/dpkg/status.d", &name)));
        }
    }
    out.sort_by(|left, right| (&left.name, &left.architecture).cmp(&(&right.name, &right.architecture)));
    out
}

/// Paragraphs of a status file; those that are not installed are left out.
#[must_use]
pub fn status(text: &str) -> Vec<SystemPackage> {
    let mut out = Vec::new();
    let mut line = 1;
    for paragraph in text.split("\n\n") {
        let first = line;
        line += u32::try_from(paragraph.matches('\n').count()).unwrap_or(0) + 2;
        let field = |name: &str| {
            paragraph
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
                .map(|value| value.trim().to_owned())
        };
        let (Some(name), Some(version)) = (field("Package"), field("Version")) else { continue };
        if field("Status").is_some_and(|status| !status.ends_with(" installed")) {
            continue;
        }
        // `Source: glibc`, `Source: glibc (2.36-9)`.
        let source = field("Source").unwrap_or_else(|| name.clone());
        let (source, source_version) = match source.split_once(" (") {
            Some((source, version)) => (source.to_owned(), version.trim_end_matches(')').to_owned()),
            None => (source, version.clone()),
        };
        out.push(SystemPackage {
            architecture: field("Architecture").unwrap_or_default(),
            place: String::new(),
            line: first,
            name,
            source,
            version,
            source_version,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_removed_packages() {
        let text = "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nSource: glibc (2.36-9)\nVersion: 2.36-9+b1\nDescription: x\n y: z\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: odoo\nStatus: install ok installed\nVersion: 17.0.20250115\n";
        let found = status(text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].source.as_str(), found[0].source_version.as_str()), ("glibc", "2.36-9"));
        assert_eq!((found[0].line, found[1].line), (1, 13));
        assert_eq!((found[1].source.as_str(), found[1].version.as_str()), ("odoo", "17.0.20250115"));
    }
}
