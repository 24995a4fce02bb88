//! Checks for strangers, on both engines.

use castellan_model::AuditReport;
use castellan_server::data::checks::{Refused, State};
use castellan_server::reach::Site;
use castellan_store::values;

use crate::{both, everything, open};

fn site(number: usize) -> Site {
    let host = format!("{number}.example.com");
    Site { url: format!("https://{host}/"), host, address: "192.0.2.1".parse().unwrap() }
}

async fn a_check_is_done_once(address: String) {
    let data = open(&address).await;
    let mut secrets = Vec::new();
    for number in 0..8 {
        secrets.push(data.ask_check(&site(number), &format!("stranger {number}")).await.unwrap().unwrap());
    }
    assert!(matches!(data.ask_check(&site(1), "another").await.unwrap(), Err(Refused::Again(1..=600))));
    let takers: Vec<_> = (0..8)
        .map(|_| {
            let data = data.clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                for _ in 0..20 {
                    taken.extend(data.next_check().await.unwrap().map(|due| due.id));
                }
                taken
            })
        })
        .collect();
    let mut taken = Vec::new();
    for taker in takers {
        taken.extend(taker.await.unwrap());
    }
    taken.sort_unstable();
    assert_eq!(taken.len(), 8);
    taken.dedup();
    assert_eq!(taken.len(), 8, "two had the same check");

    data.end_check(taken[0], Ok(&AuditReport::default())).await.unwrap();
    data.end_check(taken[1], Err("it did not answer")).await.unwrap();
    let mut states = Vec::new();
    for secret in &secrets[..3] {
        let (check, report) = data.check_of(secret).await.unwrap().unwrap();
        states.push((check.state, check.reason, report.is_some()));
    }
    states.sort_by_key(|state| state.2);
    assert!(states.contains(&(State::Done, String::new(), true)), "{states:?}");
    assert!(states.contains(&(State::Failed, "it did not answer".into(), false)), "{states:?}");
    assert!(states.contains(&(State::Running, String::new(), false)), "{states:?}");
}

async fn what_was_cut_off_is_told_and_what_is_old_goes(address: String) {
    let data = open(&address).await;
    let secret = data.ask_check(&site(1), "stranger").await.unwrap().unwrap();
    data.next_check().await.unwrap().unwrap();
    let mut tx = everything(&data).await;
    tx.run("UPDATE site_check SET started = started - 1000", values![]).await.unwrap();
    tx.commit().await.unwrap();
    let (check, _) = data.check_of(&secret).await.unwrap().unwrap();
    assert_eq!((check.state, check.reason.as_str()), (State::Failed, "the server was stopped meanwhile"));
    let mut tx = everything(&data).await;
    tx.run("UPDATE site_check SET expires = 1, created = 1", values![]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(data.check_of(&secret).await.unwrap().is_none());
    data.ask_check(&site(2), "another").await.unwrap().unwrap();
    data.ask_check(&site(3), "stranger").await.unwrap().unwrap();
    let mut tx = everything(&data).await;
    tx.run("UPDATE site_check SET created = created - 4000 WHERE asked_from = 'another'", values![]).await.unwrap();
    tx.commit().await.unwrap();
    data.forget_checks().await.unwrap();
    let mut tx = everything(&data).await;
    let rows = tx.all("SELECT host, asked_from FROM site_check ORDER BY id", values![]).await.unwrap();
    let kept: Vec<_> = rows.iter().map(|row| (row.text("host").unwrap(), row.text("asked_from").unwrap())).collect();
    assert_eq!(
        kept,
        [("2.example.com".to_owned(), String::new()), ("3.example.com".to_owned(), "stranger".to_owned())]
    );
}

both!(a_check_is_done_once, what_was_cut_off_is_told_and_what_is_old_goes);
