//! Every endpoint of the description as everybody who must not.

use std::collections::BTreeMap;

use castellan_model::{AuditReport, Score};
use castellan_server::api::description;
use castellan_server::data::deployments::{Filter, Told};
use castellan_server::data::findings;
use castellan_server::scope::{Right, Role, Scope};
use castellan_server::sources::Sources;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::Server;

/// An operation of the description.
struct Operation {
    method: String,
    path: String,
    right: String,
    has_body: bool,
}

fn operations() -> Vec<Operation> {
    let api = serde_json::to_value(description()).unwrap();
    assert_eq!(api["openapi"].as_str().map(|text| text.starts_with("3.1")), Some(true));
    let mut out = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, one) in item
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| ["get", "put", "post", "delete", "patch"].contains(&name.as_str()))
        {
            let right =
                one["x-right"].as_str().unwrap_or_else(|| panic!("{method} {path} does not say which right it needs"));
            out.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                right: right.to_owned(),
                has_body: one.get("requestBody").is_some(),
            });
        }
    }
    assert!(out.len() > 40, "{} operations", out.len());
    out
}

/// What an organisation has, by the name of the part of the path before it.
struct Things {
    ids: BTreeMap<&'static str, i64>,
    client: i64,
}

async fn furnish(server: &Server, owner: &Scope) -> Things {
    let data = server.data();
    let client = data.add_client(owner, "Marked client").await.unwrap().id;
    let sources = Sources { sites: vec!["https://marked.example.com".into()], ..Sources::default() };
    let told = Told { client: Some(client), name: "Marked deployment".into(), sources, ..Told::default() };
    let deployment = data.add_deployment(owner, &told).await.unwrap().id;
    let finding = json!({"rule": "marked-rule", "code": "TST001", "message": "Marked finding", "why": "", "help": "", "severity": "high", "confidence": "high",
        "persona": "regular", "cwe": 89, "module": null, "location": {"path": "marked.py", "span": {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 2}},
        "excerpt": {"first_line": 1, "lines": ["x"]}}, "fingerprint": "0".repeat(32)});
    let report = AuditReport {
        score: Score { grade: "C".into(), ..Score::default() },
        findings: vec![serde_json::from_value(finding).unwrap()],
        ..AuditReport::default()
    };
    data.scan_now(owner, deployment).await.unwrap();
    let claimed = data.claim(9).await.unwrap().unwrap();
    let recorded = data.record(&claimed, &report, None, &[]).await.unwrap().unwrap();
    // A scan that fails for good is an alert.
    data.scan_now(owner, deployment).await.unwrap();
    let claimed = data.claim(9).await.unwrap().unwrap();
    data.give_up(&claimed, "Marked reason", false).await.unwrap();
    let alert = data.alerts(owner, None, 1).await.unwrap().items[0].id;
    let job = data.scan_now(owner, deployment).await.unwrap().id;
    data.put_secret(owner, deployment, "rpc", &SecretString::from("Marked secret".to_owned())).await.unwrap();
    data.add_comment(owner, recorded.new[0], "Marked comment").await.unwrap();
    let daily = castellan_server::data::schedules::Told::new("0 3 * * *", "UTC");
    let schedule = data.add_schedule(owner, deployment, &daily).await.unwrap().id;
    let token = data.make_token(owner, "Marked token", Right::Read, None, 1).await.unwrap().0.id;
    let invitation = data.invite(owner, "marked@shop.example", Role::Viewer, None).await.unwrap().0.id;
    let told = castellan_server::data::channels::Told {
        client: None,
        name: "Marked channel".into(),
        kind: castellan_server::data::channels::Kind::Email,
        target: SecretString::from("marked@shop.example".to_owned()),
        triggers: Vec::new(),
        drop: 5,
        timing: castellan_server::data::timing::Timing { group_seconds: 0, ..Default::default() },
    };
    let channel = data.add_channel(owner, &told).await.unwrap().0.id;
    data.test_channel(owner, channel).await.unwrap();
    let agent = data.invite_agent(owner, deployment, "Marked agent").await.unwrap().0.id;
    let soon = castellan_server::data::maintenance::Told {
        client: Some(client),
        deployment: None,
        begins: 0,
        ends: i64::MAX / 2,
        reason: "Marked maintenance".into(),
    };
    let soon = castellan_server::data::maintenance::Told { begins: soon.ends - 3600, ..soon };
    let maintenance = data.plan_maintenance(owner, &soon).await.unwrap().id;
    let share = data.share(owner, recorded.audit, 3, "en").await.unwrap().0.id;
    let key = castellan_server::auth::passkey::Kept { credential: b"marked".to_vec(), public_key: "{}".into() };
    let passkey = data.add_passkey(owner, "Marked passkey", &key).await.unwrap().id;
    let session = data.sessions(owner).await.unwrap()[0].id;
    let ids = BTreeMap::from([
        ("clients", client),
        ("deployments", deployment),
        ("findings", recorded.new[0]),
        ("audits", recorded.audit),
        ("jobs", job),
        ("schedules", schedule),
        ("tokens", token),
        ("invitations", invitation),
        ("passkeys", passkey),
        ("sessions", session),
        ("people", owner.actor().person),
        ("channels", channel),
        ("agents", agent),
        ("alerts", alert),
        ("maintenance", maintenance),
        ("shares", share),
        ("checks", 0),
    ]);
    Things { ids, client }
}

