//! Finds and reads proxies, includes in place.

use castellan_model::NotAssessedKind;

use super::containers::Compose;
use crate::host::survey::Survey;
use crate::proxy::{Front, apache::Apache, caddy::Caddy, haproxy::Haproxy, nginx::Nginx, traefik::Traefik};
use crate::read::{self, Directive};
use crate::source::FileId;

const MAX_INCLUDES: usize = 16;

/// Notes a configuration in which nothing answers requests.
fn understood<E>(survey: &mut Survey<'_>, path: &str, engine: Option<E>) -> Option<E> {
    if engine.is_none() {
        survey.note(path, NotAssessedKind::Absent, "nothing in it answers requests");
    }
    engine
}

/// Reads nginx from its main file.
pub(super) fn nginx(survey: &mut Survey<'_>, path: &str) -> Option<Front> {
    let file = survey.open(path)?;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let directives = nginx_file(survey, file, &folder, 0);
    understood(survey, path, Nginx::new(directives, file)).map(|engine| Front::of_nginx(path.to_owned(), engine))
}

fn nginx_file(survey: &mut Survey<'_>, file: FileId, folder: &str, depth: usize) -> Vec<Directive> {
    let (directives, problems) = read::nginx::parse(file, survey.text(file));
    for problem in problems {
        survey.problem(file, &problem);
    }
    nginx_includes(survey, directives, folder, depth)
}

fn nginx_includes(survey: &mut Survey<'_>, directives: Vec<Directive>, folder: &str, depth: usize) -> Vec<Directive> {
    let mut out = Vec::new();
    for mut directive in directives {
        if directive.name.text == "include" {
            let pattern = directive.argument(0).to_owned();
            if depth >= MAX_INCLUDES {
                survey.note(&pattern, NotAssessedKind::Nesting, "includes are nested too deep");
                continue;
            }
            let full = if pattern.starts_with('/') { pattern } else { format!("{folder}/{pattern}") };
            let paths = survey.glob(&full);
            if paths.is_empty() && !full.contains('*') && !full.ends_with("mime.types") {
                survey.note(&full, NotAssessedKind::Unreadable, "included, but not there");
            }
            for path in paths {
                if path.ends_with("mime.types") || survey.is_folder(&path) {
                    continue;
                }
                if let Some(inner) = survey.open(&path) {
                    out.extend(nginx_file(survey, inner, folder, depth + 1));
                }
            }
            continue;
        }
        if let Some(block) = directive.block.take() {
            directive.block = Some(nginx_includes(survey, block, folder, depth));
        }
        out.push(directive);
    }
    out
}

/// Reads Apache from its main file.
pub(super) fn apache(survey: &mut Survey<'_>, path: &str) -> Option<Front> {
    let file = survey.open(path)?;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    // Red Hat's httpd.conf stands one folder below the server root.
    let root = folder.strip_suffix("/conf").unwrap_or(&folder).to_owned();
    let directives = apache_file(survey, file, &root, 0);
    understood(survey, path, Apache::new(directives)).map(|engine| Front::of_apache(path.to_owned(), engine))
}

fn apache_file(survey: &mut Survey<'_>, file: FileId, root: &str, depth: usize) -> Vec<Directive> {
    let (directives, problems) = read::apache::parse(file, survey.text(file));
    for problem in problems {
        survey.problem(file, &problem);
    }
    apache_includes(survey, directives, root, depth)
}

fn apache_includes(survey: &mut Survey<'_>, directives: Vec<Directive>, root: &str, depth: usize) -> Vec<Directive> {
    let mut out = Vec::new();
    for mut directive in directives {
        if matches!(directive.name.text.as_str(), "include" | "includeoptional") && depth < MAX_INCLUDES {
            let pattern = directive.argument(0);
            let full = if pattern.starts_with('/') { pattern.to_owned() } else { format!("{root}/{pattern}") };
            for path in survey.glob(&full) {
                if let Some(inner) = survey.open(&path) {
                    out.extend(apache_file(survey, inner, root, depth + 1));
                }
            }
            continue;
        }
        if let Some(block) = directive.block.take() {
            directive.block = Some(apache_includes(survey, block, root, depth));
        }
        out.push(directive);
    }
    out
}

