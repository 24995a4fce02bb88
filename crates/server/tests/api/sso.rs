//! Single sign-on with a provider on loopback, which also errs and cheats.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use axum::extract::{Form, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use castellan_server::auth::sso::Provider;
use castellan_server::clock::now;
use castellan_server::scope::Role;
use data_encoding::BASE64URL_NOPAD;
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{Answer, Server};

/// What the provider does next.
struct Said {
    address: String,
    key: Ed25519KeyPair,
    claims: Value,
    challenge: String,
    /// Another key signs than the one that is published.
    forged: bool,
}

type Shared = Arc<Mutex<Said>>;

fn encoded(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

async fn configuration(State(said): State<Shared>) -> Json<Value> {
    let issuer = said.lock().unwrap().address.clone();
    Json(
        json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"), "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"]}),
    )
}

async fn keys(State(said): State<Shared>) -> Json<Value> {
    let x = BASE64URL_NOPAD.encode(said.lock().unwrap().key.public_key().as_ref());
    Json(json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "one", "x": x}]}))
}

async fn token(State(said): State<Shared>, Form(form): Form<HashMap<String, String>>) -> Json<Value> {
    let said = said.lock().unwrap();
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(form["code_verifier"].as_bytes()));
    if form["code"] != "right" || challenge != said.challenge {
        return Json(json!({"error": "invalid_grant"}));
    }
    let text = format!("{}.{}", encoded(&json!({"alg": "EdDSA", "kid": "one"})), encoded(&said.claims));
    let other = Ed25519KeyPair::generate().unwrap();
    let key = if said.forged { &other } else { &said.key };
    let token = format!("{text}.{}", BASE64URL_NOPAD.encode(key.sign(text.as_bytes()).as_ref()));
    Json(json!({"access_token": "x", "token_type": "Bearer", "id_token": token}))
}

async fn provider() -> (Shared, Provider) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let said = Arc::new(Mutex::new(Said {
        address: address.clone(),
        key: Ed25519KeyPair::generate().unwrap(),
        claims: Value::Null,
        challenge: String::new(),
        forged: false,
    }));
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(configuration))
        .route("/keys", get(keys))
        .route("/token", post(token))
        .with_state(Arc::clone(&said));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let secret = Some(SecretString::from("client-s3cret".to_owned()));
    (said, Provider { issuer: address, client: "castellan".into(), secret, name: "Agency".into() })
}

/// What changes of a way there and back.
#[derive(Default)]
struct Way {
    claims: Value,
    code: Option<&'static str>,
    state: Option<&'static str>,
    without_cookie: bool,
}

