//! The agent as its own process, beside a server that is killed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::watch::{Server, castellan, start};

struct Agent {
    folder: PathBuf,
    child: Option<Child>,
}

impl Drop for Agent {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Agent {
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let out = self.command().args(arguments).output().unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
    }

    fn command(&self) -> Command {
        let mut command = castellan(&self.folder);
        command
            .arg("agent")
            .env_remove("CASTELLAN_ENROL_TOKEN")
            .env_remove("CASTELLAN_AGENT_STATE")
            .stdin(Stdio::null());
        command
    }

    fn start(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        let pace = ["run", "--every", "3600", "--heartbeat", "1", "--look", "1", "--apart", "1"];
        self.child = Some(self.command().args(pace).stderr(log).spawn().unwrap());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Ends it as a service manager does.
    fn stop(&mut self) -> Option<i32> {
        let mut child = self.child.take().unwrap();
        Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        child.wait().unwrap().code()
    }
}

/// Waits until something is there.
fn until<T>(what: &str, agent: &Agent, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{what} does not come:\n{}", agent.log());
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn audits(server: &Server, token: &str) -> Vec<Value> {
    server.ask(token, "GET", "/deployments/1/audits", None)["items"].as_array().cloned().unwrap_or_default()
}

#[test]
fn an_agent_collects_sends_obeys_and_loses_nothing() {
    let mut server = start(&[]);
    let token = server.token();
    server.ask(&token, "POST", "/deployments", Some(&json!({"client": 1, "name": "Shop"})));
    let invited = server.ask(&token, "POST", "/deployments/1/agents", Some(&json!({"name": "erp1"})));
    let once = invited["token"].as_str().unwrap();
    let here = tempfile::tempdir().unwrap();
    let addons = here.path().join("addons/shop");
    std::fs::create_dir_all(&addons).unwrap();
    std::fs::write(
        addons.join("__manifest__.py"),
        "{'name': 'Shop', 'version': '17.0.1.0.0', 'license': 'LGPL-3', 'installable': True}",
    )
    .unwrap();
    std::fs::write(addons.join("__init__.py"), "").unwrap();
    std::fs::write(here.path().join("odoo.conf"), "[options]\nlist_db = True\nadmin_passwd = topsecretword\n").unwrap();
    let settings = here.path().join("castellan.toml");
    std::fs::write(&settings, "[[deployment]]\nname = \"Shop\"\npaths = [\"addons\", \"odoo.conf\"]\n").unwrap();
    let settings = settings.display().to_string();
    let mut agent = Agent { folder: here.path().join("state"), child: None };
    std::fs::create_dir_all(&agent.folder).unwrap();

    // Before anything is sent it can be read, and no password is in it.
    let (code, shown) = agent.run(&["show", "--settings", &settings]);
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("list_db") && !shown.contains("topsecretword"), "{shown}");

    let (code, said) = agent.run(&["run"]);
    assert!(code == Some(2) && said.contains("castellan agent enrol"), "{said}");
    let url = server.url.clone();
    let enrol = |token: &str| {
        let out = agent
            .command()
            .args(["enrol", "--server", &url, "--settings", &settings])
            .env("CASTELLAN_ENROL_TOKEN", token)
            .output()
            .unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let (code, said) = enrol("cse_wrong");
    assert!(code == Some(2) && said.contains("make a new one"), "{said}");
    let (code, said) = enrol(once);
    assert!(code == Some(0) && said.contains("This is agent 1 of `Shop`"), "{said}");
    let (code, said) = enrol(once);
    assert!(code == Some(2) && said.contains("already"), "{said}");

    agent.start();
    until("the first audit", &agent, || audits(&server, &token).first().cloned());
    assert!(agent.run(&["status"]).1.contains("running   yes"));
    let (code, said) = agent.run(&["run"]);
    assert!(code == Some(1) && said.contains("another agent runs"), "{said}");

    // A change is seen.
    let flaw = "from odoo import models\n\n\nclass Shop(models.Model):\n    _name = 'shop.shop'\n    _description = 'Shop'\n\n    def find(self, name):\n        self.env.cr.execute(\"SELECT id FROM shop WHERE name = '%s'\" % name)\n";
    std::fs::write(addons.join("shop.py"), flaw).unwrap();
    std::fs::write(addons.join("__init__.py"), "from . import shop\n").unwrap();
    until("an audit after a change", &agent, || (audits(&server, &token).len() >= 2).then_some(()));

    // It is told what to do.
    for kind in ["ping", "diagnostics", "scan"] {
        server.ask(&token, "POST", "/agents/1/orders", Some(&json!({"kind": kind})));
    }
    let orders = until("what came of the orders", &agent, || {
        let orders = server.ask(&token, "GET", "/agents/1/orders", None);
        let all = orders.as_array()?.clone();
        all.iter().all(|one| one["state"] == "done").then_some(all)
    });
    let of =
        |kind: &str| orders.iter().find(|one| one["kind"] == kind).unwrap()["outcome"].as_str().unwrap().to_owned();
    assert!(
        of("ping").contains("castellan ")
            && of("diagnostics").contains("watched: ")
            && of("scan").contains("collected ")
    );

    // The server is away: what is collected waits, and arrives.
    let before =
        until("every audit", &agent, || (audits(&server, &token).len() >= 3).then(|| audits(&server, &token).len()));
    server.kill();
    std::fs::write(here.path().join("odoo.conf"), "[options]\nlist_db = False\n").unwrap();
    until("evidence that waits", &agent, || agent.run(&["status"]).1.contains("waiting   1").then_some(()));
    // So does a start of the agent.
    assert_eq!(agent.stop(), Some(0), "{}", agent.log());
    assert!(agent.run(&["status"]).1.contains("waiting   1"));
    let server = server.again();
    agent.start();
    until("what waited, and what is new", &agent, || (audits(&server, &token).len() >= before + 2).then_some(()));
    until("an empty spool", &agent, || agent.run(&["status"]).1.contains("waiting   0").then_some(()));

    // What was removed is not heard any more, and says so.
    server.ask(&token, "DELETE", "/agents/1", None);
    until("the refusal", &agent, || agent.log().contains("no such agent").then_some(()));
    assert_eq!(agent.stop(), Some(0));
}

#[test]
fn the_unit_is_one_that_systemd_takes() {
    let here = tempfile::tempdir().unwrap();
    let agent = Agent { folder: here.path().to_path_buf(), child: None };
    let (code, unit) = agent.run(&["unit"]);
    assert_eq!(code, Some(0));
    assert!(unit.contains("ExecStart=/usr/bin/castellan agent run") && unit.contains("CapabilityBoundingSet=\n"));
}
