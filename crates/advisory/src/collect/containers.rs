//! Images of containers: what compose files, Dockerfiles and Quadlet units name. `odoo:17.0-20250115` tells the day of the build, and a
//! line `ARG ODOO_RELEASE=20250115` does too, as in the official recipe.

use std::sync::LazyLock;

use regex::Regex;

use super::tree::{Tree, join};
use crate::data;
use crate::inventory::{OdooInstall, Product};

/// Places in which a host keeps such files.
const PLACES: [&str; 5] = ["/etc/containers/systemd", "/opt", "/srv", "/home", "/root"];

/// How deep they are looked for.
const DEPTH: usize = 4;

/// A line that names an image.
static IMAGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^\s*(?:image\s*:|Image\s*=|(?i:FROM)\s+(?:--platform=\S+\s+)?)\s*["']?([^\s"'#]+)"#).ok()
});

/// The day in the recipe of an image.
static RELEASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:ARG|ENV)\s+ODOO_RELEASE[=\s]+(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\b").ok()
});

/// The checksum of the package in the recipe of an image.
static CHECKSUM: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b([0-9a-f]{40})\b").ok());

/// The series in the recipe of an image.
static VERSION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(?:ARG|ENV)\s+ODOO_VERSION[=\s]+(\d{1,2}\.\d)\b").ok());

/// What images tell.
#[derive(Debug, Default)]
pub struct Images {
    /// Odoo in images.
    pub odoo: Vec<OdooInstall>,
    /// Products in images.
    pub products: Vec<Product>,
}

/// Images that a host names.
pub fn of_host(tree: &Tree) -> Images {
    let mut out = Images::default();
    for place in PLACES {
        walk(tree, place, DEPTH, &mut out);
    }
    out
}

/// Images that files below a folder name.
pub fn of_folder(tree: &Tree, folder: &str) -> Images {
    let mut out = Images::default();
    walk(tree, folder, DEPTH, &mut out);
    out
}

fn walk(tree: &Tree, folder: &str, depth: usize, out: &mut Images) {
    for name in tree.list(folder) {
        let path = join(folder, &name);
        match path.strip_suffix('/') {
            Some(below) if depth > 0 && !super::is_left_out(name.trim_end_matches('/')) && !tree.is_link(below) => {
                walk(tree, below, depth - 1, out);
            }
            Some(_) => {}
            None if names_images(&name) => {
                if let Some(text) = tree.text(&path) {
                    read(&text, &path, out);
                }
            }
            None => {}
        }
    }
}

fn names_images(name: &str) -> bool {
    let lower = name.to_lowercase();
    let yaml = lower.ends_with(".yml") || lower.ends_with(".yaml");
    (yaml && (lower.starts_with("docker-compose") || lower.starts_with("compose")))
        || lower.starts_with("dockerfile")
        || lower.ends_with(".dockerfile")
        || lower.starts_with("containerfile")
        || lower.ends_with(".container")
}

/// The images in one file.
pub fn read(text: &str, place: &str, out: &mut Images) {
    let (Some(image), Some(release), Some(version)) = (IMAGE.as_ref(), RELEASE.as_ref(), VERSION.as_ref()) else {
        return;
    };
    let day = text.lines().find_map(|line| {
        let found = release.captures(line)?;
        Some(format!("{}-{}-{}", &found[1], &found[2], &found[3]))
    });
    if day.is_none() {
        out.odoo.extend(by_checksum(text, place));
    }
    for (number, line) in text.lines().enumerate() {
        let line_number = u32::try_from(number + 1).unwrap_or(1);
        if let (Some(found), Some(day)) = (version.captures(line), &day) {
            out.odoo.push(OdooInstall {
                place: place.to_owned(),
                line: line_number,
                series: found[1].to_owned(),
                date: Some(day.clone()),
                date_from: "ODOO_RELEASE in the recipe of the image".to_owned(),
                ..OdooInstall::default()
            });
        }
        let Some(found) = image.captures(line) else { continue };
        let Some((name, tag)) = reference(&found[1]) else { continue };
        if name == "odoo" {
            out.odoo.extend(odoo(tag, place, line_number));
        } else if let Some(product) = product(name) {
            out.products.push(Product {
                name: product.to_owned(),
                version: tag.to_owned(),
                place: place.to_owned(),
                line: line_number,
            });
        }
    }
}

