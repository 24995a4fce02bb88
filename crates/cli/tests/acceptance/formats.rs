//! Each report format holds what its readers expect.

use serde_json::Value;

use super::{castellan, root};

fn report(format: &str) -> String {
    let output = castellan().args(["scan", "examples/weak-addons", "--format", format]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

pub fn validate(schema: &Value, instance: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(instance).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// The schema of JSON reports.
pub fn report_schema() -> Value {
    serde_json::from_slice(&std::fs::read(root().join("schemas/report.schema.json")).unwrap()).unwrap()
}

#[test]
fn json_follows_the_committed_schema() {
    let schema = report_schema();
    let instance: Value = serde_json::from_str(&report("json")).unwrap();
    validate(&schema, &instance);
    assert_eq!(instance["format"], 1);
}

#[test]
fn sarif_follows_the_standard() {
    // The schema of OASIS comes with a development dependency.
    let metadata = cargo_metadata::MetadataCommand::new().current_dir(root()).exec().unwrap();
    let package = metadata.packages.iter().find(|package| package.name.as_str() == "serde-sarif").unwrap();
    let schema = package.manifest_path.parent().unwrap().join("src/schema.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let log: Value = serde_json::from_str(&report("sarif")).unwrap();
    validate(&schema, &log);
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        let tags = rule["properties"]["tags"].as_array().unwrap();
        assert!(tags.iter().any(|tag| tag.as_str().unwrap().starts_with("external/cwe/cwe-")));
        assert!(rule["properties"]["security-severity"].as_str().unwrap().parse::<f64>().is_ok());
        assert!(result["partialFingerprints"]["castellan/v1"].as_str().unwrap().len() == 32);
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.starts_with("weak_helpdesk/"), "{uri}");
    }
    let flow = results.iter().find(|result| result["ruleId"] == "sql-rpc-source").unwrap();
    let steps = flow["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
    assert!(steps.len() >= 4, "{steps:?}");
}

#[test]
fn github_annotations_are_one_line_each() {
    let text = report("github");
    assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
    assert!(text.contains("::error file=weak_helpdesk/models/ticket.py,line="));
}

#[test]
fn gitlab_names_tool_place_and_cwe() {
    let value: Value = serde_json::from_str(&report("gitlab")).unwrap();
    assert_eq!(value["scan"]["type"], "sast");
    let first = &value["vulnerabilities"][0];
    assert!(first["location"]["start_line"].as_u64().is_some());
    assert!(first["identifiers"].as_array().unwrap().iter().any(|identifier| identifier["type"] == "cwe"));
}

#[test]
fn junit_counts_failures() {
    let text = report("junit");
    assert!(text.contains("<testsuite name=\"weak_helpdesk\""), "{text}");
    assert!(text.contains("<failure"));
}

#[test]
fn html_needs_no_network() {
    let text = report("html");
    assert!(text.starts_with("<!DOCTYPE html>"));
    // Parts of a drawing refer to each other: `url(#arrow)`.
    let text = text.replace("url(#", "");
    for outside in ["src=\"http", "href=\"http", "@import", "url("] {
        assert!(!text.contains(outside), "{outside}");
    }
}

#[test]
fn markdown_names_every_finding() {
    let text = report("markdown");
    let json: Value = serde_json::from_str(&report("json")).unwrap();
    for finding in json["findings"].as_array().unwrap() {
        assert!(text.contains(finding["rule"].as_str().unwrap()));
    }
}

#[test]
fn several_reports_go_to_files_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let html = folder.path().join("a.html");
    let sarif = folder.path().join("b.out");
    castellan()
        .args(["scan", "examples/weak-addons", "-o"])
        .arg(&html)
        .arg("-o")
        .arg(format!("sarif={}", sarif.display()))
        .assert()
        .code(14);
    assert!(std::fs::read_to_string(html).unwrap().contains("Castellan"));
    assert!(std::fs::read_to_string(sarif).unwrap().contains("2.1.0"));
}
