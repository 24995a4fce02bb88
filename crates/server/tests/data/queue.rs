//! Jobs and schedules: once, whatever dies.

use std::collections::BTreeSet;

use castellan_server::clock::now;
use castellan_server::data::findings::{Change, Filter};
use castellan_server::data::schedules::Told;
use castellan_store::values;

use crate::{audit, both, deployment, everything, open, organisation, report};

both!(
    each_job_is_claimed_once,
    one_organisation_does_not_starve_another,
    a_killed_worker_loses_its_claim,
    a_job_that_kills_each_time_fails,
    cancelling_is_told_to_the_worker,
    a_schedule_fires_once,
    findings_are_followed,
    a_decision_holds_and_ends,
    summaries_stay_when_reports_go,
    what_is_promised_is_watched,
);

async fn each_job_is_claimed_once(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    for number in 0..20 {
        let one = deployment(&data, &owner, &format!("erp{number}")).await;
        data.scan_now(&owner, one.id).await.unwrap();
    }
    let workers = (0..4).map(|_| {
        let data = data.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            while let Some(claimed) = data.claim(100).await.unwrap() {
                mine.push(claimed.id);
            }
            mine
        })
    });
    let mut all = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        all.extend(worker.await.unwrap());
    }
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (20, 20));
}

async fn one_organisation_does_not_starve_another(address: String) {
    let data = open(&address).await;
    let (big, small) = (organisation(&data, "big").await, organisation(&data, "small").await);
    for number in 0..6 {
        let one = deployment(&data, &big, &format!("erp{number}")).await;
        data.scan_now(&big, one.id).await.unwrap();
    }
    let one = deployment(&data, &small, "erp").await;
    data.scan_now(&small, one.id).await.unwrap();
    let first = data.claim(2).await.unwrap().unwrap();
    let second = data.claim(2).await.unwrap().unwrap();
    assert_eq!((first.place.org, second.place.org), (big.org(), small.org()));
    assert_eq!(data.claim(2).await.unwrap().unwrap().place.org, big.org());
    // No more than two of an organisation at once.
    assert!(data.claim(2).await.unwrap().is_none());
}

async fn a_killed_worker_loses_its_claim(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    let queued = data.scan_now(&owner, one.id).await.unwrap();
    assert_eq!(data.scan_now(&owner, one.id).await.unwrap().id, queued.id);
    let dead = data.claim(9).await.unwrap().unwrap();
    assert!(data.beat(&dead, "reading").await.unwrap());
    assert_eq!(data.reap(now()).await.unwrap(), 0);
    assert_eq!(data.reap(now() + 60).await.unwrap(), 1);
    let alive = data.claim(9).await.unwrap().unwrap();
    assert_eq!((alive.id, alive.attempts), (dead.id, 2));
    // Who was taken for dead comes back: its work has no effect.
    assert!(!data.beat(&dead, "reading").await.unwrap());
    assert!(data.record(&dead, &report(100, &["one"]), None, &[]).await.unwrap().is_none());
    assert_eq!(data.audits(&owner, one.id, None, 9).await.unwrap().items.len(), 0);
    let recorded = data.record(&alive, &report(100, &["one"]), None, &[]).await.unwrap().unwrap();
    assert!(data.record(&alive, &report(100, &["one"]), None, &[]).await.unwrap().is_none());
    let job = data.job(&owner, alive.id).await.unwrap();
    assert_eq!((job.state.as_str(), job.audit), ("done", Some(recorded.audit)));
    assert_eq!(data.audits(&owner, one.id, None, 9).await.unwrap().items.len(), 1);
}

async fn a_job_that_kills_each_time_fails(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    let job = data.scan_now(&owner, one.id).await.unwrap();
    for _ in 0..3 {
        data.claim(9).await.unwrap().unwrap();
        data.reap(now() + 60).await.unwrap();
    }
    let job = data.job(&owner, job.id).await.unwrap();
    assert_eq!((job.state.as_str(), job.attempts), ("failed", 3));
    assert!(job.reason.contains("killed"));
    data.scan_now(&owner, one.id).await.unwrap();
    let claimed = data.claim(9).await.unwrap().unwrap();
    data.give_up(&claimed, "no route to host", true).await.unwrap();
    let again = data.job(&owner, claimed.id).await.unwrap();
    assert_eq!((again.state.as_str(), again.reason.as_str()), ("queued", "no route to host"));
    assert!(again.due > now());
    assert!(data.claim(9).await.unwrap().is_none());
}

