//! Who is told what, and when.

use castellan_audit::{Ending, EndingKind, Kept, KeptFile, KeptHost};
use castellan_server::clock::now;
use castellan_server::data::Data;
use castellan_server::data::alerts::{Alert, Trigger};
use castellan_server::data::channels::{Kind, Told};
use castellan_server::data::deployments::Told as ToldDeployment;
use castellan_server::data::maintenance::Told as ToldMaintenance;
use castellan_server::data::schedules::Told as ToldSchedule;
use castellan_server::data::timing::{Digest, Timing};
use castellan_server::scope::Scope;
use castellan_store::values;

use crate::{audit, both, deployment, everything, open, organisation, report, told};

both!(
    those_who_want_to_know_are_told,
    time_brings_alerts_once_and_takes_them_back,
    nobody_is_told_in_maintenance,
    what_somebody_has_seen_goes_no_further_up,
    a_digest_says_how_everything_stands,
    new_administrators_and_changed_files_are_told,
    reports_go_out_on_the_first_of_the_month,
    a_decision_is_judged_once,
    what_is_kept_for_too_long_goes,
);

/// A channel with a webhook.
pub(crate) fn channel(client: Option<i64>, target: &str, triggers: Vec<Trigger>) -> Told {
    Told {
        client,
        name: "hook".into(),
        kind: Kind::Webhook,
        target: secrecy::SecretString::from(target.to_owned()),
        triggers,
        drop: 5,
        timing: Timing { group_seconds: 0, ..Default::default() },
    }
}

async fn those_who_want_to_know_are_told(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    let other = data.add_client(&owner, "Florist").await.unwrap().id;
    for wrong in ["not an address", "ftp://x/y", ""] {
        assert!(data.add_channel(&owner, &channel(None, wrong, Vec::new())).await.is_err(), "{wrong}");
    }
    let (all, _) =
        data.add_channel(&owner, &channel(None, "https://hook.example.com/T/secret", Vec::new())).await.unwrap();
    assert_eq!(all.shown, "hook.example.com");
    data.add_channel(&owner, &channel(None, "https://failed.example.com", vec![Trigger::ScanFailed])).await.unwrap();
    data.add_channel(&owner, &channel(Some(other), "https://florist.example.com", Vec::new())).await.unwrap();
    let said = || async {
        let page = data.deliveries(&owner, None, 100).await.unwrap();
        page.items.into_iter().map(|one| one.subject).collect::<Vec<_>>()
    };
    // The first audit tells how things stand.
    audit(&data, &owner, one.id, &report(100, &["a"])).await;
    assert!(said().await.is_empty());
    let mut worse = report(200, &["a", "b", "c"]);
    worse.score.points = 60;
    audit(&data, &owner, one.id, &worse).await;
    assert_eq!(said().await, ["erp (shop): 2 new, score 70 to 60"]);
    // A point less is no news; a finding that is back is.
    let mut same = report(300, &["b", "c"]);
    same.score.points = 59;
    audit(&data, &owner, one.id, &same).await;
    assert_eq!(said().await.len(), 1);
    assert_eq!(alerts(&data, &owner).await.len(), 1);
    let mut back = report(400, &["a", "b", "c"]);
    back.score.points = 59;
    audit(&data, &owner, one.id, &back).await;
    assert_eq!(said().await[0], "erp (shop): 1 open again");
    data.scan_now(&owner, one.id).await.unwrap();
    let claimed = data.claim(9).await.unwrap().unwrap();
    data.give_up(&claimed, "wrong settings", false).await.unwrap();
    // Two channels want to know that.
    assert_eq!(said().await.iter().filter(|one| *one == "erp (shop): a scan failed").count(), 2);
    data.remove_channel(&owner, all.id).await.unwrap();
    assert_eq!(said().await.len(), 1);
}

/// A condition that stands, and maintenance that is to come.
pub(crate) async fn furnish(data: &Data, owner: &Scope, deployment: i64) {
    let soon = vec![Ending { kind: EndingKind::Certificate, name: "erp.example.com".into(), at: now() + 86_400 }];
    record(data, owner, deployment, b"{}", &soon).await;
    assert!(data.stand(now()).await.unwrap() > 0);
    plan(data, owner, deployment, now() + 3600).await;
}

async fn plan(data: &Data, owner: &Scope, deployment: i64, begins: i64) -> i64 {
    let told = ToldMaintenance {
        client: None,
        deployment: Some(deployment),
        begins,
        ends: begins + 3600,
        reason: "upgrade".into(),
    };
    data.plan_maintenance(owner, &told).await.unwrap().id
}

