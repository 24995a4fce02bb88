//! The audit of a large live database: 5,000 users, 800 groups, 3,000 access rows, 1,500 rules, on the lab's Odoo.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{measure, text, write_section};
use crate::{root, run as command, say};

pub fn run() -> Result<(), String> {
    let work = root().join("corpora/database");
    fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    command("cargo", &["build", "--release", "--package", "castellan-cli"])?;
    let mut out = String::from("## Live databases\n\n");
    let _ = writeln!(
        out,
        "Command: `cargo xtask bench database` (root, Debian: it sets up the lab). A copy of the lab's database with 5,000 users, 800 groups in\n\
         chains of ten, 3,000 access rows and 1,500 record rules more (`lab/large.sql`). Time and memory of `castellan scan` alone; Odoo runs\n\
         threaded on the same machine. There is no other tool that reads the same to compare with.\n"
    );
    let _ = writeln!(out, "| Odoo | way | wall s | CPU s | peak MiB | requests |\n|---|---|---|---|---|---|");
    for version in ["14", "19"] {
        let result = one(version, &work, &mut out);
        lab(&["stop", "all"])?;
        result?;
    }
    write_section("database", &out)
}

fn one(version: &str, work: &Path, out: &mut String) -> Result<(), String> {
    lab(&["setup", version])?;
    lab(&["reset", version])?;
    lab(&["stop", version])?;
    let sql = fs::File::open(root().join("lab/large.sql")).map_err(|error| error.to_string())?;
    let status = Command::new("bash")
        .arg(root().join("lab/odoo-lab"))
        .args(["sql", version, "-q", "-v", "ON_ERROR_STOP=1"])
        .stdin(sql)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| error.to_string())?;
    if !status.success() {
        return Err("the database was not made large".to_owned());
    }
    lab(&["start", version])?;
    let home = std::env::var("ODOO_LAB_HOME")
        .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cache/odoo-lab")))
        .map_err(|error| error.to_string())?;
    let about = fs::read_to_string(format!("{home}/run/{version}/lab.json")).map_err(|error| error.to_string())?;
    let about: serde_json::Value = serde_json::from_str(&about).map_err(|error| error.to_string())?;
    let secret = work.join("secret");
    fs::write(&secret, about["api_key"].as_str().unwrap_or_default()).map_err(|error| error.to_string())?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&secret, mode).map_err(|error| error.to_string())?;
    let castellan = text(&root().join("target/release/castellan"));
    let database = format!("lab{version}");
    let url = format!("http://127.0.0.1:81{version}");
    let mut ways = vec![(
        "SQL".to_owned(),
        vec!["--sql".to_owned(), format!("postgresql://odoo{version}@127.0.0.1:8132/{database}")],
    )];
    let dialects: &[&str] = if version == "19" { &["json-2", "json-rpc", "xml-rpc"] } else { &["json-rpc", "xml-rpc"] };
    for dialect in dialects {
        let words = [
            "--rpc",
            &url,
            "--db",
            &database,
            "--login",
            "admin",
            "--dialect",
            dialect,
            "--secret-file",
            &text(&secret),
        ]
        .map(str::to_owned)
        .to_vec();
        ways.push(((*dialect).to_owned(), words));
    }
    for (way, words) in ways {
        let mut line = vec!["env".to_owned(), format!("PGPASSWORD=Lab-odoo{version}-db-password"), castellan.clone()];
        line.push("scan".to_owned());
        line.extend(words);
        line.extend(["--format".to_owned(), "json".to_owned()]);
        say(&format!("{version}, {way} ..."));
        let result = measure("castellan scan", &line, work)?;
        let said = fs::read_to_string(work.join("said.txt")).unwrap_or_default();
        let report: serde_json::Value = serde_json::from_str(&said).map_err(|error| format!("{way}: {error}"))?;
        let requests = &report["instances"][0]["requests"];
        let _ = writeln!(
            out,
            "| {version}.0 | {way} | {:.1} | {:.1} | {:.0} | {requests} |",
            result.wall, result.cpu, result.peak_mib
        );
    }
    Ok(())
}

fn lab(words: &[&str]) -> Result<(), String> {
    let script = text(&root().join("lab/odoo-lab"));
    command("bash", &[&[script.as_str()], words].concat())
}
