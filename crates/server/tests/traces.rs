//! Traces, as a collector gets them. In a process of its own: what takes spans up is one for all threads.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::routing::post;
use castellan_server::api::extract::Peer;
use castellan_server::app::{App, Web};
use castellan_server::data::Data;
use castellan_server::keys::Master;
use castellan_server::metrics::Metrics;
use castellan_server::serve::router;
use castellan_server::telemetry::Traces;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tower::ServiceExt;
use tracing::span::Id;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

type Got = Arc<Mutex<Vec<u8>>>;

async fn collect(State(got): State<Got>, body: Bytes) -> StatusCode {
    // Messages of protobuf that stand behind each other are one.
    got.lock().unwrap().extend_from_slice(&body);
    StatusCode::OK
}

/// Counts spans that ended.
struct Ended(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Ended {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().starts_with("castellan")
    }

    fn on_close(&self, _: Id, _: Context<'_, S>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
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
    let collector = Router::new().route("/v1/traces", post(collect)).with_state(Arc::clone(&got));
    tokio::spawn(async move { axum::serve(listener, collector).await });
    let traces = Traces::to(Some(&endpoint)).unwrap();
    let ended = Arc::new(AtomicUsize::new(0));
    let subscriber = tracing_subscriber::registry().with(traces.layer()).with(Ended(Arc::clone(&ended)));

    tracing::subscriber::set_global_default(subscriber).unwrap();

    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let folder = tempfile::tempdir().unwrap();
    for behind_proxy in [false, true] {
        let database = folder.path().join(format!("{behind_proxy}.db")).display().to_string();
        let data = Data::open(&database, Master::random().unwrap()).await.unwrap();
        let web = Web { url: "http://castellan.test".into(), behind_proxy, ..Web::default() };
        let router = router(&Arc::new(App::new(data, Arc::new(Metrics::default()), web)));
        for (path, status) in [("/api/v1/deployments?q=marked-s3cret", 401), ("/shared/marked-s3cret", 404)] {
            let mut request = Request::builder().uri(path).header("traceparent", parent);
            request = request.header("authorization", "Bearer cst_marked-s3cret");
            let mut request = request.body(Body::empty()).unwrap();
            request.extensions_mut().insert(Peer("127.0.0.1".parse().unwrap()));
            assert_eq!(router.clone().oneshot(request).await.unwrap().status(), status);
        }
    }
    // The thread of SQLite lets go of a span a moment after its request has ended.
    for _ in 0..500 {
        if ended.load(Ordering::SeqCst) == 4 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    traces.close().await;

    let bytes = got.lock().unwrap().clone();
    assert!(!String::from_utf8_lossy(&bytes).contains("marked-s3cret"), "a secret goes to the collector");
    let said = ExportTraceServiceRequest::decode(bytes.as_slice()).unwrap();
    let resources: Vec<_> = said.resource_spans.iter().filter_map(|one| one.resource.clone()).collect();
    assert!(format!("{resources:?}").contains("castellan"));
    let spans = said.resource_spans.iter().flat_map(|one| &one.scope_spans).flat_map(|one| &one.spans);
    let mut spans: Vec<&Span> = spans.collect();
    spans.sort_by_key(|span| span.start_time_unix_nano);
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
