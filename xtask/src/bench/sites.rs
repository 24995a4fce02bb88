//! The look from outside against its peers: the same servers, in one run.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use castellan_testkit::site::{always, limited, recorded, soft_404};
use castellan_testkit::{Authority, Reply, Request, Server};

use super::{measure, text, write_section};
use crate::{root, run as command, say};

/// A site with whether its database manager is open to everybody.
const SITES: [(&str, bool); 5] = [
    ("open", true),
    ("hardened", false),
    ("same page for everything", false),
    ("open, 10 requests a second", true),
    ("password for everything", false),
];

/// A tool: its name, its command for a port, and how it says that the database manager is open; `None` when it does not look.
struct Tool {
    name: &'static str,
    command: Vec<String>,
    says_open: Option<fn(&str) -> bool>,
}

pub fn run() -> Result<(), String> {
    let work = root().join("corpora/sites");
    fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    command("cargo", &["build", "--release", "--package", "castellan-cli"])?;
    let tools = tools(&work)?;
    let mut out = String::from("## Sites\n\n");
    let _ = writeln!(
        out,
        "Command: `cargo run --release --package xtask -- bench sites` (the servers are built as the tools are), which needs `sslscan`, `testssl.sh`, `whatweb` and `nikto` (Debian packages, the last one in non-free; testssl.sh 3.2) and node with npm, and installs\n\
         `sslyze`, `odoo-health-check` and the scorer of the MDN HTTP Observatory below `corpora/`. All in the same run against the same servers\n\
         on loopback: recordings of real Odoo servers behind TLS. CPU is user and system time of the process and its children; connections\n\
         and requests are counted by the server.\n"
    );
    odoo(&tools, &work, &mut out)?;
    inventory(&tools, &work, &mut out)?;
    write_section("sites", &out)
}

/// Tools by their commands; `PORT` stands for the port.
fn tools(work: &Path) -> Result<Vec<Tool>, String> {
    let venv = work.join("venv");
    if !venv.is_dir() {
        command("python3", &["-m", "venv", &text(&venv)])?;
        command(&text(&venv.join("bin/pip")), &["install", "--quiet", "sslyze", "odoo-health-check"])?;
    }
    let modules = work.join("node_modules");
    if !modules.is_dir() {
        let folder = text(work);
        command(
            "npm",
            &["install", "--silent", "--ignore-scripts", "--prefix", &folder, "@mdn/mdn-http-observatory@1.4.8"],
        )?;
        let conf = modules.join("@mdn/mdn-http-observatory/conf");
        fs::create_dir_all(&conf).map_err(|error| error.to_string())?;
        fs::write(conf.join("hsts-preload.json"), "{}").map_err(|error| error.to_string())?;
    }
    let of = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    let castellan = text(&root().join("target/release/castellan"));
    let bin = |name: &str| text(&venv.join("bin").join(name));
    let site = "https://localhost:PORT";
    Ok(vec![
        Tool {
            name: "castellan scan",
            command: of(&[
                &castellan,
                "scan",
                site,
                "--address",
                "127.0.0.1",
                "--plain-port",
                "1",
                "--format",
                "github",
            ]),
            says_open: Some(own_says),
        },
        Tool {
            name: "odoo-health-check",
            command: of(&[&bin("odoo-health-check"), "--insecure", "--json", site]),
            says_open: Some(health_says),
        },
        Tool { name: "whatweb -a 3", command: of(&["whatweb", "-a", "3", "--color=never", site]), says_open: None },
        Tool {
            name: "MDN HTTP Observatory",
            command: of(&["node", &text(&modules.join("@mdn/mdn-http-observatory/src/scan.js")), "localhost:PORT"]),
            says_open: None,
        },
        Tool {
            name: "nikto",
            command: of(&["nikto", "-h", "localhost", "-port", "PORT", "-ssl", "-ask", "no", "-maxtime", "60s"]),
            says_open: None,
        },
        Tool {
            name: "sslscan",
            command: of(&["sslscan", "--no-colour", "--iana-names", "localhost:PORT"]),
            says_open: None,
        },
        Tool { name: "sslyze", command: of(&[&bin("sslyze"), "localhost:PORT"]), says_open: None },
        Tool {
            name: "testssl.sh",
            command: of(&["testssl", "--color", "0", "--warnings", "off", site]),
            says_open: None,
        },
    ])
}

fn own_says(text: &str) -> bool {
    text.contains("site-database-manager-open") || text.contains("site-database-manager-default")
}

/// Its check of the database manager ends with `FAIL`.
fn health_says(text: &str) -> bool {
    let report: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().any(|finding| finding["check"] == "gestionnaire_bases" && finding["status"] == "FAIL")
}

/// A server of each kind.
fn serve(number: usize, authority: &Authority) -> Result<Server, String> {
    let read = |name: &str| {
        fs::read_to_string(root().join("crates/probe/tests/recorded").join(name))
            .map_err(|error| format!("{name}: {error}"))
    };
    let site: Box<dyn Fn(&Request) -> Reply + Send + Sync> = match number {
        0 => recorded(&read("odoo-19-bad.json")?),
        1 => recorded(&read("odoo-19-good.json")?),
        2 => soft_404(
            "<html><head><title>Odoo | Log in</title></head><body><form class=oe_login_form action=/web/login>database manager backup restore TOKEN</form></body></html>",
        ),
        3 => limited(10.0, 20.0, recorded(&read("odoo-19-bad.json")?)),
        _ => always(401, ("WWW-Authenticate", "Basic realm=\"x\""), "<html><title>401</title></html>"),
    };
    Ok(Server::tls(&authority.issue(&["localhost"], |_| ()), site))
}

