//! What Python's `xmlrpc.client`, odoorpc and a JSON-RPC client sent to real Odoo 14.0 and 19.0 servers, and what they got.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use castellan_rpc::error::{Error, Fault};
use castellan_rpc::xml::Response;
use castellan_rpc::{Limits, Value, json, xml};

#[derive(serde::Deserialize)]
struct Capture {
    name: String,
    kind: String,
    status: u16,
    request: String,
    response: String,
}

fn captures() -> Vec<Capture> {
    serde_json::from_str(include_str!("captured.json")).unwrap()
}

/// Odoo 19 writes the declaration with double quotes and one more line end; nothing else differs from Python.
fn plain(response: &str) -> String {
    response
        .replacen("<?xml version=\"1.0\"?>", "<?xml version='1.0'?>", 1)
        .replace("\n\n</methodResponse>", "\n</methodResponse>")
}

#[test]
fn everything_is_printed_as_it_was_read() {
    let limits = Limits::default();
    let (mut xmls, mut jsons) = (0, 0);
    for capture in captures() {
        let name = &capture.name;
        if capture.kind == "xml" {
            let call = xml::read_call(capture.request.as_bytes(), limits).unwrap();
            assert_eq!(xml::print_call(&call), capture.request, "{name}");
            let response = xml::read_response(capture.response.as_bytes(), limits).unwrap();
            assert_eq!(xml::print_response(&response), plain(&capture.response), "{name}");
            xmls += 1;
        } else {
            let request = json::read(capture.request.as_bytes(), limits).unwrap();
            assert_eq!(json::print(&request), capture.request, "{name}");
            let response = json::read(capture.response.as_bytes(), limits).unwrap();
            assert_eq!(json::print(&response), capture.response, "{name}");
            jsons += 1;
        }
    }
    assert!(xmls >= 20 && jsons >= 25, "{xmls} {jsons}");
}

#[test]
fn calls_are_understood_in_every_dialect() {
    let limits = Limits::default();
    let find = |name: &str| captures().into_iter().find(|capture| capture.name.starts_with(name)).unwrap();
    let four = xml::read_call(find("14-xmlrpc-04").request.as_bytes(), limits).unwrap();
    let call = castellan_rpc::Call { service: "object".into(), method: four.method, parameters: four.parameters };
    let model = call.model_call().unwrap();
    assert_eq!((model.model.as_str(), model.method.as_str(), model.user), ("res.users", "search_read", Some(2)));
    assert_eq!(model.database.as_deref(), Some("lab14"));
    assert_eq!(model.named[1], ("limit".to_owned(), Value::Int(3)));
    let four = json::read_request(find("19-jsonrpc-03").request.as_bytes(), limits).unwrap();
    assert_eq!(four.model_call().unwrap().model, "res.currency");
    let body = json::read(find("19-json2-01").request.as_bytes(), limits).unwrap();
    let model = json::json2_call("/json/2/res.users/search_read", &body).unwrap();
    assert_eq!((model.model.as_str(), model.method.as_str()), ("res.users", "search_read"));
    assert_eq!(model.named[0].0, "domain");
}

/// What a refusal means is the same in every dialect and series.
#[test]
fn faults_mean_the_same_everywhere() {
    let limits = Limits::default();
    let mut seen = Vec::new();
    for capture in captures() {
        let fault = if capture.kind == "xml" {
            match xml::read_response(capture.response.as_bytes(), limits).unwrap() {
                Response::Fault(Value::Int(1), text) => Some(Fault::of_traceback(&text)),
                Response::Fault(Value::Int(2), text) => Some(Fault::of("UserError", &text)),
                Response::Fault(Value::Int(3), _) => Some(Fault::Denied),
                Response::Fault(_, text) => Some(Fault::NoRight(text)),
                Response::Value(_) => None,
            }
        } else if capture.name.contains("json2") {
            (capture.status != 200)
                .then(|| json::json2_fault(capture.status, capture.response.as_bytes(), limits).unwrap())
        } else {
            match json::read_result(capture.response.as_bytes(), limits) {
                Err(Error::Fault(fault)) => Some(fault),
                other => {
                    other.unwrap();
                    None
                }
            }
        };
        if let Some(fault) = fault {
            let kind = format!("{fault:?}");
            seen.push(format!("{}: {}", capture.name, kind.split('(').next().unwrap()));
        }
    }
    let has = |start: &str, kind: &str| {
        assert!(seen.iter().any(|line| line.starts_with(start) && line.ends_with(kind)), "{start} {kind}: {seen:#?}");
    };
    for series in ["14", "19"] {
        has(&format!("{series}-xmlrpc"), ": NoModel");
        has(&format!("{series}-xmlrpc"), ": Denied");
        has(&format!("{series}-xmlrpc"), ": NoMember");
        has(&format!("{series}-xmlrpc"), ": NoRight");
        has(&format!("{series}-odoorpc"), ": NoModel");
        has(&format!("{series}-jsonrpc"), ": Denied");
        has(&format!("{series}-jsonrpc"), ": NoDatabase");
    }
    has("19-json2-03", ": NoModel");
    has("19-json2-05", ": NoMember");
    has("19-json2-06", ": Denied");
    has("19-json2-07", ": NoRight");
    assert!(!seen.iter().any(|line| line.ends_with(": Other")), "{seen:#?}");
}
