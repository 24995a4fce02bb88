//! The day of the commit that a checkout stands at: the file HEAD, references, and the one commit object that they lead to, loose or in a
//! pack. Nothing of the repository is run, and none of its settings is read.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::tree::{Tree, join};

/// The largest commit object that is read.
const LARGEST: u64 = 1 << 20;

/// How much of a pack is read for one commit: they are small.
const PART: usize = 1 << 18;

/// Unix time of the commit of a checkout. `folder` holds `.git`.
pub fn commit_time(tree: &Tree, folder: &str) -> Option<i64> {
    let git = git_folder(tree, folder)?;
    // Objects of a work tree are kept in the folder of the repository.
    let common = tree.text(&join(&git, "commondir")).map_or_else(|| git.clone(), |path| join(&git, path.trim()));
    let id = head(tree, &git, &common)?;
    let text = loose(tree, &common, &id).or_else(|| packed(tree, &common, &id))?;
    committed(&text)
}

/// `.git` itself, or where the file `.git` of a work tree leads.
fn git_folder(tree: &Tree, folder: &str) -> Option<String> {
    let git = join(folder, ".git");
    if tree.has(&join(&git, "HEAD")) {
        return Some(git);
    }
    let link = tree.text(&git)?;
    let target = link.strip_prefix("gitdir:")?.trim();
    Some(if target.starts_with('/') { target.to_owned() } else { join(folder, target) })
}

