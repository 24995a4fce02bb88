//! Records from a name server on loopback: what is asked, long answers, aliases, failures.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use castellan_model::CheckOutcome;
use castellan_probe::dns::{DnsEvidence, collect, mail};
use castellan_probe::evidence::Evidence;
use castellan_probe::judge::{Judgement, judge};
use castellan_testkit::names::NameServer;

fn ask(zone: &str, host: &str) -> Option<DnsEvidence> {
    let server = NameServer::start(zone);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(collect(server.address, host))
}

fn judged(dns: DnsEvidence) -> Judgement {
    let host = dns.host.clone();
    judge(&Evidence { site: format!("https://{host}"), host, dns: Some(dns), ..Evidence::default() }, &[], &[])
}

fn names(judged: &Judgement) -> Vec<&str> {
    judged.findings.iter().map(|finding| finding.rule.as_str()).collect()
}

#[test]
fn policies_are_followed_and_long_answers_come_over_tcp() {
    let long = format!("v=spf1 {}include:b.example -all", "ip4:192.0.2.0/24 ".repeat(60));
    let zone = format!(
        "A erp.example.co.uk 192.0.2.1\nMX example.co.uk 10 mx.example.co.uk.\nTXT example.co.uk v=spf1 include:A.example ~all\n\
         TXT a.example {long}\nTXT b.example v=spf1 mx ?all\nTXT _dmarc.example.co.uk v=DMARC1; p=none"
    );
    let dns = ask(&zone, "erp.example.co.uk").unwrap();
    assert_eq!(dns.domain, "example.co.uk");
    let spf = mail::spf(&dns, &dns.domain).unwrap();
    assert_eq!((spf.lookups, spf.all, spf.missing.len()), (3, Some('~'), 0), "{spf:?}");
    let judged = judged(dns);
    assert_eq!(names(&judged), ["dns-caa-missing", "mail-dmarc-weak", "dns-unsigned", "mail-transport-unprotected"]);
}

#[test]
fn aliases_and_broken_signatures() {
    let dangling =
        judged(ask("CNAME erp.example.com gone.example.net.\nTXT example.com v=spf1 -all", "erp.example.com").unwrap());
    assert!(names(&dangling).contains(&"dns-alias-dangling"), "{:?}", names(&dangling));
    let bogus = judged(ask("SERVFAIL erp.example.com\nA erp.example.com 192.0.2.1", "erp.example.com").unwrap());
    assert!(names(&bogus).contains(&"dns-bogus"), "{:?}", names(&bogus));
}

#[test]
fn what_is_not_asked_is_not_assessed() {
    assert_eq!(ask("", "192.0.2.1"), None);
    assert_eq!(ask("", "localhost"), None);
    let none = judge(
        &Evidence { site: "https://erp.example.com".into(), host: "erp.example.com".into(), ..Evidence::default() },
        &[],
        &[],
    );
    for check in none.checks.iter().filter(|check| check.rule.starts_with("dns-") || check.rule.starts_with("mail-")) {
        assert_eq!(check.outcome, CheckOutcome::CouldNotTell, "{}", check.rule);
        assert!(check.reason.contains("--resolver"), "{}", check.reason);
    }
}

#[test]
fn a_name_server_that_says_nothing_is_no_verdict() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let dns = runtime.block_on(collect(silent.local_addr().unwrap(), "example.com")).unwrap();
    assert!(judged(dns).checks.iter().all(|check| check.outcome != CheckOutcome::NotVulnerable));
}
