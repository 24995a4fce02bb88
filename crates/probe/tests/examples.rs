//! The examples of every rule's page: each bad block yields exactly one finding of that rule, each good block none. And a hardened
//! Odoo has no finding at all.

use castellan_model::{CheckOutcome, Page, Persona};
use castellan_probe::example::{evidence, hardened};
use castellan_probe::judge::judge;
use castellan_probe::probes::{BASELINE, PROBES};
use castellan_probe::rules;

#[test]
fn every_example_does_what_its_page_says() {
    let mut problems = Vec::new();
    for rule in rules::all() {
        let id = rule.meta.id;
        for (number, example) in Page::parse(rule.source).examples.iter().enumerate() {
            let judged = judge(&evidence(example), &[], &[]);
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
fn a_hardened_odoo_is_clean() {
    let judged = judge(&hardened(), &[], &[]);
    let shown: Vec<_> = judged
        .findings
        .iter()
        .filter(|finding| finding.persona == Persona::Regular)
        .map(|finding| format!("{}: {}", finding.rule, finding.message))
        .collect();
    assert_eq!(shown, Vec::<String>::new());
    let untold: Vec<_> = judged
        .checks
        .iter()
        .filter(|check| check.outcome == CheckOutcome::CouldNotTell)
        .map(|check| check.rule.as_str())
        .collect();
    assert_eq!(
        untold,
        ["site-series-unsupported", "site-login-unlimited"],
        "what only an active test or a told version would tell"
    );
}

#[test]
fn nothing_seen_is_never_green() {
    let mut nothing = hardened();
    nothing.unreachable = Some("the connection is refused".into());
    nothing.tls = None;
    nothing.dns = None;
    nothing.exchanges.clear();
    nothing.ports.clear();
    let judged = judge(&nothing, &[], &[]);
    assert!(judged.findings.is_empty());
    for check in &judged.checks {
        assert_ne!(check.outcome, CheckOutcome::NotVulnerable, "{}", check.rule);
    }
}

/// A probe that nobody reads would be a request for nothing, and a name that is no probe would never have an answer.
#[test]
fn every_probe_is_read_and_every_name_is_a_probe() {
    fn texts(folder: &std::path::Path, out: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                texts(&entry.path(), out);
            } else if !entry.path().ends_with("probes.rs") && !entry.path().ends_with("example.rs") {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                out.extend(text.lines().filter(|line| !line.starts_with("//!")).flat_map(|line| [line, "\n"]));
            }
        }
    }
    let mut source = String::new();
    texts(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut source);
    let names: Vec<&str> = BASELINE.iter().chain(PROBES).map(|probe| probe.name).collect();
    for name in &names {
        assert!(source.contains(&format!("\"{name}\"")), "nobody reads `{name}`");
    }
    for call in
        ["view.exchange(\"", "view.served(\"", "is_refused(\"", "is_closed(\"", "is_manager(\"", "Report::at(\""]
    {
        for name in source.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(names.contains(&name), "`{name}` is no probe");
        }
    }
}
