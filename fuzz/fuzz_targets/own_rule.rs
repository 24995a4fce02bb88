//! Rules of one's own: read, compared with the evidence, run.
#![no_main]

use std::sync::LazyLock;

use castellan_custom::{Kinds, evaluate, read};
use libfuzzer_sys::fuzz_target;

static KINDS: LazyLock<Kinds> = LazyLock::new(castellan_audit::kinds);

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let kinds = &*KINDS;
    let evidence = serde_json::json!({"now": 0, "databases": [{"name": "a", "users": [{"login": "b", "groups": ["c"]}]}]});
    if let Ok(rule) = read("a.yaml", &text, kinds) {
        let _ = evaluate(&rule, &evidence, 0);
    }
    // A whole rule around a condition is found sooner.
    let around = format!("id: own-a\ntitle: t\nseverity: low\nlines: [1]\nfor: databases.users\nwhen: {}\nmessage: m\nwhy: w\nfix: f\ntests: {{bad: [{{}}], good: [{{}}]}}\n", serde_json::Value::String(text.into_owned()));
    if let Ok(rule) = read("a.yaml", &around, kinds) {
        let _ = evaluate(&rule, &evidence, 0);
    }
});
