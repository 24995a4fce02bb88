//! The scan against its peers on real addons, in one run on one tree: CPU seconds, wall, peak memory, ratios.
//!
//! The wheels of `xtask/bench-wheels.txt` come from the Python package index, one by one. The tree is copied under other
//! module names until it has the wanted number of Python lines. Peers are installed into a virtual environment.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Measured, copy, measure, text, write_section};
use crate::{root, run as command, say};

/// Lines of Python, XML and the rest count for nobody: peers read Python, so Python lines are the measure.
const WANTED_LINES: usize = 378_000;

pub fn run_in(folder: &Path) -> Result<(), String> {
    let tree = folder.join("tree");
    let lines = build_tree(folder, &tree)?;
    say(&format!("tree of {lines} Python lines"));
    let venv = folder.join("venv");
    if !venv.is_dir() {
        command("python3", &["-m", "venv", &text(&venv)])?;
        command(&text(&venv.join("bin/pip")), &["install", "--quiet", "ruff", "bandit", "pylint-odoo"])?;
    }
    command("cargo", &["build", "--release", "--package", "castellan-cli"])?;
    let castellan = text(&root().join("target/release/castellan"));
    let bin = |name: &str| text(&venv.join("bin").join(name));
    let tree = text(&tree);
    let security = "--enable=sql-injection,print-used,external-request-timeout,manifest-version-format,eval-used,exec-used,eval-referenced";
    let runs: [(&'static str, Vec<String>); 4] = [
        (
            "castellan scan (all rules, flow)",
            vec![castellan, "scan".into(), tree.clone(), "--format".into(), "json".into()],
        ),
        (
            "ruff check --select S",
            vec![bin("ruff"), "check".into(), "--no-cache".into(), "--select".into(), "S".into(), tree.clone()],
        ),
        ("bandit -r", vec![bin("bandit"), "-q".into(), "-r".into(), tree.clone(), "-f".into(), "json".into()]),
        (
            "pylint-odoo (security rules)",
            vec![
                bin("pylint"),
                "--load-plugins=pylint_odoo".into(),
                "--disable=all".into(),
                security.into(),
                "--recursive=y".into(),
                tree,
            ],
        ),
    ];
    let mut results = Vec::new();
    for (name, command) in &runs {
        say(&format!("{name} ..."));
        results.push(measure(name, command, folder)?);
    }
    let page = page(lines, &results);
    write_section("code", &page)?;
    say(&page);
    Ok(())
}

pub fn run_default() -> Result<(), String> {
    run_in(&root().join("corpora"))
}

pub fn run(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        [] => run_default(),
        [folder] => run_in(Path::new(folder)),
        _ => Err("usage: cargo xtask bench [FOLDER]".into()),
    }
}

/// Wheels into `wheels/`, unpacked into `addons/`, copied into `tree/`.
pub fn build_tree(folder: &Path, tree: &Path) -> Result<usize, String> {
    let wheels = folder.join("wheels");
    let addons = folder.join("addons");
    let failed = |error: std::io::Error| error.to_string();
    fs::create_dir_all(&wheels).map_err(failed)?;
    let list = fs::read_to_string(root().join("xtask/bench-wheels.txt")).map_err(failed)?;
    for wanted in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let prefix = wanted.replace("==", "-").replace('-', "_");
        let there = fs::read_dir(&wheels)
            .map_err(failed)?
            .flatten()
            .any(|file| file.file_name().to_string_lossy().replace('-', "_").starts_with(&prefix));
        if !there {
            command("python3", &["-m", "pip", "download", "--quiet", "--no-deps", "-d", &text(&wheels), wanted])?;
        }
    }
    let _ = fs::remove_dir_all(tree);
    fs::create_dir_all(tree).map_err(failed)?;
    let mut modules: Vec<PathBuf> = Vec::new();
    for wheel in fs::read_dir(&wheels).map_err(failed)?.flatten() {
        let name = wheel.file_name().to_string_lossy().into_owned();
        let out = addons.join(name.trim_end_matches(".whl"));
        if !out.is_dir() {
            command("python3", &["-m", "zipfile", "-e", &text(&wheel.path()), &text(&out)])?;
        }
        let inner = out.join("odoo/addons");
        modules.extend(
            fs::read_dir(inner).map_err(failed)?.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()),
        );
    }
    modules.sort();
    let mut lines = 0;
    for round in 0..8 {
        for (number, module) in modules.iter().enumerate() {
            if lines >= WANTED_LINES {
                return Ok(lines);
            }
            let name = module.file_name().unwrap_or_default().to_string_lossy();
            lines += copy(module, &tree.join(format!("{name}_{number}_{round}")))?;
        }
    }
    Ok(lines)
}

fn page(lines: usize, results: &[Measured]) -> String {
    let mut out = String::from("## Code\n\n");
    let _ = writeln!(
        out,
        "Command: `cargo xtask bench`. Wheels: `xtask/bench-wheels.txt`, copied under other module names to {lines} lines of"
    );
    let _ = writeln!(
        out,
        "Python. All tools in the same run on the same tree; CPU is user and system time of the process and its children.\n"
    );
    let _ = writeln!(out, "| tool | CPU s | wall s | peak MiB | CPU, ratio to Castellan |\n|---|---|---|---|---|");
    let base = results.first().map_or(1.0, |first| first.cpu.max(0.001));
    for result in results {
        let _ = writeln!(
            out,
            "| {} | {:.2} | {:.2} | {:.0} | {:.1} |",
            result.name,
            result.cpu,
            result.wall,
            result.peak_mib,
            result.cpu / base
        );
    }
    out.push_str("\nCastellan also reads the XML, CSV and JavaScript of the tree, which the others do not.\n");
    out
}