/// A recipe that names the package by its checksum alone.
fn by_checksum(text: &str, place: &str) -> Option<OdooInstall> {
    let pattern = CHECKSUM.as_ref()?;
    text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#')).find_map(|(number, line)| {
        let found = pattern.captures(line)?;
        let (series, day) = data::build_of(&found[1])?;
        Some(OdooInstall {
            place: place.to_owned(),
            line: u32::try_from(number + 1).unwrap_or(1),
            series: series.to_owned(),
            date: Some(day.to_owned()),
            date_from: "the checksum of the package in the recipe of the image".to_owned(),
            ..OdooInstall::default()
        })
    })
}

/// Name and tag of an image of Docker's official library: `docker.io/library/odoo:17.0@sha256:...`.
fn reference(text: &str) -> Option<(&str, &str)> {
    let text = text.split('@').next()?;
    let text = text.strip_prefix("docker.io/").unwrap_or(text);
    let text = text.strip_prefix("library/").unwrap_or(text);
    let (name, tag) = text.split_once(':')?;
    (!name.contains('/') && tag.starts_with(|char: char| char.is_ascii_digit())).then_some((name, tag))
}

fn odoo(tag: &str, place: &str, line: u32) -> Option<OdooInstall> {
    let (series, day) = tag.split_once('-').unwrap_or((tag, ""));
    let series = if series.contains('.') { series.to_owned() } else { format!("{series}.0") };
    let is_day = day.len() == 8 && day.starts_with("20") && day.bytes().all(|byte| byte.is_ascii_digit());
    Some(OdooInstall {
        place: place.to_owned(),
        line,
        date: match (day.get(..4), day.get(4..6), day.get(6..)) {
            (Some(year), Some(month), Some(day)) if is_day => Some(format!("{year}-{month}-{day}")),
            _ => None,
        },
        date_from: if is_day { format!("the tag of the image odoo:{tag}") } else { String::new() },
        series,
        ..OdooInstall::default()
    })
    .filter(|install| install.series.parse::<castellan_model::Series>().is_ok())
}

/// The name by which the data knows the product of an image.
fn product(image: &str) -> Option<&'static str> {
    Some(match image {
        "postgres" => "postgresql",
        "nginx" => "nginx",
        "redis" => "redis",
        "valkey" => "valkey",
        "python" => "python",
        "traefik" => "traefik",
        "caddy" => "caddy",
        "haproxy" => "haproxy",
        "httpd" => "apache-http-server",
        "debian" => "debian",
        "ubuntu" => "ubuntu",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_every_kind_of_file() {
        let mut out = Images::default();
        read(
            "services:\n  web:\n    image: 'odoo:17.0-20250115'  # x\n  db:\n    image: postgres:12.4-alpine\n  x:\n    image: own/odoo:17\n  y:\n    image: odoo:latest\n",
            "c",
            &mut out,
        );
        read("FROM --platform=linux/amd64 docker.io/library/odoo:16@sha256:00\n", "d", &mut out);
        read("FROM debian:bookworm-slim\nENV ODOO_VERSION 18.0\nARG ODOO_RELEASE=20250606\n", "e", &mut out);
        read("RUN echo 'b0b9309d5156ae171d6f0213d3b15005b9257c47 odoo.deb' | sha1sum -c -\n", "f", &mut out);
        let found: Vec<_> = out.odoo.iter().map(|one| (one.series.as_str(), one.date.as_deref(), one.line)).collect();
        assert_eq!(
            found,
            [
                ("17.0", Some("2025-01-15"), 3),
                ("16.0", None, 1),
                ("18.0", Some("2025-06-06"), 2),
                ("14.0", Some("2021-02-26"), 1)
            ]
        );
        let found: Vec<_> =
            out.products.iter().map(|one| (one.name.as_str(), one.version.as_str(), one.line)).collect();
        assert_eq!(found, [("postgresql", "12.4-alpine", 5)]);
    }
}
