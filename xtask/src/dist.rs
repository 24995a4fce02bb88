//! Packages: `cargo xtask dist deb` and `cargo xtask dist static`, into `target/dist`.
//!
//! The Debian package is made with `dpkg-deb` from a release build. The static binary is for `x86_64-unknown-linux-musl`, whose standard library the
//! tool chain must have (`rustup target add x86_64-unknown-linux-musl`), and a C compiler for it (Debian: musl-tools).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{cargo, root, run, say};

const MUSL: &str = "x86_64-unknown-linux-musl";

fn at<T>(path: &Path, done: std::io::Result<T>) -> Result<T, String> {
    done.map_err(|error| format!("`{}`: {error}", path.display()))
}

fn dist() -> Result<PathBuf, String> {
    let folder = root().join("target/dist");
    at(&folder, fs::create_dir_all(&folder))?;
    Ok(folder)
}

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// A Debian package: the binary, man pages, completions, licences, the changelog.
pub fn deb() -> Result<(), String> {
    cargo(&["build", "--release", "--package", "castellan-cli"])?;
    let binary = root().join("target/release/castellan");
    let tree = dist()?.join("deb");
    let _ = fs::remove_dir_all(&tree);
    let put = |from: &Path, to: &str, mode: u32| -> Result<(), String> {
        let target = tree.join(to);
        if let Some(folder) = target.parent() {
            at(folder, fs::create_dir_all(folder))?;
        }
        at(from, fs::copy(from, &target))?;
        set_mode(&target, mode)
    };
    put(&binary, "usr/bin/castellan", 0o755)?;
    put(&root().join("LICENSE-MIT"), "usr/share/doc/castellan/LICENSE-MIT", 0o644)?;
    put(&root().join("LICENSE-APACHE"), "usr/share/doc/castellan/LICENSE-APACHE", 0o644)?;
    put(&root().join("CHANGELOG.md"), "usr/share/doc/castellan/changelog.md", 0o644)?;
    for unit in ["castellan.service", "castellan-agent.service"] {
        // They run once somebody enables them.
        put(&root().join("packaging").join(unit), &format!("usr/lib/systemd/system/{unit}"), 0o644)?;
    }
    let copyright = tree.join("usr/share/doc/castellan/copyright");
    let text = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: castellan\n\nFiles: *\nCopyright: the authors of Castellan\nLicense: Apache-2.0 or MIT\n See LICENSE-APACHE and LICENSE-MIT beside this file.\n";
    at(&copyright, fs::write(&copyright, text))?;
    let man = tree.join("usr/share/man/man1");
    run(&binary.display().to_string(), &["man", &man.display().to_string()])?;
    for page in at(&man, fs::read_dir(&man))?.flatten() {
        run("gzip", &["-9", "-n", "-f", &page.path().display().to_string()])?;
    }
    let completions = [
        ("bash", "usr/share/bash-completion/completions/castellan"),
        ("zsh", "usr/share/zsh/vendor-completions/_castellan"),
        ("fish", "usr/share/fish/vendor_completions.d/castellan.fish"),
    ];
    for (shell, to) in completions {
        let made = Command::new(&binary).args(["completions", shell]).output().map_err(|error| error.to_string())?;
        let target = tree.join(to);
        if let Some(folder) = target.parent() {
            at(folder, fs::create_dir_all(folder))?;
        }
        at(&target, fs::write(&target, made.stdout))?;
    }
    let size: u64 = walk(&tree).iter().filter_map(|file| fs::metadata(file).ok()).map(|data| data.len()).sum();
    let control = tree.join("DEBIAN/control");
    at(&control, fs::create_dir_all(tree.join("DEBIAN")))?;
    let text = format!(
        "Package: castellan\nVersion: {}\nArchitecture: {}\nMaintainer: Castellan <castellan@localhost>\nInstalled-Size: {}\nDepends: {}\nSuggests: postgresql-client, libsecret-tools\nSection: admin\nPriority: optional\nDescription: security audit for Odoo\n Audits Odoo installations: custom modules, configuration, hosts, sites from outside,\n live databases and versions; says what is wrong, why it matters and what to do, and\n repairs what can be repaired, reversibly. Works offline.\n",
        version(),
        architecture()?,
        size.div_ceil(1024),
        depends(&binary)?
    );
    at(&control, fs::write(&control, text))?;
    let package = dist()?.join(format!("castellan_{}_{}.deb", version(), architecture()?));
    run("dpkg-deb", &["--root-owner-group", "--build", &tree.display().to_string(), &package.display().to_string()])?;
    report(&package)?;
    report(&binary)
}

fn architecture() -> Result<String, String> {
    let said = Command::new("dpkg").arg("--print-architecture").output().map_err(|error| format!("`dpkg`: {error}"))?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

/// The least version of the C library that the binary asks for.
fn depends(binary: &Path) -> Result<String, String> {
    let said = Command::new("objdump").arg("-T").arg(binary).output().map_err(|error| format!("`objdump`: {error}"))?;
    let text = String::from_utf8_lossy(&said.stdout);
    let least = text
        .split("GLIBC_")
        .skip(1)
        .filter_map(|rest| {
            let number: String = rest.chars().take_while(|char| char.is_ascii_digit() || *char == '.').collect();
            let (major, minor) = number.split_once('.')?;
            Some((major.parse::<u32>().ok()?, minor.split('.').next()?.parse::<u32>().ok()?))
        })
        .max()
        .ok_or("the binary names no version of the C library")?;
    Ok(format!("libc6 (>= {}.{}), libgcc-s1", least.0, least.1))
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { out.extend(walk(&entry.path())) } else { out.push(entry.path()) }
    }
    out
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    at(path, fs::set_permissions(path, fs::Permissions::from_mode(mode)))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> Result<(), String> {
    Ok(())
}

/// One file that runs on every Linux of the architecture.
pub fn static_binary() -> Result<(), String> {
    let said = Command::new("rustc").args(["--print", "target-libdir", "--target", MUSL]).output();
    let there = said.is_ok_and(|said| Path::new(String::from_utf8_lossy(&said.stdout).trim()).is_dir());
    if !there {
        return Err(format!(
            "the tool chain has no standard library for {MUSL}: `rustup target add {MUSL}`, and Debian's musl-tools for its C compiler"
        ));
    }
    cargo(&["build", "--release", "--package", "castellan-cli", "--target", MUSL])?;
    let binary = root().join(format!("target/{MUSL}/release/castellan"));
    let target = dist()?.join(format!("castellan-{}-{MUSL}", version()));
    at(&binary, fs::copy(&binary, &target))?;
    report(&target)
}

/// Size, and the time that a start takes.
fn report(path: &Path) -> Result<(), String> {
    let size = at(path, fs::metadata(path))?.len();
    say(&format!("{}: {:.1} MiB", path.display(), size as f64 / 1_048_576.0));
    if path.extension().is_none() {
        let started = std::time::Instant::now();
        for _ in 0..20 {
            Command::new(path).arg("--version").output().map_err(|error| error.to_string())?;
        }
        say(&format!("start: {:.1} ms", started.elapsed().as_secs_f64() * 50.0));
    }
    Ok(())
}
