//! Reads what has a version, from a running host, a mounted image or a folder. Nothing is run and nothing is imported.

pub mod git;
pub mod javascript;
mod odoo;
pub mod python;
pub mod system;
pub mod tree;

use std::path::Path;

use crate::inventory::Inventory;
use tree::Tree;

/// Everything of a host whose files are below a root.
#[must_use]
pub fn host(root: &Path, subject: &str, time: i64) -> Inventory {
    let tree = Tree::new(root);
    let packages = system::packages(&tree);
    let mut out = Inventory {
        subject: subject.to_owned(),
        time,
        odoo: odoo::of_host(&tree, &packages),
        python: python::of_host(&tree),
        distribution: system::distribution(&tree),
        system: packages,
        ..Inventory::default()
    };
    for install in out.odoo.clone() {
        let server = install.place.trim_end_matches("/release.py");
        out.libraries.extend(javascript::of_folder(&tree, &format!("{server}/addons"), 8));
    }
    out.libraries.sort_by(|left, right| left.place.cmp(&right.place));
    out.libraries.dedup_by(|left, right| left.place == right.place);
    out
}

/// Everything below a folder: a checkout, addons, an environment of Python.
#[must_use]
pub fn folder(folder: &Path, subject: &str, time: i64) -> Inventory {
    let tree = Tree::new(folder);
    Inventory {
        subject: subject.to_owned(),
        time,
        odoo: odoo::of_folder(&tree, "", &[]),
        python: python::of_folder(&tree, ""),
        libraries: javascript::of_folder(&tree, "", 10),
        ..Inventory::default()
    }
}
