//! A look from outside for anybody.

use std::sync::Arc;

use castellan_model::{AuditReport, Score};
use castellan_server::reach::Reach;
use castellan_server::work::check::check;
use castellan_server::work::runner::{Done, Failed, Runner, Running, Task};
use serde_json::{Value, json};

use crate::{Answer, Server};

/// Looks at nothing: says what it was to do, and fails for one site.
#[derive(Debug)]
struct Looker;

impl Runner for Looker {
    fn run<'a>(&'a self, task: &'a Task) -> Running<'a> {
        Box::pin(async move {
            assert!(task.secrets.is_empty() && task.evidence.is_none());
            assert!(task.settings.contains("address = \"127.0.0.1\""), "{}", task.settings);
            if task.settings.contains(":7002") {
                return Err(Failed { reason: "a secret of the house".into(), again: true });
            }
            let score = Score { points: 61, grade: "C".into(), ..Score::default() };
            let targets = vec!["what was looked at".to_owned()];
            let report = AuditReport { score, targets, ..AuditReport::default() };
            Ok(Done { report, evidence: b"{}".to_vec(), endings: Vec::new() })
        })
    }
}

async fn offering(reach: Reach) -> Server {
    let server = Server::prepared(|app| app.public_check = Some(reach)).await;
    server.organisation("shop").await;
    server
}

async fn ask(server: &Server, site: &str) -> Answer {
    server.ask("POST", "/api/v1/checks", &[], Some(&json!({"site": site, "consent": true}))).await
}

async fn form(server: &Server, body: &str) -> Answer {
    let request = axum::http::Request::builder()
        .method("POST")
        .uri("/check")
        .header("content-type", "application/x-www-form-urlencoded");
    server.send(request, body.as_bytes().to_vec()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_looks_where_it_is_not_offered() {
    let server = Server::new().await;
    server.organisation("shop").await;
    assert!(!server.ask("GET", "/login", &[], None).await.text.contains("/check"));
    assert_eq!(server.ask("GET", "/check", &[], None).await.status, 404);
    assert_eq!(form(&server, "site=erp.example.com&consent=yes").await.status, 404);
    assert_eq!(ask(&server, "https://erp.example.com").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_needed_and_the_inside_is_not_shown() {
    let server = offering(Reach::Internet).await;
    assert!(server.ask("GET", "/login", &[], None).await.text.contains("href=\"/check\""));
    let refused = server.ask("POST", "/api/v1/checks", &[], Some(&json!({"site": "1.1.1.1", "consent": false}))).await;
    assert!(refused.status == 422 && refused.text.contains("you run this site"), "{}", refused.text);
    for site in ["http://127.0.0.1/", "169.254.169.254", "https://localhost", "http://[::1]/", "http://10.0.0.1:8069"] {
        assert_eq!(ask(&server, site).await.status, 422, "{site}");
    }
    // What was typed is still there, with what is wrong.
    let page = form(&server, "site=127.0.0.1&consent=yes").await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("private network") && page.text.contains("value=\"127.0.0.1\""), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_is_queued_done_and_shown_to_who_has_its_address() {
    let server = offering(Reach::Anywhere).await;
    let asked = form(&server, "site=http%3A%2F%2F127.0.0.1%3A7001%2Fweb%3Fdb%3Dx&consent=yes").await;
    assert_eq!(asked.status, 303, "{}", asked.text);
    let page = asked.header("location").to_owned();
    let waits = server.ask("GET", &page, &[], None).await;
    assert!(waits.text.contains("Others come first") && waits.header("refresh") == "3", "{}", waits.text);
    let failing: Value = ask(&server, "http://127.0.0.1:7002").await.json();
    let failing = failing["secret"].as_str().unwrap().to_owned();

    let again = ask(&server, "http://127.0.0.1:7001").await;
    assert!(again.status == 429 && again.text.contains("a moment ago"), "{}", again.text);
    assert!(again.header("retry-after").parse::<i64>().unwrap() > 500);

    let (throw, stop) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(check(server.data().clone(), Arc::new(Looker), stop));
    let of = |secret: String| {
        let server = &server;
        async move {
            for _ in 0..200 {
                let answer = server.ask("GET", &format!("/api/v1/checks/{secret}"), &[], None).await.json();
                if answer["state"] == "done" || answer["state"] == "failed" {
                    return answer;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            panic!("the check does not end");
        }
    };
    let done = of(page.trim_start_matches("/check/").to_owned()).await;
    assert_eq!(
        (done["site"].as_str(), done["report"]["targets"][0].as_str()),
        (Some("127.0.0.1:7001"), Some("what was looked at"))
    );
    // From outside nobody can say how a whole installation stands.
    assert_eq!(done["report"]["score"]["points"], 0);
    let failed = of(failing.clone()).await;
    assert!(failed["state"] == "failed" && failed["report"].is_null(), "{failed}");
    // What happened inside is for the log of the server alone.
    assert!(!failed.to_string().contains("secret of the house"), "{failed}");
    throw.send(true).unwrap();
    worker.await.unwrap();

    let report = server.ask("GET", &page, &[], None).await;
    assert!(report.text.contains("<html") && report.header("refresh").is_empty());
    assert!(report.header("content-security-policy").contains("sandbox"));
    let page = server.ask("GET", &format!("/check/{failing}"), &[], None).await;
    assert!(page.text.contains("try again later") && page.text.contains("href=\"/check\""), "{}", page.text);
    assert_eq!(server.ask("GET", "/check/made-up", &[], None).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_asks_five_times_an_hour() {
    let server = offering(Reach::Anywhere).await;
    for port in 7001..7006 {
        assert_eq!(ask(&server, &format!("http://127.0.0.1:{port}")).await.status, 202);
    }
    let refused = ask(&server, "http://127.0.0.1:7006").await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").parse::<i64>().unwrap() > 3000);
}
