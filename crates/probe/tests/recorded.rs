//! What the rules say of recordings of real servers (Odoo 14.0 and 19.0 on loopback, hardened and not).
//!
//! The recordings are made by `cargo xtask record`; the snapshots are looked at by a person when they change.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::path::Path;

use castellan_model::Persona;
use castellan_probe::evidence::Evidence;
use castellan_probe::site;

fn told(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name);
    let mut evidence = Evidence::from_json(&std::fs::read_to_string(file).unwrap()).unwrap();
    // The day on which they were recorded.
    evidence.time = 1_795_478_400;
    let scan = site::of(evidence, &[], &[]);
    let mut lines = vec![scan.summary.identity.clone()];
    lines.extend(scan.summary.signals.iter().map(|signal| format!("signal: {signal}")));
    lines.extend(
        scan.summary.grades.iter().map(|grade| format!("grade: {} {} {}", grade.scheme, grade.grade, grade.score)),
    );
    let mut findings: Vec<String> = scan
        .findings
        .iter()
        .filter(|finding| finding.persona == Persona::Regular)
        .map(|finding| format!("{} {}: {}", finding.severity, finding.rule, finding.message))
        .collect();
    findings.sort();
    lines.extend(findings);
    lines.join("\n")
}

#[test]
fn odoo_19_with_default_settings() {
    insta::assert_snapshot!(told("odoo-19-plain.json"));
}

#[test]
fn odoo_19_insecure() {
    insta::assert_snapshot!(told("odoo-19-bad.json"));
}

#[test]
fn odoo_19_hardened() {
    insta::assert_snapshot!(told("odoo-19-good.json"));
}

#[test]
fn odoo_14_insecure() {
    insta::assert_snapshot!(told("odoo-14-bad.json"));
}

#[test]
fn odoo_14_hardened() {
    insta::assert_snapshot!(told("odoo-14-good.json"));
}
