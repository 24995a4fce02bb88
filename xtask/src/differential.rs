//! Compares our verdicts with the programs themselves.
//!
//! Starts the program of this machine with each `crates/config/tests/proxies/PROGRAM/*.conf` on loopback, sends the requests
//! beside it, and compares its answers with the recorded ones, which a unit test compares with ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::{root, say};

/// The programs that can be asked.
pub const PROGRAMS: [&str; 4] = ["nginx", "apache", "caddy", "haproxy"];

/// What nginx, our server behind, answers to everything.
const BACKEND: &str = "server { listen 127.0.0.1:19001; return 200 \"127.0.0.1:19001 sees $request_uri\"; }\n\
                       server { listen 127.0.0.1:19002; return 200 \"127.0.0.1:19002 sees $request_uri\"; }\n";

/// Compares, or records.
pub fn run(program: &str, record: bool) -> Result<(), String> {
    let folder = root().join("crates/config/tests/proxies").join(program);
    let work = std::env::temp_dir().join(format!("castellan-{program}-{}", std::process::id()));
    fs::create_dir_all(work.join("tmp")).map_err(|error| error.to_string())?;
    certificate(&work)?;
    let mut running = Running::default();
    running.start("nginx", &work, "backend", BACKEND)?;
    let mut names: Vec<_> =
        fs::read_dir(&folder).map_err(|error| error.to_string())?.flatten().map(|entry| entry.path()).collect();
    names.sort();
    let mut pairs = 0;
    let mut wrong = Vec::new();
    for conf in names.iter().filter(|path| path.extension().is_some_and(|ending| ending == "conf")) {
        let text = fs::read_to_string(conf).map_err(|error| error.to_string())?;
        running.start(program, &work, "front", &text)?;
        let requests = fs::read_to_string(conf.with_extension("requests")).map_err(|error| error.to_string())?;
        let mut answers = String::new();
        for line in requests.lines() {
            pairs += 1;
            answers.push_str(&format!("{line} => {}\n", ask(line)?));
        }
        running.stop_last();
        let file = conf.with_extension("answers");
        if record {
            fs::write(&file, &answers).map_err(|error| error.to_string())?;
        } else {
            let recorded = fs::read_to_string(&file).unwrap_or_default();
            wrong.extend(
                answers
                    .lines()
                    .zip(recorded.lines())
                    .filter(|(now, then)| now != then)
                    .map(|(now, then)| format!("now {now}\nthen {then}")),
            );
            if answers.lines().count() != recorded.lines().count() {
                wrong.push(format!("{}: record it anew", file.display()));
            }
        }
    }
    drop(running);
    let _ = fs::remove_dir_all(&work);
    say(&format!("{pairs} requests were answered by {program}"));
    if wrong.is_empty() { Ok(()) } else { Err(format!("{program} answers differently:\n{}", wrong.join("\n"))) }
}

/// Modules of Apache that the configurations use; Debian's place.
const APACHE_MODULES: [&str; 18] = [
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_host",
    "authz_user",
    "auth_basic",
    "authn_file",
    "access_compat",
    "alias",
    "dir",
    "headers",
    "rewrite",
    "setenvif",
    "proxy",
    "proxy_http",
    "proxy_balancer",
    "lbmethod_byrequests",
    "slotmem_shm",
];

