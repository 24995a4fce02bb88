//! What is otherwise than in the evidence before: who became an administrator, and which files of configuration changed.

use std::collections::{BTreeMap, BTreeSet};

use castellan_config::host::live::BUNDLE_FILE;
use castellan_instance::evidence::Evidence;
use castellan_instance::view::View;

use crate::kept::{Kept, KeptFile, KeptHost};

/// Parts of a system that change all the time.
const NOISE: [&str; 3] = ["proc/", "run/", "sys/"];

/// What changed between two looks at the same sources. What was looked at once only says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Who can do everything now and could not before: `ada@example.com in prod`.
    pub administrators: Vec<String>,
    /// Files of configuration that are new, gone or otherwise: `etc/odoo/odoo.conf`, by name.
    pub files: Vec<String>,
}

/// Compares two pieces of evidence.
#[must_use]
pub fn changes(old: &Kept, new: &Kept) -> Changes {
    let mut out = Changes::default();
    for after in &new.databases {
        let before = old.databases.iter().find(|one| one.database == after.database);
        if let Some(before) = before.filter(|before| !before.users.is_empty() && !before.groups.is_empty()) {
            let known = administrators(before);
            let new = administrators(after).into_iter().filter(|login| !known.contains(login));
            out.administrators.extend(new.map(|login| format!("{login} in {}", after.database)));
        }
    }
    for after in &new.hosts {
        if let Some(before) = old.hosts.iter().find(|one| one.label == after.label && one.only == after.only) {
            out.files.extend(files(before, after));
        }
    }
    out.files.sort();
    out.files.dedup();
    out
}

fn administrators(evidence: &Evidence) -> BTreeSet<String> {
    View::new(evidence).administrators().map(|user| user.login.clone()).collect()
}

fn files(before: &KeptHost, after: &KeptHost) -> Vec<String> {
    let counts = |host: &'_ KeptHost| -> BTreeMap<String, KeptFile> {
        let lasting = |name: &&String| *name != BUNDLE_FILE && !NOISE.iter().any(|noise| name.starts_with(noise));
        host.files.iter().filter(|(name, _)| lasting(name)).map(|(name, file)| (name.clone(), file.clone())).collect()
    };
    let (before, after) = (counts(before), counts(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(files: &[(&str, &str)]) -> KeptHost {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), KeptFile::Text((*text).to_owned()))).collect();
        KeptHost { label: "this host".into(), files, ..KeptHost::default() }
    }

    fn database(administrators: &[&str]) -> Evidence {
        let users: Vec<_> = administrators
            .iter()
            .enumerate()
            .map(|(at, login)| serde_json::json!({"id": 10 + at, "login": login, "active": true, "groups": [4]}))
            .collect();
        let evidence = serde_json::json!({"database": "prod", "users": users, "groups": [{"id": 4, "implied": []}],
            "names": {"res.groups": {"4": "base.group_system"}}});
        serde_json::from_value(evidence).unwrap()
    }

    #[test]
    fn new_administrators_and_changed_files_are_named() {
        let old = Kept {
            hosts: vec![host(&[
                ("etc/odoo/odoo.conf", "a"),
                ("etc/gone.conf", ""),
                ("proc/1/status", "1"),
                (BUNDLE_FILE, "1"),
            ])],
            databases: vec![database(&["ada"])],
            ..Kept::new(1)
        };
        let new = Kept {
            hosts: vec![host(&[
                ("etc/odoo/odoo.conf", "b"),
                ("etc/new.conf", ""),
                ("proc/1/status", "2"),
                (BUNDLE_FILE, "2"),
            ])],
            databases: vec![database(&["ada", "eve"])],
            ..Kept::new(2)
        };
        let changes = changes(&old, &new);
        assert_eq!(changes.administrators, ["eve in prod"]);
        assert_eq!(changes.files, ["etc/gone.conf", "etc/new.conf", "etc/odoo/odoo.conf"]);
        assert_eq!(super::changes(&new, &new), Changes::default());
        // What was not looked at before says nothing.
        assert_eq!(super::changes(&Kept::new(1), &new), Changes::default());
        assert_eq!(super::changes(&new, &old).administrators, Vec::<String>::new());
    }
}
