//! Links to reports, for people without an account.

use castellan_model::{AuditReport, Score};
use castellan_server::data::deployments::Told;
use castellan_server::data::organisations::Brand;
use castellan_server::sources::Sources;
use serde_json::json;

use crate::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_shows_one_report_until_it_ends() {
    let server = Server::new().await;
    let owner = server.organisation("shop").await;
    let data = server.data();
    let client = data.clients(&owner).await.unwrap()[0].id;
    let sources = Sources { sites: vec!["https://erp.example.com".into()], ..Sources::default() };
    let told = Told { client: Some(client), name: "Shop".into(), sources, ..Told::default() };
    let deployment = data.add_deployment(&owner, &told).await.unwrap().id;
    let mut settings = data.settings(&owner).await.unwrap();
    settings.brand = Brand { name: "Agency North".into(), footer: "Confidential".into(), ..Brand::default() };
    data.set(&owner, &settings).await.unwrap();
    data.scan_now(&owner, deployment).await.unwrap();
    let claimed = data.claim(9).await.unwrap().unwrap();
    let report =
        AuditReport { score: Score { points: 61, grade: "C".into(), ..Score::default() }, ..AuditReport::default() };
    let audit = data.record(&claimed, &report, None, &[]).await.unwrap().unwrap().audit;
    let token = server.token(&owner).await;
    let path = format!("/api/v1/audits/{audit}/shares");
    for (body, status) in [(json!({"days": 0}), 422), (json!({"days": 91}), 422), (json!({"days": 7}), 201)] {
        assert_eq!(server.with(&token, "POST", &path, Some(&body)).await.status, status);
    }
    let made = server.with(&token, "POST", &path, Some(&json!({"days": 7, "language": "de"}))).await.json();
    let link = made["link"].as_str().unwrap().strip_prefix("http://castellan.test").unwrap().to_owned();
    let shown = server.ask("GET", &link, &[], None).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(
        shown.text.contains("Agency North")
            && shown.text.contains("Confidential")
            && shown.text.contains("lang=\"de\"")
    );
    assert!(shown.header("content-security-policy").contains("sandbox"));
    assert_eq!((shown.header("referrer-policy"), shown.header("x-robots-tag")), ("no-referrer", "noindex, nofollow"));
    let pdf = server.ask("GET", &format!("{link}/report.pdf"), &[], None).await;
    assert!(pdf.text.starts_with("%PDF"));
    let listed = server.with(&token, "GET", &format!("/api/v1/deployments/{deployment}/shares"), None).await.json();
    assert_eq!((listed[0]["seen"].as_i64(), listed[0]["language"].as_str()), (Some(2), Some("de")));
    assert!(!listed.to_string().contains(link.trim_start_matches("/shared/")), "the secret came back");
    assert_eq!(server.ask("GET", "/shared/guess", &[], None).await.status, 404);
    server.with(&token, "DELETE", &format!("/api/v1/shares/{}", made["id"]), None).await;
    let over = server.ask("GET", &link, &[], None).await;
    assert!(over.status == 404 && over.text.contains("the link is over"), "{}", over.text);
}
