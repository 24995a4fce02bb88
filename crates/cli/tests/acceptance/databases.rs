//! `castellan scan --rpc`, `fix --rpc`, `undo`, `who-can`, `why`: against a fake Odoo.

use assert_cmd::Command;
use castellan_rpc::Value;
use castellan_testkit::odoo::{Odoo, Running};

const SECRET: &str = "s3cret-of-the-auditor";

/// Small, weak, and complete enough for every check that a test below looks at.
fn weak(series: u8) -> Odoo {
    let mut odoo = Odoo::new(series);
    odoo.accounts = vec![("auditor".into(), SECRET.into(), 2)];
    let groups = if series >= 19 { "group_ids" } else { "groups_id" };
    let user = |id: i64, login: &str, own: &str, seen: &str| {
        format!(
            r#"{{"id": {id}, "login": "{login}", "name": "{login}", "email": "{login}@example.com", "active": true, "share": false, "{groups}": {own}, "company_id": [1, "Example"], "company_ids": [1], "create_date": "2024-01-01 00:00:00", "login_date": "{seen}", "totp_enabled": true, "oauth_provider_id": false}}"#
        )
    };
    let users = [
        user(2, "auditor", "[2]", "2020-01-01 00:00:00"),
        user(7, "former", "[1]", "2020-01-01 00:00:00"),
        user(8, "clerk", "[1]", "2999-01-01 00:00:00"),
    ];
    odoo.table("res.users", &users.iter().map(String::as_str).collect::<Vec<_>>());
    odoo.table("ir.module.module", &[
        r#"{"id": 1, "name": "base", "state": "installed", "latest_version": "17.0.1.3", "author": "Odoo S.A.", "demo": false, "imported": false}"#,
        r#"{"id": 2, "name": "auth_password_policy", "state": "installed", "latest_version": "17.0.1.0", "author": "Odoo S.A.", "demo": false, "imported": false}"#,
    ]);
    odoo.table(
        "res.groups",
        &[
            r#"{"id": 1, "name": "User", "implied_ids": [], "share": false}"#,
            r#"{"id": 2, "name": "Settings", "implied_ids": [1], "share": false}"#,
        ],
    );
    odoo.table(
        "ir.model",
        &[r#"{"id": 1, "model": "res.partner", "name": "Contact", "transient": false, "state": "base"}"#],
    );
    odoo.table("ir.model.access", &[
        r#"{"id": 9, "name": "everybody", "model_id": [1, "Contact"], "group_id": false, "perm_read": true, "perm_write": true, "perm_create": false, "perm_unlink": false, "active": true}"#,
    ]);
    odoo.table("ir.rule", &[
        r#"{"id": 4, "name": "own", "model_id": [1, "Contact"], "groups": [1], "domain_force": "[('user_id', '=', user.id)]", "perm_read": true, "perm_write": true, "perm_create": true, "perm_unlink": true, "active": true}"#,
    ]);
    odoo.table(
        "ir.config_parameter",
        &[
            r#"{"id": 1, "key": "web.base.url", "value": "https://erp.example.com"}"#,
            r#"{"id": 2, "key": "auth_password_policy.minlength", "value": "4"}"#,
            r#"{"id": 3, "key": "shop.api_token", "value": "token-of-the-shop"}"#,
        ],
    );
    odoo.table("ir.actions.server", &[
        r#"{"id": 5, "name": "code", "state": "code", "model_name": "res.partner", "code": "x = 1\nenv.cr.execute(\"DELETE FROM x WHERE y = '%s'\" % record.name)", "usage": "ir_actions_server", "website_published": false, "write_uid": 2, "write_date": "2026-01-01 00:00:00"}"#,
    ]);
    odoo.table(
        "ir.ui.view",
        &[
            r#"{"id": 6, "name": "page", "type": "qweb", "arch_db": "<t>\n  <a t-attf-onclick=\"show('#{note.name}')\">x</a>\n</t>", "active": true, "arch_fs": false, "arch_updated": false}"#,
            r#"{"id": 7, "name": "shipped", "type": "qweb", "arch_db": "<a t-attf-onclick=\"show('#{note.name}')\">x</a>", "active": true, "arch_fs": "web/views/x.xml", "arch_updated": false}"#,
        ],
    );
    odoo.table("res.users.apikeys", &[
        r#"{"id": 1, "name": "shop", "user_id": [2, "auditor"], "scope": "rpc", "create_date": "2020-01-01 00:00:00", "expiration_date": false}"#,
    ]);
    odoo.table(
        "ir.model.data",
        &[
            r#"{"id": 1, "module": "base", "name": "group_user", "model": "res.groups", "res_id": 1}"#,
            r#"{"id": 2, "module": "base", "name": "group_system", "model": "res.groups", "res_id": 2}"#,
        ],
    );
    odoo
}

/// The command against a fake, as `auditor`.
fn castellan(running: &Running, words: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castellan"));
    // Nothing of a test is kept in the history of whoever runs it.
    command.env_clear().env("CASTELLAN_SECRET", SECRET).args(words);
    if matches!(words.first(), Some(&"scan" | &"fix" | &"who-can" | &"what-can" | &"why" | &"keys")) {
        command.args(["--rpc", &running.url(), "--db", "prod", "--login", "auditor"]);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text)
}

#[test]
fn a_database_is_judged_and_no_secret_is_told() {
    for series in [17, 19] {
        let running = Running::start(weak(series));
        for format in ["terminal", "json", "sarif", "html", "markdown", "junit", "github", "gitlab"] {
            let (code, text) = castellan(&running, &["scan", "--format", format]);
            assert!(code >= 10, "{format}: {code} {text}");
            assert!(!text.contains(SECRET) && !text.contains("token-of-the-shop"), "{format}");
            assert!(text.contains("access-everybody-writes") || format == "html", "{format}: {text}");
        }
        let (_, text) = castellan(&running, &["scan"]);
        assert!(text.contains("     7  former (last seen 2020-01-01)"), "{text}");
        // The code of the action at its own line.
        assert!(text.contains("prod/ir.actions.server 5:2:"), "{text}");
        assert!(text.contains("prod/ir.ui.view 6:2:") && !text.contains("ir.ui.view 7"), "{text}");
    }
}

#[test]
fn a_repair_is_shown_made_seen_and_taken_back() {
    for series in [17, 19] {
        let running = Running::start(weak(series));
        let journal = tempfile::tempdir().unwrap();
        let folder = journal.path().to_str().unwrap();
        let before = running.state().tables.clone();
        let (code, text) = castellan(&running, &["fix", "--journal", folder]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("~ res.users 7 (former): active = false"), "{text}");
        assert!(text.contains("auditor is the account in use"), "{text}");
        assert_eq!(running.state().tables, before, "a preview changes nothing");
        let (code, text) = castellan(&running, &["fix", "--apply", "--yes", "--journal", folder]);
        assert_eq!(code, 0, "{text}");
        {
            let state = running.state();
            let value = |model: &str, id: i64, field: &str| state.row(model, id).unwrap()[field].clone();
            assert_eq!(value("res.users", 7, "active"), Value::Bool(false));
            assert_eq!(value("res.users", 2, "active"), Value::Bool(true), "the account in use stays");
            assert_eq!(value("ir.config_parameter", 2, "value"), Value::Text("12".into()));
            assert_eq!(value("ir.model.access", 9, "group_id"), Value::Int(1));
        }
        let (code, text) = castellan(&running, &["undo", "--list", "--journal", folder]);
        assert!(code == 0 && text.contains("records of prod at http://127.0.0.1"), "{text}");
        let (code, text) = castellan(&running, &["undo", "--journal", folder]);
        assert_eq!(code, 0, "{text}");
        assert_eq!(running.state().tables, before, "everything is as it was");
        let secret = std::fs::read_dir(folder).unwrap().flatten().any(|entry| {
            std::fs::read_to_string(entry.path().join("manifest.json")).unwrap_or_default().contains(SECRET)
        });
        assert!(!secret, "the secret is in the journal");
    }
}

#[test]
fn what_was_changed_since_is_not_lost() {
    let running = Running::start(weak(17));
    let journal = tempfile::tempdir().unwrap();
    let folder = journal.path().to_str().unwrap();
    let (code, text) =
        castellan(&running, &["fix", "--rule", "password-policy-missing", "--apply", "--yes", "--journal", folder]);
    assert_eq!(code, 0, "{text}");
    for row in running.state().tables.get_mut("ir.config_parameter").unwrap() {
        if row["id"] == Value::Int(2) {
            row.insert("value".into(), "20".into());
        }
    }
    let (code, text) = castellan(&running, &["undo", "--journal", folder]);
    assert!(code == 1 && text.contains("was changed since"), "{code} {text}");
    let (code, _) = castellan(&running, &["undo", "--force", "--journal", folder]);
    assert_eq!(code, 0);
    assert_eq!(running.state().row("ir.config_parameter", 2).unwrap()["value"], Value::Text("4".into()));
}

#[test]
fn questions_are_answered() {
    let running = Running::start(weak(17));
    let (code, text) = castellan(&running, &["who-can", "write", "res.partner"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("3 active users may write res.partner"), "{text}");
    assert!(text.contains("clerk: to everybody; narrowed by rules"), "{text}");
    let (_, text) = castellan(&running, &["why", "clerk", "res.partner", "write"]);
    assert!(text.contains("granted by `everybody` (9) to everybody"), "{text}");
    assert!(text.contains("only records where `own` (4): [('user_id', '=', user.id)]"), "{text}");
    let (_, text) = castellan(&running, &["why", "clerk", "res.partner", "unlink"]);
    assert!(text.contains("clerk may not unlink res.partner"), "{text}");
    let (_, text) = castellan(&running, &["what-can", "clerk", "--json"]);
    assert!(text.contains(r#""operations":["read","write"]"#), "{text}");
    let (code, text) = castellan(&running, &["why", "nobody", "res.partner", "write"]);
    assert!(code == 2 && text.contains("no user with the log-in `nobody`"), "{code} {text}");
    let (code, text) = castellan(&running, &["who-can", "eat", "res.partner"]);
    assert!(code == 2 && text.contains("read, write, create or unlink"), "{code} {text}");
}

#[test]
fn what_was_changed_since_the_last_audit_is_told() {
    let running = Running::start(weak(19));
    let (_, text) = castellan(&running, &["scan", "--since", "2025-12-01", "--rule", "code-changed"]);
    assert!(text.contains("server actions that were made or changed since 2025-12-01: 1"), "{text}");
    assert!(text.contains("code, by auditor on 2026-01-01"), "{text}");
    // The report of an audit is as good as its day.
    let (_, report) = castellan(&running, &["scan", "--format", "json"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("last.json");
    std::fs::write(&path, report).unwrap();
    let path = path.to_str().unwrap();
    let (code, text) = castellan(&running, &["scan", "--since", path, "--rule", "code-changed"]);
    assert!(code == 4 || code == 0, "{code} {text}");
    assert!(!text.contains("were made or changed since"), "{code} {text}");
    for (wrong, reason) in [("2026-13-01", "no such day"), ("/nowhere", "2026-11-01")] {
        let (code, text) = castellan(&running, &["scan", "--since", wrong]);
        assert!(code == 2 && text.contains(reason), "{code} {text}");
    }
}

#[test]
fn keys_come_with_a_plan() {
    let running = Running::start(weak(19));
    let (code, text) = castellan(&running, &["keys"]);
    assert!(code == 0 && text.contains("1  shop of auditor, administrator"), "{code} {text}");
    assert!(text.contains("=> move to an account of its own by") && text.contains("it never ends"), "{text}");
    let (_, text) = castellan(&running, &["keys", "--json"]);
    let plan: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(plan["keys"][0]["administrator"], true);
    let (code, text) = castellan(&running, &["fix", "--revoke-key", "1"]);
    assert!(code == 2 && text.contains("--sql"), "{code} {text}");
}

#[test]
fn secrets_are_never_on_the_command_line() {
    let running = Running::start(weak(17));
    let run = |words: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_castellan")).env_remove("CASTELLAN_SECRET").args(words).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let url = running.url();
    let rpc = ["scan", "--rpc", &url, "--db", "prod", "--login", "auditor"];
    let (code, text) = run(&rpc);
    assert!(code == 2 && text.contains("CASTELLAN_SECRET"), "{code} {text}");
    let (code, text) = run(&["scan", "--sql", "postgresql://me:pass@127.0.0.1/prod"]);
    assert!(code == 2 && text.contains("PGPASSWORD"), "{code} {text}");
    let (code, text) = run(&["scan", "--rpc", "https://me:pass@erp.example.com", "--login", "x"]);
    assert!(code == 2 && text.contains("holds a user or password"), "{code} {text}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    let with_file = |mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let mut words = rpc.to_vec();
        words.extend(["--secret-file", file.to_str().unwrap()]);
        run(&words)
    };
    let (code, text) = with_file(0o644);
    assert!(code == 2 && text.contains("chmod 600"), "{code} {text}");
    let (code, text) = with_file(0o600);
    assert!(code >= 10, "{code} {text}");
    let (code, text) = castellan(&running, &["scan", "--dialect", "json-2"]);
    assert!(code == 1 && text.contains("JSON-2"), "{code} {text}");
}
