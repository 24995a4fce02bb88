//! What would be changed: the changes of several findings, merged into one new text a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use castellan_config::odoo::secret;
use castellan_model::{Change, Finding, Fix};

/// One finding that can be removed.
#[derive(Debug, Clone)]
pub struct Item {
    /// Id of the rule.
    pub rule: String,
    /// What is wrong.
    pub message: String,
    /// Where, for the reader.
    pub place: String,
    /// How it is removed.
    pub fix: Fix,
}

/// A file as it is and as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePlan {
    /// The file on this system.
    pub path: PathBuf,
    /// Its path in reports.
    pub shown: String,
    /// Content now; `None` for a file that is not there yet.
    pub before: Option<String>,
    /// Content afterwards.
    pub after: String,
    /// Permission bits afterwards; `None` keeps them.
    pub mode: Option<u32>,
}

/// What a plan comes to.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Files that change.
    pub files: Vec<FilePlan>,
    /// Findings that cannot be removed together with others, or whose file changed: rule and reason.
    pub skipped: Vec<(String, String)>,
    /// New master passwords, to be shown once: file and password.
    pub passwords: Vec<(String, String)>,
}

/// Random bytes for salts and passwords.
pub trait Chance {
    /// Fills a buffer.
    ///
    /// # Errors
    ///
    /// When the system has no randomness to give.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), String>;
}

/// The randomness of the operating system.
#[derive(Debug, Clone, Copy)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), String> {
        getrandom::fill(buffer).map_err(|error| format!("no randomness: {error}"))
    }
}

/// The findings that can be removed for the reader, each way of removal once.
#[must_use]
pub fn items(findings: &[Finding]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        if items.iter().any(|item| item.fix.changes == fix.changes) {
            continue;
        }
        items.push(Item {
            rule: finding.rule.clone(),
            message: finding.message.clone(),
            place: format!("{}:{}", finding.location.path, finding.location.span.start.line),
            fix: fix.clone(),
        });
    }
    items
}

/// Merges the changes of items. `root` is the system's root folder, or the folder that paths are relative to.
///
/// # Errors
///
/// When a file cannot be read or no randomness is to be had.
pub fn plan(root: &Path, items: &[Item], chance: &dyn Chance) -> Result<Plan, String> {
    let mut plan = Plan::default();
    let mut edits: BTreeMap<String, Vec<(u32, u32, String, String)>> = BTreeMap::new();
    let mut modes: BTreeMap<String, u32> = BTreeMap::new();
    let mut created: BTreeMap<String, (String, u32)> = BTreeMap::new();
    for item in items {
        for change in &item.fix.changes {
            let path = change.path().to_owned();
            match change {
                Change::Replace { start, end, text, .. } => {
                    edits.entry(path).or_default().push((*start, *end, text.clone(), item.rule.clone()));
                }
                Change::Create { text, mode, .. } => {
                    let entry = created.entry(path).or_insert_with(|| (String::new(), *mode));
                    entry.0.push_str(text);
                }
                Change::Mode { mode, .. } => {
                    modes.entry(path).and_modify(|known| *known &= *mode).or_insert(*mode);
                }
                Change::HashPassword { start, end, .. } => {
                    let text = read(&real(root, &path))?.unwrap_or_default();
                    let Some(password) = text.get(*start as usize..*end as usize) else {
                        plan.skipped.push((item.rule.clone(), format!("{path} has changed")));
                        continue;
                    };
                    let hash = hash(password, chance)?;
                    edits.entry(path).or_default().push((*start, *end, hash, item.rule.clone()));
                }
                Change::NewPassword { start, end, before, after, .. } => {
                    let password = password(chance)?;
                    let text = format!("{before}{}{after}", hash(&password, chance)?);
                    let list = edits.entry(path.clone()).or_default();
                    if list.iter().any(|(from, to, ..)| (from, to) == (start, end) && start != end) {
                        plan.skipped
                            .push((item.rule.clone(), "the same password is replaced by another change".into()));
                        continue;
                    }
                    list.push((*start, *end, text, item.rule.clone()));
                    plan.passwords.push((path, password));
                }
            }
        }
    }
    for (path, list) in edits {
        let full = real(root, &path);
        let Some(before) = read(&full)? else {
            plan.skipped.extend(list.into_iter().map(|(.., rule)| (rule, format!("{path} is not there"))));
            continue;
        };
        let after = apply(&before, list, &path, &mut plan.skipped);
        let mode = modes.remove(&path);
        plan.files.push(FilePlan { path: full, shown: path, before: Some(before), after, mode });
    }
    for (path, (text, mode)) in created {
        let full = real(root, &path);
        let before = read(&full)?;
        plan.files.push(FilePlan { path: full, shown: path, before, after: text, mode: Some(mode) });
    }
    for (path, mode) in modes {
        let full = real(root, &path);
        // Folders and files that are no text keep their content.
        let before = read(&full).ok().flatten();
        plan.files.push(FilePlan {
            path: full,
            shown: path,
            after: before.clone().unwrap_or_default(),
            before,
            mode: Some(mode),
        });
    }
    plan.files.retain(|file| file.before.as_deref() != Some(file.after.as_str()) || file.mode.is_some());
    Ok(plan)
}

