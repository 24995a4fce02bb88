//! Problems, limits, tags, keys, cookies.

use castellan_server::scope::Right;
use serde_json::json;

use crate::{PASSWORD, Server};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_owner_needs_the_token_of_the_terminal() {
    let server = Server::new().await;
    let given = |token: &str| json!({"token": token, "organisation": "Shop", "email": "ada@shop.example", "name": "Ada", "password": PASSWORD});
    assert_eq!(server.ask("POST", "/api/v1/setup", &[], Some(&given(""))).await.status, 403);
    let token = server.app.open_setup().unwrap();
    assert_eq!(server.ask("POST", "/api/v1/setup", &[], Some(&given("wrong"))).await.status, 403);
    let done = server.ask("POST", "/api/v1/setup", &[], Some(&given(&token))).await;
    assert_eq!(done.status, 204, "{}", done.text);
    let cookie = done.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert_eq!(server.ask("POST", "/api/v1/setup", &[], Some(&given(&token))).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_changes_something_only_with_its_token() {
    let server = Server::new().await;
    server.organisation("shop").await;
    let given = json!({"email": "owner@shop.example", "password": PASSWORD});
    let done = server.ask("POST", "/api/v1/session", &[], Some(&given)).await;
    assert_eq!(done.status, 204);
    let cookie = done.header("set-cookie").split(';').next().unwrap().to_owned();
    let me = server.ask("GET", "/api/v1/me", &[("cookie", &cookie)], None).await.json();
    let name = json!({"name": "Bakery"});
    assert_eq!(server.ask("POST", "/api/v1/clients", &[("cookie", &cookie)], Some(&name)).await.status, 403);
    let with = [("cookie", cookie.as_str()), ("x-csrf-token", me["csrf"].as_str().unwrap())];
    assert_eq!(server.ask("POST", "/api/v1/clients", &with, Some(&name)).await.status, 201);
    assert_eq!(server.ask("DELETE", "/api/v1/session", &with, None).await.status, 204);
    assert_eq!(server.ask("GET", "/api/v1/me", &[("cookie", &cookie)], None).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn log_ins_are_slowed_down() {
    let server = Server::new().await;
    server.organisation("shop").await;
    let wrong = json!({"email": "owner@shop.example", "password": "wrong"});
    let mut seen = Vec::new();
    for _ in 0..7 {
        seen.push(server.ask("POST", "/api/v1/session", &[], Some(&wrong)).await.status.as_u16());
    }
    assert_eq!(seen, [401, 401, 401, 401, 401, 429, 429]);
    let unknown = json!({"email": "nobody@shop.example", "password": "wrong"});
    let one = server.ask("POST", "/api/v1/session", &[], Some(&unknown)).await;
    assert_eq!(
        (one.status.as_u16(), one.json()["detail"].as_str().unwrap()),
        (401, "the address, the password or the code is wrong")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_takes_effect_once() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let token = format!("Bearer {}", server.token(&owner).await);
    let with = [("authorization", token.as_str()), ("idempotency-key", "one")];
    let name = json!({"name": "Bakery"});
    let first = server.ask("POST", "/api/v1/clients", &with, Some(&name)).await;
    let again = server.ask("POST", "/api/v1/clients", &with, Some(&name)).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!((first.json(), again.header("idempotency-replayed")), (again.json(), "true"));
    let other = server.ask("POST", "/api/v1/clients", &with, Some(&json!({"name": "Florist"}))).await;
    assert_eq!(other.status, 422, "{}", other.text);
    assert_eq!(server.data().clients(&owner).await.unwrap().len(), 2);
    // What failed may be tried again with the same key.
    let with = [("authorization", token.as_str()), ("idempotency-key", "two")];
    assert_eq!(server.ask("POST", "/api/v1/clients", &with, Some(&json!({"name": ""}))).await.status, 422);
    assert_eq!(server.ask("POST", "/api/v1/clients", &with, Some(&json!({"name": "Florist"}))).await.status, 201);
    // Many at once: one takes effect.
    let with = [("authorization", token.as_str()), ("idempotency-key", "three")];
    let name = json!({"name": "Smith"});
    let asked =
        futures_util::future::join_all((0..8).map(|_| server.ask("POST", "/api/v1/clients", &with, Some(&name)))).await;
    assert!(asked.iter().all(|one| [201, 409].contains(&one.status.as_u16())), "{asked:?}");
    assert_eq!(server.data().clients(&owner).await.unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_change_is_not_sent_again() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let token = format!("Bearer {}", server.token(&owner).await);
    let first = server.ask("GET", "/api/v1/clients", &[("authorization", &token)], None).await;
    let tag = first.header("etag").to_owned();
    let again = server.ask("GET", "/api/v1/clients", &[("authorization", &token), ("if-none-match", &tag)], None).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    server.data().add_client(&owner, "Bakery").await.unwrap();
    let changed =
        server.ask("GET", "/api/v1/clients", &[("authorization", &token), ("if-none-match", &tag)], None).await;
    assert_eq!(changed.status, 200);
    assert!(changed.header("ratelimit-remaining").parse::<u32>().unwrap() < 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_are_refused_with_a_time() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let token = server.token(&owner).await;
    let mut refused = None;
    for _ in 0..260 {
        let answer = server.with(&token, "GET", "/api/v1/me", None).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.unwrap();
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    // Nobody else is.
    let (_, other) =
        server.data().make_token(&server.organisation("other").await, "x", Right::Read, None, 1).await.unwrap();
    assert_eq!(server.with(&other, "GET", "/api/v1/me", None).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_is_a_problem() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let token = server.token(&owner).await;
    for (method, path, body, status) in [
        ("GET", "/api/v1/nothing", None, 404),
        ("PATCH", "/api/v1/clients", None, 405),
        ("GET", "/api/v1/deployments/abc", None, 400),
        ("GET", "/api/v1/deployments?limit=0", None, 422),
        ("GET", "/api/v1/deployments?limit=x", None, 400),
        ("GET", "/api/v1/deployments?cursor=x", None, 422),
        ("GET", "/api/v1/findings?severity=x", None, 422),
        ("POST", "/api/v1/clients", Some(json!({"nam": "x"})), 422),
        ("POST", "/api/v1/clients", Some(json!({"name": "x\ny"})), 422),
        ("POST", "/api/v1/clients", Some(json!({"name": "x".repeat(2 << 20)})), 413),
    ] {
        let answer = server.with(&token, method, path, body.as_ref()).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{method} {path}");
        assert!(problem["detail"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_framed_sniffed_or_run_from_elsewhere() {
    let server = Server::new().await;
    for path in ["/login", "/api/v1/me", "/assets/app.js", "/nowhere"] {
        let answer = server.ask("GET", path, &[], None).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    assert_eq!(server.ask("GET", "/metrics", &[], None).await.status, 200);
    assert!(server.folder.path().join("watch.db").is_file());
}