/// The path with the numbers of things.
fn filled(path: &str, things: &Things) -> String {
    let mut before = "";
    let parts = path.split('/').map(|part| {
        let filled = match part {
            "{name}" => "rpc".to_owned(),
            "{number}" => "1".to_owned(),
            _ if part.starts_with('{') => things.ids[before].to_string(),
            _ => part.to_owned(),
        };
        before = part;
        filled
    });
    let path = parts.collect::<Vec<_>>().join("/");
    match path.rsplit('/').next() {
        Some("difference") => format!("{path}?from=0&to=1"),
        Some("organisation") => format!("{path}?name=shop"),
        _ => path,
    }
}

/// A body that would do something.
fn body(path: &str, things: &Things) -> Value {
    let deployment = json!({"name": "Taken", "sources": {"sites": ["https://taken.example.com"]}});
    match path.rsplit_once("/api/v1/").map_or(path, |(_, rest)| rest) {
        "setup" => {
            json!({"token": "x", "organisation": "x", "email": "a@b.example", "name": "x", "password": crate::PASSWORD})
        }
        "session" => json!({"email": "a@b.example", "password": "x"}),
        "session/passkey" => {
            json!({"ceremony": "x", "credential": {"id": "eA", "rawId": "eA", "type": "public-key",
                "response": {"authenticatorData": "eA", "clientDataJSON": "eA", "signature": "eA", "userHandle": "eA"}}})
        }
        "me/passkeys" => {
            json!({"ceremony": "x", "name": "taken", "credential": {"id": "eA", "rawId": "eA", "type": "public-key",
                "response": {"attestationObject": "eA", "clientDataJSON": "eA"}}})
        }
        "checks" => json!({"site": "https://taken.example.com", "consent": true}),
        "me/password" => json!({"old": crate::PASSWORD, "new": "another otter eight lanterns"}),
        "me/second-factor" => json!({"secret": "AAAA", "code": "000000"}),
        "me/tokens" => json!({"name": "taken", "right": "read", "days": 1, "client": things.client}),
        "people/{id}" => json!({"disabled": true}),
        "invitations" => json!({"email": "taken@b.example", "role": "client-viewer", "client": things.client}),
        "invitations/accept" => json!({"secret": "x", "name": "x", "password": crate::PASSWORD}),
        "clients" | "clients/{id}" => json!({"name": "Taken"}),
        "deployments" => {
            let mut body = deployment;
            body["client"] = json!(things.client);
            body
        }
        "deployments/{id}" => deployment,
        "deployments/{id}/secrets/{name}" => json!({"value": "taken"}),
        "deployments/{id}/schedules" => json!({"cron": "0 4 * * *"}),
        "deployments/{id}/evidence" => serde_json::to_value(castellan_audit::Kept::new(1)).unwrap(),
        "channels" => json!({"name": "taken", "kind": "email", "target": "taken@b.example", "client": things.client}),
        "organisation" => json!({"name": "shop", "brand": {"name": "Taken"}}),
        "audits/{id}/shares" => json!({"days": 3}),
        "maintenance" => {
            json!({"client": things.client, "begins": 4_000_000_000_i64, "ends": 4_000_003_600_i64, "reason": "taken"})
        }
        "deployments/{id}/agents" => json!({"name": "taken"}),
        "agents/{id}/orders" => json!({"kind": "ping"}),
        "agent/enrolment" => json!({"token": "x", "public_key": "x", "host": "x", "version": "x"}),
        "agent/heartbeat" => json!({"status": {}}),
        "agent/evidence/{number}" => serde_json::to_value(castellan_audit::Kept::new(1)).unwrap(),
        "findings/decisions" => {
            json!({"findings": [things.ids["findings"]], "change": {"state": "false-positive", "reason": "taken"}})
        }
        "findings/{id}/comments" => json!({"text": "taken"}),
        other => panic!("no body for {other}"),
    }
}

