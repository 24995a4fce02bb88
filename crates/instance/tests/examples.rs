//! The examples of every rule's page: each bad block yields exactly one finding of that rule, each good block none. And a hardened
//! database has no finding at all.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests too")]

use castellan_instance::evidence::Evidence;
use castellan_instance::example::{evidence, hardened};
use castellan_instance::judge::judge;
use castellan_instance::reads::READS;
use castellan_instance::rules;
use castellan_model::{CheckOutcome, Page};

#[test]
fn every_example_does_what_its_page_says() {
    let mut problems = Vec::new();
    for rule in rules::all() {
        let id = rule.meta.id;
        let page = Page::parse(rule.source);
        assert!(page.examples.iter().any(|one| one.is_bad) && page.examples.iter().any(|one| !one.is_bad), "{id}");
        for (number, example) in page.examples.iter().enumerate() {
            let evidence = match evidence(example) {
                Ok(evidence) => evidence,
                Err(error) => {
                    problems.push(format!("{id}: example {number} is broken: {error}"));
                    continue;
                }
            };
            let judged = judge(&evidence, &[], &[]);
            let own: Vec<_> =
                judged.findings.iter().filter(|finding| finding.rule == id).map(|one| &one.message).collect();
            let check = judged.checks.iter().find(|check| check.rule == id).expect("every rule has an outcome");
            let told = check.outcome != CheckOutcome::CouldNotTell;
            if own.len() != usize::from(example.is_bad) || !told {
                let kind = if example.is_bad { "bad" } else { "good" };
                problems.push(format!(
                    "{id}: {kind} example {number} gives {own:?}, outcome {:?} {}",
                    check.outcome, check.reason
                ));
            }
        }
    }
    assert!(problems.is_empty(), "{}\n{} problems", problems.join("\n"), problems.len());
}

#[test]
fn a_hardened_database_is_clean() {
    let judged = judge(&hardened(), &[], &[]);
    let shown: Vec<_> =
        judged.findings.iter().map(|finding| format!("{}: {}", finding.rule, finding.message)).collect();
    assert_eq!(shown, Vec::<String>::new());
    let untold: Vec<_> =
        judged.checks.iter().filter(|check| check.outcome == CheckOutcome::CouldNotTell).map(|one| &one.rule).collect();
    assert_eq!(untold, Vec::<&String>::new());
}

/// What was not read is never green.
#[test]
fn nothing_read_is_never_green() {
    let mut nothing = Evidence::default();
    for read in READS {
        nothing.gaps.insert(read.name.to_owned(), format!("needs {}", read.right));
    }
    nothing.gaps.insert("names".into(), "needs the right to read ir.model.data".into());
    let judged = judge(&nothing, &[], &[]);
    assert!(judged.findings.is_empty());
    for check in &judged.checks {
        assert_eq!(check.outcome, CheckOutcome::CouldNotTell, "{} {}", check.rule, check.reason);
        assert!(!check.reason.is_empty(), "{}", check.rule);
    }
}

#[test]
fn ids_and_codes_are_unique() {
    let mut ids: Vec<&str> = rules::all().iter().flat_map(|rule| [rule.meta.id, rule.meta.code]).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}
