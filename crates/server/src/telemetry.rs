//! What the server tells of itself: a log for people or machines, and traces (OpenTelemetry, OTLP over HTTP) where somebody listens.

use std::pin::Pin;
use std::time::Duration;

use axum::http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::{Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::http::client;

/// How long a collector is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read: there is nothing in it that we need.
const ANSWER: usize = 64 << 10;

/// Traces on their way to a collector.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

/// Sends with our own client. The exporter has a thread of its own, without a runtime.
#[derive(Debug)]
struct Carrier {
    http: reqwest::Client,
    runtime: Handle,
}

type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Carrier {
    fn send_bytes<'a, 'b>(&'a self, request: Request<Bytes>) -> Sending<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move {
            let (http, request) = (self.http.clone(), reqwest::Request::try_from(request)?);
            let send = async move {
                let mut answer = http.execute(request).await?;
                let mut body = Vec::new();
                while let Some(piece) = answer.chunk().await? {
                    if body.len() + piece.len() > ANSWER {
                        break;
                    }
                    body.extend_from_slice(&piece);
                }
                let mut response = Response::new(Bytes::from(body));
                *response.status_mut() = answer.status();
                Ok::<_, HttpError>(response)
            };
            self.runtime.spawn(send).await?
        })
    }
}

impl Traces {
    /// Traces to where `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` says, with the other variables of the
    /// specification (<https://opentelemetry.io/docs/specs/otel/protocol/exporter/>). None: neither is set, and nothing is sent.
    ///
    /// # Errors
    ///
    /// When they cannot be used.
    pub fn from_environment() -> Result<Option<Self>, String> {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !is_set("OTEL_EXPORTER_OTLP_ENDPOINT") && !is_set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
            return Ok(None);
        }
        Self::to(None).map(Some)
    }

    /// Traces to a collector: `http://127.0.0.1:4318/v1/traces`, or where the environment says. Called within a runtime.
    ///
    /// # Errors
    ///
    /// When the address cannot be used.
    pub fn to(endpoint: Option<&str>) -> Result<Self, String> {
        let http = client(PATIENCE).map_err(|error| format!("traces: {error}"))?;
        let runtime = Handle::try_current().map_err(|error| error.to_string())?;
        let mut exporter = SpanExporter::builder().with_http().with_http_client(Carrier { http, runtime });
        if let Some(endpoint) = endpoint {
            exporter = exporter.with_endpoint(endpoint);
        }
        let exporter = exporter.build().map_err(|error| format!("traces: {error}"))?;
        let mut resource = Resource::builder();
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name("castellan");
        }
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build();
        Ok(Self { provider })
    }

    /// What takes spans of the server up. Nothing that is written to the log goes along.
    pub fn layer<S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync>(&self) -> impl Layer<S> + use<S> {
        tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_tracer(self.provider.tracer("castellan"))
            .with_filter(filter_fn(is_ours))
    }

    /// Sends what is left.
    pub async fn close(self) {
        // It waits for the exporter, which waits for the runtime.
        let _ = tokio::task::spawn_blocking(move || self.provider.shutdown()).await;
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with("castellan")
}

/// Writes the log to standard error: text for people or a JSON object a line. `CASTELLAN_LOG` sets levels: `info,castellan_server=debug`.
pub fn start_log(json: bool, traces: Option<&Traces>) {
    let levels = EnvFilter::try_from_env("CASTELLAN_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    // Spans are for traces: a line of the log has what its own event says.
    let lines = levels.and(filter_fn(|metadata| !metadata.is_span()));
    let log = fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let log = if json {
        log.json().flatten_event(true).with_current_span(false).with_span_list(false).with_filter(lines).boxed()
    } else {
        log.with_filter(lines).boxed()
    };
    // A second server in one process keeps the log of the first.
    let _ = tracing_subscriber::registry().with(log).with(traces.map(Traces::layer)).try_init();
}

/// A request is part of what the proxy in front of the server traces (W3C Trace Context).
pub(crate) fn follow(span: &Span, headers: &HeaderMap) {
    let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    // Without a collector there is nothing to be part of.
    let _ = span.set_parent(parent);
}
