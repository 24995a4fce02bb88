//! Hosts, bundles, requests, fixes: as a user runs them.

use std::path::Path;

use super::{castellan, json, rules, tree};

const NGINX: &str = "http {\n  server {\n    listen 443 ssl;\n    server_name erp.example.com;\n    location / { proxy_pass http://127.0.0.1:8069; }\n  }\n}\n";

/// A small host with an Odoo.
fn host() -> tempfile::TempDir {
    tree(&[
        ("etc/passwd", b"root:x:0:0::/root:/bin/bash\nodoo:x:1000:1000::/var/lib/odoo:/usr/sbin/nologin\n"),
        ("etc/group", b"root:x:0:\nodoo:x:1000:\n"),
        ("etc/odoo/odoo.conf", b"[options]\nadmin_passwd = MARK-master-1\ndb_password = MARK-db-2\nlist_db = True\nworkers = 4\naddons_path = /opt/odoo/addons\n"),
        ("etc/systemd/system/odoo.service", b"[Service]\nEnvironment=SMTP_PASSWORD=MARK-unit-3\nExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf -w MARK-command-4\n"),
        ("etc/nginx/nginx.conf", NGINX.as_bytes()),
        ("etc/cron.d/backup", b"0 2 * * * root /usr/local/bin/backup.sh\n"),
        ("usr/local/bin/backup.sh", b"#!/bin/sh\nPGPASSWORD=MARK-script-5 pg_dump prod\n"),
        ("srv/erp/docker-compose.yml", b"services:\n  web:\n    image: odoo:17.0\n    environment:\n      PASSWORD: MARK-compose-6\n"),
        ("usr/lib/python3/dist-packages/odoo/release.py", b"version_info = (17, 0, 0, FINAL, 0, '')\n"),
        ("opt/odoo/addons/shop/__manifest__.py", super::MANIFEST),
        ("opt/odoo/addons/shop/models/a.py", b"from odoo import models\n\nclass A(models.Model):\n    _name = 'a'\n\n    def f(self, x):\n        self.env.cr.execute('select %s' % x)\n"),
    ])
}

#[test]
fn a_host_is_found_followed_and_judged_with_its_code() {
    let host = host();
    let report = json(host.path(), &[]);
    let kinds: Vec<&str> =
        report["sources"].as_array().unwrap().iter().map(|source| source["kind"].as_str().unwrap()).collect();
    for kind in ["odoo", "proxy", "service", "compose"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    let found = rules(&report);
    for rule in [
        "odoo-database-manager",
        "proxy-database-manager",
        "service-runs-as-root",
        "backup-script-password",
        "sql-format",
    ] {
        assert!(found.contains(&rule.to_owned()), "{rule}: {found:?}");
    }
    assert!(report["not_assessed"].as_array().unwrap().iter().any(|note| note["path"] == "postgresql"));
}

#[test]
fn no_password_of_a_host_reaches_any_format() {
    let host = host();
    for format in ["terminal", "json", "sarif", "github", "gitlab", "junit", "html", "markdown"] {
        let output = castellan()
            .args(["scan", "--persona", "auditor", "--format", format, "--root"])
            .arg(host.path())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("odoo"), "{format}");
        assert!(!text.contains("MARK"), "{format}: {}", text.lines().find(|line| line.contains("MARK")).unwrap_or(""));
    }
    let output = castellan().args(["fix", "--root"]).arg(host.path()).output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("MARK"));
}

#[test]
fn sarif_names_files_of_a_host_by_their_whole_path() {
    let host = host();
    let output = castellan().args(["scan", "--format", "sarif", "--root"]).arg(host.path()).output().unwrap();
    let log: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let uris: Vec<&str> = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap())
        .collect();
    assert!(uris.contains(&"file:///etc/odoo/odoo.conf"), "{uris:?}");
    assert!(uris.iter().any(|uri| !uri.starts_with("file:")), "code has relative paths: {uris:?}");
}

#[test]
fn a_bundle_is_judged_like_the_host() {
    let host = host();
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle");
    castellan().args(["collect", "--root"]).arg(host.path()).arg("-o").arg(&bundle).assert().code(0);
    castellan().args(["collect", "--root"]).arg(host.path()).arg("-o").arg(&bundle).assert().code(2);
    let of = |path: &Path| {
        let mut found = rules(&json(path, &[]));
        // A bundle holds configuration, not code.
        found.retain(|rule| rule != "sql-format");
        found
    };
    assert_eq!(of(host.path()), of(&bundle));
    castellan().args(["fix", "--root"]).arg(&bundle).assert().code(2);
}

