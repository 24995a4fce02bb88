//! What the server keeps, on both engines: each test runs on SQLite, and, where PostgreSQL is installed, with `--ignored` on that.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod alerts;
mod checks;
mod people;
mod queue;
mod tenants;

use castellan_model::{AuditReport, Finding, ModuleSummary, Score};
use castellan_server::data::Data;
use castellan_server::data::deployments::{Deployment, Told};
use castellan_server::data::people::NewPerson;
use castellan_server::keys::Master;
use castellan_server::scope::Scope;
use castellan_server::sources::Sources;
use castellan_store::db::Tx;
use castellan_testkit::postgres::Postgres;
use secrecy::SecretString;

/// Each test twice.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                super::$name(folder.path().join("watch.db").display().to_string()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs the programs of PostgreSQL"]
            async fn $name() {
                let server = castellan_testkit::postgres::Postgres::shared().unwrap();
                super::$name(server.database().unwrap()).await;
            })*
        }
    };
}
pub(crate) use both;

pub(crate) const PASSWORD: &str = "marble otter seven lanterns";

pub(crate) async fn open(address: &str) -> Data {
    Data::open(address, Master::random().unwrap()).await.unwrap()
}

pub(crate) fn new_person(email: &str) -> NewPerson {
    NewPerson { email: email.to_owned(), name: email.to_owned(), password: SecretString::from(PASSWORD.to_owned()) }
}

/// The scope of a person who logs in.
pub(crate) async fn log_in(data: &Data, email: &str) -> Scope {
    let account = data.account(email).await.unwrap().unwrap();
    let cookie = data.begin_session(&account, "127.0.0.1", "test").await.unwrap();
    data.session(&cookie, "127.0.0.1").await.unwrap().unwrap().scope
}

/// An organisation with an owner.
pub(crate) async fn organisation(data: &Data, name: &str) -> Scope {
    let email = format!("owner@{name}.example");
    data.found(name, &new_person(&email), false).await.unwrap();
    log_in(data, &email).await
}

pub(crate) fn told(name: &str) -> Told {
    let sources = Sources { sites: vec!["https://erp.example.com".into()], ..Sources::default() };
    Told { name: name.to_owned(), sources, ..Told::default() }
}

/// The same, of a client.
pub(crate) fn of(client: i64, told: Told) -> Told {
    Told { client: Some(client), ..told }
}

pub(crate) async fn deployment(data: &Data, scope: &Scope, name: &str) -> Deployment {
    let client = data.clients(scope).await.unwrap()[0].id;
    data.add_deployment(scope, &of(client, told(name))).await.unwrap()
}

/// A report with findings of these names.
pub(crate) fn report(time: i64, names: &[&str]) -> AuditReport {
    let finding = |name: &&str| {
        let json = serde_json::json!({
            "rule": name, "code": "TST001", "message": format!("{name} is wrong"), "why": "", "help": "", "severity": "high",
            "confidence": "high", "persona": "regular", "cwe": 89, "module": "shop",
            "location": {"path": "shop/a.py", "span": {"start": {"line": 3, "column": 1}, "end": {"line": 3, "column": 9}},
                         "excerpt": {"first_line": 3, "lines": ["cr.execute(q)"]}},
            "fingerprint": format!("{name:0>32}"),
        });
        serde_json::from_value::<Finding>(json).unwrap()
    };
    let module =
        serde_json::json!({"name": "shop", "path": "shop", "version": "17.0.1.0.0", "series": "17.0", "lines": 9});
    AuditReport {
        format: 1,
        castellan: "0.1.0".into(),
        time,
        score: Score { points: 70, grade: "C".into(), ..Score::default() },
        modules: vec![serde_json::from_value::<ModuleSummary>(module).unwrap()],
        findings: names.iter().map(finding).collect(),
        ..AuditReport::default()
    }
}

/// Runs a scan of the deployment to its end: the report is taken in.
pub(crate) async fn audit(
    data: &Data,
    scope: &Scope,
    deployment: i64,
    report: &AuditReport,
) -> castellan_server::data::audits::Recorded {
    data.scan_now(scope, deployment).await.unwrap();
    let claimed = data.claim(9).await.unwrap().unwrap();
    data.record(&claimed, report, Some(b"{}"), &[]).await.unwrap().unwrap()
}

/// An agent of a deployment that enrolled.
pub(crate) async fn agent(data: &Data, scope: &Scope, deployment: i64) -> i64 {
    let (added, token) = data.invite_agent(scope, deployment, "erp1").await.unwrap();
    let public_key = data_encoding::BASE64.encode(&castellan_agent::signature::Key::generate().unwrap().0.public());
    let asked = castellan_agent::protocol::Enrol { token, public_key, host: "erp1".into(), version: "0.1.0".into() };
    assert_eq!(data.enrol_agent(&asked, "127.0.0.1").await.unwrap().agent, added.id);
    added.id
}

/// A transaction that sees everything.
pub(crate) async fn everything(data: &Data) -> Tx {
    let mut tx = data.db().write().await.unwrap();
    if tx.is_postgres() {
        let sql = "SELECT set_config('castellan.org', '*', true), set_config('castellan.client', '', true)";
        tx.one(sql, Vec::new()).await.unwrap();
    }
    tx
}

#[test]
#[ignore = "needs the programs of PostgreSQL"]
fn postgresql_starts_for_tests() {
    Postgres::shared().unwrap().say("postgres", "SELECT 1").unwrap();
}