fn head(tree: &Tree, git: &str, common: &str) -> Option<String> {
    let head = tree.text(&join(git, "HEAD"))?;
    let Some(reference) = head.trim().strip_prefix("ref: ") else { return id(&head) };
    for folder in [git, common] {
        if let Some(found) = tree.text(&join(folder, reference)).and_then(|text| id(&text)) {
            return Some(found);
        }
        let packed = tree.text(&join(folder, "packed-refs")).unwrap_or_default();
        let found = packed.lines().find_map(|line| {
            let (found, name) = line.split_once(' ')?;
            (name == reference).then(|| id(found)).flatten()
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

fn id(text: &str) -> Option<String> {
    let text = text.trim();
    (text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| text.to_owned())
}

fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    ZlibDecoder::new(bytes).take(LARGEST).read_to_end(&mut out).ok()?;
    Some(out)
}

/// An object in a file of its own.
fn loose(tree: &Tree, git: &str, id: &str) -> Option<Vec<u8>> {
    let path = format!("{git}/objects/{}/{}", id.get(..2)?, id.get(2..)?);
    let text = inflate(&tree.bytes(&path)?)?;
    let end = text.iter().position(|byte| *byte == 0)?;
    text.starts_with(b"commit ").then(|| text.get(end + 1..).map(<[u8]>::to_vec)).flatten()
}

/// A file of which parts are read: offset and length to bytes, fewer at its end. Packs of Odoo are larger than memory should be.
pub type Parts<'f> = &'f dyn Fn(u64, usize) -> Option<Vec<u8>>;

/// An object in one of the packs.
fn packed(tree: &Tree, git: &str, id: &str) -> Option<Vec<u8>> {
    let wanted: Vec<u8> = (0..20).filter_map(|at| u8::from_str_radix(id.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    let folder = join(git, "objects/pack");
    tree.list(&folder).iter().filter_map(|name| name.strip_suffix(".idx")).find_map(|stem| {
        let (index, pack) = (join(&folder, &format!("{stem}.idx")), join(&folder, &format!("{stem}.pack")));
        commit_in(&|at, length| tree.part(&index, at, length), &|at, length| tree.part(&pack, at, length), &wanted)
    })
}

/// A commit in a pack, found by the pack's index of version 2.
#[must_use]
pub fn commit_in(index: Parts<'_>, pack: Parts<'_>, wanted: &[u8]) -> Option<Vec<u8>> {
    commit_at(pack, offset(index, wanted)?, 0)
}

fn number(index: Parts<'_>, at: u64) -> Option<u64> {
    let four: [u8; 4] = index(at, 4)?.try_into().ok()?;
    Some(u64::from(u32::from_be_bytes(four)))
}

/// Where an object begins in its pack.
fn offset(index: Parts<'_>, wanted: &[u8]) -> Option<u64> {
    if index(0, 8)? != [0xff, b't', b'O', b'c', 0, 0, 0, 2] {
        return None;
    }
    let fan = |at: u64| number(index, 8 + 4 * at);
    let count = fan(255)?;
    let first = u64::from(*wanted.first()?);
    let (from, to) = (if first == 0 { 0 } else { fan(first - 1)? }, fan(first)?.min(count));
    let ids = 8 + 1024;
    // One part in 256 of all ids.
    let names = index(ids + 20 * from, usize::try_from(20 * to.checked_sub(from)?).ok()?)?;
    let at = from + u64::try_from(names.chunks_exact(20).position(|name| name == wanted)?).ok()?;
    let offsets = ids + count * 24;
    let offset = number(index, offsets + 4 * at)?;
    if offset & 0x8000_0000 == 0 {
        return Some(offset);
    }
    let large = offsets + count * 4 + 8 * (offset & 0x7fff_ffff);
    let eight: [u8; 8] = index(large, 8)?.try_into().ok()?;
    Some(u64::from_be_bytes(eight))
}

/// A commit in a pack; one that is kept as the difference to another one is worked out.
fn commit_at(pack: Parts<'_>, offset: u64, depth: u8) -> Option<Vec<u8>> {
    if depth > 50 {
        return None;
    }
    let part = pack(offset, PART)?;
    let mut at = 0;
    let mut byte = *part.get(at)?;
    let kind = (byte >> 4) & 7;
    while byte & 0x80 != 0 {
        at += 1;
        byte = *part.get(at)?;
    }
    at += 1;
    match kind {
        1 => inflate(part.get(at..)?),
        6 => {
            let mut byte = *part.get(at)?;
            let mut back = u64::from(byte & 0x7f);
            while byte & 0x80 != 0 {
                at += 1;
                byte = *part.get(at)?;
                back = back.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7f);
            }
            let base = commit_at(pack, offset.checked_sub(back).filter(|_| back > 0)?, depth + 1)?;
            apply(&base, &inflate(part.get(at + 1..)?)?)
        }
        _ => None,
    }
}

/// A difference as packs keep it: copies of the base, and new text.
fn apply(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let mut at = 0;
    // Sizes of both texts, which the instructions tell again.
    for _ in 0..2 {
        while *delta.get(at)? & 0x80 != 0 {
            at += 1;
        }
        at += 1;
    }
    let mut out = Vec::new();
    while let Some(&instruction) = delta.get(at) {
        at += 1;
        if instruction & 0x80 == 0 {
            let length = usize::from(instruction);
            out.extend_from_slice(delta.get(at..at + length)?);
            at += length;
            continue;
        }
        let mut take = |mask: u8, shift: u32| -> Option<usize> {
            if instruction & mask == 0 {
                return Some(0);
            }
            let byte = *delta.get(at)?;
            at += 1;
            Some(usize::from(byte) << shift)
        };
        let from = take(1, 0)? | take(2, 8)? | take(4, 16)? | take(8, 24)?;
        let length = take(16, 0)? | take(32, 8)? | take(64, 16)?;
        let length = if length == 0 { 0x1_0000 } else { length };
        out.extend_from_slice(base.get(from..from.checked_add(length)?)?);
        if out.len() as u64 > LARGEST {
            return None;
        }
    }
    Some(out)
}

/// `committer NAME <ADDRESS> 1700000000 +0100`.
fn committed(text: &[u8]) -> Option<i64> {
    let text = String::from_utf8_lossy(text);
    let line = text.lines().take_while(|line| !line.is_empty()).find(|line| line.starts_with("committer "))?;
    line.rsplit(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    fn git(folder: &Path, words: &[&str]) {
        let done = Command::new("git")
            .current_dir(folder)
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"])
            .args(words)
            .env("GIT_COMMITTER_DATE", "1700000000 +0100")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    #[test]
    fn loose_packed_and_linked_commits_tell_their_day() {
        let folder = tempfile::tempdir().unwrap();
        let repository = folder.path().join("odoo");
        std::fs::create_dir(&repository).unwrap();
        git(&repository, &["init", "--quiet", "--initial-branch=17.0"]);
        for text in ["a", "b", "c"] {
            std::fs::write(repository.join("file"), text.repeat(4000)).unwrap();
            git(&repository, &["add", "."]);
            git(&repository, &["commit", "--quiet", "-m", &"the same long message ".repeat(40)]);
        }
        let tree = Tree::new(folder.path());
        assert_eq!(commit_time(&tree, "odoo"), Some(1_700_000_000));
        git(&repository, &["gc", "--quiet", "--aggressive"]);
        assert!(tree.list("odoo/.git/objects/pack").iter().any(|name| name.ends_with(".pack")));
        assert_eq!(commit_time(&tree, "odoo"), Some(1_700_000_000));
        // A checkout of one commit, and a work tree, whose `.git` is a file.
        git(&repository, &["checkout", "--quiet", "--detach"]);
        assert_eq!(commit_time(&tree, "odoo"), Some(1_700_000_000));
        git(&repository, &["worktree", "add", "--quiet", "-b", "live", "../live"]);
        assert_eq!(
            commit_time(&Tree::new(Path::new("/")), &folder.path().join("live").to_string_lossy()),
            Some(1_700_000_000)
        );
        assert_eq!(commit_time(&tree, "nothing"), None);
    }
}
