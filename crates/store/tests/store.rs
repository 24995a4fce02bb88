//! The store with several processes, damage, and bounds.

use castellan_audit::Kept;
use castellan_model::{AuditReport, Score};
use castellan_store::{Store, StoreError, repair};

fn report(time: i64, points: u8) -> AuditReport {
    let score = Score { points, grade: "C".to_owned(), ..Score::default() };
    AuditReport { format: 1, time, score, castellan: "0.1.0".to_owned(), ..AuditReport::default() }
}

#[tokio::test]
async fn audits_come_back_newest_first_and_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("below/history.db");
    let store = Store::open(&path).await.unwrap();
    for day in 0..10 {
        store.put("shop", &report(day, u8::try_from(day).unwrap()), Some(&Kept::new(day)), 4).await.unwrap();
    }
    let other = store.put("other", &report(3, 50), None, 4).await.unwrap();
    let times: Vec<i64> = store.audits(Some("shop"), 100).await.unwrap().iter().map(|row| row.time).collect();
    assert_eq!(times, [9, 8, 7, 6]);
    assert_eq!(store.audits(None, 100).await.unwrap().len(), 5);
    assert_eq!(store.report(other).await.unwrap().unwrap(), report(3, 50));
    assert!(store.evidence(other).await.unwrap().is_none() && store.report(99).await.unwrap().is_none());
    let newest = store.audits(Some("shop"), 1).await.unwrap()[0].id;
    assert_eq!(store.evidence(newest).await.unwrap().unwrap().time, 9);
    store.check().await.unwrap();
}

#[tokio::test]
async fn evidence_of_the_newest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("history.db")).await.unwrap();
    for day in 0..40 {
        store.put("shop", &report(day, 1), Some(&Kept::new(day)), 1000).await.unwrap();
    }
    let rows = store.audits(Some("shop"), 1000).await.unwrap();
    let with: Vec<i64> = rows.iter().filter(|row| row.has_evidence).map(|row| row.time).collect();
    assert_eq!((rows.len(), with), (40, (10..40).rev().collect()));
}

#[test]
fn several_writers_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    // Each with a pool and a runtime of its own, as processes have.
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let path = path.clone();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let store = Store::open(&path).await.unwrap();
                    for number in 0..25 {
                        store.put("shop", &report(writer * 100 + number, 1), None, 1000).await.unwrap();
                    }
                    store.close().await;
                });
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let rows = runtime.block_on(async { Store::open(&path).await.unwrap().audits(None, 1000).await.unwrap() });
    assert_eq!(rows.len(), 200);
}

#[tokio::test]
async fn a_damaged_file_says_what_to_do_and_what_is_readable_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let store = Store::open(&path).await.unwrap();
    for day in 0..200 {
        store.put("shop", &report(day, 1), Some(&Kept::new(day)), 1000).await.unwrap();
    }
    store.close().await;
    let mut bytes = std::fs::read(&path).unwrap();
    let page = 4096;
    assert!(bytes.len() > 20 * page, "{}", bytes.len());
    let middle = bytes.len() / 2 / page * page;
    bytes[middle..middle + 2 * page].fill(0x5a);
    std::fs::write(&path, &bytes).unwrap();
    let found = match Store::open(&path).await {
        Err(error) => error,
        Ok(store) => store.check().await.unwrap_err(),
    };
    assert!(matches!(found, StoreError::Damaged { .. }) && found.to_string().contains("--repair"), "{found}");
    let done = repair(&path, "20261126", 1000).await.unwrap();
    assert!(done.saved > 100 && done.kept.is_file(), "{done:?}");
    let store = Store::open(&path).await.unwrap();
    store.check().await.unwrap();
    assert_eq!(store.audits(Some("shop"), 1000).await.unwrap().len(), done.saved);
}

#[tokio::test]
async fn other_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    std::fs::write(&path, "this is a text, and a rather long one, that was never a database\n".repeat(200)).unwrap();
    match Store::open(&path).await {
        Err(StoreError::Damaged { .. }) => {}
        other => panic!("{other:?}"),
    }
    let done = repair(&path, "x", 10).await.unwrap();
    assert_eq!((done.saved, done.lost), (0, 0));
    assert!(Store::open(&path).await.unwrap().audits(None, 10).await.unwrap().is_empty());
}