#[test]
fn single_files_and_folders_of_configuration_are_judged() {
    let folder = tree(&[
        ("deploy/odoo.conf", b"[options]\nlist_db = True\n"),
        ("deploy/nginx/site.conf", NGINX.as_bytes()),
        ("deploy/Dockerfile", b"FROM odoo:17.0\nUSER root\n"),
        ("setup.cfg", b"[flake8]\nmax-line-length = 120\n"),
    ]);
    let report = json(folder.path(), &[]);
    let found = rules(&report);
    for rule in ["odoo-database-manager", "proxy-hsts-missing", "dockerfile-runs-as-root"] {
        assert!(found.contains(&rule.to_owned()), "{rule}: {found:?}");
    }
    assert!(
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|finding| { finding["location"]["path"].as_str().unwrap().starts_with("deploy/") })
    );
    let one = json(&folder.path().join("deploy/odoo.conf"), &[]);
    assert!(rules(&one).contains(&"odoo-database-manager".to_owned()));
    castellan().arg("scan").arg(folder.path().join("setup.cfg")).assert().code(3);
}

#[test]
fn a_finding_in_configuration_is_accepted_with_a_reason() {
    let folder = tree(&[(
        "odoo.conf",
        b"[options]\n; castellan: ignore[odoo-database-manager] closed network, see the runbook\nlist_db = True\n; castellan: ignore[odoo-dev-mode] stale\nadmin_passwd = kX7-correct-horse-battery\n",
    )]);
    let report = json(folder.path(), &[]);
    assert_eq!(report["suppressed"][0]["finding"]["rule"], "odoo-database-manager");
    assert!(rules(&report).contains(&"suppression-unused".to_owned()));
}

#[test]
fn broken_files_are_told_and_hide_nothing() {
    let host = host();
    for (path, text) in [
        ("etc/nginx/conf.d/broken.conf", &b"server { listen 80; \"never closed"[..]),
        ("etc/postgresql/16/main/pg_hba.conf", b"hots all all trust\n"),
        ("etc/postgresql/16/main/postgresql.conf", b"= = =\n"),
        ("srv/other/docker-compose.yml", b"services: [\n"),
        ("etc/caddy/Caddyfile", b"erp.example.com {\n respond \"never closed\n"),
        ("etc/haproxy/haproxy.cfg", b"\xff\xfe\x00frontend\n"),
        ("etc/traefik/traefik.yml", b"a: &a [*a]\n"),
        ("etc/apache2/apache2.conf", b"<VirtualHost *:80>\n</Location>\n"),
        ("etc/nftables.conf", b"table inet f { chain i { { { {\n"),
        ("etc/docker/daemon.json", b"{\"hosts\": \n"),
        ("etc/fail2ban/jail.local", b"enabled = true\n[\n"),
        ("etc/crontab", b"* * * * *\n"),
    ] {
        let full = host.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, text).unwrap();
    }
    std::fs::write(host.path().join("etc/nginx/nginx.conf"), NGINX.replace("http {", "http { include conf.d/*.conf;"))
        .unwrap();
    let report = json(host.path(), &[]);
    let found = rules(&report);
    for rule in ["odoo-database-manager", "proxy-database-manager", "service-runs-as-root"] {
        assert!(found.contains(&rule.to_owned()), "{rule}: {found:?}");
    }
    let notes: Vec<String> = report["not_assessed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| note["path"].as_str().unwrap().to_owned())
        .collect();
    for path in [
        "/etc/nginx/conf.d/broken.conf",
        "/etc/postgresql/16/main/pg_hba.conf",
        "/etc/caddy/Caddyfile",
        "/srv/other/docker-compose.yml",
    ] {
        assert!(notes.contains(&path.to_owned()), "{path}: {notes:?}");
    }
}

#[test]
fn a_request_is_explained() {
    let folder = tree(&[(
        "nginx.conf",
        NGINX.replace("location /", "location ~ ^/web/database { deny all; }\n    location /").as_bytes(),
    )]);
    let file = folder.path().join("nginx.conf");
    let explain = |url: &str| {
        let output = castellan().args(["explain-request", "GET", url]).arg(&file).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).replace(&*folder.path().to_string_lossy(), "/FOLDER")
    };
    insta::assert_snapshot!("explain_refused", explain("https://erp.example.com/web/database/manager"));
    insta::assert_snapshot!("explain_passed", explain("https://erp.example.com/web/login"));
    castellan().args(["explain-request", "GET", "erp.example.com"]).arg(&file).assert().code(2);
    let none = tree(&[("x.conf", b"[options]\n")]);
    castellan().args(["explain-request", "GET", "https://e.com/"]).arg(none.path().join("x.conf")).assert().code(3);
}

