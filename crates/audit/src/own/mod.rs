//! Rules of one's own: where they are, what they see, and what becomes of what they say.

mod facts;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use castellan_custom::run::test;
use castellan_custom::{CustomRule, Kinds, Outcome, evaluate, read};
use castellan_model::{Excerpt, Finding, Location, NotAssessed, NotAssessedKind, Persona, Position, Span, fingerprint};
use serde_json::Value;

pub use facts::{Facts, ServerFacts};

/// Now, in tests of rules that give no time: 24 November 2026.
const TIME: i64 = 1_795_478_400;
/// Rules of one folder.
const MOST: usize = 2_000;

/// The kinds of the evidence.
#[must_use]
pub fn kinds() -> Kinds {
    Kinds::of(&facts_schema())
}

/// The JSON schema of the evidence.
#[must_use]
pub fn facts_schema() -> Value {
    serde_json::to_value(schemars::schema_for!(Facts)).unwrap_or_default()
}

/// Reads rules from files and folders, in the order of their names. Every mistake is told, not only the first.
///
/// # Errors
///
/// What is wrong, a line each, with file and line.
pub fn load(paths: &[PathBuf]) -> Result<Vec<CustomRule>, Vec<String>> {
    let kinds = kinds();
    let mut wrong = Vec::new();
    let mut out: Vec<CustomRule> = Vec::new();
    for path in paths {
        let files = if path.is_dir() { files_in(path) } else { vec![path.clone()] };
        if files.is_empty() {
            wrong.push(format!("`{}` holds no rule: files end with .yaml", path.display()));
        }
        for file in files {
            let shown = file.display().to_string();
            let text = match std::fs::read_to_string(&file) {
                Ok(text) => text,
                Err(error) => {
                    wrong.push(format!("`{shown}` cannot be read: {}", error.kind()));
                    continue;
                }
            };
            match read(&shown, &text, &kinds) {
                Ok(rule) => match out.iter().find(|other| other.id == rule.id) {
                    Some(other) => wrong.push(format!("`{shown}`: `{}` is in `{}` too", rule.id, other.file)),
                    None => out.push(rule),
                },
                Err(error) => wrong.push(error.to_string()),
            }
        }
    }
    if wrong.is_empty() { Ok(out) } else { Err(wrong) }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml"))
        .take(MOST)
        .collect();
    files.sort();
    files
}

/// Whole evidence of what a test gives.
fn complete(given: &Value) -> Result<(Value, i64), String> {
    let mut facts: Facts = serde_json::from_value(given.clone()).map_err(|error| error.to_string())?;
    if facts.now == 0 {
        facts.now = TIME;
    }
    let now = facts.now;
    Ok((serde_json::to_value(facts).unwrap_or_default(), now))
}

/// Runs the tests of a rule; how many there are.
///
/// # Errors
///
/// Which tests do not come out as they should.
pub fn test_rule(rule: &CustomRule) -> Result<usize, Vec<String>> {
    test(rule, &complete)
}

/// What the rules say.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub findings: Vec<Finding>,
    pub not_assessed: Vec<NotAssessed>,
    /// Lines of the checklist by rule.
    pub lines: BTreeMap<String, Vec<u8>>,
}

/// Runs the rules.
pub(crate) fn run(rules: &[CustomRule], facts: &Facts, disabled: &[String], only: &[String]) -> Said {
    let mut out = Said::default();
    let evidence = serde_json::to_value(facts).unwrap_or_default();
    let wanted = |rule: &&CustomRule| !disabled.contains(&rule.id) && (only.is_empty() || only.contains(&rule.id));
    for rule in rules.iter().filter(wanted) {
        out.lines.insert(rule.id.clone(), rule.lines.clone());
        match evaluate(rule, &evidence, facts.now) {
            Outcome::NotAssessed(reason) => {
                out.not_assessed.push(NotAssessed { path: rule.file.clone(), kind: NotAssessedKind::Absent, reason })
            }
            Outcome::Judged(hits) => {
                for hit in hits {
                    out.findings.push(finding(rule, &hit.message, &hit.place));
                }
            }
        }
    }
    out
}