async fn cancelling_is_told_to_the_worker(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    let job = data.scan_now(&owner, one.id).await.unwrap();
    let claimed = data.claim(9).await.unwrap().unwrap();
    assert_eq!(data.cancel(&owner, job.id).await.unwrap().state, "cancelling");
    assert!(!data.beat(&claimed, "").await.unwrap());
    data.give_up(&claimed, "cancelled", true).await.unwrap();
    assert_eq!(data.job(&owner, job.id).await.unwrap().state, "cancelled");
    assert!(data.cancel(&owner, job.id).await.is_err());
    let waiting = data.scan_now(&owner, one.id).await.unwrap();
    assert_eq!(data.cancel(&owner, waiting.id).await.unwrap().state, "cancelled");
    assert!(data.claim(9).await.unwrap().is_none());
}

async fn a_schedule_fires_once(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    let told = Told::new("0 3 * * *", "Europe/Berlin");
    let schedule = data.add_schedule(&owner, one.id, &told).await.unwrap();
    assert_eq!(data.fire(schedule.next - 1).await.unwrap(), 0);
    let servers: Vec<_> = (0..4)
        .map(|_| {
            let (data, at) = (data.clone(), schedule.next);
            tokio::spawn(async move { data.fire(at).await.unwrap() })
        })
        .collect();
    let mut fired = 0;
    for server in servers {
        fired += server.await.unwrap();
    }
    assert_eq!(fired, 1);
    assert_eq!(data.jobs(&owner, Some(one.id), None, 9).await.unwrap().items.len(), 1);
    assert!(data.schedules(&owner, one.id).await.unwrap()[0].next > schedule.next);
    // Days without a server are made up for once.
    assert_eq!(data.fire(schedule.next + 10 * 86_400).await.unwrap(), 1);
    data.remove_schedule(&owner, one.id, schedule.id).await.unwrap();
    assert_eq!(data.fire(schedule.next + 20 * 86_400).await.unwrap(), 0);
}

async fn findings_are_followed(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    let first = audit(&data, &owner, one.id, &report(100, &["a", "b"])).await;
    assert_eq!((first.sequence, first.new.len()), (1, 2));
    let second = audit(&data, &owner, one.id, &report(200, &["b"])).await;
    assert_eq!((second.fixed.len(), second.new.len()), (1, 0));
    let third = audit(&data, &owner, one.id, &report(300, &["a", "b", "c"])).await;
    assert_eq!((third.regressed.len(), third.new.len()), (1, 1));
    let all = data.findings(&owner, &Filter::default(), None, 100).await.unwrap().items;
    let state = |rule: &str| all.iter().find(|one| one.rule == rule).map(|one| one.state.clone()).unwrap();
    assert_eq!((state("a").as_str(), state("b").as_str(), state("c").as_str()), ("regressed", "open", "open"));
    let rules = |list: &[castellan_server::data::findings::Finding]| {
        list.iter().map(|one| one.rule.clone()).collect::<Vec<_>>()
    };
    let change = data.difference(&owner, one.id, 1, 2).await.unwrap();
    assert_eq!(
        (rules(&change.opened), rules(&change.closed), rules(&change.still_open)),
        (vec![], vec!["a".into()], vec!["b".into()])
    );
    let change = data.difference(&owner, one.id, 2, 3).await.unwrap();
    assert_eq!((rules(&change.opened), rules(&change.still_open)), (vec!["a".into(), "c".into()], vec!["b".into()]));
    let now = data.deployment(&owner, one.id).await.unwrap();
    assert_eq!((now.sequence, now.points, now.open.high, now.trend), (3, Some(70), 3, vec![70, 70, 70]));
    // An audit that did not look where they are leaves them as they are.
    let blind = castellan_model::AuditReport { modules: Vec::new(), ..report(400, &[]) };
    assert_eq!(audit(&data, &owner, one.id, &blind).await.fixed.len(), 0);
    let filter = Filter { state: Some("active".into()), deployment: Some(one.id), ..Filter::default() };
    assert_eq!(data.findings(&owner, &filter, None, 100).await.unwrap().items.len(), 3);
    let page = data.findings(&owner, &filter, None, 2).await.unwrap();
    let rest = data.findings(&owner, &filter, page.next.as_deref(), 2).await.unwrap();
    assert_eq!((page.items.len(), rest.items.len(), rest.next), (2, 1, None));
}

