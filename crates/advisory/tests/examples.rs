//! The examples of every rule's page: each bad block yields exactly one finding of that rule, each good block none.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests too")]

use castellan_advisory::inventory::Inventory;
use castellan_advisory::judge::judge;
use castellan_advisory::store::Data;
use castellan_advisory::table::Table;
use castellan_advisory::{data, rules};
use castellan_model::{Example, Page};
use serde_json::Value;

/// 2026-11-24.
const TIME: i64 = 1_795_500_000;

/// An inventory; `records` are lines of the table of advisories, `only` is the advisory that is looked at.
fn read(example: &Example) -> (Inventory, Data, Option<String>) {
    let mut value: Value = serde_json::from_str(&example.text).unwrap();
    let members = value.as_object_mut().unwrap();
    let records = members.remove("records").unwrap_or_default();
    let only = members.remove("only").and_then(|one| one.as_str().map(str::to_owned));
    let index = members.remove("index").map(|index| serde_json::from_value(index).unwrap()).unwrap_or_default();
    members.entry("time").or_insert(TIME.into());
    let mut text = data::table().print();
    for record in records.as_array().into_iter().flatten() {
        text.push_str(record.as_str().unwrap());
        text.push('\n');
    }
    (
        serde_json::from_value(value).unwrap(),
        Data { modules: index, ..Data::with_table(Table::parse(&text).unwrap()) },
        only,
    )
}

#[test]
fn every_example_does_what_its_page_says() {
    let mut problems = Vec::new();
    for rule in rules::all() {
        let id = rule.meta.id;
        let page = Page::parse(rule.source);
        assert!(page.examples.iter().any(|one| one.is_bad) && page.examples.iter().any(|one| !one.is_bad), "{id}");
        for (number, example) in page.examples.iter().enumerate() {
            let (inventory, data, only) = read(example);
            let judged = judge(&inventory, &data, &[], &[id.to_owned()]);
            let found: Vec<_> = judged
                .findings
                .iter()
                .filter(|one| only.as_ref().is_none_or(|only| one.message.contains(only.as_str())))
                .map(|one| &one.message)
                .collect();
            if found.len() != usize::from(example.is_bad) {
                problems.push(format!("{id}: example {number} gave {found:?}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn ids_and_codes_are_unique() {
    let mut ids: Vec<&str> = rules::all().iter().flat_map(|rule| [rule.meta.id, rule.meta.code]).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}
