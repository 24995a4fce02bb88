//! Does the checks that strangers ask for: one site from outside, a few at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use castellan_model::{AuditReport, Score};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{Instrument, error, info, info_span, warn};

use super::runner::{Runner, Task};
use crate::data::Data;
use crate::data::checks::Due;
use crate::sources::{About, Sources};

/// How often somebody may be waiting.
const TICK: Duration = Duration::from_millis(500);
/// How often what is over is forgotten.
const TIDY: Duration = Duration::from_secs(60);
/// Checks at once in this process.
const AT_ONCE: usize = 2;

/// Does checks until it is told to stop.
pub async fn check(data: Data, runner: Arc<dyn Runner>, mut stop: watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    let mut tidied: Option<Instant> = None;
    while !*stop.borrow() {
        while running.try_join_next().is_some() {}
        if tidied.is_none_or(|last| last.elapsed() > TIDY) {
            tidied = Some(Instant::now());
            if let Err(error) = data.forget_checks().await {
                error!(%error, "checks cannot be tidied");
            }
        }
        let due = if running.len() < AT_ONCE { data.next_check().await } else { Ok(None) };
        match due {
            Ok(Some(due)) => {
                let (data, runner) = (data.clone(), Arc::clone(&runner));
                let span = info_span!("check", check = due.id);
                running.spawn(async move { one(&data, runner.as_ref(), &due).await }.instrument(span));
                continue;
            }
            Ok(None) => {}
            Err(error) => error!(%error, "checks cannot be read"),
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
    // What is cut off here is told as such to whoever waits.
    running.shutdown().await;
}

async fn one(data: &Data, runner: &dyn Runner, due: &Due) {
    info!(check = due.id, "check begins");
    let sources = Sources { sites: vec![due.url.clone()], address: due.address.parse().ok(), ..Sources::default() };
    let settings = sources.settings(&About { name: &name(&due.url), environment: "production", ..About::default() });
    let done = runner.run(&Task { settings, evidence: None, secrets: Vec::new() }).await;
    let written = match &done {
        Ok(done) => data.end_check(due.id, Ok(&of_a_site(&done.report))).await,
        Err(failed) => {
            warn!(check = due.id, reason = failed.reason, "check fails");
            data.end_check(due.id, Err("the check did not end as it should: try again later")).await
        }
    };
    match written {
        Ok(()) => info!(check = due.id, "check ends"),
        Err(error) => error!(%error, check = due.id, "a check cannot be written"),
    }
}

/// The report of one site. A look from outside says little of a whole installation: eleven lines of the checklist that nobody looked at, and the
/// score that comes of them, would read as a verdict.
fn of_a_site(report: &AuditReport) -> AuditReport {
    AuditReport {
        deployment: None,
        checklist: Vec::new(),
        controls: Vec::new(),
        score: Score::default(),
        ..report.clone()
    }
}

/// A site as the name of a deployment, which has letters, digits and a few signs.
fn name(url: &str) -> String {
    let host = url.trim_end_matches('/').split("://").last().unwrap_or_default();
    let plain = |char: char| if char.is_alphanumeric() || "-_.".contains(char) { char } else { ' ' };
    let name: String = host.chars().map(plain).take(100).collect();
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_has_settings_that_the_scan_reads() {
        for (url, expected) in [
            ("https://erp.example.com/", "erp.example.com"),
            ("http://127.0.0.1:8069/", "127.0.0.1 8069"),
            ("https://[2606:4700::1111]/", "2606 4700  1111"),
            ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ] {
            let name = name(url);
            assert_eq!(name, expected);
            let sources = Sources { sites: vec![url.to_owned()], ..Sources::default() };
            assert_eq!(sources.check(&name), Ok(()), "{url}");
        }
    }
}
