//! What the real programs answered is what we say they answer.
//!
//! `tests/proxies/PROGRAM/*.answers` were recorded from nginx, Apache, Caddy and HAProxy by
//! `cargo xtask differential PROGRAM --record`, which also runs in CI without `--record` and compares again.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;

use castellan_config::deployment::{Options, discover};
use castellan_config::host::Facts;
use castellan_config::host::snapshot::Snapshot;
use castellan_config::proxy::{Outcome, Request};

/// `METHOD URL [from ADDRESS] [with NAME: VALUE]`.
fn request(line: &str) -> Request {
    let (line, header) = line.split_once(" with ").map_or((line, None), |(line, header)| (line, Some(header)));
    let (line, from) = line.split_once(" from ").map_or((line, "127.0.0.1"), |(line, from)| (line, from));
    let (method, url) = line.split_once(' ').unwrap();
    let mut request = Request::from_url(method, url).unwrap();
    request.from = from.parse().unwrap();
    let header = header.unwrap_or("User-Agent: curl/8");
    let (name, value) = header.split_once(": ").unwrap();
    request.headers.push((name.to_lowercase(), value.to_owned()));
    request
}

/// Judges every configuration of a program, which stands at `place` of the host, against what was recorded.
fn agrees(program: &str, place: &str, least: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proxies").join(program);
    let mut pairs = 0;
    let mut problems = Vec::new();
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path()).collect();
    names.sort();
    for conf in names.iter().filter(|path| path.extension().is_some_and(|ending| ending == "conf")) {
        let mut host = Snapshot::new(Facts::default());
        host.put(place, std::fs::read(conf).unwrap(), None);
        let options = Options { files: vec![place.into()], series: None, ..Options::default() };
        let deployment = discover(&host, &options);
        assert!(deployment.not_assessed.is_empty(), "{:?}", deployment.not_assessed);
        let answers = std::fs::read_to_string(conf.with_extension("answers")).unwrap();
        for line in answers.lines() {
            let (asked, recorded) = line.split_once(" => ").unwrap();
            pairs += 1;
            let answer = deployment.fronts[0].answer(&request(asked));
            let ours = match &answer.outcome {
                Outcome::Proxy { servers, path, .. } => format!("{} sees {path}", servers[0]),
                Outcome::Respond { status: 444, .. } => "closed".to_owned(),
                Outcome::Respond { status, location: Some(location) } => format!("{status} to {location}"),
                Outcome::Respond { status, location: None } => status.to_string(),
                Outcome::File { .. } => "404".to_owned(),
                Outcome::Unknown { reason } => format!("unknown: {reason}"),
            };
            // A relative redirect may be completed with the program's own address.
            let recorded_relative = recorded.replace(" to http://erp.example.com:18080/", " to /");
            if ours != recorded && ours != recorded_relative {
                let steps: Vec<_> = answer.steps.iter().map(|step| step.text.as_str()).collect();
                problems
                    .push(format!("{}: {asked}\n  {program}: {recorded}\n  ours: {ours}\n  {steps:?}", conf.display()));
            }
        }
    }
    assert!(problems.is_empty(), "{} of {pairs} differ:\n{}", problems.len(), problems.join("\n"));
    assert!(pairs >= least, "{pairs} pairs");
}

#[test]
fn real_nginx_agrees() {
    agrees("nginx", "/etc/nginx/nginx.conf", 100);
}

#[test]
fn real_apache_agrees() {
    agrees("apache", "/etc/apache2/apache2.conf", 80);
}

#[test]
fn real_caddy_agrees() {
    agrees("caddy", "/etc/caddy/Caddyfile", 35);
}

#[test]
fn real_haproxy_agrees() {
    agrees("haproxy", "/etc/haproxy/haproxy.cfg", 35);
}