/// Goes to the provider and comes back.
async fn go(server: &Server, said: &Shared, way: Way) -> Answer {
    let begun = server.ask("GET", "/login/sso?next=/findings", &[], None).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    let url = Url::parse(begun.header("location")).unwrap();
    let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!((asked["client_id"].as_str(), asked["code_challenge_method"].as_str()), ("castellan", "S256"));
    assert_eq!(asked["redirect_uri"], "http://castellan.test/login/sso/back");
    let mut claims = json!({"iss": said.lock().unwrap().address, "aud": "castellan", "sub": "4711", "iat": now(), "exp": now() + 300,
        "nonce": asked["nonce"], "email": "owner@shop.example", "email_verified": true, "name": "Ada"});
    for (key, value) in way.claims.as_object().into_iter().flatten() {
        claims[key] = value.clone();
    }
    {
        let mut said = said.lock().unwrap();
        said.claims = claims;
        said.challenge.clone_from(&asked["code_challenge"]);
    }
    let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
    let headers = if way.without_cookie { Vec::new() } else { vec![("cookie", cookie.as_str())] };
    let state = way.state.map_or_else(|| asked["state"].clone(), str::to_owned);
    let path = format!("/login/sso/back?code={}&state={state}", way.code.unwrap_or("right"));
    server.ask("GET", &path, &headers, None).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_the_provider_knows_gets_in_and_nobody_else() {
    let (said, provider) = provider().await;
    let server = Server::with_sso(Some(provider.clone())).await;
    let owner = server.organisation("shop").await;
    assert!(server.ask("GET", "/login", &[], None).await.text.contains("Log in with Agency"));
    let of = |claims: Value| Way { claims, ..Way::default() };
    for (what, way) in [
        ("another code", Way { code: Some("wrong"), ..Way::default() }),
        ("another state", Way { state: Some("wrong"), ..Way::default() }),
        ("another browser", Way { without_cookie: true, ..Way::default() }),
        ("another nonce", of(json!({"nonce": "wrong"}))),
        ("another audience", of(json!({"aud": "somebody else"}))),
        ("another issuer", of(json!({"iss": "https://evil.example.com"}))),
        ("a token that is over", of(json!({"exp": now() - 3600}))),
        ("an address that is not verified", of(json!({"email_verified": false}))),
        ("no address", of(json!({"email": null}))),
        ("a stranger", of(json!({"email": "eve@evil.example"}))),
    ] {
        // An address may not try all of them at one server.
        let server = Server::with_sso(Some(provider.clone())).await;
        server.organisation("shop").await;
        let answer = go(&server, &said, way).await;
        assert_eq!(answer.status, 403, "{what}: {}", answer.text);
        assert!(
            !answer
                .headers
                .get_all("set-cookie")
                .iter()
                .any(|value| value.to_str().unwrap().starts_with("castellan=c")),
            "{what}"
        );
    }
    said.lock().unwrap().forged = true;
    assert_eq!(go(&server, &said, Way::default()).await.status, 403, "another key");
    said.lock().unwrap().forged = false;
    let entered = go(&server, &said, Way::default()).await;
    assert_eq!((entered.status.as_u16(), entered.header("location")), (303, "/findings"), "{}", entered.text);
    assert!(entered.header("set-cookie").starts_with("castellan="));
    let log = server.data().log(&owner, None, 100).await.unwrap().items;
    assert!(log.iter().any(|entry| entry.action == "sso.tie"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_tied_to_a_subject() {
    let (said, provider) = provider().await;
    let server = Server::with_sso(Some(provider)).await;
    let owner = server.organisation("shop").await;
    assert_eq!(go(&server, &said, Way::default()).await.status, 303);
    // The address changed at the provider: it is the same person.
    let moved = Way { claims: json!({"email": "new@shop.example"}), ..Way::default() };
    assert_eq!(go(&server, &said, moved).await.status, 303);
    // Somebody else got the old address: they are not.
    let other = Way { claims: json!({"sub": "4712"}), ..Way::default() };
    let refused = go(&server, &said, other).await;
    assert!(refused.status == 403 && refused.text.contains("tied to another account"), "{}", refused.text);
    // Who was invited needs no password.
    server.data().invite(&owner, "Ben@shop.example", Role::Analyst, None).await.unwrap();
    let invited = Way { claims: json!({"sub": "4713", "email": "ben@shop.example", "name": "Ben"}), ..Way::default() };
    assert_eq!(go(&server, &said, invited).await.status, 303);
    let ben = server.data().account("ben@shop.example").await.unwrap().unwrap().person;
    assert_eq!((ben.name.as_str(), ben.role), ("Ben", Role::Analyst));
    // Who may not log in may not do so by another way.
    server.data().change_person(&owner, ben.id, None, None, Some(true)).await.unwrap();
    let invited = Way { claims: json!({"sub": "4713", "email": "ben@shop.example"}), ..Way::default() };
    assert_eq!(go(&server, &said, invited).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_leaves_the_password() {
    let provider = Provider {
        issuer: "http://127.0.0.1:9".into(),
        client: "castellan".into(),
        secret: None,
        name: "Agency".into(),
    };
    let server = Server::with_sso(Some(provider)).await;
    server.organisation("shop").await;
    let answer = server.ask("GET", "/login/sso", &[], None).await;
    assert!(answer.status == 503 && answer.text.contains("log in with your password"), "{}", answer.text);
    let none = Server::new().await;
    none.organisation("shop").await;
    assert!(!none.ask("GET", "/login", &[], None).await.text.contains("/login/sso"));
    assert_eq!(none.ask("GET", "/login/sso", &[], None).await.status, 404);
}
