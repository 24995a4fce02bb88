//! Sites: recordings of real Odoo servers, and what stands in front of them.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use castellan_probe::evidence::Evidence;

use crate::server::{Reply, Request};

type Site = Box<dyn Fn(&Request) -> Reply + Send + Sync>;

/// Answers as the recorded server did; what was not asked then is not there.
///
/// # Panics
///
/// When the recording is none.
#[must_use]
#[expect(clippy::expect_used, reason = "a test with a broken recording has nothing to test")]
pub fn recorded(text: &str) -> Site {
    let evidence: Evidence = Evidence::from_json(text).expect("a recording");
    Box::new(move |request| {
        let path = request.target.as_str();
        let same = |url: &str| url.splitn(4, '/').nth(3).map(|rest| format!("/{rest}")).as_deref() == Some(path);
        let by_headers = |sent: &[(String, String)]| {
            sent.iter().all(|(name, value)| name == "host" || request.header(name) == Some(value.as_str()))
        };
        let foreign = request.header("host").is_some_and(|host| host.contains("invalid"));
        let found = evidence
            .exchanges
            .values()
            .filter(|one| one.method == request.method && same(&one.url) && by_headers(&one.sent))
            .filter(|one| one.sent.iter().any(|(name, _)| name == "host") == foreign)
            .max_by_key(|one| one.sent.len());
        let missing = evidence.exchanges.get("random-root");
        let Some(exchange) = found.or(missing) else { return Reply::page(404, "nothing") };
        let headers = exchange
            .headers
            .iter()
            .filter(|(name, _)| {
                !matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection" | "content-encoding")
            })
            .cloned()
            .collect();
        Reply::Answer { status: exchange.status, headers, body: exchange.body.clone().into_bytes() }
    })
}

/// The same page with another token for every path.
#[must_use]
pub fn soft_404(page: &'static str) -> Site {
    Box::new(move |request| {
        let body =
            page.replace("TOKEN", &format!("{:040x}", request.number * 7919 + 1)).replace("PATH", &request.target);
        Reply::page(200, &body)
    })
}

/// The same status for everything.
#[must_use]
pub fn always(status: u16, header: (&'static str, &'static str), body: &'static str) -> Site {
    Box::new(move |_| Reply::page(status, body).with(header.0, header.1))
}

/// A bucket of requests that fills again: 429 when it is empty.
#[must_use]
pub fn limited(per_second: f64, burst: f64, site: Site) -> Site {
    let bucket = Mutex::new((burst, Instant::now()));
    Box::new(move |request| {
        let full = bucket.lock().map_or(0.0, |mut bucket| {
            let now = Instant::now();
            bucket.0 = now.duration_since(bucket.1).as_secs_f64().mul_add(per_second, bucket.0).min(burst);
            bucket.1 = now;
            if bucket.0 >= 1.0 {
                bucket.0 -= 1.0;
                1.0
            } else {
                0.0
            }
        });
        if full > 0.0 { site(request) } else { Reply::page(429, "slow down") }
    })
}

/// Every answer comes late.
#[must_use]
pub fn late(time: Duration, site: Site) -> Site {
    Box::new(move |request| Reply::Late(time, Box::new(site(request))))
}

/// Every `nth` connection breaks off.
#[must_use]
pub fn breaking(nth: usize, site: Site) -> Site {
    Box::new(move |request| if request.number % nth == nth - 1 { Reply::Close } else { site(request) })
}
