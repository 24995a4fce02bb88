//! `cargo xtask differential versions`: our order of versions and our reading of records against the library `packaging` of the Python
//! package index and against dpkg.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use castellan_advisory::inventory::PythonPackage;
use castellan_advisory::osv::{Advisory, Record};
use castellan_advisory::table::Table;
use castellan_advisory::version::Scheme;
use castellan_advisory::{data, matching};

use crate::{root, say};

/// How many pairs of each scheme are compared.
const PAIRS: usize = 6_000;

/// Compares. `records` are files of OSV records, a line each; without any, the embedded table is read by both.
pub fn run(records: &[&str]) -> Result<(), String> {
    let library = packaging()?;
    pep440(&library)?;
    debian()?;
    requirements(&library, records)
}

/// The library `packaging`, as a wheel that Python imports from; fetched once.
pub fn packaging() -> Result<PathBuf, String> {
    let folder = root().join("target/differential");
    let wheel = |folder: &Path| {
        let names = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
        names.filter(|path| path.extension().is_some_and(|ending| ending == "whl")).max()
    };
    if let Some(found) = wheel(&folder) {
        return Ok(found);
    }
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let target = folder.to_string_lossy().into_owned();
    crate::run("python3", &["-m", "pip", "download", "--quiet", "--no-deps", "--dest", &target, "packaging>=24"])?;
    wheel(&folder).ok_or_else(|| "pip brought no wheel of packaging".to_owned())
}

/// Numbers that look random and are the same in every run (xorshift).
pub struct Numbers(u64);

impl Numbers {
    pub const fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    /// Below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or(0)
    }

    fn pick<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words.get(self.below(words.len())).copied().unwrap_or_default()
    }

    /// Versions of Python packages, ordinary and odd ones.
    pub fn pep440(&mut self) -> String {
        let mut out = String::from(self.pick(&["", "", "", "", "", "1!", "v"]));
        let parts = 1 + self.below(4);
        for part in 0..parts {
            let number = if self.below(8) == 0 { self.below(30_000) } else { self.below(12) };
            out.push_str(&format!("{}{number}", if part > 0 { "." } else { "" }));
        }
        out.push_str(self.pick(&["", "", "", "", "a1", "b2", "rc1", "-rc.2", "RC3", ".alpha", "c4", "_pre1"]));
        out.push_str(self.pick(&["", "", "", "", "", ".post1", "-1", ".rev2", "post"]));
        out.push_str(self.pick(&["", "", "", "", "", ".dev0", "-dev3", "dev"]));
        out.push_str(self.pick(&["", "", "", "", "", "", "+local.1", "+deb11u2", "+1.abc-2", " ", "x", "+"]));
        out
    }

    /// Versions of packages of Debian, ordinary and odd ones.
    pub fn debian(&mut self) -> String {
        let mut out = String::from(self.pick(&["", "", "", "0:", "1:", "2:"]));
        let parts = 1 + self.below(3);
        for part in 0..parts {
            out.push_str(&format!("{}{}", if part > 0 { "." } else { "" }, self.below(12)));
        }
        for _ in 0..self.below(3) {
            out.push_str(self.pick(&[
                "~rc1",
                "~",
                "~~",
                "+dfsg",
                "+ds1",
                "a",
                "Z",
                "~beta2",
                "+git20240101",
                ".0",
                "00",
                "+~1",
            ]));
        }
        if self.below(4) > 0 {
            out.push('-');
            out.push_str(self.pick(&[
                "1",
                "0ubuntu1",
                "1~deb12u1",
                "1+deb12u2",
                "1.1",
                "2~bpo11+1",
                "1+b3",
                "01",
                "~1",
            ]));
        }
        out
    }
}

