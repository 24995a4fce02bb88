//! The hellos against scripted servers: protocols that no library speaks any more, and servers that do odd things.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::time::{Duration, Instant};

use castellan_probe::dial::{Dialer, Pace};
use castellan_probe::tls::scan::scan;
use castellan_probe::tls::wire::{SSL3, TLS10, TLS11, TLS12};
use castellan_probe::tls::{TlsEvidence, suite_name};
use castellan_testkit::hello::Script;
use castellan_testkit::{Authority, Server};

const ECDHE: u16 = 0xc02f;
const RSA: u16 = 0x002f;
const RC4: u16 = 0x0005;
const DHE: u16 = 0x0033;

fn look(server: &Server) -> TlsEvidence {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(scan(&Dialer::new(server.address, Pace::new(0.0, 1)), "erp.example.com", &[]))
}

fn certificate() -> Vec<u8> {
    Authority::new().issue(&["erp.example.com"], |_| ()).certificate
}

/// Versions with their suites, sorted: rare ones are asked for after the others.
fn found(evidence: &TlsEvidence) -> Vec<(u16, Vec<String>)> {
    let sorted = |suites: &[String]| {
        let mut suites = suites.to_vec();
        suites.sort();
        suites
    };
    evidence.versions.iter().map(|version| (version.number, sorted(&version.suites))).collect()
}

#[test]
fn every_version_and_suite_of_a_museum() {
    let server = Script {
        versions: vec![(SSL3, vec![RC4, RSA]), (TLS10, vec![RSA, DHE]), (TLS11, vec![RSA]), (TLS12, vec![ECDHE, RSA])],
        ssl2: true,
        compression: true,
        extensions: vec![0xff01, 15, 35],
        prime: 1024,
        certificate: certificate(),
        ..Script::default()
    }
    .start();
    let seen = look(&server);
    let names = |codes: &[u16]| {
        let mut names: Vec<String> = codes.iter().map(|code| suite_name(*code)).collect();
        names.sort();
        names
    };
    assert_eq!(
        found(&seen),
        [
            (2, Vec::new()),
            (SSL3, names(&[RC4, RSA])),
            (TLS10, names(&[RSA, DHE])),
            (TLS11, names(&[RSA])),
            (TLS12, names(&[ECDHE, RSA])),
        ]
    );
    assert_eq!(seen.dh_bits, Some(1024));
    assert!(seen.compression && seen.heartbeat && seen.tickets);
    assert_eq!((seen.secure_renegotiation, seen.extended_master_secret), (Some(true), Some(false)));
    assert_eq!((seen.prefers_own_order, seen.refuses_fallback), (Some(true), Some(false)));
    assert_eq!(seen.certificate().unwrap().names, ["erp.example.com"]);
    assert_eq!((seen.failure, seen.incomplete), (None, None));
    assert!(seen.connections <= 60, "{}", seen.connections);
}

#[test]
fn a_server_that_insists_on_its_version_has_that_one_only() {
    let server =
        Script { versions: vec![(TLS12, vec![ECDHE])], insists: true, certificate: certificate(), ..Script::default() }
            .start();
    assert_eq!(found(&look(&server)), [(TLS12, vec![suite_name(ECDHE)])]);
}

#[test]
fn a_server_that_sees_64_suites_only_is_told_whole() {
    let server = Script {
        versions: vec![(TLS12, vec![ECDHE, RSA, RC4, DHE, 0x000a])],
        sees: Some(64),
        certificate: certificate(),
        ..Script::default()
    }
    .start();
    let suites = &look(&server).versions[0].suites;
    assert_eq!(suites.len(), 5, "{suites:?}");
}

#[test]
fn resets_are_told_as_not_whole() {
    for most in [0, 6, 12] {
        let server = Script {
            versions: vec![(TLS12, vec![ECDHE, RSA])],
            resets_after: Some(most),
            certificate: certificate(),
            ..Script::default()
        }
        .start();
        let seen = look(&server);
        assert!(seen.failure.is_some() || seen.incomplete.is_some(), "{most}: {seen:?}");
    }
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let server = Script { hangs: true, ..Script::default() }.start();
    let started = Instant::now();
    let seen = look(&server);
    assert!(seen.failure.is_some());
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[test]
fn a_broken_certificate_breaks_nothing() {
    for bytes in [Vec::new(), vec![0x30, 0x82, 0xff, 0xff, 1, 2, 3], vec![0x41; 60_000]] {
        let server = Script { versions: vec![(TLS12, vec![ECDHE])], certificate: bytes, ..Script::default() }.start();
        let seen = look(&server);
        assert_eq!(found(&seen), [(TLS12, vec![suite_name(ECDHE)])]);
        assert!(seen.certificate().is_none());
    }
}
