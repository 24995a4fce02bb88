//! The day of the commit that a checkout stands at: the file HEAD, references, and the one commit object that they lead to, loose or in a
//! pack. Nothing of the repository is run, and none of its settings is read.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::tree::{Tree, join};

/// The largest commit object that is read.
const LARGEST: u64 = 1 << 20;

/// Unix time of the commit of a checkout. `folder` holds `.git`.
pub fn commit_time(tree: &Tree, folder: &str) -> Option<i64> {
    let git = git_folder(tree, folder)?;
    let id = head(tree, &git)?;
    let text = loose(tree, &git, &id).or_else(|| packed(tree, &git, &id))?;
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

fn head(tree: &Tree, git: &str) -> Option<String> {
    let head = tree.text(&join(git, "HEAD"))?;
    let Some(reference) = head.trim().strip_prefix("ref: ") else { return id(&head) };
    // References of a work tree are kept in the folder of the repository.
    let common = tree.text(&join(git, "commondir")).map_or_else(|| git.to_owned(), |path| join(git, path.trim()));
    for folder in [git, common.as_str()] {
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

/// An object in a pack, found by its index of version 2.
fn packed(tree: &Tree, git: &str, id: &str) -> Option<Vec<u8>> {
    let wanted: Vec<u8> = (0..20).filter_map(|at| u8::from_str_radix(id.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    let folder = join(git, "objects/pack");
    for name in tree.list(&folder) {
        let Some(stem) = name.strip_suffix(".idx") else { continue };
        let index = tree.bytes(&join(&folder, &name))?;
        if let Some(offset) = offset(&index, &wanted) {
            let pack = tree.bytes(&join(&folder, &format!("{stem}.pack")))?;
            return commit_at(&pack, offset, 0);
        }
    }
    None
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(four)).ok()
}

/// Where an object begins in its pack.
fn offset(index: &[u8], wanted: &[u8]) -> Option<usize> {
    if index.get(..8)? != [0xff, b't', b'O', b'c', 0, 0, 0, 2] {
        return None;
    }
    let fan = |at: usize| number(index, 8 + 4 * at);
    let count = fan(255)?;
    let first = usize::from(*wanted.first()?);
    let (from, to) = (if first == 0 { 0 } else { fan(first - 1)? }, fan(first)?);
    let ids = 8 + 1024;
    let at = (from..to.min(count)).find(|at| index.get(ids + 20 * at..ids + 20 * at + 20) == Some(wanted))?;
    let offsets = ids + count * 24;
    let offset = number(index, offsets + 4 * at)?;
    if offset & 0x8000_0000 == 0 {
        return Some(offset);
    }
    let large = offsets + count * 4 + 8 * (offset & 0x7fff_ffff);
    let eight: [u8; 8] = index.get(large..large + 8)?.try_into().ok()?;
    usize::try_from(u64::from_be_bytes(eight)).ok()
}

/// A commit in a pack; one that is kept as the difference to another one is worked out.
fn commit_at(pack: &[u8], offset: usize, depth: u8) -> Option<Vec<u8>> {
    if depth > 50 {
        return None;
    }
    let mut at = offset;
    let mut byte = *pack.get(at)?;
    let kind = (byte >> 4) & 7;
    while byte & 0x80 != 0 {
        at += 1;
        byte = *pack.get(at)?;
    }
    at += 1;
    match kind {
        1 => inflate(pack.get(at..)?),
        6 => {
            let mut byte = *pack.get(at)?;
            let mut back = usize::from(byte & 0x7f);
            while byte & 0x80 != 0 {
                at += 1;
                byte = *pack.get(at)?;
                back = ((back + 1) << 7) | usize::from(byte & 0x7f);
            }
            let base = commit_at(pack, offset.checked_sub(back)?, depth + 1)?;
            apply(&base, &inflate(pack.get(at + 1..)?)?)
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
