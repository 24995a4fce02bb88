//! Reads what has a version, from a running host, a mounted image or a folder. Nothing is run and nothing is imported.

pub mod containers;
pub mod git;
pub mod javascript;
mod odoo;
pub mod python;
pub mod system;
pub mod tree;

use std::path::Path;

use crate::inventory::Inventory;
pub use odoo::day_in;
use tree::Tree;

/// Folders that hold nothing of interest and much of everything else.
fn is_left_out(name: &str) -> bool {
    matches!(name, ".git" | "node_modules" | "filestore" | "__pycache__" | ".cache" | ".cargo" | ".rustup")
}

/// Everything of a host whose files are below a root. `addons` are the folders of modules that its servers load.
#[must_use]
pub fn host(root: &Path, addons: &[String], subject: &str, time: i64) -> Inventory {
    let tree = Tree::new(root);
    let packages = system::packages(&tree);
    let images = containers::of_host(&tree);
    let python = python::of_host(&tree);
    let mut out = Inventory {
        subject: subject.to_owned(),
        time,
        odoo: odoo::of_host(&tree, &packages),
        modules: python.modules,
        python: python.packages,
        products: python.interpreters,
        distribution: system::distribution(&tree),
        system: packages,
        ..Inventory::default()
    };
    let own = out.odoo.iter().map(|install| format!("{}/addons", install.place.trim_end_matches("/release.py")));
    let folders: std::collections::BTreeSet<String> = own.chain(addons.iter().cloned()).collect();
    for folder in folders {
        out.libraries.extend(javascript::of_folder(&tree, &folder, 8));
    }
    out.libraries.sort_by(|left, right| left.place.cmp(&right.place));
    out.libraries.dedup_by(|left, right| left.place == right.place);
    out.odoo.extend(images.odoo);
    out.products.extend(images.products);
    out
}

/// Everything below a folder: a checkout, addons, an environment of Python.
#[must_use]
pub fn folder(folder: &Path, subject: &str, time: i64) -> Inventory {
    let tree = Tree::new(folder);
    let images = containers::of_folder(&tree, "");
    let python = python::of_folder(&tree, "");
    let mut odoo = odoo::of_folder(&tree, "", &[]);
    odoo.extend(images.odoo);
    let mut products = python.interpreters;
    products.extend(images.products);
    Inventory {
        subject: subject.to_owned(),
        time,
        odoo,
        modules: python.modules,
        python: python.packages,
        products,
        libraries: javascript::of_folder(&tree, "", 10),
        ..Inventory::default()
    }
}
