//! Texts that break the dialects: an error with a line, never a panic; and values survive printing and reading.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use castellan_rpc::error::Error;
use castellan_rpc::xml::{MethodCall, Response};
use castellan_rpc::{Limits, Value, json, xml};
use proptest::prelude::*;

fn refused(text: &str) -> String {
    xml::read_call(text.as_bytes(), Limits::default()).unwrap_err().to_string()
}

#[test]
fn broken_calls_are_told_with_their_line() {
    let call = |value: &str| {
        format!(
            "<?xml version='1.0'?>\n<methodCall><methodName>m</methodName>\n<params><param>{value}</param></params></methodCall>"
        )
    };
    for (text, wanted) in [
        (call("<value><int>x</int></value>"), "line 3: `x` is no whole number"),
        (call("<value><int>1</int>"), "line 3"),
        (call("<value><what>1</what></value>"), "line 3: `<what>` is no type"),
        (call("<value><base64>?</base64></value>"), "line 3: base64"),
        (call("<value>&unknown;</value>"), "line 3: `&unknown;` is not known"),
        (call("<value>a<int>1</int></value>"), "line 3: text beside a type"),
        (call("<value><struct><name>x</name></struct></value>"), "line 3: `<name>` is not expected here"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]>\n<methodCall/>".into(), "a document type is refused"),
        (String::new(), "line 1: the text ends too soon"),
        ("<methodCall><methodName>m</methodName></methodCall>x".into(), "a tag is expected here"),
    ] {
        let reason = refused(&text);
        assert!(reason.contains(wanted), "{text}: {reason}");
    }
    assert!(xml::read_call(b"\xff\xfe", Limits::default()).unwrap_err().to_string().contains("not UTF-8"));
}

#[test]
fn limits_hold() {
    let deep = format!(
        "<methodCall><methodName>m</methodName><params><param>{}{}</param></params></methodCall>",
        "<value><array><data>".repeat(100_000),
        "</data></array></value>".repeat(100_000)
    );
    assert!(refused(&deep).contains("inside each other"));
    let small = Limits { bytes: 1000, depth: 8, values: 10 };
    assert!(matches!(json::read("[".repeat(100).as_bytes(), small), Err(Error::Malformed { .. })));
    assert!(matches!(json::read(b"[1,2,3,4,5,6,7,8,9,10,11]", small), Err(Error::Malformed { .. })));
    assert!(json::read(br#"["[[[[[[[[[[[[", "a,b,c,d,e,f,g,h,i,j,k,l"]"#, small).is_ok());
    assert!(matches!(json::read(&[b' '; 1001], small), Err(Error::Malformed { .. })));
}

#[test]
fn forms_that_other_clients_write_are_read() {
    let call = xml::read_call(
        b"<methodCall><methodName>m</methodName><params><param><value>plain &amp; <![CDATA[<b>]]></value></param><param><value><i8>9007199254740993</i8></value></param><param><value><nil/></value></param><param><value/></param><param><value><struct/></value></param></params></methodCall>",
        Limits::default(),
    )
    .unwrap();
    assert_eq!(
        call.parameters,
        [
            Value::Text("plain & <b>".into()),
            Value::Int(9_007_199_254_740_993),
            Value::Nil,
            Value::Text(String::new()),
            Value::Map(Vec::new())
        ]
    );
}

fn values() -> impl Strategy<Value = Value> {
    // A carriage return does not survive XML, which reads it as a line end; other control characters are not XML at all.
    let text = "[ -~äöü€😀\n\t]{0,12}";
    let leaf = prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<i32>().prop_map(|number| Value::Float(f64::from(number) / 8.0)),
        text.prop_map(Value::Text),
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            prop::collection::vec(("[a-z<&]{1,5}", inner), 0..4).prop_map(Value::Map),
        ]
    })
}

proptest! {
    #[test]
    fn values_survive_both_dialects(value in values()) {
        let limits = Limits::default();
        let call = MethodCall { method: "m".into(), parameters: vec![value.clone()] };
        prop_assert_eq!(xml::read_call(xml::print_call(&call).as_bytes(), limits).unwrap(), call);
        let response = Response::Value(value.clone());
        prop_assert_eq!(xml::read_response(xml::print_response(&response).as_bytes(), limits).unwrap(), response);
        prop_assert_eq!(json::read(json::print(&value).as_bytes(), limits).unwrap(), value);
    }

    #[test]
    fn any_text_gives_a_value_or_a_reason(text in ".{0,200}") {
        let _ = xml::read_call(text.as_bytes(), Limits::default());
        let _ = xml::read_response(text.as_bytes(), Limits::default());
        let _ = json::read(text.as_bytes(), Limits::default());
    }
}
