//! Versions against many records: 2,000 components, 50,000 records.

use std::fmt::Write as _;
use std::fs;
use std::time::Instant;

use castellan_advisory::inventory::{PythonPackage, SystemPackage};
use castellan_advisory::matching;
use castellan_advisory::osv::{Advisory, Event};
use castellan_advisory::store;
use castellan_advisory::table::Table;

use super::{measure, text, write_section};
use crate::versions::{Numbers, packaging};
use crate::{root, run as command};

const COMPONENTS: usize = 1_000;
const PACKAGES: usize = 5_000;
const RECORDS: usize = 25_000;

/// Half Python, half Debian.
pub fn run() -> Result<(), String> {
    command("cargo", &["build", "--release", "--package", "castellan-cli"])?;
    let io = |error: std::io::Error| error.to_string();
    let work = std::env::temp_dir().join(format!("castellan-bench-{}", std::process::id()));
    let host = work.join("host");
    let data = work.join("data");
    fs::create_dir_all(&data).map_err(io)?;
    let mut numbers = Numbers::new();
    let printed = records(&mut numbers).print();
    store::write(&data, store::RECORDS, &printed).map_err(io)?;
    let (python, system) = components(&mut numbers);
    write_host(&host, &python, &system).map_err(io)?;

    // In this process: reading the table, and comparing.
    let start = Instant::now();
    let table = Table::parse(&printed).map_err(|error| error.to_string())?;
    let reading = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let mut found = 0;
    for package in &python {
        found += matching::python(package, &table).len();
    }
    for package in &system {
        found += matching::system(package, "Debian:12", &table).len();
    }
    let comparing = start.elapsed().as_secs_f64();

    let castellan = text(&root().join("target/release/castellan"));
    let ours = measure(
        "castellan",
        &["env", &format!("CASTELLAN_DATA={}", data.display()), &castellan, "advisories", "--root", &text(&host)]
            .map(str::to_owned),
        &work,
    )?;
    let lines: String = python.iter().map(|one| format!("{}\t{}\n", one.name, one.version)).collect();
    fs::write(work.join("asked"), lines).map_err(io)?;
    fs::write(work.join("records.tsv"), &printed).map_err(io)?;
    let script = format!(
        "PYTHONPATH={} python3 {} records records.tsv < asked",
        packaging()?.display(),
        root().join("xtask/src/versions.py").display()
    );
    let theirs = measure("packaging", &["sh".to_owned(), "-c".to_owned(), script], &work)?;

    let embedded: u64 = fs::read_dir(root().join("crates/advisory/data"))
        .map_err(io)?
        .flatten()
        .filter_map(|entry| entry.metadata().ok())
        .map(|meta| meta.len())
        .sum();
    let mut out = String::from("## Versions\n\n");
    let _ = writeln!(
        out,
        "Command: `cargo xtask bench versions`. {} components (half Python packages, half packages of Debian) against {} records, made the\n\
         same in every run; {found} matches. The peer is the straightforward reading in `xtask/src/versions.py` with the library\n\
         `packaging`, on the Python half alone.\n",
        2 * COMPONENTS,
        2 * RECORDS
    );
    let _ = writeln!(out, "| what | wall s | CPU s | peak MiB |\n|---|---|---|---|");
    let _ = writeln!(out, "| reading the table, in process | {reading:.3} | | |");
    let _ = writeln!(out, "| comparing 2,000 components, in process | {comparing:.3} | | |");
    for (name, one) in [("`castellan advisories --root`, whole", &ours), ("`packaging`, Python half", &theirs)] {
        let _ = writeln!(out, "| {name} | {:.2} | {:.2} | {:.0} |", one.wall, one.cpu, one.peak_mib);
    }
    let _ = writeln!(out, "\nThe data that is embedded takes {} KiB.", embedded / 1024);
    write_section("versions", &out)?;
    fs::remove_dir_all(&work).map_err(io)
}

fn records(numbers: &mut Numbers) -> Table {
    let mut out = Vec::with_capacity(2 * RECORDS);
    for number in 0..2 * RECORDS {
        let python = number < RECORDS;
        let (low, high) = (numbers.below(6), 6 + numbers.below(6));
        let (from, to) = if python {
            (format!("{low}.{}", numbers.below(20)), format!("{high}.{}rc1", numbers.below(20)))
        } else {
            ("0".to_owned(), format!("1:{high}.{}-1+deb12u{}", numbers.below(20), numbers.below(9)))
        };
        out.push(Advisory {
            ecosystem: if python { "PyPI" } else { "Debian:12" }.to_owned(),
            package: format!("package-{}", numbers.below(PACKAGES)),
            id: format!("X-{number}"),
            aliases: vec![format!("CVE-2026-{number}")],
            ranges: vec![vec![Event::Introduced(from), Event::Fixed(to)]],
            versions: Vec::new(),
            score: Some(7.5),
        });
    }
    Table::new("2026-11-26", out)
}

fn components(numbers: &mut Numbers) -> (Vec<PythonPackage>, Vec<SystemPackage>) {
    let python = (0..COMPONENTS).map(|number| PythonPackage {
        name: format!("package-{}", number * 4),
        version: format!("{}.{}.{}", numbers.below(12), numbers.below(20), numbers.below(9)),
        ..PythonPackage::default()
    });
    let python: Vec<PythonPackage> = python.collect();
    let system = (0..COMPONENTS).map(|number| {
        let version = format!("1:{}.{}-1+deb12u1", numbers.below(12), numbers.below(20));
        SystemPackage {
            name: format!("package-{}", number * 4),
            source: format!("package-{}", number * 4),
            version: version.clone(),
            source_version: version,
            architecture: "amd64".to_owned(),
            ..SystemPackage::default()
        }
    });
    (python, system.collect())
}

fn write_host(host: &std::path::Path, python: &[PythonPackage], system: &[SystemPackage]) -> std::io::Result<()> {
    for folder in ["etc", "var/lib/dpkg"] {
        fs::create_dir_all(host.join(folder))?;
    }
    fs::write(host.join("etc/os-release"), "ID=debian\nVERSION_ID=\"12\"\n")?;
    let mut status = String::new();
    for one in system {
        let _ = writeln!(
            status,
            "Package: {}\nStatus: install ok installed\nArchitecture: {}\nVersion: {}\n",
            one.name, one.architecture, one.version
        );
    }
    fs::write(host.join("var/lib/dpkg/status"), status)?;
    for one in python {
        let folder = host.join(format!("opt/venv/lib/python3.11/site-packages/{}-{}.dist-info", one.name, one.version));
        fs::create_dir_all(&folder)?;
        let text = format!("Metadata-Version: 2.1\nName: {}\nVersion: {}\n\n", one.name, one.version);
        fs::write(folder.join("METADATA"), text)?;
    }
    Ok(())
}