#[test]
fn fixes_are_shown_made_and_taken_back() {
    let host = host();
    let conf = host.path().join("etc/odoo/odoo.conf");
    let before = std::fs::read_to_string(&conf).unwrap();
    let journal = tempfile::tempdir().unwrap();
    let shown =
        castellan().args(["fix", "--rule", "odoo-database-manager", "--root"]).arg(host.path()).output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("-list_db = True\n+list_db = False\n"), "{shown}");
    assert_eq!(std::fs::read_to_string(&conf).unwrap(), before);
    // Nobody can be asked here.
    castellan().args(["fix", "--apply", "--root"]).arg(host.path()).assert().code(2);
    let apply = || {
        let mut command = castellan();
        command.args(["fix", "--apply", "--yes", "--database", "prod", "--journal"]).arg(journal.path());
        command.arg("--root").arg(host.path());
        command.output().unwrap()
    };
    let output = apply();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("looked again"), "{text}");
    let after = std::fs::read_to_string(&conf).unwrap();
    assert!(after.contains("list_db = False") && after.contains("admin_passwd = $pbkdf2-sha512$600000$"), "{after}");
    apply();
    // The container has no file of its own that could be changed.
    let report = json(host.path(), &[]);
    let left: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["location"]["path"].as_str().unwrap().starts_with("/etc/"))
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect();
    for rule in [
        "odoo-database-manager",
        "proxy-database-manager",
        "proxy-rpc-open",
        "proxy-hsts-missing",
        "odoo-proxy-mode-off",
    ] {
        assert!(!left.contains(&rule.to_owned()), "{rule}: {left:?}");
    }
    let list = castellan().args(["undo", "--list", "--journal"]).arg(journal.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&list.stdout).contains("in place"));
    while castellan().args(["undo", "--journal"]).arg(journal.path()).output().unwrap().status.success() {}
    assert_eq!(std::fs::read_to_string(&conf).unwrap(), before);
    assert_eq!(std::fs::read_to_string(host.path().join("etc/nginx/nginx.conf")).unwrap(), NGINX);
}

#[test]
fn a_change_that_may_lock_out_is_taken_back_unless_confirmed() {
    let host = tree(&[("etc/ssh/sshd_config", b"PermitRootLogin yes\n"), ("usr/x", b"")]);
    let journal = tempfile::tempdir().unwrap();
    let apply = castellan()
        .args(["fix", "--apply", "--yes", "--rule", "ssh-root-login", "--journal"])
        .arg(journal.path())
        .arg("--root")
        .arg(host.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&apply.stdout).into_owned();
    let run = text.lines().find_map(|line| line.strip_prefix("take it back with: castellan undo ")).unwrap().to_owned();
    let file = host.path().join("etc/ssh/sshd_config");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "PermitRootLogin no\n");
    let timer = |run: &str| {
        let mut command = castellan();
        command.args(["undo", run, "--after", "0", "--unless-confirmed", "--journal"]).arg(journal.path());
        command.assert().code(0);
    };
    castellan().args(["fix", "--confirm", &run, "--journal"]).arg(journal.path()).assert().code(0);
    timer(&run);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "PermitRootLogin no\n");
    castellan().args(["undo", &run, "--journal"]).arg(journal.path()).assert().code(0);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "PermitRootLogin yes\n");
}

#[test]
fn hardened_configurations_are_printed_and_nonsense_is_refused() {
    for what in ["odoo", "nginx", "caddy", "postgresql", "systemd", "fail2ban"] {
        let output =
            castellan().args(["harden", what, "--odoo-version", "19.0", "--allow", "192.0.2.0/24"]).output().unwrap();
        assert!(output.status.success() && output.stdout.len() > 200, "{what}");
    }
    castellan().args(["harden", "nginx", "--domain", "a; evil"]).assert().code(2);
    castellan().args(["harden", "nginx", "--allow", "10.0.0.0/99"]).assert().code(2);
    // Clean under our own rules, as a file.
    let folder = tempfile::tempdir().unwrap();
    for (what, name) in [("odoo", "odoo.conf"), ("nginx", "nginx.conf")] {
        let output = castellan().args(["harden", what]).output().unwrap();
        std::fs::write(folder.path().join(name), output.stdout).unwrap();
    }
    castellan().arg("scan").arg(folder.path()).args(["--persona", "pedantic", "--fail-on", "info"]).assert().code(0);
}

#[test]
fn what_we_pack_is_clean_by_our_own_rules() {
    let report = json(&super::root().join("packaging"), &["--persona", "auditor"]);
    assert_eq!(report["sources"].as_array().unwrap().len(), 3, "{}", report["sources"]);
    let found = rules(&report);
    assert!(found.is_empty(), "{found:?}");
}