/// Applies edits to a text, the last first. Of two that overlap the earlier one wins.
fn apply(
    text: &str,
    mut edits: Vec<(u32, u32, String, String)>,
    path: &str,
    skipped: &mut Vec<(String, String)>,
) -> String {
    edits.sort_by_key(|(start, end, ..)| (*start, *end));
    edits.dedup_by(|a, b| a.0 == b.0 && a.1 == b.1 && a.2 == b.2);
    let mut kept: Vec<(u32, u32, String)> = Vec::new();
    for (start, end, new, rule) in edits {
        let overlaps = kept.last().is_some_and(|(last_start, last_end, _)| {
            start < *last_end || (start == *last_start && end == *last_end && start != end)
        });
        let fits = text.is_char_boundary(start as usize) && text.is_char_boundary(end as usize) && start <= end;
        if overlaps || !fits {
            let reason = if fits {
                format!("it touches the same text of {path} as another change; run `castellan fix` again")
            } else {
                format!("{path} has changed")
            };
            skipped.push((rule, reason));
            continue;
        }
        kept.push((start, end, new));
    }
    let mut out = text.to_owned();
    for (start, end, new) in kept.iter().rev() {
        out.replace_range(*start as usize..*end as usize, new);
    }
    out
}

/// The path on this system; links inside it are followed when it is written.
#[must_use]
pub fn real(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

fn read(path: &Path) -> Result<Option<String>, String> {
    match std::fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| format!("`{}` is no UTF-8 text", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("`{}` cannot be read: {}", path.display(), error.kind())),
    }
}

fn hash(password: &str, chance: &dyn Chance) -> Result<String, String> {
    let mut salt = [0_u8; 16];
    chance.fill(&mut salt)?;
    Ok(secret::hash(password, &salt, secret::ROUNDS))
}

/// A new random password.
///
/// # Errors
///
/// When the system gives no randomness.
pub fn random_password() -> Result<String, String> {
    password(&SystemChance)
}

/// A password of 28 letters and digits: more than 160 bits.
fn password(chance: &dyn Chance) -> Result<String, String> {
    const LETTERS: &[u8; 56] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    let mut out = String::new();
    while out.len() < 28 {
        let mut bytes = [0_u8; 32];
        chance.fill(&mut bytes)?;
        // 224 is the largest multiple of 56: bytes above it would prefer some letters.
        out.extend(
            bytes
                .iter()
                .filter(|byte| **byte < 224)
                .filter_map(|byte| LETTERS.get(usize::from(*byte % 56)))
                .map(|letter| char::from(*letter)),
        );
    }
    out.truncate(28);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Chance for Fixed {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), String> {
            for (index, byte) in buffer.iter_mut().enumerate() {
                *byte = u8::try_from(index % 200).unwrap_or(0);
            }
            Ok(())
        }
    }

    fn item(rule: &str, changes: Vec<Change>) -> Item {
        let fix = Fix { title: String::new(), changes, note: None, reverts_unless_confirmed: false };
        Item { rule: rule.into(), message: String::new(), place: String::new(), fix }
    }

    fn replace(start: u32, end: u32, text: &str) -> Change {
        Change::Replace { path: "/odoo.conf".into(), start, end, text: text.into() }
    }

    #[test]
    fn changes_of_one_file_merge_and_overlaps_are_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("odoo.conf"), "abcdefgh\n").unwrap();
        let items = [
            item("one", vec![replace(1, 3, "XY")]),
            item("two", vec![replace(9, 9, "new\n")]),
            item("three", vec![replace(2, 4, "Z")]),
            item("four", vec![replace(9, 9, "more\n")]),
        ];
        let plan = plan(folder.path(), &items, &Fixed).unwrap();
        assert_eq!(plan.files[0].after, "aXYdefgh\nnew\nmore\n");
        assert_eq!(plan.skipped.len(), 1);
        assert_eq!(plan.skipped[0].0, "three");
    }

    #[test]
    fn passwords_become_hashes_that_verify() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("odoo.conf"), "admin_passwd = s3cret\n").unwrap();
        let path = "/odoo.conf".to_owned();
        let same = item("hash", vec![Change::HashPassword { path: path.clone(), start: 15, end: 21 }]);
        let plan_same = plan(folder.path(), &[same], &Fixed).unwrap();
        let hash = plan_same.files[0].after.trim().strip_prefix("admin_passwd = ").unwrap();
        assert!(secret::verify("s3cret", hash));
        let new = Change::NewPassword { path, start: 15, end: 21, before: String::new(), after: String::new() };
        let plan_new = plan(folder.path(), &[item("new", vec![new])], &Fixed).unwrap();
        let (_, password) = &plan_new.passwords[0];
        assert_eq!(password.len(), 28);
        let hash = plan_new.files[0].after.trim().strip_prefix("admin_passwd = ").unwrap();
        assert!(secret::verify(password, hash));
    }
}
