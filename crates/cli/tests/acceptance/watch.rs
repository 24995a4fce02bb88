//! The server as its own process, driven as people drive it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::root;

const PASSWORD: &str = "marble otter seven lanterns";

pub(super) struct Server {
    child: Child,
    pub(super) url: String,
    setup: String,
    pub(super) folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(super) fn castellan(folder: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("castellan"));
    command.env("CASTELLAN_DATA", folder).env_remove("CASTELLAN_TOKEN").env_remove("CASTELLAN_SERVER");
    command
}

pub(super) fn start(options: &[&str]) -> Server {
    start_at(tempfile::tempdir().unwrap(), "127.0.0.1:0", options)
}

/// Starts a server with the data of a folder.
fn start_at(folder: tempfile::TempDir, listen: &str, options: &[&str]) -> Server {
    let is_new = !folder.path().join("watch.db").exists();
    let mut child = castellan(folder.path())
        .args(["serve", "--listen", listen])
        .args(options)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let (mut url, mut setup) = (String::new(), String::new());
    for line in lines.by_ref() {
        let line = line.unwrap();
        if let Some(at) = line.strip_prefix("Castellan is at ") {
            at.clone_into(&mut url);
            if !is_new {
                break;
            }
        } else if let Some(token) = line.strip_prefix("    ") {
            token.clone_into(&mut setup);
            break;
        }
    }
    let log = folder.path().join("log");
    std::thread::spawn(move || {
        let text: Vec<String> = lines.map_while(Result::ok).collect();
        let _ = std::fs::write(log, text.join("\n"));
    });
    Server { child, url, setup, folder }
}

/// What curl prints.
fn curl(arguments: &[&str]) -> String {
    let out = Command::new("curl").args(["-s", "-m", "30"]).args(arguments).output().unwrap();
    String::from_utf8_lossy(&out.stdout).into_owned()
}

impl Server {
    /// Kills it.
    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again where it was.
    pub(super) fn again(mut self) -> Self {
        self.kill();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        start_at(folder, self.url.trim_start_matches("http://"), &[])
    }

    /// The first owner, and a token of the API.
    pub(super) fn token(&self) -> String {
        let jar = self.folder.path().join("jar").display().to_string();
        let json = "content-type: application/json";
        let owner = serde_json::json!({"token": self.setup, "organisation": "Shop", "email": "ada@shop.example", "name": "Ada", "password": PASSWORD});
        curl(&["-c", &jar, "-H", json, "-d", &owner.to_string(), &format!("{}/api/v1/setup", self.url)]);
        let me: Value = serde_json::from_str(&curl(&["-b", &jar, &format!("{}/api/v1/me", self.url)])).unwrap();
        let csrf = format!("x-csrf-token: {}", me["csrf"].as_str().unwrap());
        let made = curl(&[
            "-b",
            &jar,
            "-H",
            json,
            "-H",
            &csrf,
            "-d",
            r#"{"name": "ci", "right": "people", "days": 1}"#,
            &format!("{}/api/v1/me/tokens", self.url),
        ]);
        serde_json::from_str::<Value>(&made).unwrap()["secret"].as_str().unwrap().to_owned()
    }

    pub(super) fn ask(&self, token: &str, method: &str, path: &str, body: Option<&Value>) -> Value {
        let bearer = format!("authorization: Bearer {token}");
        let text = body.map(ToString::to_string).unwrap_or_default();
        let url = format!("{}/api/v1{path}", self.url);
        let mut arguments = vec!["-X", method, "-H", &bearer, "-H", "content-type: application/json"];
        if body.is_some() {
            arguments.extend(["-d", &text]);
        }
        arguments.push(&url);
        serde_json::from_str(&curl(&arguments)).unwrap_or_default()
    }

    fn remote(&self, token: &str, arguments: &[&str]) -> (Option<i32>, String) {
        let out = castellan(self.folder.path())
            .arg("remote")
            .args(arguments)
            .env("CASTELLAN_SERVER", &self.url)
            .env("CASTELLAN_TOKEN", token)
            .output()
            .unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
    }
}

#[test]
fn a_pipeline_pushes_what_it_collected_and_fails_on_policy() {
    let server = start(&[]);
    let token = server.token();
    let told = serde_json::json!({"client": 1, "name": "Shop"});
    assert_eq!(server.ask(&token, "POST", "/deployments", Some(&told))["name"], "Shop");
    let evidence = server.folder.path().join("evidence.json").display().to_string();
    let addons = root().join("examples/weak-addons");
    let scan = castellan(server.folder.path())
        .arg("scan")
        .arg(addons)
        .args(["--evidence", &evidence, "--no-store"])
        .output()
        .unwrap();
    assert_eq!(scan.status.code(), Some(14));
    let (code, said) = server.remote(&token, &["push", "Shop", &evidence, "--fail-on", "high"]);
    assert_eq!(code, Some(14), "{said}");
    assert!(said.contains("audit 1 of deployment 1:") && said.contains("7 critical"), "{said}");
    let (code, said) = server.remote(&token, &["push", "Shop", &evidence, "--min-score", "80"]);
    assert_eq!(code, Some(5), "{said}");
    assert!(server.remote(&token, &["list"]).1.contains("Shop (Shop)"));
    let report = server.folder.path().join("shop.pdf").display().to_string();
    assert_eq!(server.remote(&token, &["report", "Shop", "-o", &report]).0, Some(0));
    assert!(std::fs::read(&report).unwrap().starts_with(b"%PDF"));
    let (code, said) = server.remote(&token, &["push", "Nothing", &evidence]);
    assert!(code == Some(2) && said.contains("castellan remote list"), "{said}");
    let broken = server.folder.path().join("broken.json").display().to_string();
    std::fs::write(&broken, "{}").unwrap();
    let (code, said) = server.remote(&token, &["push", "Shop", &broken]);
    assert!(code == Some(1) && said.contains("no evidence of Castellan"), "{said}");
    let (code, said) = server.remote("cst_wrong", &["list"]);
    assert!(code == Some(1) && said.contains("401"), "{said}");
    // A deployment without sources is not scanned.
    let (code, said) = server.remote(&token, &["scan", "Shop"]);
    assert!(code == Some(1) && said.contains("remote push"), "{said}");
}

