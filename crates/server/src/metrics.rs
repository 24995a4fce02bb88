//! What Prometheus reads.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// Counters of this process, and how many jobs there are.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    scans: Family<Outcome, Counter>,
    durations: Histogram,
    requests: Family<Request, Counter>,
    answers: Family<Route, Histogram>,
    jobs: Family<State, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("castellan");
        let scans = Family::<Outcome, Counter>::default();
        registry.register("scans", "Scans that ended", scans.clone());
        let durations = Histogram::new(exponential_buckets(0.25, 2.0, 14));
        registry.register("scan_duration_seconds", "How long scans take", durations.clone());
        let requests = Family::<Request, Counter>::default();
        registry.register("http_requests", "Requests that were answered", requests.clone());
        let answers =
            Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 14)));
        registry.register("http_request_duration_seconds", "How long answers take", answers.clone());
        let jobs = Family::<State, Gauge>::default();
        registry.register("jobs", "Jobs by state, of all organisations", jobs.clone());
        Self { registry, scans, durations, requests, answers, jobs }
    }
}

impl Metrics {
    /// A scan ended.
    pub fn scan(&self, outcome: &str, took: Duration) {
        self.scans.get_or_create(&Outcome { outcome: outcome.to_owned() }).inc();
        if outcome == "done" {
            self.durations.observe(took.as_secs_f64());
        }
    }

    /// A request was answered. The route is the pattern, never the path: there are few of them, and they name nobody.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = Request { method: method.to_owned(), route: route.to_owned(), status };
        self.requests.get_or_create(&labels).inc();
        self.answers.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// Everything, in the text form of OpenMetrics.
    #[must_use]
    pub fn text(&self, jobs: &[(String, i64)]) -> String {
        for state in ["queued", "running", "cancelling", "done", "failed", "cancelled"] {
            let count = jobs.iter().find(|(name, _)| name == state).map_or(0, |(_, count)| *count);
            self.jobs.get_or_create(&State { state: state.to_owned() }).set(count);
        }
        let mut out = String::new();
        let _ = encode(&mut out, &self.registry);
        out
    }
}
