//! One audit of everything: 378,000 lines of modules, a host, a site behind a local nginx, a live database over RPC. And what the binary weighs.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use super::{code, measure, text, write_section};
use crate::{root, run as command, say};

pub fn run() -> Result<(), String> {
    let corpora = root().join("corpora");
    let tree = corpora.join("tree");
    let lines = code::build_tree(&corpora, &tree)?;
    command("cargo", &["build", "--release", "--package", "castellan-cli"])?;
    let castellan = text(&root().join("target/release/castellan"));
    for words in [
        &["setup", "19"][..],
        &["stop", "19"],
        &["conf", "19", "good"],
        &["reset", "19"],
        &["start", "19"],
        &["front", "19", "good"],
    ] {
        lab(words)?;
    }
    let measured = whole(&corpora, &text(&tree), &castellan);
    lab(&["stop", "all"])?;
    let (result, requests) = measured?;
    let mut out = String::from("## One audit of everything\n\n");
    let _ = writeln!(
        out,
        "Command: `cargo xtask bench audit` (root, Debian: it sets up the lab). {lines} lines of Python in modules, the files of the root that Odoo\n\
         19.0 runs in, its site behind nginx (TLS included), its database over RPC ({requests} requests), with HTML and PDF. There is no other tool that looks at\n\
         the same to compare with.\n"
    );
    let _ = writeln!(out, "| wall s | CPU s | peak MiB |\n|---|---|---|");
    let _ = writeln!(out, "| {:.1} | {:.1} | {:.0} |\n", result.wall, result.cpu, result.peak_mib);
    let size = fs::metadata(&castellan).map_err(|error| error.to_string())?.len() as f64 / 1_048_576.0;
    let started = std::time::Instant::now();
    for _ in 0..50 {
        Command::new(&castellan).arg("--version").output().map_err(|error| error.to_string())?;
    }
    let start = started.elapsed().as_secs_f64() * 20.0;
    let _ = writeln!(
        out,
        "The binary takes {size:.1} MiB; a start takes {start:.1} ms (`castellan --version`, mean of 50)."
    );
    write_section("audit", &out)?;
    say(&out);
    Ok(())
}

fn whole(corpora: &std::path::Path, tree: &str, castellan: &str) -> Result<(super::Measured, u64), String> {
    let home = std::env::var("ODOO_LAB_HOME")
        .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cache/odoo-lab")))
        .map_err(|error| error.to_string())?;
    let about = fs::read_to_string(format!("{home}/run/19/lab.json")).map_err(|error| error.to_string())?;
    let about: serde_json::Value = serde_json::from_str(&about).map_err(|error| error.to_string())?;
    let work = corpora.join("audit");
    fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    let secret = work.join("secret");
    fs::write(&secret, about["api_key"].as_str().unwrap_or_default()).map_err(|error| error.to_string())?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&secret, mode).map_err(|error| error.to_string())?;
    let settings = format!(
        "[[deployment]]\nname = \"bench\"\nroot = \"{home}/19\"\npaths = [\"{tree}\"]\nsites = [\"https://localhost:8443\"]\n\n\
         [deployment.site]\naddress = \"127.0.0.1\"\nplain-port = 8480\n\n\
         [deployment.rpc]\nurl = \"http://127.0.0.1:8119\"\ndatabase = \"lab19\"\nlogin = \"admin\"\nsecret-file = \"secret\"\n"
    );
    fs::write(work.join("castellan.toml"), settings).map_err(|error| error.to_string())?;
    let words = ["scan", "--no-store", "-o", "report.json", "-o", "report.html", "-o", "report.pdf"];
    let line: Vec<String> = std::iter::once(castellan).chain(words).map(str::to_owned).collect();
    let result = measure("castellan scan", &line, &work)?;
    let report = fs::read(work.join("report.json")).map_err(|_| "there is no report: see corpora/audit/said.txt")?;
    let report: serde_json::Value = serde_json::from_slice(&report).map_err(|error| error.to_string())?;
    let whole = report["instances"][0]["requests"].as_u64().filter(|count| *count > 0);
    let requests = whole.ok_or("the database was not read: see corpora/audit/said.txt")?;
    if report["sites"][0]["identity"].as_str().is_none_or(|identity| !identity.starts_with("Odoo")) {
        return Err("the site was not seen".to_owned());
    }
    Ok((result, requests))
}

fn lab(words: &[&str]) -> Result<(), String> {
    let script = text(&root().join("lab/odoo-lab"));
    command("bash", &[&[script.as_str()], words].concat())
}