/// Reads Caddy from a Caddyfile or its JSON.
pub(super) fn caddy(survey: &mut Survey<'_>, path: &str) -> Option<Front> {
    let file = survey.open(path)?;
    if path.ends_with(".json") {
        let (root, problems) = read::tree::yaml(file, survey.text(file));
        for problem in problems {
            survey.problem(file, &problem);
        }
        let engine = root.as_ref().and_then(Caddy::from_json);
        return understood(survey, path, engine).map(|engine| Front::of_caddy(path.to_owned(), engine));
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let directives = caddy_file(survey, file, &folder, 0);
    understood(survey, path, Caddy::from_caddyfile(&directives)).map(|engine| Front::of_caddy(path.to_owned(), engine))
}

fn caddy_file(survey: &mut Survey<'_>, file: FileId, folder: &str, depth: usize) -> Vec<Directive> {
    let (directives, problems) = read::caddyfile::parse(file, survey.text(file));
    for problem in problems {
        survey.problem(file, &problem);
    }
    caddy_imports(survey, directives, folder, depth)
}

/// Files of `import`; snippets stay for the engine.
fn caddy_imports(survey: &mut Survey<'_>, directives: Vec<Directive>, folder: &str, depth: usize) -> Vec<Directive> {
    let mut out = Vec::new();
    for mut directive in directives {
        let target = directive.argument(0).to_owned();
        let is_file = target.contains(['/', '*', '.']);
        if directive.name.text == "import" && is_file && depth < MAX_INCLUDES {
            let full = if target.starts_with('/') { target } else { format!("{folder}/{target}") };
            for path in survey.glob(&full) {
                if let Some(inner) = survey.open(&path) {
                    out.extend(caddy_file(survey, inner, folder, depth + 1));
                }
            }
            continue;
        }
        if let Some(block) = directive.block.take() {
            directive.block = Some(caddy_imports(survey, block, folder, depth));
        }
        out.push(directive);
    }
    out
}

/// Reads HAProxy from its files.
pub(super) fn haproxy(survey: &mut Survey<'_>, paths: &[String]) -> Option<Front> {
    let mut sections = Vec::new();
    for path in paths {
        if let Some(file) = survey.open(path) {
            sections.extend(read::haproxy::parse(file, survey.text(file)));
        }
    }
    let path = paths.first()?.clone();
    understood(survey, &path, Haproxy::new(sections)).map(|engine| Front::of_haproxy(path.clone(), engine))
}

/// Reads Traefik from its files and from the labels of containers.
pub(super) fn traefik(survey: &mut Survey<'_>, paths: &[String], compose: &[Compose]) -> Option<Front> {
    let mut traefik = Traefik::default();
    for path in paths {
        let Some(file) = survey.open(path) else { continue };
        let (root, problems) = if path.ends_with(".toml") {
            read::tree::toml(file, survey.text(file))
        } else {
            read::tree::yaml(file, survey.text(file))
        };
        for problem in problems {
            survey.problem(file, &problem);
        }
        if let Some(root) = root {
            traefik.add(&root);
        }
    }
    let mut shown = paths.first().cloned();
    for project in compose {
        for service in &project.services {
            if service.image_name() == "traefik" {
                let arguments = service.node.get("command").map(read::tree::Node::words).unwrap_or_default();
                traefik.add_arguments(&arguments);
            }
            traefik.add_labels(&service.labels(), &service.name.text);
        }
        if traefik.has_routers() && shown.is_none() {
            shown = Some(survey.path(project.file).to_owned());
        }
    }
    traefik.has_routers().then(|| Front::of_traefik(shown.unwrap_or_default(), traefik))
}
