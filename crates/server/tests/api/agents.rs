//! Agents: what they enrol with is good once, what they sign is taken once, and nothing else is taken.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::Request;
use castellan_agent::protocol::{ENROL, ENROL_KEY, EVIDENCE, HEARTBEAT, Kind, Orders, public_key};
use castellan_agent::signature::{Key, Request as ToSign, Signed};
use castellan_server::data::deployments::Told;
use castellan_server::scope::{Role, Scope};
use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::{Answer, Server};

#[expect(clippy::disallowed_methods, reason = "signatures have the time of the clock in them")]
fn micros() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap()
}

struct Agent {
    key: Key,
    id: String,
}

/// A request that can be sent again as it is.
#[derive(Clone)]
struct Sent {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Agent {
    fn sign(&self, method: &'static str, path: &str, body: &[u8], counter: i64) -> Sent {
        let signed = Signed { key: self.id.clone(), created: micros() / 1_000_000, counter };
        let headers = self.key.headers(&ToSign { method, path, body }, &signed);
        Sent { method, path: path.to_owned(), headers: headers.to_vec(), body: body.to_vec() }
    }

    async fn beat(&self, server: &Server, run: &str) -> Answer {
        let body = json!({"status": {"host": "erp1", "version": "0.1.0", "run": run, "every": 3600}}).to_string();
        replay(server, &self.sign("POST", HEARTBEAT, body.as_bytes(), micros())).await
    }
}

async fn replay(server: &Server, sent: &Sent) -> Answer {
    let mut request = Request::builder().method(sent.method).uri(&sent.path);
    for (name, value) in &sent.headers {
        request = request.header(*name, value);
    }
    server.send(request.header("content-type", "application/json"), sent.body.clone()).await
}

/// A deployment without sources, and a token for an agent of it.
async fn invited(server: &Server, owner: &Scope) -> (i64, i64, String) {
    let client = server.data().clients(owner).await.unwrap()[0].id;
    let told = Told { client: Some(client), name: "Shop".into(), ..Told::default() };
    let deployment = server.data().add_deployment(owner, &told).await.unwrap().id;
    let (agent, token) = server.data().invite_agent(owner, deployment, "erp1").await.unwrap();
    (deployment, agent.id, token)
}

async fn enrol(server: &Server, token: &str, key: Key) -> (Agent, Answer) {
    let body = json!({"token": token, "public_key": BASE64.encode(&key.public()), "host": "erp1", "version": "0.1.0"});
    let mut agent = Agent { key, id: ENROL_KEY.to_owned() };
    let answer = replay(server, &agent.sign("POST", ENROL, body.to_string().as_bytes(), 1)).await;
    if answer.status == 200 {
        agent.id = answer.json()["agent"].to_string();
    }
    (agent, answer)
}

fn new_key() -> Key {
    Key::generate().unwrap().0
}

fn evidence() -> Vec<u8> {
    serde_json::to_vec(&castellan_audit::Kept::new(micros() / 1_000_000)).unwrap()
}

async fn logged(server: &Server, owner: &Scope, action: &str) -> bool {
    server.data().log(owner, None, 100).await.unwrap().items.iter().any(|entry| entry.action == action)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_enrols_speaks_and_is_told_what_to_do() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let (deployment, id, token) = invited(&server, &owner).await;
    let (agent, answer) = enrol(&server, &token, new_key()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["deployment"], "Shop");
    let server_key = public_key(answer.json()["server_key"].as_str().unwrap()).unwrap();
    let order = server.data().order(&owner, id, Kind::Diagnostics).await.unwrap();
    let told = agent.beat(&server, "a").await;
    assert_eq!(told.status, 200, "{}", told.text);
    let orders: Orders = serde_json::from_str(&told.text).unwrap();
    let opened = orders.orders[0].open(&server_key, id, 0, micros() / 1_000_000).unwrap();
    assert_eq!((opened.id, opened.kind), (order.id, Kind::Diagnostics));
    // The answer was lost: it is told again, until the agent says that it took it.
    assert_eq!(agent.beat(&server, "a").await.json()["orders"].as_array().unwrap().len(), 1);
    let body = json!({"status": {"run": "a", "order": order.id}, "outcomes": [{"order": order.id, "done": true, "text": "all well"}]});
    let told = replay(&server, &agent.sign("POST", HEARTBEAT, body.to_string().as_bytes(), micros())).await;
    assert_eq!(told.json()["orders"].as_array().unwrap().len(), 0);
    let orders = server.data().orders(&owner, id).await.unwrap();
    assert_eq!((orders[0].state.as_str(), orders[0].outcome.as_str()), ("done", "all well"));
    let shown = &server.data().agents(&owner, deployment).await.unwrap()[0];
    assert_eq!((shown.state.as_str(), shown.address.as_str()), ("enrolled", "127.0.0.1"));
    assert!(shown.seen.is_some() && logged(&server, &owner, "agent.enrol").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_for_one_agent() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let (_, _, token) = invited(&server, &owner).await;
    let (key, pkcs8) = Key::generate().unwrap();
    assert_eq!(enrol(&server, &token, key).await.1.status, 200);
    // The same agent asks again, as when an answer was lost.
    assert_eq!(enrol(&server, &token, Key::read(&pkcs8).unwrap()).await.1.status, 200);
    let (_, stolen) = enrol(&server, &token, new_key()).await;
    assert_eq!(stolen.status, 403, "{}", stolen.text);
    assert!(stolen.text.contains("used by another agent"), "{}", stolen.text);
    assert!(logged(&server, &owner, "agent.enrol-refused").await);
    assert_eq!(enrol(&server, "cse_guess", new_key()).await.1.status, 403);
    // Who does not have the key cannot enrol it.
    let body = json!({"token": token, "public_key": BASE64.encode(&new_key().public()), "host": "x", "version": "x"});
    let other = Agent { key: new_key(), id: ENROL_KEY.to_owned() };
    let answer = replay(&server, &other.sign("POST", ENROL, body.to_string().as_bytes(), 1)).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_is_taken_once() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let (deployment, _, token) = invited(&server, &owner).await;
    let (agent, _) = enrol(&server, &token, new_key()).await;
    let sent = agent.sign("PUT", &format!("{EVIDENCE}/7"), &evidence(), micros());
    let first = replay(&server, &sent).await;
    assert_eq!(first.status, 202, "{}", first.text);
    assert!(first.json()["job"].is_i64());
    let again = replay(&server, &sent).await;
    assert_eq!(again.status, 409, "{}", again.text);
    assert!(again.text.contains("taken before"), "{}", again.text);
    // The agent did not hear the answer and signs the same evidence anew: it is taken, and makes no second job.
    let resent = replay(&server, &agent.sign("PUT", &format!("{EVIDENCE}/7"), &evidence(), micros())).await;
    assert_eq!((resent.status.as_u16(), resent.json()["job"].clone()), (202, Value::Null));
    assert_eq!(server.data().jobs(&owner, Some(deployment), None, 10).await.unwrap().items.len(), 1);
    for (what, change) in [
        (
            "another path",
            Sent { path: format!("{EVIDENCE}/8"), ..agent.sign("PUT", &format!("{EVIDENCE}/9"), b"{}", micros()) },
        ),
        ("another body", Sent { body: evidence(), ..agent.sign("PUT", &format!("{EVIDENCE}/9"), b"{}", micros()) }),
    ] {
        assert_eq!(replay(&server, &change).await.status, 401, "{what}");
    }
    let late = Signed { key: agent.id.clone(), created: micros() / 1_000_000 - 400, counter: micros() };
    let headers = agent.key.headers(&ToSign { method: "POST", path: HEARTBEAT, body: b"{}" }, &late);
    let late = Sent { method: "POST", path: HEARTBEAT.into(), headers: headers.to_vec(), body: b"{}".to_vec() };
    assert!(replay(&server, &late).await.text.contains("seconds off"));
    let stranger = Agent { key: new_key(), id: agent.id.clone() };
    assert_eq!(stranger.beat(&server, "a").await.status, 401);
    let nobody = Agent { key: new_key(), id: "4711".into() };
    assert!(nobody.beat(&server, "a").await.text.contains("no such agent"));
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_that_is_none_is_refused_in_words() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let (deployment, _, token) = invited(&server, &owner).await;
    let (agent, _) = enrol(&server, &token, new_key()).await;
    let deep = "[".repeat(100_000);
    for (number, body) in
        [&b"{}"[..], b"\xff\xfe", b"", deep.as_bytes(), br#"{"format": 99}"#, b"null"].into_iter().enumerate()
    {
        let sent = agent.sign("PUT", &format!("{EVIDENCE}/{}", number + 1), body, micros());
        let answer = replay(&server, &sent).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert!(answer.text.contains("evidence of Castellan") || answer.text.contains("format 99"), "{}", answer.text);
    }
    let sent = agent.sign("PUT", &format!("{EVIDENCE}/x"), b"{}", micros());
    assert_eq!(replay(&server, &sent).await.status, 400);
    let large = agent.sign("PUT", &format!("{EVIDENCE}/1"), &vec![b' '; (64 << 20) + 1], micros());
    assert_eq!(replay(&server, &large).await.status, 413);
    let many = json!({"status": {"host": "h".repeat(100_000)}}).to_string();
    assert_eq!(replay(&server, &agent.sign("POST", HEARTBEAT, many.as_bytes(), micros())).await.status, 200);
    assert_eq!(server.data().agents(&owner, deployment).await.unwrap()[0].host.len(), 4000);
    assert!(server.data().jobs(&owner, None, None, 10).await.unwrap().items.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_key_stops_both() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let (deployment, id, token) = invited(&server, &owner).await;
    let (agent, _) = enrol(&server, &token, new_key()).await;
    // Starts again and again are no copy.
    for run in ["a", "a", "b", "c", "c"] {
        assert_eq!(agent.beat(&server, run).await.status, 200);
    }
    // Run `b` is over; run `b` speaking again beside `c` would be two machines, and so is this.
    assert_eq!(agent.beat(&server, "thief").await.status, 200);
    let answer = agent.beat(&server, "c").await;
    assert_eq!(answer.status, 403, "{}", answer.text);
    assert!(answer.text.contains("two machines"), "{}", answer.text);
    assert_eq!(agent.beat(&server, "thief").await.status, 403);
    let sent = agent.sign("PUT", &format!("{EVIDENCE}/1"), &evidence(), micros());
    assert_eq!(replay(&server, &sent).await.status, 403);
    assert_eq!(server.data().agents(&owner, deployment).await.unwrap()[0].state, "suspended");
    assert!(logged(&server, &owner, "agent.suspend").await);
    assert!(server.data().order(&owner, id, Kind::Ping).await.is_err());
    server.data().remove_agent(&owner, id).await.unwrap();
    assert_eq!(agent.beat(&server, "c").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_without_sources_tells_the_agents() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let (deployment, id, token) = invited(&server, &owner).await;
    let (agent, _) = enrol(&server, &token, new_key()).await;
    let daily = castellan_server::data::schedules::Told::new("0 3 * * *", "UTC");
    server.data().add_schedule(&owner, deployment, &daily).await.unwrap();
    server.data().fire(micros() / 1_000_000 + 86_400).await.unwrap();
    assert!(server.data().jobs(&owner, None, None, 10).await.unwrap().items.is_empty());
    let orders = server.data().orders(&owner, id).await.unwrap();
    assert_eq!((orders.len(), orders[0].kind.as_str(), orders[0].requested_by.as_str()), (1, "scan", "schedule"));
    assert_eq!(agent.beat(&server, "a").await.json()["orders"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_viewer_sees_agents_of_their_client_and_tells_them_nothing() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let (deployment, id, _) = invited(&server, &owner).await;
    let client = server.data().clients(&owner).await.unwrap()[0].id;
    let token = server.person(&owner, "viewer@shop.example", Role::ClientViewer, Some(client)).await;
    let listed = server.with(&token, "GET", &format!("/api/v1/deployments/{deployment}/agents"), None).await;
    assert_eq!(listed.json()[0]["name"], "erp1");
    let body = json!({"kind": "scan"});
    let refused = server.with(&token, "POST", &format!("/api/v1/agents/{id}/orders"), Some(&body)).await;
    assert_eq!(refused.status, 403);
}
