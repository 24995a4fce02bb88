//! Passkeys with an authenticator of the test's own, which also errs and cheats.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use castellan_server::scope::Scope;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Answer, Server};

const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;
const HAS_KEY: u8 = 0x40;

/// A key in a telephone.
struct Authenticator {
    key: EcdsaKeyPair,
    credential: Vec<u8>,
    /// What the server knows its owner by.
    handle: String,
    counter: u32,
    /// Where the browser is, and for which name it asks.
    origin: &'static str,
    name: &'static str,
    flags: u8,
}

fn encoded(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

impl Authenticator {
    fn new(credential: &[u8]) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            credential: credential.to_vec(),
            handle: String::new(),
            counter: 0,
            origin: "https://castellan.test",
            name: "castellan.test",
            flags: PRESENT | VERIFIED,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data =
            json!({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false});
        data.to_string().into_bytes()
    }

    fn data(&mut self, flags: u8) -> Vec<u8> {
        self.counter += 1;
        let mut data = Sha256::digest(self.name.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// `navigator.credentials.create`.
    fn create(&mut self, options: &Value) -> Value {
        options["user"]["id"].as_str().unwrap().clone_into(&mut self.handle);
        let mut data = self.data(self.flags | HAS_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential.len()).unwrap().to_be_bytes());
        data.extend(&self.credential);
        // A key as COSE (RFC 9053) writes it: EC2, ES256, P-256, x and y.
        let point = self.key.public_key().as_ref();
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 32]);
        data.extend(&point[33..65]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        let id = encoded(&self.credential);
        json!({"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {"attestationObject": encoded(&object), "clientDataJSON": encoded(&self.client_data("webauthn.create", options))}})
    }

    /// `navigator.credentials.get`.
    fn get(&mut self, options: &Value) -> Value {
        let data = self.data(self.flags);
        let client = self.client_data("webauthn.get", options);
        let signed = [data.clone(), Sha256::digest(&client).to_vec()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let id = encoded(&self.credential);
        json!({"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {"authenticatorData": encoded(&data), "clientDataJSON": encoded(&client),
                "signature": encoded(signature.as_ref()), "userHandle": self.handle}})
    }
}

/// Somebody in a browser.
struct Browser<'a> {
    server: &'a Server,
    cookie: String,
    csrf: String,
    scope: Scope,
}

impl<'a> Browser<'a> {
    async fn of(server: &'a Server, email: &str) -> Self {
        let secret = server.cookie(email).await;
        let known = server.data().session(&secret, "127.0.0.1").await.unwrap().unwrap();
        Self { server, cookie: format!("castellan={secret}"), csrf: known.csrf, scope: known.scope }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("x-csrf-token", self.csrf.as_str())];
        self.server.ask(method, &format!("/api/v1{path}"), &headers, body).await
    }

    /// Makes a passkey: what the server says.
    async fn make(&self, authenticator: &mut Authenticator, name: &str) -> Answer {
        let asked = self.ask("POST", "/me/passkeys/offer", None).await.json();
        let credential = authenticator.create(&asked["options"]);
        let body = json!({"ceremony": asked["ceremony"], "name": name, "credential": credential});
        self.ask("POST", "/me/passkeys", Some(&body)).await
    }
}

/// Logs in: what the server says.
async fn log_in(server: &Server, authenticator: &mut Authenticator) -> Answer {
    let asked = server.ask("POST", "/api/v1/session/passkey/offer", &[], None).await.json();
    send(server, &asked["ceremony"], &authenticator.get(&asked["options"])).await
}

