//! The examples of every rule's page: each bad block yields exactly one finding of that rule, each good block none.

use castellan_config::example::host;
use castellan_config::rules;
use castellan_config::scan::scan;
use castellan_model::Page;

#[test]
fn every_example_does_what_its_page_says() {
    let mut problems = Vec::new();
    for rule in rules::all() {
        let page = Page::parse(rule.source);
        for (number, example) in page.examples.iter().enumerate() {
            let (host, options) = host(example);
            let scan = scan(&host, &options);
            let own = scan.findings.iter().filter(|finding| finding.rule == rule.meta.id).count();
            let wanted = usize::from(example.is_bad);
            if own != wanted {
                let others: Vec<_> = scan.findings.iter().map(|f| format!("{}: {}", f.rule, f.message)).collect();
                let kind = if example.is_bad { "bad" } else { "good" };
                problems.push(format!("{}: {kind} example {number} gives {own} findings of the rule, not {wanted} (all: {others:#?}, found: {:?}, notes: {:?})", rule.meta.id, scan.sources, scan.not_assessed));
            }
        }
    }
    assert!(problems.is_empty(), "{}\n{} problems", problems.join("\n"), problems.len());
}
