//! The rules, one file each.

use crate::inventory::Inventory;
use crate::osv::Advisory;
use crate::rule::Rule;

include!("registry.rs");

/// The ecosystem of OSV that holds the records of a distribution.
#[must_use]
pub fn ecosystem(inventory: &Inventory) -> Option<String> {
    let distribution = inventory.distribution.as_ref()?;
    let version = &distribution.version;
    match distribution.id.as_str() {
        "debian" => Some(format!("Debian:{version}")),
        // Releases with long support have a name of their own there.
        "ubuntu"
            if version.ends_with(".04")
                && version.get(..2).is_some_and(|year| year.parse::<u8>().is_ok_and(|year| year % 2 == 0)) =>
        {
            Some(format!("Ubuntu:{version}:LTS"))
        }
        "ubuntu" => Some(format!("Ubuntu:{version}")),
        _ => None,
    }
}

/// At most four names of advisories, CVE numbers first, and how many more there are.
fn names(found: &[&Advisory]) -> String {
    let mut names: Vec<String> = found.iter().map(|one| crate::matching::cve(one)).collect();
    names.sort();
    let more = names.len().saturating_sub(4);
    names.truncate(4);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", names.join(", "))
}
