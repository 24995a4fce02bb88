//! Traces, as a collector gets them.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use castellan_server::telemetry::Traces;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tracing_subscriber::layer::SubscriberExt;

use crate::Server;

type Got = Arc<Mutex<Vec<u8>>>;

async fn collect(State(got): State<Got>, body: Bytes) -> StatusCode {
    // Messages of protobuf that stand behind each other are one.
    got.lock().unwrap().extend_from_slice(&body);
    StatusCode::OK
}

fn value(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|one| one.key == key);
    match found.and_then(|one| one.value.clone()).and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_requests_without_what_is_secret() {
    let got = Got::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/traces", post(collect)).with_state(Arc::clone(&got));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let traces = Traces::to(Some(&endpoint)).unwrap();
    let subscriber = tracing_subscriber::registry().with(traces.layer());

    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let direct = Server::new().await;
    direct.organisation("shop").await;
    let behind = Server::prepared(|app| app.web.behind_proxy = true).await;
    behind.organisation("shop").await;
    let guard = tracing::subscriber::set_default(subscriber);
    for server in [&direct, &behind] {
        let headers = [("traceparent", parent), ("authorization", "Bearer cst_marked-s3cret")];
        let answer = server.ask("GET", "/api/v1/deployments?q=marked-s3cret", &headers, None).await;
        assert_eq!(answer.status, 401);
        assert_eq!(server.ask("GET", "/shared/marked-s3cret", &[], None).await.status, 404);
    }
    drop(guard);
    traces.close().await;

    let bytes = got.lock().unwrap().clone();
    assert!(!String::from_utf8_lossy(&bytes).contains("marked-s3cret"), "a secret goes to the collector");
    let said = ExportTraceServiceRequest::decode(bytes.as_slice()).unwrap();
    let resources: Vec<_> = said.resource_spans.iter().filter_map(|one| one.resource.clone()).collect();
    assert!(format!("{resources:?}").contains("castellan"));
    let spans = said.resource_spans.iter().flat_map(|one| &one.scope_spans).flat_map(|one| &one.spans);
    let spans: Vec<&Span> = spans.collect();
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(
        names,
        ["GET /api/v1/deployments", "GET /shared/{secret}", "GET /api/v1/deployments", "GET /shared/{secret}"]
    );
    assert_eq!(value(spans[0], "http.response.status_code"), "401");
    assert_eq!(value(spans[0], "http.route"), "/api/v1/deployments");
    assert_eq!(value(spans[0], "http.request.method"), "GET");
    // Only a proxy of ours says what a request is part of: anybody else could join traces that are not theirs.
    let of = |span: &Span| data_encoding::HEXLOWER.encode(&span.trace_id);
    assert_ne!(of(spans[0]), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(of(spans[2]), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(data_encoding::HEXLOWER.encode(&spans[2].parent_span_id), "b7ad6b7169203331");
}