async fn send(server: &Server, ceremony: &Value, credential: &Value) -> Answer {
    let body = json!({"ceremony": ceremony, "credential": credential});
    server.ask("POST", "/api/v1/session/passkey", &[], Some(&body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_opens_the_account_of_its_owner() {
    let server = Server::new().await;
    server.organisation("shop").await;
    let browser = Browser::of(&server, "owner@shop.example").await;
    let asked = browser.ask("POST", "/me/passkeys/offer", None).await.json();
    assert_eq!(asked["options"]["rp"]["id"], "castellan.test");
    assert_eq!(asked["options"]["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(asked["options"]["authenticatorSelection"]["userVerification"], "required");
    let mut telephone = Authenticator::new(b"telephone-of-owner");
    let made = browser.make(&mut telephone, "Telephone").await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(browser.make(&mut telephone, "Again").await.status, 422);
    // The next offer names it, so that it is not made twice.
    let asked = browser.ask("POST", "/me/passkeys/offer", None).await.json();
    assert_eq!(asked["options"]["excludeCredentials"][0]["id"], encoded(b"telephone-of-owner"));

    let entered = log_in(&server, &mut telephone).await;
    assert_eq!(entered.status, 204, "{}", entered.text);
    let secret = entered.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    let known = server.data().session(&secret, "127.0.0.1").await.unwrap().unwrap();
    assert_eq!(known.scope.actor().label, "owner@shop.example");

    let list = browser.ask("GET", "/me/passkeys", None).await.json();
    assert!(list[0]["name"] == "Telephone" && list[0]["used"].is_number(), "{list}");
    let gone = browser.ask("DELETE", &format!("/me/passkeys/{}", list[0]["id"]), None).await;
    assert_eq!(gone.status, 204, "{}", gone.text);
    assert_eq!(log_in(&server, &mut telephone).await.status, 401);
    let log = server.data().log(&browser.scope, None, 100).await.unwrap().items;
    for action in ["passkey.add", "passkey.end"] {
        assert!(log.iter().any(|entry| entry.action == action && entry.object == "Telephone"), "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_order_opens_nothing() {
    let server = Server::new().await;
    server.organisation("shop").await;
    let browser = Browser::of(&server, "owner@shop.example").await;
    let mut telephone = Authenticator::new(b"telephone-of-owner");
    assert_eq!(browser.make(&mut telephone, "Telephone").await.status, 201);

    // An answer works once, and an answer to another question not at all.
    let asked = server.ask("POST", "/api/v1/session/passkey/offer", &[], None).await.json();
    let signed = telephone.get(&asked["options"]);
    let other = server.ask("POST", "/api/v1/session/passkey/offer", &[], None).await.json();
    assert_eq!(send(&server, &other["ceremony"], &signed).await.status, 401);
    assert_eq!(send(&server, &asked["ceremony"], &signed).await.status, 204);
    assert_eq!(send(&server, &asked["ceremony"], &signed).await.status, 409);
    assert_eq!(send(&server, &json!("made up"), &signed).await.status, 409);

    // A page that looks like ours, a name that is not ours, nobody at the telephone, and another key.
    telephone.origin = "https://castellan.evil.example";
    assert_eq!(log_in(&server, &mut telephone).await.status, 401);
    telephone.origin = "https://castellan.test";
    telephone.name = "evil.example";
    assert_eq!(log_in(&server, &mut telephone).await.status, 401);
    telephone.name = "castellan.test";
    telephone.flags = PRESENT;
    assert_eq!(log_in(&server, &mut telephone).await.status, 401);
    telephone.flags = PRESENT | VERIFIED;
    let mut forged = Authenticator::new(b"telephone-of-owner");
    forged.handle.clone_from(&telephone.handle);
    forged.counter = 100;
    assert_eq!(log_in(&server, &mut forged).await.status, 401);
    assert_eq!(log_in(&server, &mut telephone).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_noticed_and_who_may_not_log_in_does_not() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    server.person(&owner, "ben@shop.example", castellan_server::scope::Role::Analyst, None).await;
    let browser = Browser::of(&server, "ben@shop.example").await;
    let mut key = Authenticator::new(b"stick-of-ben");
    assert_eq!(browser.make(&mut key, "Stick").await.status, 201);
    assert_eq!(log_in(&server, &mut key).await.status, 204);
    // A copy counts from where it was taken.
    key.counter -= 1;
    assert_eq!(log_in(&server, &mut key).await.status, 401);
    key.counter += 1;
    assert_eq!(log_in(&server, &mut key).await.status, 204);
    let ben = browser.scope.actor().person;
    server.data().change_person(&owner, ben, None, None, Some(true)).await.unwrap();
    assert_eq!(log_in(&server, &mut key).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_for_one_person_in_a_session() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    server.organisation("other").await;
    let (browser, stranger) =
        (Browser::of(&server, "owner@shop.example").await, Browser::of(&server, "owner@other.example").await);
    let asked = browser.ask("POST", "/me/passkeys/offer", None).await.json();
    let credential = Authenticator::new(b"telephone").create(&asked["options"]);
    let body = json!({"ceremony": asked["ceremony"], "name": "Taken", "credential": credential});
    let taken = stranger.ask("POST", "/me/passkeys", Some(&body)).await;
    assert!(taken.status == 422 && taken.text.contains("somebody else"), "{} {}", taken.status, taken.text);
    assert!(stranger.ask("GET", "/me/passkeys", None).await.json().as_array().unwrap().is_empty());
    let token = server.token(&owner).await;
    assert_eq!(server.with(&token, "POST", "/api/v1/me/passkeys/offer", None).await.status, 403);
    // An offer is no question to log in.
    let asked = browser.ask("POST", "/me/passkeys/offer", None).await.json();
    let mut telephone = Authenticator::new(b"telephone");
    assert_eq!(browser.make(&mut telephone, "Telephone").await.status, 201);
    assert_eq!(send(&server, &asked["ceremony"], &telephone.get(&asked["options"])).await.status, 401);
}
