//! The audit of a host against its peers.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::{copy, measure, text, write_section};
use crate::{root, run as command};

/// The audit of a host against lynis and gixy-ng on `examples/weak-host`, in one run.
pub fn run() -> Result<(), String> {
    command("cargo", &["build", "--release", "--package", "castellan-cli"])?;
    let castellan = text(&root().join("target/release/castellan"));
    let host = root().join("examples/weak-host");
    let work = std::env::temp_dir().join(format!("castellan-bench-{}", std::process::id()));
    let hashed = work.join("hashed");
    fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    copy(&host, &hashed)?;
    let conf = hashed.join("etc/odoo/odoo.conf");
    let old = fs::read_to_string(&conf).map_err(|error| error.to_string())?;
    // A real hash of a password that is on no list: every guess is made in vain.
    let hash = "$pbkdf2-sha512$600000$CeSs/gCXGKm0RUawkdmZ7Q$4D5jes8hNj1RECbvplYsH5LViy7020EnF8waQgqMZW111ktArp/8FZoC7K26N10Q5dLrYvNgf41VV32INs8Qvw";
    fs::write(&conf, old.replace("admin_passwd = admin", &format!("admin_passwd = {hash}")))
        .map_err(|error| error.to_string())?;
    let scan = |folder: &Path| {
        vec![castellan.clone(), "scan".into(), "--root".into(), text(folder), "--format".into(), "json".into()]
    };
    let runs: [(&'static str, Vec<String>); 4] = [
        ("castellan scan --root", scan(&host)),
        ("castellan scan --root, hashed master password", scan(&hashed)),
        ("gixy-ng on its nginx.conf", vec!["gixy".into(), text(&host.join("etc/nginx/nginx.conf"))]),
        (
            "lynis audit system --rootdir",
            [
                "lynis",
                "audit",
                "system",
                "--rootdir",
                &format!("{}/", host.display()),
                "--quick",
                "--quiet",
                "--no-colors",
            ]
            .map(str::to_owned)
            .to_vec(),
        ),
    ];
    let mut out = String::from("## Host\n\n");
    let _ = writeln!(
        out,
        "Command: `cargo xtask bench host`, which needs `lynis` (Debian package) and `gixy-ng` (Python package). All in the same run on\n\
         `examples/weak-host`; CPU is user and system time of the process and its children.\n"
    );
    let _ = writeln!(out, "| tool | CPU s | wall s | peak MiB | CPU, ratio to Castellan |\n|---|---|---|---|---|");
    let mut base = None;
    for (name, command) in &runs {
        let result = measure(name, command, &work)?;
        let base = *base.get_or_insert(result.cpu.max(0.001));
        let _ = writeln!(
            out,
            "| {} | {:.3} | {:.3} | {:.0} | {:.0} |",
            result.name,
            result.cpu,
            result.wall,
            result.peak_mib,
            result.cpu / base
        );
    }
    let _ =
        writeln!(out, "\nThe second line guesses at the hash within its bound: four times 600,000 rounds of PBKDF2.");
    let _ = fs::remove_dir_all(&work);
    write_section("host", &out)
}
