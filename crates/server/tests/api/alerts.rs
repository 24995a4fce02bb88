//! Messages to a receiver on loopback, with its failures.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::hmac;
use castellan_server::data::channels::{Kind, Told};
use castellan_server::scope::Scope;
use castellan_server::work::send::send;
use data_encoding::HEXLOWER;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::Server;

/// A receiver that answers with these statuses, one after another, and then with the last one again: its address, and what it got.
async fn receiver(statuses: Vec<u16>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook/marked-path", listener.local_addr().unwrap());
    let got = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&got);
    tokio::spawn(async move {
        let mut at = 0;
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            let mut part = [0; 8192];
            loop {
                let count = stream.read(&mut part).await.unwrap_or(0);
                bytes.extend_from_slice(&part[..count]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                    let length = head
                        .lines()
                        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
                    length.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| body.len() >= length)
                });
                if count == 0 || whole {
                    kept.lock().unwrap().push(text);
                    break;
                }
            }
            let status = statuses[at.min(statuses.len() - 1)];
            at += 1;
            let location = if status == 302 { "location: http://127.0.0.1:1/elsewhere\r\n" } else { "" };
            let _ = stream
                .write_all(
                    format!("HTTP/1.1 {status} x\r\n{location}content-length: 0\r\nconnection: close\r\n\r\n")
                        .as_bytes(),
                )
                .await;
        }
    });
    (address, got)
}

async fn channel(server: &Server, owner: &Scope, kind: Kind, target: &str) -> (i64, String) {
    let told = Told {
        client: None,
        name: "hook".into(),
        kind,
        target: SecretString::from(target.to_owned()),
        triggers: Vec::new(),
        drop: 5,
        timing: castellan_server::data::timing::Timing { group_seconds: 0, ..Default::default() },
    };
    let (channel, key) = server.data().add_channel(owner, &told).await.unwrap();
    (channel.id, key)
}

/// The newest delivery, when it was tried so often.
async fn tried(server: &Server, owner: &Scope, attempts: i64) -> castellan_server::data::deliveries::Delivery {
    for _ in 0..400 {
        let newest = server.data().deliveries(owner, None, 1).await.unwrap().items.remove(0);
        if newest.attempts >= attempts && newest.state != "sending" {
            return newest;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no delivery was tried {attempts} times");
}

/// What waits is due now.
async fn hurry(server: &Server) {
    let mut tx = server.data().db().write().await.unwrap();
    tx.run("UPDATE delivery SET due = 0 WHERE state = 'waiting'", Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_signed_and_tried_again() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let (address, got) = receiver(vec![500, 302, 204]).await;
    let (id, key) = channel(&server, &owner, Kind::Webhook, &address).await;
    let (stop, stopped) = watch::channel(false);
    let sender = tokio::spawn(send(server.data().clone(), None, "https://castellan.test".into(), stopped));
    server.data().test_channel(&owner, id).await.unwrap();
    let first = tried(&server, &owner, 1).await;
    assert_eq!((first.state.as_str(), first.reason.as_str()), ("waiting", "the receiver answers 500"));
    hurry(&server).await;
    // It is not led elsewhere.
    let second = tried(&server, &owner, 2).await;
    assert_eq!(second.reason, "the receiver answers 302");
    hurry(&server).await;
    let third = tried(&server, &owner, 3).await;
    assert_eq!((third.state.as_str(), third.reason.as_str()), ("sent", ""));
    stop.send(true).unwrap();
    sender.await.unwrap();
    let got = got.lock().unwrap().clone();
    assert_eq!(got.len(), 3);
    let (head, body) = got[2].split_once("\r\n\r\n").unwrap();
    let signature = head.lines().find_map(|line| line.strip_prefix("x-castellan-signature: ")).unwrap();
    let (time, hash) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let hash = HEXLOWER.decode(hash.as_bytes()).unwrap();
    hmac::verify(&key, format!("{time}.{body}").as_bytes(), &hash).unwrap();
    let value: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!((value["events"][0].as_str(), value["delivery"].as_i64()), (Some("test"), Some(third.id)));
    assert!(value["text"].as_str().unwrap().contains("https://castellan.test"));
    // The same number each time: a receiver knows what it has seen.
    assert!(got.iter().all(|one| one.contains(&format!("x-castellan-delivery: {}", third.id))));
}

#[tokio::test(flavor = "multi_thread")]
async fn receivers_that_are_not_there_are_given_up_without_telling_where() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let (id, _) = channel(&server, &owner, Kind::Slack, "http://127.0.0.1:9/services/marked-path").await;
    let (mail, _) = channel(&server, &owner, Kind::Email, "ada@shop.example").await;
    let (stop, stopped) = watch::channel(false);
    let sender = tokio::spawn(send(server.data().clone(), None, "https://castellan.test".into(), stopped));
    server.data().test_channel(&owner, id).await.unwrap();
    for attempt in 1..=8 {
        let tried = tried(&server, &owner, attempt).await;
        assert!(!tried.reason.contains("marked") && !tried.reason.is_empty(), "{}", tried.reason);
        assert_eq!(tried.state == "failed", attempt == 8);
        hurry(&server).await;
    }
    server.data().test_channel(&owner, mail).await.unwrap();
    assert!(tried(&server, &owner, 1).await.reason.contains("--smtp"));
    stop.send(true).unwrap();
    sender.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn chats_get_what_they_read() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let (address, got) = receiver(vec![200]).await;
    let (stop, stopped) = watch::channel(false);
    let sender = tokio::spawn(send(server.data().clone(), None, "https://castellan.test".into(), stopped));
    for (kind, words) in [
        (Kind::Slack, "\"text\":\"*Castellan: a test*"),
        (Kind::Mattermost, "\"text\":\"*"),
        (Kind::Teams, "AdaptiveCard"),
    ] {
        let (id, _) = channel(&server, &owner, kind, &address).await;
        server.data().test_channel(&owner, id).await.unwrap();
        assert_eq!(tried(&server, &owner, 1).await.state, "sent");
        assert!(got.lock().unwrap().last().unwrap().contains(words), "{kind:?}");
    }
    stop.send(true).unwrap();
    sender.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_together_is_one_message_to_people_and_several_to_machines() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let (address, got) = receiver(vec![200]).await;
    for kind in [Kind::Slack, Kind::Webhook] {
        let (id, _) = channel(&server, &owner, kind, &address).await;
        for _ in 0..3 {
            server.data().test_channel(&owner, id).await.unwrap();
        }
    }
    let (stop, stopped) = watch::channel(false);
    let sender = tokio::spawn(send(server.data().clone(), None, "https://castellan.test".into(), stopped));
    for _ in 0..200 {
        let all = server.data().deliveries(&owner, None, 10).await.unwrap().items;
        if all.iter().all(|one| one.state == "sent") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    stop.send(true).unwrap();
    sender.await.unwrap();
    let got = got.lock().unwrap().clone();
    assert_eq!(got.len(), 4, "one to Slack, three to the webhook");
    assert!(got[0].contains("*3 alerts: Castellan: a test; Castellan: a test"), "{}", got[0]);
}