fn referee(library: &Path, words: &[&str], input: &str) -> Result<Vec<String>, String> {
    let fail = |error: std::io::Error| format!("python3: {error}");
    let mut child = Command::new("python3")
        .arg(root().join("xtask/src/versions.py"))
        .args(words)
        .env("PYTHONPATH", library)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(fail)?;
    let mut stdin = child.stdin.take().ok_or("python3 takes no input")?;
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(fail)?;
    let _ = writer.join();
    if !output.status.success() {
        return Err("versions.py failed".to_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

fn ours(scheme: Scheme, left: &str, right: &str) -> &'static str {
    match scheme.compare(left, right) {
        Some(std::cmp::Ordering::Less) => "<",
        Some(std::cmp::Ordering::Equal) => "=",
        Some(std::cmp::Ordering::Greater) => ">",
        None => "invalid",
    }
}

fn pep440(library: &Path) -> Result<(), String> {
    let mut numbers = Numbers::new();
    // Real ones beside those that are made.
    let real: Vec<&str> = data::table()
        .advisories()
        .iter()
        .filter(|one| one.ecosystem == "PyPI")
        .flat_map(|one| one.versions.iter().map(String::as_str))
        .collect();
    let any = |numbers: &mut Numbers| match real.get(numbers.below(real.len() * 4)) {
        Some(version) => (*version).to_owned(),
        None => numbers.pep440(),
    };
    let pairs: Vec<(String, String)> = (0..PAIRS).map(|_| (any(&mut numbers), any(&mut numbers))).collect();
    let input: String = pairs.iter().map(|(left, right)| format!("{left}\t{right}\n")).collect();
    let theirs = referee(library, &["pairs"], &input)?;
    compare("PEP 440", Scheme::Pep440, &pairs, &theirs, "packaging")
}

/// dpkg says `lt`, `eq` or `gt` by its exit code; one shell asks for all pairs.
fn debian() -> Result<(), String> {
    let mut numbers = Numbers::new();
    let pairs: Vec<(String, String)> = (0..PAIRS)
        .map(|number| {
            let left = numbers.debian();
            // Every tenth pair is the same version in another writing.
            let right = match number % 10 {
                0 if left.contains(':') => left.replacen("0:", "00:", 1),
                0 => format!("0:{}", left.replacen(".", ".0", 1)),
                _ => numbers.debian(),
            };
            (left, right)
        })
        .collect();
    let mut script = String::new();
    for (left, right) in &pairs {
        script.push_str(&format!(
            "if dpkg --compare-versions '{left}' lt '{right}'; then echo '<'; elif dpkg --compare-versions '{left}' eq '{right}'; then echo =; else echo '>'; fi\n"
        ));
    }
    let mut child = Command::new("sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("sh: {error}"))?;
    let mut stdin = child.stdin.take().ok_or("sh takes no input")?;
    let writer = std::thread::spawn(move || stdin.write_all(script.as_bytes()));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let _ = writer.join();
    let theirs: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    compare("Debian", Scheme::Debian, &pairs, &theirs, "dpkg")
}

fn compare(
    what: &str,
    scheme: Scheme,
    pairs: &[(String, String)],
    theirs: &[String],
    referee: &str,
) -> Result<(), String> {
    if theirs.len() != pairs.len() {
        return Err(format!("{referee} gave {} answers to {} pairs", theirs.len(), pairs.len()));
    }
    let wrong: Vec<String> = pairs
        .iter()
        .zip(theirs)
        .filter(|((left, right), answer)| ours(scheme, left, right) != answer.as_str())
        .map(|((left, right), answer)| format!("{left} {} {right}, {referee} says {answer}", ours(scheme, left, right)))
        .collect();
    let count = |sign: &str| theirs.iter().filter(|answer| *answer == sign).count();
    say(&format!(
        "{what}: {} pairs against {referee} ({} <, {} =, {} >, {} invalid), {} differ",
        pairs.len(),
        count("<"),
        count("="),
        count(">"),
        count("invalid"),
        wrong.len()
    ));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The versions that Odoo's requirements name, series by series: which records affect each of them.
fn requirements(library: &Path, files: &[&str]) -> Result<(), String> {
    let mut asked: BTreeSet<(String, String)> = BTreeSet::new();
    let mut sets = 0;
    for (series, packages) in &data::requirements().series {
        let major: u32 = series.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
        if !(14..=19).contains(&major) {
            continue;
        }
        sets += 1;
        for (package, pins) in packages {
            for specifier in pins.iter().filter_map(|(specifier, _)| specifier.as_deref()) {
                if let Some(version) = specifier.strip_prefix("==") {
                    asked.insert((package.clone(), version.to_owned()));
                }
            }
        }
    }
    let table = match files {
        [] => data::table().clone(),
        files => {
            let mut facts: Vec<Advisory> = Vec::new();
            for file in files {
                let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
                for line in text.lines().filter(|line| !line.trim().is_empty()) {
                    let record: Record = serde_json::from_str(line).map_err(|error| format!("{file}: {error}"))?;
                    facts.extend(record.facts());
                }
            }
            Table::new("", facts)
        }
    };
    let embedded = root().join("crates/advisory/data/osv.tsv").to_string_lossy().into_owned();
    let mut words = vec!["records"];
    if files.is_empty() {
        words.push(&embedded);
    } else {
        words.extend(files);
    }
    let input: String = asked.iter().map(|(package, version)| format!("{package}\t{version}\n")).collect();
    let theirs = referee(library, &words, &input)?;
    let mut wrong = Vec::new();
    let mut found = 0;
    for ((package, version), line) in asked.iter().zip(&theirs) {
        let expected: BTreeSet<&str> = line.split_whitespace().collect();
        let own: BTreeSet<&str> = table
            .about("PyPI", package)
            .filter(|one| one.affects(Scheme::Pep440, version) == Some(true))
            .map(|one| one.id.as_str())
            .collect();
        found += own.len();
        if own != expected {
            wrong.push(format!("{package} {version}: {own:?}, packaging says {expected:?}"));
        }
        // What a report says names every weakness once, by one of its ids.
        let pin = PythonPackage { name: package.clone(), version: version.clone(), ..PythonPackage::default() };
        let told = matching::python(&pin, &table);
        let named = |id: &str| told.iter().any(|one| one.id == id || one.aliases.iter().any(|alias| alias == id));
        let covers = |one: &Advisory| named(&one.id) || one.aliases.iter().any(|alias| named(alias));
        for id in &own {
            if !table.about("PyPI", package).any(|one| one.id == *id && covers(one)) {
                wrong.push(format!("{package} {version}: {id} is told by no finding"));
            }
        }
    }
    say(&format!(
        "requirements of {sets} series: {} pinned versions, {found} matches of {} records, {} differ",
        asked.len(),
        table.len(),
        wrong.len()
    ));
    if theirs.len() != asked.len() {
        return Err("versions.py gave another number of answers".to_owned());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}
