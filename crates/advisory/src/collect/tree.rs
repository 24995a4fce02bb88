//! Files below a root, which may be a mounted image: links are followed inside it alone.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

/// The largest file that is read.
const LARGEST: u64 = 64 << 20;

/// How many links one path may follow.
const LINKS: usize = 16;

/// A system below a folder.
#[derive(Debug, Clone)]
pub struct Tree {
    root: PathBuf,
}

impl Tree {
    /// Below a root.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    /// The place on this machine of a path of the system; links are those of the system.
    fn real(&self, path: &str) -> Option<PathBuf> {
        let mut pending: Vec<String> = parts(Path::new(path)).into_iter().rev().collect();
        let mut inside = PathBuf::new();
        let mut links = 0;
        while let Some(part) = pending.pop() {
            if part == ".." {
                inside.pop();
                continue;
            }
            let next = inside.join(&part);
            match fs::read_link(self.root.join(&next)) {
                Ok(target) => {
                    links += 1;
                    if links > LINKS {
                        return None;
                    }
                    if target.is_absolute() {
                        inside = PathBuf::new();
                    }
                    pending.extend(parts(&target).into_iter().rev());
                }
                Err(_) => inside = next,
            }
        }
        Some(self.root.join(inside))
    }

    /// Bytes of a file; none: there is none, it is too large, or it may not be read.
    #[must_use]
    pub fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        let real = self.real(path)?;
        let meta = fs::metadata(&real).ok()?;
        (meta.is_file() && meta.len() <= LARGEST).then(|| fs::read(&real).ok()).flatten()
    }

    /// A part of a file, which may be of any size; less of it at its end.
    #[must_use]
    pub fn part(&self, path: &str, at: u64, length: usize) -> Option<Vec<u8>> {
        let mut file = fs::File::open(self.real(path)?).ok()?;
        file.seek(SeekFrom::Start(at)).ok()?;
        let mut out = Vec::new();
        file.take(u64::try_from(length.min(usize::try_from(LARGEST).ok()?)).ok()?).read_to_end(&mut out).ok()?;
        Some(out)
    }

    /// Text of a file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        Some(String::from_utf8_lossy(&self.bytes(path)?).into_owned())
    }

    /// Whether there is such a file or folder.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.real(path).is_some_and(|real| real.exists())
    }

    /// Names in a folder, sorted; folders end with `/`. Links to folders count as folders.
    #[must_use]
    pub fn list(&self, path: &str) -> Vec<String> {
        let Some(entries) = self.real(path).and_then(|real| fs::read_dir(real).ok()) else { return Vec::new() };
        let mut out: Vec<String> = entries
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let is_folder = match entry.file_type() {
                    Ok(kind) if kind.is_symlink() => self
                        .real(&join(path, &name))
                        .and_then(|real| fs::metadata(real).ok())
                        .is_some_and(|meta| meta.is_dir()),
                    Ok(kind) => kind.is_dir(),
                    Err(_) => false,
                };
                Some(if is_folder { format!("{name}/") } else { name })
            })
            .collect();
        out.sort();
        out
    }

    /// Whether a path is a link.
    #[must_use]
    pub fn is_link(&self, path: &str) -> bool {
        fs::symlink_metadata(self.root.join(path.trim_start_matches('/'))).is_ok_and(|meta| meta.is_symlink())
    }

    /// Folders below a path, itself among them, that hold something that `wanted` says; nothing below those is looked at. Links are not
    /// followed, so that no circle ends here.
    pub fn find(&self, path: &str, depth: usize, wanted: &dyn Fn(&[String]) -> bool) -> Vec<String> {
        let mut out = Vec::new();
        self.walk(path, depth, wanted, &mut out);
        out
    }

    fn walk(&self, path: &str, depth: usize, wanted: &dyn Fn(&[String]) -> bool, out: &mut Vec<String>) {
        let names = self.list(path);
        if wanted(&names) {
            out.push(path.to_owned());
            return;
        }
        if depth == 0 {
            return;
        }
        for name in names.iter().filter_map(|name| name.strip_suffix('/')) {
            let below = join(path, name);
            if !self.is_link(&below) && !super::is_left_out(name) {
                self.walk(&below, depth - 1, wanted, out);
            }
        }
    }
}

fn parts(path: &Path) -> Vec<String> {
    path.components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            Component::ParentDir => Some("..".to_owned()),
            _ => None,
        })
        .collect()
}

/// Two parts of a path.
#[must_use]
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{}/{name}", folder.trim_end_matches('/')) }
}
