//! The scan against its peers on real addons, in one run on one tree: CPU seconds, wall, peak memory, ratios.
//!
//! The wheels of `xtask/bench-wheels.txt` come from the Python package index, one by one. The tree is copied under other
//! module names until it has the wanted number of Python lines. Peers are installed into a virtual environment.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{root, run as command, say};

/// Lines of Python, XML and the rest count for nobody: peers read Python, so Python lines are the measure.
const WANTED_LINES: usize = 378_000;

struct Measured {
    name: &'static str,
    cpu: f64,
    wall: f64,
    peak_mib: f64,
}

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

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Wheels into `wheels/`, unpacked into `addons/`, copied into `tree/`.
fn build_tree(folder: &Path, tree: &Path) -> Result<usize, String> {
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

/// Copies a folder; gives the number of Python lines.
fn copy(from: &Path, to: &Path) -> Result<usize, String> {
    fs::create_dir_all(to).map_err(|error| error.to_string())?;
    let mut lines = 0;
    for entry in fs::read_dir(from).map_err(|error| error.to_string())?.flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            lines += copy(&entry.path(), &target)?;
        } else {
            let bytes = fs::read(entry.path()).map_err(|error| error.to_string())?;
            if target.extension().is_some_and(|extension| extension == "py") {
                lines += bytes.iter().filter(|byte| **byte == b'\n').count();
            }
            fs::write(target, bytes).map_err(|error| error.to_string())?;
        }
    }
    Ok(lines)
}

/// Replaces one section of docs/benchmarks.md.
fn write_section(name: &str, text: &str) -> Result<(), String> {
    let path = root().join("docs/benchmarks.md");
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->\n"));
    let page = fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let (before, rest) = page.split_once(&begin).ok_or("docs/benchmarks.md has lost its marks")?;
    let (_, after) = rest.split_once(&end).ok_or("docs/benchmarks.md has lost its marks")?;
    fs::write(&path, format!("{before}{begin}{text}{end}{after}")).map_err(|error| error.to_string())
}

/// The audit of a host against lynis and gixy-ng on `examples/weak-host`, in one run.
pub fn host() -> Result<(), String> {
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

/// Runs a command and reads what the system counted for it. Exit codes are not looked at: findings are no failure.
fn measure(name: &'static str, command: &[String], folder: &Path) -> Result<Measured, String> {
    let script = "import json,resource,subprocess,sys,time\n\
        start=time.monotonic()\n\
        subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL)\n\
        wall=time.monotonic()-start\n\
        use=resource.getrusage(resource.RUSAGE_CHILDREN)\n\
        print(json.dumps([use.ru_utime+use.ru_stime,wall,use.ru_maxrss/1024]))";
    let output = Command::new("python3")
        .args(["-c", script])
        .args(command)
        .current_dir(folder)
        .output()
        .map_err(|error| error.to_string())?;
    let numbers: [f64; 3] = serde_json::from_slice(&output.stdout).map_err(|error| format!("{name}: {error}"))?;
    Ok(Measured { name, cpu: numbers[0], wall: numbers[1], peak_mib: numbers[2] })
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
