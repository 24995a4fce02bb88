//! Everything that is registered is whole, over all parts: ids, codes, pages, sources, and the pages of the reference.

use std::collections::BTreeSet;
use std::path::Path;

use castellan_audit::catalogue;

#[test]
fn ids_and_codes_are_unique_and_well_formed() {
    let all = catalogue();
    let ids: BTreeSet<&str> = all.iter().map(|rule| rule.meta.id).collect();
    let codes: BTreeSet<&str> = all.iter().map(|rule| rule.meta.code).collect();
    assert_eq!(ids.len(), all.len());
    assert_eq!(codes.len(), all.len());
    for rule in &all {
        assert!(rule.meta.id.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-'));
        assert!(rule.meta.cwe > 0, "{}", rule.meta.id);
    }
}

#[test]
fn the_list_of_rules() {
    let mut lines: Vec<String> = catalogue()
        .iter()
        .map(|rule| {
            let meta = rule.meta;
            format!("{} {} {} {} CWE-{}", meta.code, meta.id, meta.severity, meta.confidence, meta.cwe)
        })
        .collect();
    lines.sort();
    insta::assert_snapshot!("rules", lines.join("\n"));
}

#[test]
fn every_page_is_whole() {
    for rule in catalogue() {
        let page = rule.page();
        let id = rule.meta.id;
        assert!(page.title.ends_with('.'), "{id}: the first line is one sentence");
        assert!(!page.what.is_empty(), "{id}: What it does");
        assert!(!page.why.is_empty(), "{id}: Why it matters");
        assert!(!page.fix.is_empty(), "{id}: How to fix");
        assert!(page.references.contains(&format!("/{}.html", rule.meta.cwe)), "{id}: the CWE among the references");
        assert!(page.examples(true).count() > 0, "{id}: a bad example");
        assert!(page.examples(false).count() > 0, "{id}: a good example");
    }
}

#[test]
fn the_reference_documents_what_is_registered_and_nothing_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
    let pages: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let ids: BTreeSet<String> = catalogue().iter().map(|rule| rule.meta.id.to_owned()).collect();
    assert_eq!(pages, ids);
}