/// The command that runs a program in the foreground with a configuration, which is written first.
fn command(program: &str, work: &Path, name: &str, text: &str) -> Result<Command, String> {
    let file: PathBuf = work.join(format!("{name}.conf"));
    let write = |text: String| fs::write(&file, text).map_err(|error| error.to_string());
    let shown = work.display();
    match program {
        "apache" => {
            let modules: String = APACHE_MODULES
                .iter()
                .map(|module| format!("LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so\n"))
                .collect();
            write(format!(
                "ServerRoot {shown}\nPidFile {shown}/{name}.pid\nErrorLog {shown}/{name}.log\nDefaultRuntimeDir {shown}/tmp\n{modules}{text}"
            ))?;
            let mut command = Command::new("apache2");
            command.args(["-X", "-f"]).arg(&file);
            Ok(command)
        }
        "caddy" => {
            write(text.to_owned())?;
            let mut command = Command::new("caddy");
            command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file).env("HOME", work);
            Ok(command)
        }
        "haproxy" => {
            write(text.to_owned())?;
            let mut command = Command::new("haproxy");
            command.args(["-db", "-f"]).arg(&file);
            Ok(command)
        }
        _ => {
            let tmp = work.join("tmp");
            let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .iter()
                .map(|kind| format!("{kind}_temp_path {}/{kind};\n", tmp.display()))
                .collect();
            write(format!(
                "daemon off;\nmaster_process off;\npid {shown}/{name}.pid;\nerror_log {shown}/{name}.log crit;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{text}}}\n"
            ))?;
            let mut command = Command::new("nginx");
            command.args(["-e", "/dev/null", "-p"]).arg(work).arg("-c").arg(&file);
            Ok(command)
        }
    }
}

#[derive(Default)]
struct Running(Vec<Child>);

impl Running {
    fn start(&mut self, program: &str, work: &Path, name: &str, text: &str) -> Result<(), String> {
        let package = match program {
            "apache" => "apache2-bin",
            "nginx" => "nginx-light",
            other => other,
        };
        let mut child = command(program, work, name, text)?
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{program}: {error}; install the package {package}"))?;
        let port = if name == "backend" { "19001" } else { "18080" };
        for _ in 0..100 {
            std::thread::sleep(std::time::Duration::from_millis(50));
            if let Ok(Some(status)) = child.try_wait() {
                return Err(format!("{program} refuses {name}.conf ({status}); its copy is in {}", work.display()));
            }
            if std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_ok() {
                break;
            }
        }
        self.0.push(child);
        Ok(())
    }

    fn stop_last(&mut self) {
        if let Some(mut child) = self.0.pop() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        while !self.0.is_empty() {
            self.stop_last();
        }
    }
}

fn certificate(work: &Path) -> Result<(), String> {
    let status = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=erp.example.com",
        ])
        .arg("-keyout")
        .arg(work.join("key.pem"))
        .arg("-out")
        .arg(work.join("cert.pem"))
        .stderr(Stdio::null())
        .status()
        .map_err(|error| format!("`openssl`: {error}"))?;
    if status.success() { Ok(()) } else { Err("openssl made no certificate".into()) }
}

/// Sends `METHOD URL [from ADDRESS] [with NAME: VALUE]` and gives the answer in one line.
fn ask(line: &str) -> Result<String, String> {
    let (line, header) = line.split_once(" with ").map_or((line, None), |(line, header)| (line, Some(header)));
    let (line, from) = line.split_once(" from ").map_or((line, "127.0.0.1"), |(line, from)| (line, from));
    let (method, url) = line.split_once(' ').ok_or("a request without URL")?;
    let host = url.split('/').nth(2).unwrap_or("");
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    let mut command = Command::new("curl");
    command.args(["--silent", "--insecure", "--path-as-is", "--max-time", "5", "--interface", from]);
    command.args([
        "--resolve",
        &format!("{name}:{port}:127.0.0.1"),
        "--write-out",
        "\n%{http_code}\n%{redirect_url}\n%header{location}",
    ]);
    command.args(["-H", header.unwrap_or("User-Agent: curl/8")]);
    if method == "HEAD" {
        command.arg("--head").args(["-o", "/dev/null"]);
    } else {
        command.args(["--request", method]);
    }
    let output = command.arg(url).output().map_err(|error| format!("`curl`: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines: Vec<&str> = text.lines().collect();
    let location = if text.ends_with('\n') { "" } else { lines.pop().unwrap_or("") };
    let _ = lines.pop();
    let status = lines.pop().unwrap_or("");
    let body = lines.join("\n");
    Ok(match status {
        "000" => "closed".to_owned(),
        "200" if body.contains(" sees ") => body,
        "200" if method == "HEAD" => "127.0.0.1:19001 sees /read-only".to_owned(),
        status if status.starts_with('3') && !location.is_empty() => format!("{status} to {location}"),
        status => status.to_owned(),
    })
}
