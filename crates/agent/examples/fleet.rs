//! Many agents at once, for `lab/agents`: each with a deployment, a key and an address of its own, speaking to a server behind a proxy.
//!
//! usage: fleet URL TOKEN AGENTS SECONDS EVIDENCE [HEARTBEAT] [EVERY]

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool of the lab stops at the first surprise"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use castellan_agent::link::Link;
use castellan_agent::protocol::{ENROL, ENROL_KEY, EVIDENCE, Enrol, Enrolled, HEARTBEAT, Heartbeat, Status};
use castellan_agent::signature::{Key, Request, Signed};
use data_encoding::BASE64;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

fn micros() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap()
}

struct One {
    link: Link,
    key: Key,
    id: String,
    address: String,
}

impl One {
    async fn ask(&self, method: &str, path: &str, body: Vec<u8>) -> Vec<u8> {
        let signed = Signed { key: self.id.clone(), created: micros() / 1_000_000, counter: micros() };
        let mut headers = self.key.headers(&Request { method, path, body: &body }, &signed).to_vec();
        headers.push(("x-forwarded-for", self.address.clone()));
        self.link
            .ask(method, path, &headers, Some(body))
            .await
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }
}

async fn enrolled(url: &str, token: &str, number: u64) -> One {
    let link = Link::new(url, &[]).unwrap();
    let bearer = [("authorization", format!("Bearer {token}"))];
    let post = async |path: String, body: Value| -> Value {
        let answer = link.ask("POST", &path, &bearer, Some(body.to_string().into_bytes())).await.unwrap();
        serde_json::from_slice(&answer).unwrap()
    };
    let deployment = post("/api/v1/deployments".into(), json!({"client": 1, "name": format!("erp-{number}")})).await;
    let invited = post(format!("/api/v1/deployments/{}/agents", deployment["id"]), json!({"name": "host"})).await;
    let key = Key::generate().unwrap().0;
    let address = format!("10.{}.{}.7", number / 250, number % 250);
    let mut one = One { link, key, id: ENROL_KEY.to_owned(), address };
    let asked = Enrol {
        token: invited["token"].as_str().unwrap().to_owned(),
        public_key: BASE64.encode(&one.key.public()),
        host: format!("host-{number}"),
        version: "0.1.0".to_owned(),
    };
    let answer = one.ask("POST", ENROL, serde_json::to_vec(&asked).unwrap()).await;
    one.id = serde_json::from_slice::<Enrolled>(&answer).unwrap().agent.to_string();
    one
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, unless: u64| arguments.get(at).map_or(unless, |text| text.parse().unwrap());
    let (url, token, agents, seconds) = (arguments[0].clone(), arguments[1].clone(), number(2, 500), number(3, 300));
    let evidence = Arc::new(std::fs::read(&arguments[4]).unwrap());
    let (heartbeat, every) = (number(5, 60), number(6, 3600));
    let mut all = Vec::new();
    for number in 0..agents {
        all.push(enrolled(&url, &token, number).await);
    }
    println!("{agents} agents enrolled");
    let begin = Instant::now();
    let end = begin + Duration::from_secs(seconds);
    let (beats, sent) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut tasks = tokio::task::JoinSet::new();
    for (number, one) in all.into_iter().enumerate() {
        let (evidence, beats, sent) = (Arc::clone(&evidence), Arc::clone(&beats), Arc::clone(&sent));
        tasks.spawn(async move {
            // Spread over the time, as starts of hosts are.
            let part = number as f64 / agents as f64;
            let mut beat = begin + Duration::from_secs(heartbeat).mul_f64(part);
            let mut collect = begin + Duration::from_secs(every).mul_f64(part);
            while beat < end || collect < end {
                if beat <= collect {
                    sleep_until(beat).await;
                    beat += Duration::from_secs(heartbeat);
                    let status = Status { run: "one".into(), host: "host".into(), every: 3600, ..Status::default() };
                    let body = serde_json::to_vec(&Heartbeat { status, outcomes: Vec::new() }).unwrap();
                    one.ask("POST", HEARTBEAT, body).await;
                    beats.fetch_add(1, Ordering::Relaxed);
                } else {
                    sleep_until(collect).await;
                    collect += Duration::from_secs(every);
                    one.ask("PUT", &format!("{EVIDENCE}/{}", micros()), evidence.as_ref().clone()).await;
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    while tasks.join_next().await.transpose().unwrap().is_some() {}
    println!("{} heartbeats, {} pieces of evidence", beats.load(Ordering::Relaxed), sent.load(Ordering::Relaxed));
}