async fn a_decision_holds_and_ends(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    let first = audit(&data, &owner, one.id, &report(100, &["a", "b"])).await;
    let accept = |reason: &str, until: &str| Change {
        state: Some("accepted".into()),
        reason: Some(reason.into()),
        until: Some(until.into()),
        ..Change::default()
    };
    let id = first.new[0];
    assert!(data.change_findings(&owner, &[id], &accept("", "2999-01-31")).await.is_err());
    assert!(data.change_findings(&owner, &[id], &accept("a test", "2001-01-31")).await.is_err());
    assert!(data.change_findings(&owner, &[id, 999_999], &accept("a test", "2999-01-31")).await.is_err());
    assert_eq!(data.finding(&owner, id).await.unwrap().0.state, "open");
    let after = data.change_findings(&owner, &[id], &accept("a test", "2999-01-31")).await.unwrap();
    assert_eq!((after[0].state.as_str(), after[0].decided_by.as_str()), ("accepted", "owner@shop.example"));
    data.add_comment(&owner, id, "we talked about it").await.unwrap();
    assert_eq!(data.comments(&owner, id).await.unwrap()[0].text, "we talked about it");
    // The scan does not take the decision any more: it is open again.
    audit(&data, &owner, one.id, &report(200, &["a", "b"])).await;
    let (finding, body) = data.finding(&owner, id).await.unwrap();
    assert_eq!((finding.state.as_str(), finding.decided_by.as_str(), body.cwe), ("open", "", 89));
    let due = Change { owner: Some("Ben".into()), due: Some("2999-02-01".into()), ..Change::default() };
    assert_eq!(data.change_findings(&owner, &first.new, &due).await.unwrap()[1].owner, "Ben");
}

async fn summaries_stay_when_reports_go(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    for day in 0..35 {
        audit(&data, &owner, one.id, &report(day * 86_400, &["a"])).await;
    }
    let page = data.audits(&owner, one.id, None, 20).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].sequence, page.next.as_deref()), (20, 35, Some("16")));
    let rest = data.audits(&owner, one.id, Some(16), 20).await.unwrap();
    assert_eq!(rest.items.iter().filter(|audit| !audit.has_report).count(), 5);
    assert!(data.report(&owner, page.items[0].id).await.is_ok());
    assert!(data.report(&owner, rest.items[14].id).await.is_err());
    let mut tx = everything(&data).await;
    let row =
        tx.one("SELECT COUNT(*) AS spans FROM finding_span WHERE deployment = $1", values![one.id]).await.unwrap();
    assert_eq!(row.unwrap().int("spans").unwrap(), 1);
}

async fn what_is_promised_is_watched(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    let told =
        castellan_server::data::deployments::Told { min_score: Some(80), critical_days: Some(7), ..crate::told("erp") };
    data.change_deployment(&owner, one.id, &told).await.unwrap();
    let mut of = report(now() - 10 * 86_400, &["a"]);
    of.findings[0].severity = castellan_model::Severity::Critical;
    let first = audit(&data, &owner, one.id, &of).await;
    let after = data.deployment(&owner, one.id).await.unwrap();
    assert_eq!((after.broken.len(), after.critical_since), (2, Some(of.time)));
    let none = Change { state: Some("false-positive".into()), reason: Some("it is none".into()), ..Change::default() };
    data.change_findings(&owner, &first.new, &none).await.unwrap();
    assert_eq!(data.deployment(&owner, one.id).await.unwrap().broken, ["score below 80"]);
    let mut fixed = report(now(), &["b"]);
    fixed.score.points = 90;
    audit(&data, &owner, one.id, &fixed).await;
    let after = data.deployment(&owner, one.id).await.unwrap();
    assert_eq!((after.broken.len(), after.critical_since), (0, None));
}
