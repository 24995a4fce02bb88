//! Castellan against its peers, in one run on one input: CPU seconds, wall, peak memory, ratios. Each part writes its section of
//! docs/benchmarks.md.

pub mod audit;
pub mod code;
pub mod database;
pub mod host;
pub mod sites;
pub mod versions;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::root;

/// What a run cost.
pub struct Measured {
    pub name: &'static str,
    pub cpu: f64,
    pub wall: f64,
    pub peak_mib: f64,
}

/// A path as text.
pub fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Copies a folder; gives the number of Python lines.
pub fn copy(from: &Path, to: &Path) -> Result<usize, String> {
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
pub fn write_section(name: &str, text: &str) -> Result<(), String> {
    let path = root().join("docs/benchmarks.md");
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->\n"));
    let page = fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let (before, rest) = page.split_once(&begin).ok_or("docs/benchmarks.md has lost its marks")?;
    let (_, after) = rest.split_once(&end).ok_or("docs/benchmarks.md has lost its marks")?;
    fs::write(&path, format!("{before}{begin}{text}{end}{after}")).map_err(|error| error.to_string())
}

/// Runs a command and reads what the system counted for it; what it says goes to `said.txt` in the folder. Exit codes are not looked at:
/// findings are no failure.
pub fn measure(name: &'static str, command: &[String], folder: &Path) -> Result<Measured, String> {
    let script = "import json,resource,subprocess,sys,time\n\
        start=time.monotonic()\n\
        subprocess.run(sys.argv[1:],stdin=subprocess.DEVNULL,stdout=open('said.txt','wb'),stderr=subprocess.STDOUT)\n\
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
