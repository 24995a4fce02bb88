//! What real Odoo 14 and 19 said of their options is what we say.
//!
//! `tests/odoo-conf/14.json` and `19.json` were printed by Odoo itself: `lab/odoo-lab run VERSION python3 odoo-options.py ...`, see
//! `docs/differential.md`.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;

use castellan_config::odoo::command;
use castellan_config::odoo::effective::{Given, Sources, Value};
use castellan_config::odoo::options;
use castellan_config::read::ini::Ini;
use castellan_config::source::FileId;
use castellan_model::Series;

/// `== name`, `-- arguments`, `++ environment`, and the file.
fn cases(text: &str) -> Vec<(String, Vec<String>, Vec<Given>, String)> {
    let mut cases: Vec<(String, Vec<String>, Vec<Given>, String)> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            cases.push((name.trim().to_owned(), Vec::new(), Vec::new(), String::new()));
            continue;
        }
        let case = cases.last_mut().unwrap();
        if let Some(arguments) = line.strip_prefix("-- ") {
            case.1 = arguments.split_whitespace().map(str::to_owned).collect();
        } else if let Some(pairs) = line.strip_prefix("++ ") {
            case.2 = pairs
                .split_whitespace()
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap();
                    Given { name: name.into(), value: value.into(), site: None }
                })
                .collect();
        } else {
            case.3.push_str(line);
            case.3.push('\n');
        }
    }
    cases
}

/// Truth, and text where it is true.
fn ours(value: &Value) -> (bool, String) {
    (value.truth(), if value.truth() { value.text() } else { String::new() })
}

fn theirs(value: &serde_json::Value) -> (bool, String) {
    let (truth, text) = match value {
        serde_json::Value::Bool(value) => (*value, if *value { "True" } else { "" }.to_owned()),
        serde_json::Value::Number(number) => {
            let float = number.as_f64().unwrap();
            (float != 0.0, if float.fract() == 0.0 { format!("{float:.0}") } else { float.to_string() })
        }
        serde_json::Value::String(text) => (!text.is_empty(), text.clone()),
        serde_json::Value::Array(items) => {
            let joined: Vec<&str> = items.iter().filter_map(|item| item.as_str()).collect();
            (!items.is_empty(), joined.join(","))
        }
        _ => (false, String::new()),
    };
    (truth, if truth { text } else { String::new() })
}

#[test]
fn real_odoo_agrees() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/odoo-conf");
    let cases = cases(&std::fs::read_to_string(folder.join("cases.txt")).unwrap());
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let mut problems = Vec::new();
    let mut compared = 0;
    for major in [14, 19] {
        let series = Series::new(major).unwrap();
        let text = std::fs::read_to_string(folder.join(format!("{major}.json"))).unwrap();
        let said: serde_json::Value = serde_json::from_str(&text).unwrap();
        for (name, arguments, environment, conf) in &cases {
            let ini = Ini::parse(FileId(0), conf, &[]);
            let command: Vec<_> =
                command::parse(arguments, series).into_iter().map(|argument| (argument, None)).collect();
            let sources = Sources { file: Some(&ini), environment, command: &command, series };
            let refused = !sources.refusals().is_empty();
            let answer = &said[name];
            assert!(!answer.is_null(), "{name} was not recorded for {major}");
            if refused != (answer == "refused") {
                problems.push(format!("{major} {name}: refused {refused}, {:?}", sources.refusals()));
            }
            for (option, value) in answer.as_object().into_iter().flatten() {
                // What the series does not declare is no statement about it.
                if options::find(option).is_none_or(|fact| !fact.exists_in(series)) {
                    continue;
                }
                compared += 1;
                let mine = sources.setting(option);
                if ours(&mine.value) != theirs(value) {
                    problems.push(format!("{major} {name}: {option} is {:?}, Odoo says {value}", mine.value));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} of {compared} differ:\n{}", problems.len(), problems.join("\n"));
    assert!(compared > 2000, "{compared}");
}
