//! The examples of every rule's page: each bad block yields exactly one finding of that rule, each good block none.

use castellan_code::example::files;
use castellan_code::rules;
use castellan_code::scan::{ScanOptions, scan_texts};
use castellan_model::Page;

#[test]
fn every_example_does_what_its_page_says() {
    let mut problems = Vec::new();
    for rule in rules::all() {
        let page = Page::parse(rule.source);
        for (number, example) in page.examples.iter().enumerate() {
            let scan = scan_texts(files(example), &ScanOptions::default());
            let own: Vec<_> = scan.findings.iter().filter(|finding| finding.rule == rule.meta.id).collect();
            let wanted = usize::from(example.is_bad);
            if own.len() != wanted {
                let others: Vec<_> = scan
                    .findings
                    .iter()
                    .map(|f| format!("{} at {}:{}", f.rule, f.location.path, f.location.span.start.line))
                    .collect();
                let kind = if example.is_bad { "bad" } else { "good" };
                problems.push(format!(
                    "{}: {kind} example {number} gives {} findings of the rule, not {wanted} (all: {others:?}, not assessed: {:?})",
                    rule.meta.id,
                    own.len(),
                    scan.not_assessed
                ));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
