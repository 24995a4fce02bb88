//! Whether something changed that evidence is about: names, sizes and times of files, looked at again and again. It works on every file system,
//! needs no right but to look, and misses nothing that happens between two looks and stays.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use ignore::WalkBuilder;
use serde::{Deserialize, Serialize};

/// Files that a look takes at most; what is beyond is not watched, and the schedule sees it.
const MOST: usize = 200_000;
/// What changes all the time and says nothing.
const NOISE: [&str; 4] = ["/proc", "/sys", "/dev", "/run"];

/// What is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// Files of configuration, with the folders that they are in.
    pub files: BTreeSet<PathBuf>,
    /// Folders of code.
    pub folders: BTreeSet<PathBuf>,
}

/// How everything stands: two looks that are equal saw the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Hash over names, sizes and times.
    pub hash: u64,
    /// Files that were looked at.
    pub files: usize,
}

fn is_code(path: &Path) -> bool {
    matches!(path.extension().and_then(|ending| ending.to_str()), Some("py" | "xml" | "csv" | "js" | "toml"))
}

fn take(path: &Path, hasher: &mut impl Hasher) {
    path.hash(hasher);
    if let Ok(data) = std::fs::metadata(path) {
        data.len().hash(hasher);
        data.permissions().readonly().hash(hasher);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            (data.mode(), data.uid(), data.gid(), data.ino()).hash(hasher);
        }
        let time = data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        time.map(|time| time.as_nanos()).hash(hasher);
    }
}

impl Watched {
    /// Looks at everything.
    #[must_use]
    pub fn look(&self) -> Look {
        let mut hasher = std::hash::DefaultHasher::new();
        let mut paths = BTreeSet::new();
        for file in self.files.iter().filter(|file| !NOISE.iter().any(|noise| file.starts_with(noise))) {
            paths.insert(file.clone());
            // A new file beside it shows in the folder.
            paths.extend(file.parent().map(Path::to_path_buf));
        }
        for folder in &self.folders {
            let walk = WalkBuilder::new(folder).standard_filters(false).follow_links(true).build();
            let code = walk.flatten().map(ignore::DirEntry::into_path).filter(|path| is_code(path));
            paths.extend(code.take(MOST.saturating_sub(paths.len())));
        }
        for path in &paths {
            take(path, &mut hasher);
        }
        Look { hash: hasher.finish(), files: paths.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_evidence_is_about_is_seen_to_change() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("addons/shop/models")).unwrap();
        std::fs::create_dir_all(at("nginx")).unwrap();
        std::fs::write(at("nginx/odoo.conf"), "server {}").unwrap();
        std::fs::write(at("addons/shop/models/sale.py"), "a = 1").unwrap();
        let watched = Watched {
            files: BTreeSet::from([at("nginx/odoo.conf"), at("missing.conf"), "/proc/uptime".into()]),
            folders: BTreeSet::from([at("addons")]),
        };
        let mut last = watched.look();
        assert_eq!(last, watched.look());
        let mut changed = |what: &str| {
            let now = watched.look();
            assert_ne!(now, last, "{what}");
            last = now;
        };
        std::fs::write(at("nginx/odoo.conf"), "server { }").unwrap();
        changed("a file");
        std::fs::write(at("nginx/other.conf"), "").unwrap();
        changed("a new file beside it");
        std::fs::write(at("missing.conf"), "").unwrap();
        changed("a file that was missing");
        std::fs::write(at("addons/shop/models/new.py"), "").unwrap();
        changed("new code");
        std::fs::remove_file(at("addons/shop/models/sale.py")).unwrap();
        changed("code that is gone");
        std::fs::write(at("addons/shop/models/sale.pyc"), "").unwrap();
        assert_eq!(watched.look(), last);
    }
}