/// Whether a file below the folder holds the text.
fn holds(folder: &Path, text: &str) -> Option<String> {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if let Some(found) = holds(&path, text) {
                return Some(found);
            }
        } else if std::fs::read(&path).is_ok_and(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
        {
            return Some(path.display().to_string());
        }
    }
    None
}

#[test]
fn marked_secrets_are_nowhere() {
    let mut server = start(&["--log", "json"]);
    let token = server.token();
    let marked = "marked-s3cret-of-the-shop";
    let told = serde_json::json!({"client": 1, "name": "Shop", "sources": {
        "rpc": {"url": "http://127.0.0.1:9", "database": "prod", "login": "auditor"}, "sql": "postgresql://auditor@127.0.0.1:9/prod"}});
    server.ask(&token, "POST", "/deployments", Some(&told));
    for name in ["rpc", "sql"] {
        server.ask(
            &token,
            "PUT",
            &format!("/deployments/1/secrets/{name}"),
            Some(&serde_json::json!({"value": marked})),
        );
    }
    // Wrong in every way that puts what was sent into an error.
    let mut said = String::new();
    for (path, body) in [
        ("/deployments/1/secrets/other", serde_json::json!({"value": marked})),
        ("/deployments/1/secrets/rpc", serde_json::json!({"value": [marked]})),
        ("/deployments/1/secrets/rpc", serde_json::json!({"value": format!("{marked}\n")})),
        (
            "/deployments/1",
            serde_json::json!({"name": "Shop", "sources": {"sql": format!("postgresql://auditor:{marked}@db/prod")}}),
        ),
    ] {
        said += &server.ask(&token, "PUT", path, Some(&body)).to_string();
    }
    // A scan that fails with them in its hands.
    let (_, words) = server.remote(&token, &["scan", "Shop", "--patience", "60"]);
    said += &words;
    for path in [
        "/deployments/1",
        "/deployments/1/secrets",
        "/deployments",
        "/jobs",
        "/log",
        "/deployments/1/audits",
        "/findings",
    ] {
        said += &server.ask(&token, "GET", path, None).to_string();
    }
    said += &curl(&[&format!("{}/metrics", server.url)]);
    let backup = server.folder.path().join("watch.backup").display().to_string();
    assert!(castellan(server.folder.path()).args(["server", "backup", &backup]).status().unwrap().success());
    // The log is written when the server has ended.
    Command::new("kill").arg(server.child.id().to_string()).status().unwrap();
    server.child.wait().unwrap();
    let log = server.folder.path().join("log");
    for _ in 0..100 {
        if log.is_file() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let mut text = String::new();
    std::fs::File::open(&log).unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("\"message\":\"stopped\"") && text.contains("scan begins"), "{text}");
    for secret in [marked, PASSWORD, token.as_str()] {
        assert!(!said.contains(secret), "an answer holds {secret}: {said}");
        assert_eq!(holds(server.folder.path(), secret), None, "{secret} lies open");
    }
}

#[test]
fn what_cannot_start_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str]| {
        let out = castellan(folder.path()).args(arguments).output().unwrap();
        assert!(!out.status.success());
        String::from_utf8_lossy(&out.stderr).into_owned()
    };
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(said(&["serve", "--listen", &address]).contains("--listen"));
    let unreachable = said(&["serve", "--database", "postgresql://watch:s3cret@127.0.0.1:9/watch"]);
    assert!(
        unreachable.contains("postgresql://watch@127.0.0.1:9/watch") && !unreachable.contains("s3cret"),
        "{unreachable}"
    );
    assert!(said(&["serve", "--database", "mysql://x/y"]).contains("postgresql://USER@HOST/NAME"));
    std::fs::write(folder.path().join("bad.key"), "abc").unwrap();
    let key = folder.path().join("bad.key").display().to_string();
    assert!(said(&["serve", "--master-key-file", &key]).contains("openssl rand -base64 32"));
    assert!(said(&["remote", "list"]).contains("CASTELLAN_SERVER"));
    assert!(said(&["remote", "--server", "http://castellan.example.com", "list"]).contains("CASTELLAN_TOKEN"));
}
