//! Sites from outside, as a user looks at them.

use castellan_testkit::Server;
use castellan_testkit::site::{always, recorded};
use serde_json::Value;

use super::formats::{report_schema, validate};
use super::{castellan, rules};

const OPEN: &str = include_str!("../../../probe/tests/recorded/odoo-19-bad.json");
const HARDENED: &str = include_str!("../../../probe/tests/recorded/odoo-14-good.json");

fn url(server: &Server) -> String {
    format!("http://127.0.0.1:{}", server.address.port())
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = castellan().arg("scan").args(["--pace", "1000"]).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_site_is_one_more_target() {
    let server = Server::plain(recorded(OPEN));
    let (code, text, _) = run(&[&url(&server), "--format", "json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(code, 14);
    validate(&report_schema(), &report);
    assert!(rules(&report).contains(&"site-database-manager-default".to_owned()));
    assert!(report["sites"][0]["identity"].as_str().unwrap().starts_with("Odoo 19.0"));
    assert!(report["sites"][0]["requests"].as_u64().unwrap() <= 40);
    let (code, text, _) = run(&["examples/weak-addons", &url(&server), "--format", "json"]);
    let both: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(code, 14);
    assert!(both["files"].as_u64().unwrap() > 0 && both["sites"].as_array().unwrap().len() == 1);
}

#[test]
fn every_format_knows_sites() {
    let server = Server::plain(recorded(OPEN));
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let outputs = [file("r.html"), file("r.md"), file("r.sarif"), file("r.json"), file("r.xml")];
    let mut arguments = vec![url(&server)];
    arguments.extend(outputs.iter().flat_map(|output| ["-o".to_owned(), output.clone()]));
    let (_, text, _) = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(text.contains("grade F (Castellan, for Odoo"), "{text}");
    for output in &outputs {
        let text = std::fs::read_to_string(output).unwrap();
        assert!(text.contains("127.0.0.1") && text.contains("site-database-manager-default"), "{output}");
    }
    let page = std::fs::read_to_string(&outputs[0]).unwrap();
    assert!(page.contains("MDN HTTP Observatory") && page.contains("could not be told"));
}

#[test]
fn a_dry_run_sends_nothing() {
    let server = Server::plain(recorded(OPEN));
    let (code, text, _) = run(&[&url(&server), "--dry-run", "--consent", "B", "--test", "login-throttling"]);
    assert_eq!((code, server.connections()), (0, 0));
    assert!(text.contains("GET http://127.0.0.1") && text.contains("/web/database/manager"));
    assert!(text.contains("a TCP connection to port 5432, nothing sent"));
    assert!(text.contains("12 POST"), "{text}");
    let (code, _, error) = run(&["examples/weak-addons", "--dry-run"]);
    assert_eq!(code, 2, "{error}");
}

#[test]
fn what_is_not_reached_is_never_green() {
    let (code, text, _) = run(&["http://127.0.0.1:1", "--fail-on", "critical"]);
    assert_eq!(code, 4);
    assert!(text.contains("not reached: the connection is refused"), "{text}");
    assert!(!text.contains("grade"), "{text}");
    let gate = Server::plain(always(401, ("WWW-Authenticate", "Basic"), "who are you"));
    let (code, text, _) = run(&[&url(&gate), "--fail-on", "critical"]);
    assert_eq!(code, 4);
    assert!(text.contains("asks everybody for a password first"), "{text}");
}

#[test]
fn a_list_goes_on_where_it_stopped() {
    let (open, hardened) = (Server::plain(recorded(OPEN)), Server::plain(recorded(HARDENED)));
    let folder = tempfile::tempdir().unwrap();
    let (list, lines) = (folder.path().join("sites.txt"), folder.path().join("out.jsonl"));
    std::fs::write(&list, format!("# ours\n{}\n\n{} # the other\n{0}\n", url(&open), url(&hardened))).unwrap();
    let arguments = ["--targets", list.to_str().unwrap(), "--json-lines", lines.to_str().unwrap()];
    let (code, text, _) = run(&arguments);
    assert_eq!((code, text.lines().count()), (14, 2), "{text}");
    assert!(text.contains("1 critical") && text.contains("Odoo 14.0"), "{text}");
    let kept = std::fs::read_to_string(&lines).unwrap();
    assert_eq!(kept.lines().count(), 2);
    for line in kept.lines() {
        validate(&report_schema(), &serde_json::from_str(line).unwrap());
    }
    // The last line was cut when somebody stopped the run.
    let (first, _) = kept.split_once('\n').unwrap();
    let before = (open.requests(), hardened.requests());
    std::fs::write(&lines, format!("{first}\n{{\"format\":1,\"cast")).unwrap();
    let (_, text, error) = run(&arguments);
    assert!(error.contains("1 of 2 sites are in"), "{error}");
    assert_eq!(text.lines().count(), 1, "{text}");
    let asked = (open.requests() > before.0, hardened.requests() > before.1);
    assert_ne!(asked.0, asked.1, "one of them was asked again");
    assert_eq!(std::fs::read_to_string(&lines).unwrap().lines().count(), 2);
    // A file of something else is not written to.
    std::fs::write(&lines, "my notes\n").unwrap();
    let (code, _, error) = run(&arguments);
    assert!(code == 2 && error.contains("something else"), "{error}");
    assert_eq!(std::fs::read_to_string(&lines).unwrap(), "my notes\n");
}

#[test]
fn wrong_words_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("sites.txt");
    std::fs::write(&list, "https://a.example\nftp://b.example\n").unwrap();
    for (arguments, part) in [
        (vec!["erp.example.com"], "write https://erp.example.com"),
        (vec!["https://user:pass@erp.example.com"], "holds a user or password"),
        (vec!["--targets", list.to_str().unwrap()], "line 2"),
        (vec!["--targets", "no-such-file"], "cannot be read"),
        (vec!["https://a.example", "--authority", "Cargo.toml"], "no certificate in PEM"),
        (vec!["https://a.example", "--at-once", "many"], "--at-once"),
        (vec!["https://a.example", "--resolver", "dns.example"], "an address such as"),
        (vec!["examples/weak-addons", "--json-lines", "x"], "goes with sites alone"),
    ] {
        let (code, _, error) = run(&arguments);
        assert!(code == 2 && error.contains(part), "{arguments:?}: {code} {error}");
        assert!(!error.contains("user:pass"), "{error}");
    }
}
