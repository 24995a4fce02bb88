//! Deployments, the checklist, the score, rules of one's own, and audits over time.

use std::path::Path;

use super::{castellan, root, tree};

const DEPLOYMENT: &str = r#"
[[deployment]]
name = "weak"
owner = "it@example.com"
root = "HOST"
min-score = 50

[[deployment.accept]]
rule = "backup-without-filestore"
reason = "backups are made by the hypervisor"
who = "head of IT"
until = "2099-01-31"

[[deployment.accept]]
rule = "odoo-dev-mode"
reason = "for a week"
who = "head of IT"
until = "2026-01-31"

[[deployment.statement]]
about = "restore-drill"
says = "restored on 2 May"
who = "head of IT"
until = "2099-01-31"
"#;

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = castellan();
    command.current_dir(folder).env("CASTELLAN_DATA", folder.join("data")).args(arguments);
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn report(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    let (_, out, error) = run(folder, arguments);
    serde_json::from_str(&out).unwrap_or_else(|wrong| panic!("{wrong}: {error}"))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A folder with the weak host and its deployment file.
fn weak() -> tempfile::TempDir {
    let folder = tree(&[("castellan.toml", DEPLOYMENT.replace("HOST", "host").as_bytes())]);
    copy(&root().join("examples/weak-host"), &folder.path().join("host"));
    folder
}

#[test]
fn a_deployment_is_audited_and_answers_the_checklist() {
    let folder = weak();
    let (code, out, error) = run(folder.path(), &["scan"]);
    assert_eq!(code, 14, "{error}");
    assert!(error.contains("weak: score") && error.contains("is below 50"), "{error}");
    assert!(out.contains("% of the checklist looked at") && out.contains("way in: "), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    let report = report(folder.path(), &["scan", "--format", "json", "--no-store"]);
    let lines = report["checklist"].as_array().unwrap();
    assert_eq!(lines.len(), 14);
    assert_eq!((lines[0]["answer"].as_str(), lines[4]["answer"].as_str()), (Some("fail"), Some("not-assessed")));
    assert!(lines[9]["looked_at"].to_string().contains("stated by head of IT"), "{}", lines[9]);
    assert_eq!(report["deployment"]["name"], "weak");
    let suppressed = report["suppressed"].as_array().unwrap();
    assert!(suppressed.iter().any(|one| one["suppressed_by"]["by"] == "accepted" && one["finding"]["rule"] == "backup-without-filestore"));
    let rules = super::rules(&report);
    assert!(
        rules.contains(&"acceptance-expired".to_owned())
            && rules.contains(&"manager-open-with-weak-password".to_owned())
    );
    let controls = report["controls"].as_array().unwrap();
    assert!(controls.len() > 60 && controls.iter().any(|one| one["framework"] == "NIS2"), "{}", controls.len());
    // What is left out of the report is not left out of the score.
    let short = self::report(folder.path(), &["scan", "--format", "json", "--no-store", "--min-severity", "critical"]);
    assert_eq!(short["score"], report["score"]);
    assert!(short["findings"].as_array().unwrap().len() < report["findings"].as_array().unwrap().len());
}

#[test]
fn audits_are_kept_compared_and_judged_again() {
    let folder = weak();
    run(folder.path(), &["scan"]);
    let conf = folder.path().join("host/etc/odoo/odoo.conf");
    let text = std::fs::read_to_string(&conf).unwrap();
    assert!(text.contains("admin_passwd = admin"), "{text}");
    std::fs::write(&conf, text.replace("admin_passwd = admin", "admin_passwd = 7Gq-vx2Lw9-pZt4Rk8")).unwrap();
    run(folder.path(), &["scan"]);
    std::fs::write(&conf, &text).unwrap();
    run(folder.path(), &["scan"]);
    let (code, out, _) = run(folder.path(), &["history"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("weak") && out.lines().count() >= 5, "{out}");
    let list = report(folder.path(), &["history", "--json"]);
    let ids: Vec<String> = list.as_array().unwrap().iter().rev().map(|one| one["id"].to_string()).collect();
    assert_eq!(ids.len(), 3);
    let fixed = report(folder.path(), &["diff", &ids[0], &ids[1], "--json"]);
    assert!(super_rules(&fixed["fixed"]).contains(&"odoo-master-password-default".to_owned()), "{}", fixed["fixed"]);
    // Back again, and it was open before: regressed, not new.
    let (code, out, _) = run(folder.path(), &["diff"]);
    assert_eq!(code, 14, "{out}");
    assert!(out.contains("back again") && out.contains("odoo-master-password-default"), "{out}");
    let (code, out, error) = run(folder.path(), &["rejudge", "--format", "json"]);
    assert_eq!(code, 0, "{error}");
    let again: serde_json::Value = serde_json::from_str(&out).unwrap();
    let (_, now, _) = run(folder.path(), &["scan", "--format", "json", "--no-store"]);
    let now: serde_json::Value = serde_json::from_str(&now).unwrap();
    let prints = |report: &serde_json::Value| {
        let mut all: Vec<String> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["fingerprint"].as_str().unwrap().to_owned())
            .collect();
        all.sort();
        all
    };
    assert_eq!(prints(&again), prints(&now), "evidence says the same as the host");
    let (_, explained, _) = run(folder.path(), &["score", "--explain"]);
    assert!(explained.contains("weight 8 x 100 % looked at") && explained.contains("-60.0"), "{explained}");
    // Nothing secret is kept.
    let kept = std::fs::read(folder.path().join("data/history.db")).unwrap();
    assert!(!kept.windows(18).any(|window| window == b"7Gq-vx2Lw9-pZt4Rk8"));
}

fn super_rules(list: &serde_json::Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_wrong_file_of_deployments_is_told_with_its_line() {
    let folder = tree(&[("castellan.toml", b"[[deployment]]\nname = \"shop\"\nsite = \"https://x\"\n")]);
    let (code, _, error) = run(folder.path(), &["scan"]);
    assert_eq!(code, 2);
    assert!(error.contains("line 3"), "{error}");
    let folder = weak();
    let (code, _, error) = run(folder.path(), &["scan", "--deployment", "shop"]);
    assert_eq!(code, 2);
    assert!(error.contains("there is no deployment `shop`; there are weak"), "{error}");
    let (code, _, error) = run(folder.path(), &["diff"]);
    assert_eq!(code, 2);
    assert!(error.contains("no two audits"), "{error}");
}

#[test]
fn rules_of_ones_own_are_made_tested_and_used() {
    let folder = weak();
    let (code, _, error) = run(folder.path(), &["rules", "new", "accounts-for-tests"]);
    assert_eq!(code, 0, "{error}");
    let (code, out, error) = run(folder.path(), &["rules", "test", "castellan-rules"]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("1 rules, 2 tests"), "{out}");
    let (_, paths, _) = run(folder.path(), &["rules", "paths"]);
    assert!(paths.contains("databases[].users[].last_login") && paths.contains("servers[].options[NAME]"), "{paths}");
    let examples = root().join("examples/own-rules");
    let (code, out, error) = run(folder.path(), &["rules", "lint", examples.to_str().unwrap()]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("16 rules"), "{out}");
    let report =
        report(folder.path(), &["scan", "--format", "json", "--no-store", "--own-rules", examples.to_str().unwrap()]);
    let rules = super::rules(&report);
    assert!(rules.contains(&"own-baseline-drift".to_owned()), "{rules:?}");
    let notes = report["not_assessed"].to_string();
    assert!(notes.contains("`own-privileged-user-idle` needs databases"), "{notes}");
    let own = report["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "own-baseline-drift").unwrap();
    let line = &report["checklist"][0]["findings"];
    assert!(line.as_array().unwrap().contains(&own["fingerprint"]), "{line}");
    std::fs::write(folder.path().join("castellan-rules/bad.yaml"), "id: own-x\ntitle: t\n").unwrap();
    let (code, _, error) = run(folder.path(), &["scan", "--own-rules", "castellan-rules"]);
    assert_eq!(code, 2);
    assert!(error.contains("bad.yaml") && error.contains("line"), "{error}");
}

#[test]
fn init_writes_what_it_finds() {
    let folder = tempfile::tempdir().unwrap();
    let host = root().join("examples/weak-host");
    let (code, _, error) = run(folder.path(), &["init", "--root", host.to_str().unwrap()]);
    assert_eq!(code, 0, "{error}");
    assert!(error.contains("found odoo /etc/odoo/odoo.conf"), "{error}");
    let text = std::fs::read_to_string(folder.path().join("castellan.toml")).unwrap();
    assert!(text.contains("[[deployment]]") && text.contains("erp.example.com"), "{text}");
    let text = text.replace("sites = ", "# sites = ");
    std::fs::write(folder.path().join("castellan.toml"), text).unwrap();
    let (code, out, error) = run(folder.path(), &["scan"]);
    assert_eq!(code, 14, "{error}");
    assert!(out.contains("of the checklist looked at"));
}

#[test]
fn the_plan_names_what_can_be_repaired_over_rpc() {
    let source = std::fs::read_to_string(root().join("crates/fix/src/records.rs")).unwrap();
    // The arms of the one match that makes changes of findings: `"rule" | "rule" => ...`.
    let arms = source.lines().map(str::trim).filter(|line| line.starts_with('"') && line.contains("=>"));
    let mut known: Vec<String> = arms
        .flat_map(|line| {
            line.split("=>")
                .next()
                .unwrap_or_default()
                .split('"')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|id| id.contains('-'))
        .collect();
    known.sort();
    assert_eq!(known, castellan_audit::REPAIRED_OVER_RPC);
    let folder = weak();
    run(folder.path(), &["scan"]);
    let (code, out, error) = run(folder.path(), &["plan"]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains(" 1. ") && out.contains("$ castellan fix --root ") && out.contains("--apply --rule"), "{out}");
    let plan = report(folder.path(), &["plan", "--json"]);
    let after: Vec<i64> = plan.as_array().unwrap().iter().map(|one| one["score_after"].as_i64().unwrap()).collect();
    assert!(after.windows(2).all(|pair| pair[0] <= pair[1]), "{after:?}");
}

#[test]
fn reports_are_made_in_every_form_and_language() {
    let folder = weak();
    std::fs::write(
        folder.path().join("theme.toml"),
        "name = \"Example Agency\"\nfooter = \"Confidential\"\naccent = \"#14532d\"\n",
    )
    .unwrap();
    let outputs = ["-o", "r.html", "-o", "r.pdf", "-o", "r.csv", "-o", "summary=s.html", "-o", "r.md"];
    let (_, _, error) = run(folder.path(), &[&["scan", "--theme", "theme.toml"][..], &outputs].concat());
    assert!(error.contains("wrote r.pdf"), "{error}");
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let page = String::from_utf8(read("r.html")).unwrap();
    assert!(page.contains("Example Agency") && page.contains("#14532d") && page.contains("id=\"checklist\""));
    assert!(read("r.pdf").starts_with(b"%PDF-1.7"));
    assert!(String::from_utf8(read("s.html")).unwrap().contains("Management summary"));
    let csv = String::from_utf8(read("r.csv")).unwrap();
    assert!(csv.starts_with("deployment,time,state,severity") && csv.contains("\r\nweak,"), "{csv}");
    for (language, word) in [("fr", "Liste de contrôle"), ("es", "Lista de comprobación"), ("de", "Checkliste")] {
        let (code, _, error) = run(folder.path(), &["report", "-o", "l.html", "-o", "l.pdf", "--language", language]);
        assert_eq!(code, 0, "{error}");
        assert!(!error.contains("not translated"), "{error}");
        assert!(String::from_utf8(read("l.html")).unwrap().contains(word), "{language}");
    }
    let (code, _, error) = run(folder.path(), &["report", "-o", "l.html", "--language", "it"]);
    assert_eq!((code, error.contains("en, fr, es, de")), (2, true));
}

#[test]
fn an_evidence_pack_is_verified() {
    let folder = weak();
    run(folder.path(), &["scan"]);
    let (code, _, error) = run(folder.path(), &["pack", "-o", "pack.zip"]);
    assert_eq!(code, 0, "{error}");
    let key = error.split("verify with ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap().to_owned();
    let (code, out, error) = run(folder.path(), &["verify", "pack.zip", "--key", &key]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("is whole") && out.contains("the key that you gave"), "{out}");
    let path = folder.path().join("pack.zip");
    let bytes = std::fs::read(&path).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let mut all = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut text).unwrap();
        all.push((file.name().to_owned(), text));
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"evidence/hosts/1/etc/odoo/odoo.conf") && names.contains(&"queries.md"), "{names:?}");
    // The master password of the weak host is `admin`: no file has it as the value of the option.
    for (name, text) in &all {
        let text = String::from_utf8_lossy(text);
        assert!(!text.contains("admin_passwd = admin\n"), "{name}");
    }
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    std::fs::write(&path, &damaged).unwrap();
    let (code, _, error) = run(folder.path(), &["verify", "pack.zip"]);
    assert_eq!(code, 1, "{error}");
    assert!(error.contains("does not hold"), "{error}");
}

#[test]
fn the_doctor_says_what_is_broken() {
    let folder = weak();
    run(folder.path(), &["scan"]);
    let (code, out, error) = run(folder.path(), &["doctor"]);
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains("1 audits") && out.contains("the acceptance of `odoo-dev-mode` ended on 2026-01-31"), "{out}");
    std::fs::write(folder.path().join("data/history.db"), b"not a database at all".repeat(500)).unwrap();
    let (code, out, _) = run(folder.path(), &["doctor"]);
    assert_eq!(code, 1);
    assert!(out.contains("broken") && out.contains("--repair"), "{out}");
    let (code, _, error) = run(folder.path(), &["history", "--repair"]);
    assert_eq!(code, 0, "{error}");
    assert!(error.contains("saved 0 audits"), "{error}");
    let (code, _, error) = run(folder.path(), &["man", "man"]);
    assert_eq!(code, 0, "{error}");
    let page = std::fs::read_to_string(folder.path().join("man/castellan-scan.1")).unwrap();
    assert!(page.contains("deployment"), "{page}");
}

#[test]
fn a_source_that_is_not_reached_hides_nothing_of_the_rest() {
    let text = DEPLOYMENT.replace("HOST", "host")
        + "\n[deployment.rpc]\nurl = \"http://127.0.0.1:9\"\ndatabase = \"prod\"\nlogin = \"auditor\"\nsecret-file = \"secret\"\n";
    let folder = tree(&[("castellan.toml", text.as_bytes()), ("secret", b"x\n")]);
    copy(&root().join("examples/weak-host"), &folder.path().join("host"));
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(folder.path().join("secret"), mode).unwrap();
    let report = report(folder.path(), &["scan", "--format", "json"]);
    assert!(super::rules(&report).contains(&"odoo-master-password-default".to_owned()));
    let note = report["not_assessed"].as_array().unwrap().iter().find(|one| one["kind"] == "limited").unwrap();
    assert!(note["path"].as_str().unwrap().contains("127.0.0.1:9"), "{note}");
    let line = &report["checklist"][4];
    assert_eq!(line["answer"], "not-assessed");
    assert!(line["missing"].to_string().contains("127.0.0.1:9"), "{line}");
    // What shows a part only is not kept.
    run(folder.path(), &["scan", "--rule", "odoo-log-debug"]);
    assert_eq!(self::report(folder.path(), &["history", "--json"]).as_array().unwrap().len(), 1);
}

#[test]
fn every_rule_says_which_lines_and_controls_it_is_about() {
    let folder = tempfile::tempdir().unwrap();
    let rules = report(folder.path(), &["rules", "--json"]);
    for rule in rules.as_array().unwrap() {
        assert!(!rule["checklist"].as_array().unwrap().is_empty(), "{}", rule["id"]);
        assert!(!rule["controls"].as_array().unwrap().is_empty(), "{}", rule["id"]);
    }
    let (_, out, _) = run(folder.path(), &["rules", "proxy-database-manager"]);
    assert!(out.contains("Checklist: 6") && out.contains("ISO/IEC 27001:2022 Annex A: A.5.15"), "{out}");
}
