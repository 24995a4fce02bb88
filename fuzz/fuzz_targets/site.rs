//! Answers of a site, judged by every rule, graded and summed up: parts of the input are headers and bodies of the probes.
#![no_main]

use castellan_probe::evidence::{Consent, Evidence, Exchange};
use castellan_probe::probes::{BASELINE, PROBES};
use castellan_probe::site;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split('\u{1}');
    let mut evidence = Evidence {
        site: "https://erp.example.com".into(),
        host: "erp.example.com".into(),
        time: 1_795_478_400,
        consent: Consent::B,
        ..Evidence::default()
    };
    for (number, probe) in BASELINE.iter().chain(PROBES).enumerate() {
        let part = parts.next().unwrap_or_default();
        let (head, body) = part.split_once("\n\n").unwrap_or(("", part));
        let headers = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
            .collect();
        let status = [200, 404, 403, 303, 405, 500][(part.len() + number) % 6];
        evidence.exchanges.insert(
            probe.name.to_owned(),
            Exchange {
                method: probe.method.to_owned(),
                url: format!("https://erp.example.com{}", probe.target),
                status,
                headers,
                body: body.to_owned(),
                ..Exchange::default()
            },
        );
    }
    let _ = site::of(evidence, &[], &[]);
});