fn finding(rule: &CustomRule, message: &str, place: &[String]) -> Finding {
    let path = if place.is_empty() { "the deployment".to_owned() } else { place.join("/") };
    let position = |column| Position { line: 1, column };
    Finding {
        rule: rule.id.clone(),
        code: "OWN".to_owned(),
        message: message.to_owned(),
        why: rule.why.trim().to_owned(),
        help: rule.fix.trim().to_owned(),
        severity: rule.severity,
        confidence: rule.confidence,
        persona: Persona::Regular,
        cwe: rule.cwe,
        module: None,
        fingerprint: fingerprint(&rule.id, &path, "", "", 0),
        location: Location {
            path,
            span: Span { start: position(1), end: position(2) },
            excerpt: Excerpt { first_line: 1, lines: vec![rule.shown.clone()] },
        },
        related: Vec::new(),
        records: Vec::new(),
        query: None,
        flow: Vec::new(),
        fix: None,
        reach: None,
        adjusted: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("examples/own-rules")
    }

    #[test]
    fn the_examples_load_and_their_tests_hold() {
        let rules = load(&[examples()]).unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")));
        assert!(rules.len() >= 15, "{}", rules.len());
        for rule in &rules {
            let done = test_rule(rule).unwrap_or_else(|wrong| panic!("{}: {}", rule.id, wrong.join("\n")));
            assert!(done >= 2);
        }
    }

    #[test]
    fn mistakes_are_told_with_the_line_and_the_nearest_name() {
        let kinds = kinds();
        let good = std::fs::read_to_string(examples().join("blocklisted-module.yaml")).unwrap();
        let wrong = |from: &str, to: &str| {
            assert!(good.contains(from), "{from}");
            read("a.yaml", &good.replace(from, to), &kinds).err().map(|error| error.to_string()).unwrap_or_default()
        };
        let path = wrong("module.state ==", "module.stat ==");
        assert!(path.contains("`module` has no `stat`; did you mean `state`?") && path.contains("line "), "{path}");
        let list = wrong("for: databases.modules", "for: databases.module");
        assert!(list.contains("did you mean `modules`?"), "{list}");
        assert!(
            wrong("severity: high", "severity: bad").contains("critical"),
            "{}",
            wrong("severity: high", "severity: bad")
        );
        assert!(wrong("id: own-", "id: ").contains("own-"));
        assert!(wrong("lines: [9]", "lines: [15]").contains("1 to 14"));
        assert!(wrong("module.state ==", "modul.state ==").contains("did you mean `module`?"));
        assert!(wrong("module.state ==", "module.state = =").contains("no CEL expression"));
        assert!(wrong("module.state ==", "sizee(module.state) ==").contains("did you mean `size`?"));
        assert!(wrong("tests:", "test:").contains("line "));
    }

    #[test]
    fn evaluation_is_bounded() {
        let kinds = kinds();
        let text = "id: own-slow\ntitle: t\nseverity: low\nlines: [4]\nfor: databases.users\nwhen: databases.exists(a, a.users.exists(b, a.users.exists(c, b.id == c.id && b.id < 0)))\nmessage: m\nwhy: w\nfix: f\ntests: {bad: [{}], good: [{}]}\n";
        let rule = read("a.yaml", text, &kinds).map_err(|error| error.to_string()).unwrap();
        let user = |id: i64| serde_json::json!({"id": id, "login": format!("u{id}")});
        let users: Vec<Value> = (0..5000).map(user).collect();
        let (evidence, now) = complete(&serde_json::json!({"databases": [{"name": "a", "users": users}]})).unwrap();
        match evaluate(&rule, &evidence, now) {
            Outcome::NotAssessed(reason) => assert!(reason.contains("too many steps"), "{reason}"),
            Outcome::Judged(hits) => panic!("{}", hits.len()),
        }
        let deep = text.replace("b.id < 0", "a.users.exists(d, d.id == c.id)");
        assert!(read("a.yaml", &deep, &kinds).is_err_and(|error| error.to_string().contains("deep at most")));
    }
}
