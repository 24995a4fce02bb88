//! `castellan scan` with sites: what the command line says of them, dry runs, and lists of sites.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{BufRead, Read, Seek, Write};
use std::path::{Path, PathBuf};

use castellan_audit::{AuditOptions, Settings, SiteOptions, Targets, look_at_sites, report_of_sites};
use castellan_model::AuditReport;
use castellan_probe::collect::{Options, dry_run, site};
use castellan_probe::evidence::Consent;
use castellan_probe::site::{SiteScan, line};

use super::{note, now, print};
use crate::exit::Failure;
use crate::options::SiteArguments;

/// What the command line says.
pub fn options(arguments: &SiteArguments) -> Result<SiteOptions, Failure> {
    let consent = if arguments.consent == "B" { Consent::B } else { Consent::A };
    let each = Options {
        consent,
        login_throttling: arguments.test.iter().any(|test| test == "login-throttling"),
        budget: arguments.budget.unwrap_or(if consent == Consent::B { 60 } else { 40 }),
        requests_per_second: arguments.pace,
        handshakes_per_second: arguments.pace * 5.0 / 3.0,
        no_tls: arguments.no_tls,
        plain_port: arguments.plain_port,
        address: arguments.address,
        authorities: authorities(&arguments.authority)?,
        resolver: arguments.resolver,
        time: now(),
        ..Options::default()
    };
    Ok(SiteOptions { each, at_once: usize::from(arguments.at_once) })
}

/// Certificates of files in PEM.
pub fn authorities(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, Failure> {
    let mut authorities = Vec::new();
    for path in paths {
        let text =
            std::fs::read(path).map_err(|error| Failure::usage(format!("`{}`: {}", path.display(), error.kind())))?;
        let found = castellan_probe::tls::authorities(&text);
        if found.is_empty() {
            return Err(Failure::usage(format!("`{}` holds no certificate in PEM", path.display())));
        }
        authorities.extend(found);
    }
    Ok(authorities)
}

/// Adds the sites of a list.
pub fn read_list(path: &Path, targets: &mut Targets) -> Result<(), Failure> {
    let mut text = String::new();
    let (name, read) = if path == Path::new("-") {
        ("standard input".to_owned(), std::io::stdin().read_to_string(&mut text))
    } else {
        (path.display().to_string(), std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text)))
    };
    read.map_err(|error| Failure::usage(format!("`{name}` cannot be read: {}", error.kind())))?;
    for (number, line) in text.lines().enumerate() {
        let entry = line.split('#').next().unwrap_or_default().trim();
        if entry.is_empty() {
            continue;
        }
        let url = site(entry).map_err(|reason| Failure::usage(format!("{name}, line {}: {reason}", number + 1)))?;
        if !targets.sites.contains(&url) {
            targets.sites.push(url);
        }
    }
    Ok(())
}

/// Prints every request that would be sent.
pub fn print_requests(targets: &Targets, options: &SiteOptions) {
    for site in &targets.sites {
        let lines = dry_run(site, &options.each);
        print(&format!("{}\n", site.as_str().trim_end_matches('/')));
        for line in lines {
            print(&format!("  {line}\n"));
        }
        print(&format!(
            "  at most {} requests, {} a second; nothing was sent\n",
            options.each.budget, options.each.requests_per_second
        ));
    }
}

/// Looks at many sites, says a line of each as it is finished, and keeps each in a file that can be gone on with.
pub fn list(
    targets: &Targets,
    settings: &Settings,
    options: &AuditOptions,
    json_lines: Option<&Path>,
    quiet: bool,
) -> Result<AuditReport, Failure> {
    let mut sites = targets.sites.clone();
    let mut file = None;
    if let Some(path) = json_lines {
        let (opened, done) = resume(path)?;
        let before = sites.len();
        sites.retain(|site| !done.contains(site.as_str().trim_end_matches('/')));
        if before > sites.len() {
            note(&format!("{} of {before} sites are in {} already", before - sites.len(), path.display()));
        }
        file = Some(opened);
    }
    let mut broken = None;
    let mut tell = |scan: &SiteScan| {
        if !quiet {
            print(&format!("{}\n", line(scan)));
        }
        if let Some(file) = &mut file {
            let report = report_of_sites(vec![scan.clone()], settings, options);
            let text = serde_json::to_string(&report).unwrap_or_default();
            if let Err(error) = writeln!(file, "{text}").and_then(|()| file.flush()) {
                broken.get_or_insert(error);
            }
        }
    };
    let scans =
        look_at_sites(&sites, &options.sites, &settings.disable, &options.only, &mut tell).map_err(Failure::own)?;
    if let (Some(error), Some(path)) = (broken, json_lines) {
        return Err(Failure::own(format!("`{}` cannot be written: {}", path.display(), error.kind())));
    }
    Ok(report_of_sites(scans, settings, options))
}

/// Opens a file of results, and says which sites it has. A last line that was cut is taken away.
fn resume(path: &Path) -> Result<(std::fs::File, BTreeSet<String>), Failure> {
    let fail = |error: std::io::Error| Failure::own(format!("`{}`: {}", path.display(), error.kind()));
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(fail)?;
    let mut done = BTreeSet::new();
    let mut whole = 0;
    let mut reader = std::io::BufReader::new(&file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let count = reader.read_until(b'\n', &mut line).map_err(fail)?;
        if count == 0 {
            break;
        }
        match serde_json::from_slice::<AuditReport>(&line) {
            Ok(report) if line.ends_with(b"\n") => done.extend(report.targets),
            // Written half when the last run was stopped; a file of something else is not touched.
            _ if whole == 0 && !line.starts_with(b"{\"format\"") => {
                return Err(Failure::usage(format!(
                    "`{}` holds something else than results of sites; name another file",
                    path.display()
                )));
            }
            _ => break,
        }
        whole += count as u64;
    }
    drop(reader);
    file.set_len(whole).map_err(fail)?;
    file.seek(std::io::SeekFrom::End(0)).map_err(fail)?;
    Ok((file, done))
}