/// What an organisation holds, as text.
async fn state(server: &Server, owner: &Scope, things: &Things) -> String {
    let data = server.data();
    let id = things.ids["deployments"];
    let mut out = format!("{:?}", data.deployments(owner, &Filter::default(), None, 100).await.unwrap());
    out += &format!("{:?}", data.findings(owner, &findings::Filter::default(), None, 100).await.unwrap());
    out += &format!("{:?}", data.clients(owner).await.unwrap());
    out += &format!("{:?}", data.people(owner).await.unwrap());
    out += &format!("{:?}", data.invitations(owner).await.unwrap());
    out += &format!("{:?}", data.secrets(owner, id).await.unwrap());
    out += &format!("{:?}", data.schedules(owner, id).await.unwrap());
    out += &format!("{:?}", data.jobs(owner, None, None, 100).await.unwrap());
    out += &format!("{:?}", data.comments(owner, things.ids["findings"]).await.unwrap());
    out += &format!("{:?}", data.audits(owner, id, None, 100).await.unwrap());
    out += &format!("{:?}", data.passkeys(owner).await.unwrap());
    out += &format!("{:?}", data.settings(owner).await.unwrap());
    out += &format!("{:?}", data.shares(owner, id).await.unwrap());
    out += &format!("{:?}", data.alerts(owner, None, 100).await.unwrap());
    out += &format!("{:?}", data.maintenance(owner).await.unwrap());
    out += &format!("{:?}", data.agents(owner, id).await.unwrap());
    out += &format!("{:?}", data.orders(owner, things.ids["agents"]).await.unwrap());
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_refuses_everybody_who_must_not() {
    let server = Server::new().await;
    let shop = server.organisation("shop").await;
    let things = furnish(&server, &shop).await;
    let other = server.organisation("other").await;
    let stranger = server.token(&other).await;
    let mut of_role = BTreeMap::new();
    for role in [Role::Viewer, Role::Analyst] {
        let email = format!("{}@shop.example", role.name());
        of_role.insert(role, server.person(&shop, &email, role, None).await);
    }
    let second = server.data().clients(&shop).await.unwrap().into_iter().find(|one| one.id != things.client).unwrap();
    let elsewhere = server.person(&shop, "elsewhere@shop.example", Role::ClientViewer, Some(second.id)).await;
    let before = state(&server, &shop, &things).await;
    for one in operations() {
        let path = filled(&one.path, &things);
        let label = format!("{} {}", one.method, one.path);
        let body = one.has_body.then(|| body(&one.path, &things));
        let names_a_thing = one.path.contains('{')
            || body.as_ref().is_some_and(|body| body.get("client").is_some() || body.get("findings").is_some());
        let nobody = server.ask(&one.method, &path, &[], body.as_ref()).await;
        if one.right == "none" {
            // A question to log in says nothing of anybody.
            let is_question = one.path.ends_with("/session/passkey/offer");
            assert_eq!(nobody.status.is_success(), is_question, "{label}: nobody got {}", nobody.status);
            continue;
        }
        assert_eq!(nobody.status, 401, "{label} by nobody");
        assert_eq!(nobody.header("content-type"), "application/problem+json", "{label}");
        let wrong = server.ask(&one.method, &path, &[("authorization", "Bearer cst_wrong")], body.as_ref()).await;
        assert_eq!(wrong.status, 401, "{label} with a wrong token");
        if one.right == "agent" {
            // Only who has the key of an agent: no token of a person does.
            let answer = server.with(&of_role[&Role::Analyst], &one.method, &path, body.as_ref()).await;
            assert_eq!(answer.status, 401, "{label} with a token: {}", answer.text);
            continue;
        }
        for (who, token) in
            [("the owner of another organisation", &stranger), ("a viewer of another client", &elsewhere)]
        {
            let answer = server.with(token, &one.method, &path, body.as_ref()).await;
            assert!(
                !answer.text.contains("Marked") && !answer.text.contains("marked"),
                "{label}: {who} got {}",
                answer.text
            );
            if names_a_thing {
                assert!(
                    [403, 404].contains(&answer.status.as_u16()),
                    "{label}: {who} got {} {}",
                    answer.status,
                    answer.text
                );
            }
        }
        for (role, token) in &of_role {
            let enough = match one.right.as_str() {
                "session" => false,
                name => role.right() >= Right::from_name(name).unwrap(),
            };
            if !enough {
                let answer = server.with(token, &one.method, &path, body.as_ref()).await;
                assert_eq!(answer.status, 403, "{label} by {}: {}", role.name(), answer.text);
            }
        }
    }
    assert_eq!(state(&server, &shop, &things).await, before, "somebody changed something");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_lets_in_who_may() {
    let server = Server::new().await;
    let shop = server.organisation("shop").await;
    let things = furnish(&server, &shop).await;
    let token = server.token(&shop).await;
    // The stream of a job that waits has no end: it is asked for last, when the job is over.
    let is_stream = |one: &Operation| one.path.ends_with("/events");
    for one in operations().iter().filter(|one| one.method == "GET" && one.right != "none" && !is_stream(one)) {
        let answer = server.with(&token, "GET", &filled(&one.path, &things), None).await;
        assert_eq!(answer.status, 200, "{}: {}", one.path, answer.text);
        assert!(!answer.text.contains("Marked secret"), "{} gives a credential out", one.path);
    }
    for (method, path, status) in [
        ("PUT", "/api/v1/clients/{id}", 204),
        ("PUT", "/api/v1/deployments/{id}", 200),
        ("PUT", "/api/v1/deployments/{id}/secrets/{name}", 204),
        ("POST", "/api/v1/deployments/{id}/schedules", 201),
        ("POST", "/api/v1/deployments/{id}/evidence", 202),
        ("POST", "/api/v1/findings/decisions", 200),
        ("POST", "/api/v1/findings/{id}/comments", 201),
        ("DELETE", "/api/v1/deployments/{id}/secrets/{name}", 204),
        ("POST", "/api/v1/jobs/{id}/cancel", 200),
        ("POST", "/api/v1/deployments/{id}/agents", 201),
        ("DELETE", "/api/v1/agents/{id}", 204),
        ("POST", "/api/v1/alerts/{id}/seen", 200),
        ("PUT", "/api/v1/organisation", 200),
        ("POST", "/api/v1/audits/{id}/shares", 201),
        ("DELETE", "/api/v1/shares/{id}", 204),
        ("POST", "/api/v1/maintenance", 201),
        ("DELETE", "/api/v1/maintenance/{id}", 204),
        ("POST", "/api/v1/channels/{id}/test", 202),
        ("DELETE", "/api/v1/channels/{id}", 204),
        ("DELETE", "/api/v1/deployments/{id}/schedules/{schedule}", 204),
        ("DELETE", "/api/v1/deployments/{id}", 204),
    ] {
        let sent = (method != "DELETE" && !["cancel", "test", "seen"].iter().any(|end| path.ends_with(end)))
            .then(|| body(path, &things));
        let answer = server.with(&token, method, &filled(path, &things), sent.as_ref()).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        if path.ends_with("cancel") {
            let stream = server.with(&token, "GET", &filled("/api/v1/jobs/{id}/events", &things), None).await;
            assert!(stream.text.contains("event: job") && stream.text.contains("cancelled"), "{}", stream.text);
        }
    }
}