/// Every tool against every site: what it says of the database manager, and its cost on the first one.
fn odoo(tools: &[Tool], work: &Path, out: &mut String) -> Result<(), String> {
    let _ = writeln!(
        out,
        "### An Odoo\n\nCost on the open Odoo; then whether the tool says that the database manager is open, against what is so.\n"
    );
    let heads: Vec<String> =
        SITES.iter().map(|(name, open)| format!("{name} ({})", if *open { "yes" } else { "no" })).collect();
    let _ = writeln!(
        out,
        "| tool | wall s | CPU s | peak MiB | connections | requests | {} |\n|---|---|---|---|---|---|{}",
        heads.join(" | "),
        "---|".repeat(SITES.len())
    );
    let authority = Authority::new();
    for tool in tools {
        say(&format!("{} ...", tool.name));
        let mut line = String::new();
        for (number, (_, is_open)) in SITES.iter().enumerate() {
            if number > 0 && tool.says_open.is_none() {
                line.push_str(" - |");
                continue;
            }
            let server = serve(number, &authority)?;
            let result = measure(tool.name, &with_port(&tool.command, server.address), work)?;
            let said = said(work);
            if number == 0 {
                let _ = write!(
                    line,
                    "| {} | {:.2} | {:.2} | {:.0} | {} | {} |",
                    tool.name,
                    result.wall,
                    result.cpu,
                    result.peak_mib,
                    server.connections(),
                    server.requests()
                );
            }
            match tool.says_open {
                None => line.push_str(" does not look |"),
                Some(says) => {
                    let says = says(&said);
                    let word = match (says, is_open) {
                        (true, true) => "yes",
                        (false, false) => "no",
                        (true, false) => "**false alarm**",
                        (false, true) => "**missed**",
                    };
                    let _ = write!(line, " {word} |");
                }
            }
        }
        let _ = writeln!(out, "{line}");
    }
    Ok(())
}

/// The tools for TLS against a server with every suite of OpenSSL, behind a counter of connections.
fn inventory(tools: &[Tool], work: &Path, out: &mut String) -> Result<(), String> {
    let _ = writeln!(
        out,
        "\n### TLS 1.0 to 1.3 with every suite of OpenSSL\n\n`castellan scan` sends its requests too, at its default pace; `--pace 1000` takes the pace away.\n"
    );
    let _ = writeln!(out, "| tool | wall s | CPU s | peak MiB | connections | suites |\n|---|---|---|---|---|---|");
    crate::handshakes::certificate(work, "rsa", "rsa:2048")?;
    let server = crate::handshakes::Server::start(work, "rsa", &["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"])?;
    let castellan = text(&root().join("target/release/castellan"));
    let mut runs: Vec<(&'static str, Vec<String>)> = vec![];
    let own = |pace: &str| {
        [
            "scan",
            "https://localhost:PORT",
            "--address",
            "127.0.0.1",
            "--plain-port",
            "1",
            "--budget",
            "1",
            "--pace",
            pace,
            "--format",
            "json",
        ]
        .iter()
        .fold(vec![castellan.clone()], |mut words, word| {
            words.push((*word).to_owned());
            words
        })
    };
    runs.push(("castellan scan", own("15")));
    runs.push(("castellan scan --pace 1000", own("1000")));
    for name in ["sslscan", "sslyze", "testssl.sh"] {
        if let Some(tool) = tools.iter().find(|tool| tool.name == name) {
            runs.push((name, tool.command.clone()));
        }
    }
    for (name, words) in runs {
        say(&format!("{name} ..."));
        let counter = forward(server.address);
        let result = measure(name, &with_port(&words, counter.address), work)?;
        let _ = writeln!(
            out,
            "| {name} | {:.1} | {:.2} | {:.0} | {} | {} |",
            result.wall,
            result.cpu,
            result.peak_mib,
            counter.connections(),
            suites(name, &said(work))
        );
    }
    Ok(())
}

/// How many suites of versions a tool names.
fn suites(name: &str, said: &str) -> String {
    let count = match name {
        "sslscan" => said.lines().filter(|line| line.starts_with("Accepted") || line.starts_with("Preferred")).count(),
        "sslyze" => said.lines().filter(|line| line.trim_start().starts_with("TLS_")).count(),
        "testssl.sh" => return "not listed".to_owned(),
        _ => {
            // "TLS 1.2 with 59 suites, TLS 1.3 with 5".
            let report: serde_json::Value = serde_json::from_str(said).unwrap_or_default();
            let fact = report.pointer("/sites/0/facts/0").and_then(|fact| fact.as_str()).unwrap_or_default().to_owned();
            fact.split("with ").skip(1).filter_map(|rest| rest.split([' ', ',']).next()?.parse::<usize>().ok()).sum()
        }
    };
    count.to_string()
}

fn said(work: &Path) -> String {
    String::from_utf8_lossy(&fs::read(work.join("said.txt")).unwrap_or_default()).into_owned()
}

fn with_port(words: &[String], address: SocketAddr) -> Vec<String> {
    words.iter().map(|word| word.replace("PORT", &address.port().to_string())).collect()
}

/// Passes bytes on, and counts connections.
fn forward(to: SocketAddr) -> Server {
    Server::raw(move |client, _| {
        let Ok(server) = TcpStream::connect(to) else { return };
        let (Ok(client_again), Ok(server_again)) = (client.try_clone(), server.try_clone()) else { return };
        let up = std::thread::spawn(move || pass(client, server));
        pass(server_again, client_again);
        let _ = up.join();
    })
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count) = from.read(&mut buffer) {
        if count == 0 || to.write_all(buffer.get(..count).unwrap_or_default()).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}