async fn record(data: &Data, owner: &Scope, deployment: i64, evidence: &[u8], endings: &[Ending]) {
    data.scan_now(owner, deployment).await.unwrap();
    let claimed = data.claim(9).await.unwrap().unwrap();
    data.record(&claimed, &report(now(), &[]), Some(evidence), endings).await.unwrap().unwrap();
}

async fn alerts(data: &Data, owner: &Scope) -> Vec<Alert> {
    data.alerts(owner, None, 100).await.unwrap().items
}

async fn states(data: &Data, owner: &Scope) -> Vec<(String, String)> {
    let page = data.deliveries(owner, None, 100).await.unwrap();
    page.items.into_iter().map(|one| (one.state, one.subject)).collect()
}

/// Whoever waits to be told is told.
async fn send_all(data: &Data) {
    let mut tx = everything(data).await;
    tx.run("UPDATE delivery SET state = 'sent' WHERE state = 'waiting'", Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn time_brings_alerts_once_and_takes_them_back(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    data.add_channel(&owner, &channel(None, "https://hook.example.com/x", Vec::new())).await.unwrap();
    let promised = ToldDeployment { min_score: Some(80), ..told("erp") };
    data.change_deployment(&owner, one.id, &promised).await.unwrap();
    let daily = ToldSchedule::new("0 3 * * *", "UTC");
    data.add_schedule(&owner, one.id, &daily).await.unwrap();
    crate::agent(&data, &owner, one.id).await;
    let ending = |kind, name: &str, days: i64| Ending { kind, name: name.to_owned(), at: now() + days * 86_400 };
    let endings = [
        ending(EndingKind::Certificate, "erp.example.com", 5),
        ending(EndingKind::Certificate, "shop.example.com", 60),
        ending(EndingKind::Key, "key 7 of ada in prod", 10),
        ending(EndingKind::Support, "Odoo 17.0", 100),
    ];
    record(&data, &owner, one.id, b"{}", &endings).await;
    // The score is 70, and 80 was promised; three things end soon.
    assert_eq!(data.stand(now()).await.unwrap(), 4);
    assert_eq!(data.stand(now()).await.unwrap(), 0);
    let mut said: Vec<Trigger> = alerts(&data, &owner).await.iter().flat_map(|one| one.triggers.clone()).collect();
    said.sort();
    assert_eq!(said, [Trigger::LevelBroken, Trigger::CertificateExpiry, Trigger::KeyExpiry, Trigger::SupportEnd]);
    // Days later: the agent was not heard, and of the scan that was due nothing came.
    let later = now() + 2 * 86_400;
    data.fire(later - 3 * 3600).await.unwrap();
    assert_eq!(data.stand(later).await.unwrap(), 2);
    let said = alerts(&data, &owner).await;
    assert!(said.iter().any(|one| one.subject == "erp (shop): the agent erp1 is not heard"));
    assert!(said.iter().any(|one| one.subject == "erp (shop): a scan is overdue"));
    send_all(&data).await;
    let mut tx = everything(&data).await;
    tx.run("UPDATE job SET due = 0", Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
    // Everything is well again: the certificate was renewed, the promise taken back, the agent heard.
    let claimed = data.claim(9).await.unwrap().unwrap();
    data.record(&claimed, &report(later, &[]), Some(b"{}"), &[]).await.unwrap().unwrap();
    data.change_deployment(&owner, one.id, &told("erp")).await.unwrap();
    assert_eq!(data.stand(now()).await.unwrap(), 0);
    assert!(alerts(&data, &owner).await.iter().all(|one| one.state == "over"), "{:?}", alerts(&data, &owner).await);
    let waiting: Vec<String> = states(&data, &owner)
        .await
        .into_iter()
        .filter(|(state, _)| state == "waiting")
        .map(|(_, subject)| subject)
        .collect();
    assert_eq!(waiting.len(), 6, "{waiting:?}");
    assert!(waiting.iter().all(|subject| subject.starts_with("Over: erp (shop)")), "{waiting:?}");
}

async fn nobody_is_told_in_maintenance(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let (one, other) = (deployment(&data, &owner, "erp").await, deployment(&data, &owner, "crm").await);
    data.add_channel(&owner, &channel(None, "https://hook.example.com/x", Vec::new())).await.unwrap();
    let id = plan(&data, &owner, one.id, now() - 60).await;
    for wrong in [
        ToldMaintenance { client: None, deployment: None, begins: 10, ends: 20, reason: "x".into() },
        ToldMaintenance { client: None, deployment: None, begins: now(), ends: i64::MAX, reason: "x".into() },
        ToldMaintenance { client: Some(4711), deployment: None, begins: now(), ends: now() + 60, reason: "x".into() },
        ToldMaintenance { client: None, deployment: None, begins: now(), ends: now() + 60, reason: " ".into() },
    ] {
        assert!(data.plan_maintenance(&owner, &wrong).await.is_err(), "{wrong:?}");
    }
    for deployment in [one.id, other.id] {
        data.scan_now(&owner, deployment).await.unwrap();
        let claimed = data.claim(9).await.unwrap().unwrap();
        data.give_up(&claimed, "no", false).await.unwrap();
    }
    assert_eq!(states(&data, &owner).await, [("waiting".to_owned(), "crm (shop): a scan failed".to_owned())]);
    let muted: Vec<_> = alerts(&data, &owner).await.into_iter().filter(|one| one.state == "muted").collect();
    assert_eq!(muted.len(), 1);
    assert!(data.see_alert(&owner, muted[0].id).await.is_err());
    data.end_maintenance(&owner, id).await.unwrap();
    data.scan_now(&owner, one.id).await.unwrap();
    let claimed = data.claim(9).await.unwrap().unwrap();
    data.give_up(&claimed, "no", false).await.unwrap();
    assert_eq!(states(&data, &owner).await.len(), 2);
}

async fn what_somebody_has_seen_goes_no_further_up(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    data.add_channel(&owner, &channel(None, "https://first.example.com/x", Vec::new())).await.unwrap();
    let mut up = channel(None, "https://boss.example.com/x", Vec::new());
    up.timing.escalate_after = 15;
    data.add_channel(&owner, &up).await.unwrap();
    let fail = async || {
        data.scan_now(&owner, one.id).await.unwrap();
        let claimed = data.claim(9).await.unwrap().unwrap();
        data.give_up(&claimed, "no", false).await.unwrap();
        data.deliveries(&owner, None, 2).await.unwrap().items
    };
    let both = fail().await;
    assert!((both[0].due - both[1].due - 900).abs() <= 1, "{both:?}");
    let newest = alerts(&data, &owner).await[0].clone();
    assert_eq!(data.see_alert(&owner, newest.id).await.unwrap().state, "seen");
    assert!(data.see_alert(&owner, newest.id).await.is_err(), "it is seen already");
    let after = data.deliveries(&owner, None, 2).await.unwrap().items;
    assert_eq!((after[0].state.as_str(), after[1].state.as_str()), ("cancelled", "waiting"));
    assert_eq!(after[0].reason, "owner@shop.example has seen it");
}

async fn a_digest_says_how_everything_stands(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    audit(&data, &owner, one.id, &report(now() - 86_400, &["a"])).await;
    let mut daily = channel(None, "ada@shop.example", Vec::new());
    daily.kind = Kind::Email;
    daily.timing = Timing { digest: Some(Digest::Daily), zone: "Europe/Berlin".into(), ..Timing::default() };
    let (added, _) = data.add_channel(&owner, &daily).await.unwrap();
    let next = added.digest_next.unwrap();
    assert!(next > now() && next <= now() + 86_400);
    let mut worse = report(now() + 1, &["b"]);
    worse.score.points = 55;
    audit(&data, &owner, one.id, &worse).await;
    assert!(states(&data, &owner).await.is_empty(), "what happened waits for the digest");
    assert_eq!(data.digest(next - 1).await.unwrap(), 0);
    assert_eq!(data.digest(next).await.unwrap(), 1);
    assert_eq!(data.digest(next).await.unwrap(), 0, "once");
    assert!(data.channels(&owner).await.unwrap()[0].digest_next.unwrap() > next);
    assert_eq!(states(&data, &owner).await[0].1, "Castellan: 0 critical open, 1 new, 1 fixed");
    let mut tx = everything(&data).await;
    let row = tx.one("SELECT body FROM delivery WHERE org = $1", values![owner.org()]).await.unwrap().unwrap();
    let body = row.text("body").unwrap();
    for said in [
        "1 deployments, 1 audited",
        "70 to 55  erp (shop)",
        "high  erp: b is wrong",
        "Alerts that nobody has seen",
        "erp (shop): 1 new, score 70 to 55",
    ] {
        assert!(body.contains(said), "{said} is not in {body}");
    }
}

async fn new_administrators_and_changed_files_are_told(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    let evidence = |administrators: &[&str], conf: &str| {
        let users: Vec<_> = administrators
            .iter()
            .enumerate()
            .map(|(at, login)| serde_json::json!({"id": 10 + at, "login": login, "active": true, "groups": [4]}))
            .collect();
        let database = serde_json::json!({"database": "prod", "users": users, "groups": [{"id": 4}], "names": {"res.groups": {"4": "base.group_system"}}});
        let files = [("etc/odoo/odoo.conf".to_owned(), KeptFile::Text(conf.to_owned()))].into();
        let kept = Kept {
            databases: vec![serde_json::from_value(database).unwrap()],
            hosts: vec![KeptHost { label: "this host".into(), files, ..KeptHost::default() }],
            ..Kept::new(1)
        };
        serde_json::to_vec(&kept).unwrap()
    };
    record(&data, &owner, one.id, &evidence(&["ada"], "a"), &[]).await;
    record(&data, &owner, one.id, &evidence(&["ada"], "a"), &[]).await;
    assert!(alerts(&data, &owner).await.is_empty());
    record(&data, &owner, one.id, &evidence(&["ada", "eve"], "b"), &[]).await;
    let said = alerts(&data, &owner).await;
    assert_eq!(said[0].triggers, [Trigger::NewAdministrator, Trigger::ConfigurationChanged]);
    assert_eq!(said[0].subject, "erp (shop): new administrator eve in prod, configuration changed");
}

async fn reports_go_out_on_the_first_of_the_month(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let (one, _) = (deployment(&data, &owner, "erp").await, deployment(&data, &owner, "never audited").await);
    let mut monthly = channel(None, "https://hook.example.com/x", Vec::new());
    monthly.timing = Timing { digest: Some(Digest::Monthly), ..Timing::default() };
    assert!(data.add_channel(&owner, &monthly).await.is_err(), "a webhook takes no PDF");
    monthly.kind = Kind::Email;
    monthly.target = secrecy::SecretString::from("ada@shop.example".to_owned());
    let next = data.add_channel(&owner, &monthly).await.unwrap().0.digest_next.unwrap();
    assert!(castellan_model::calendar::date(next).ends_with("-01"));
    audit(&data, &owner, one.id, &report(now() + 1, &["a"])).await;
    assert_eq!(data.digest(next).await.unwrap(), 1);
    assert!(states(&data, &owner).await[0].1.starts_with("erp: security report of "));
    // A month without an audit has nothing to tell.
    let after = data.channels(&owner).await.unwrap()[0].digest_next.unwrap();
    assert_eq!(data.digest(after).await.unwrap(), 0);
}

async fn a_decision_is_judged_once(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    let found = audit(&data, &owner, one.id, &report(100, &["a", "b"])).await;
    let decided = castellan_server::data::findings::Change {
        state: Some("false-positive".into()),
        reason: Some("a test".into()),
        ..Default::default()
    };
    for id in &found.new {
        data.change_findings(&owner, &[*id], &decided).await.unwrap();
    }
    let jobs = data.jobs(&owner, Some(one.id), None, 10).await.unwrap().items;
    let again: Vec<_> = jobs.iter().filter(|job| job.kind == "rejudge").collect();
    assert_eq!((again.len(), again[0].state.as_str()), (1, "queued"));
}

async fn what_is_kept_for_too_long_goes(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    for (days, names) in [(100, vec!["a", "b"]), (50, vec!["a"]), (40, vec!["a"])] {
        audit(&data, &owner, one.id, &report(now() - days * 86_400, &names)).await;
    }
    assert_eq!(data.retain(now()).await.unwrap(), 0, "nothing goes unless it is said");
    let mut told = data.settings(&owner).await.unwrap();
    told.keep_days = Some(29);
    assert!(data.set(&owner, &told).await.is_err());
    told.keep_days = Some(45);
    data.set(&owner, &told).await.unwrap();
    assert_eq!(data.retain(now()).await.unwrap(), 2);
    told.keep_days = Some(30);
    data.set(&owner, &told).await.unwrap();
    // The newest always stays, and what is open.
    assert_eq!(data.retain(now()).await.unwrap(), 0);
    assert_eq!(data.audits(&owner, one.id, None, 10).await.unwrap().items.len(), 1);
    let left =
        data.findings(&owner, &castellan_server::data::findings::Filter::default(), None, 10).await.unwrap().items;
    assert_eq!(left.iter().map(|one| one.rule.as_str()).collect::<Vec<_>>(), ["a"]);
}
