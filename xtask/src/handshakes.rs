//! Compares our hellos with sslscan: the same servers of OpenSSL on loopback, versions, cipher suites, groups and properties.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use castellan_probe::dial::{Dialer, Pace};
use castellan_probe::tls::scan::scan;
use castellan_probe::tls::{TlsEvidence, group_name, suite_name, version_name, wire};

use crate::say;

/// What a server is started with, and in words.
const SERVERS: [(&str, &[&str]); 12] = [
    ("what OpenSSL takes by itself", &[]),
    ("every suite, TLS 1.0 to 1.3", &["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]),
    ("TLS 1.0 only", &["-tls1", "-cipher", "ALL:@SECLEVEL=0"]),
    ("TLS 1.1 only, the order of the server", &["-tls1_1", "-serverpref", "-cipher", "ALL:@SECLEVEL=0"]),
    ("TLS 1.2 only, suites without encryption or authentication", &["-tls1_2", "-cipher", "eNULL:aNULL:@SECLEVEL=0"]),
    ("TLS 1.2 with forward secrecy only", &["-tls1_2", "-cipher", "ECDHE+AESGCM"]),
    ("TLS 1.3 only, one suite", &["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"]),
    (
        "TLS 1.3 with CCM",
        &["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_8_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_256_GCM_SHA384"],
    ),
    ("two groups", &["-groups", "X25519:P-256"]),
    ("one large group", &["-groups", "P-521"]),
    ("early data", &["-tls1_3", "-early_data"]),
    ("no tickets, the order of the server", &["-no_ticket", "-serverpref"]),
];

/// Compares, or says what is missing.
pub fn run() -> Result<(), String> {
    let work = std::env::temp_dir().join(format!("castellan-tls-{}", std::process::id()));
    std::fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    let result = compare(&work);
    let _ = std::fs::remove_dir_all(&work);
    result
}

fn compare(work: &Path) -> Result<(), String> {
    let mut wrong = Vec::new();
    let mut suites = 0;
    let (mut own, mut theirs) = (0, 0);
    for (kind, key) in [("rsa", "rsa:2048"), ("ec", "ec")] {
        certificate(work, kind, key)?;
        for (what, arguments) in SERVERS {
            let server = Server::start(work, kind, arguments)?;
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| error.to_string())?;
            let started = std::time::Instant::now();
            let seen = runtime.block_on(scan(&Dialer::new(server.address, Pace::new(0.0, 1)), "localhost", &[]));
            own += started.elapsed().as_millis();
            let started = std::time::Instant::now();
            let xml = sslscan(server.address)?;
            theirs += started.elapsed().as_millis();
            // sslscan gives the strength of elliptic keys and not their length, offers one group at a time although the key of the certificate
            // must be in the list too, and does not ask for groups where nothing is encrypted.
            let naked = arguments.contains(&"eNULL:aNULL:@SECLEVEL=0");
            let compared = |line: &String| {
                let elliptic = line.starts_with("key EC") || (line.starts_with("group") && !seen.takes(wire::TLS13));
                (kind != "ec" || !elliptic) && (!naked || line.contains("TLS_"))
            };
            let only = |lines: BTreeSet<String>| lines.into_iter().filter(compared).collect::<BTreeSet<_>>();
            let (left, right) = (only(lines(&seen)), only(lines_of(&xml)));
            suites += left.iter().filter(|line| line.contains("TLS_")).count();
            let note = |sign: &str, lines: Vec<&String>| {
                lines.into_iter().map(|line| format!("{kind}, {what}: {sign} {line}")).collect::<Vec<_>>()
            };
            wrong.extend(note("only we say", left.difference(&right).collect()));
            wrong.extend(note("only sslscan says", right.difference(&left).collect()));
            if seen.early_data != arguments.contains(&"-early_data") {
                wrong.push(format!("{kind}, {what}: early data is {}", seen.early_data));
            }
            if let Some(reason) = seen.failure.or(seen.incomplete) {
                wrong.push(format!("{kind}, {what}: {reason}"));
            }
        }
    }
    say(&format!("{} servers, {suites} suites of versions; {own} ms, sslscan {theirs} ms", SERVERS.len() * 2));
    if wrong.is_empty() { Ok(()) } else { Err(format!("we and sslscan differ:\n{}", wrong.join("\n"))) }
}

/// What we saw, in the words of the comparison.
fn lines(seen: &TlsEvidence) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for version in &seen.versions {
        out.extend(version.suites.iter().map(|suite| format!("{} {suite}", version_name(version.number))));
    }
    out.extend(seen.groups.iter().map(|group| format!("group {}", group_name(*group))));
    if seen.heartbeat {
        out.insert("heartbeat".into());
    }
    if let Some(own) = seen.certificate() {
        out.insert(format!("key {} {}", own.key_kind, own.key_bits));
    }
    out
}

/// What sslscan saw.
fn lines_of(xml: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for element in xml.split('<') {
        let attribute =
            |name: &str| element.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        let number = |text: &str| u16::from_str_radix(text.trim_start_matches("0x"), 16).ok();
        let version = |text: &str| match text {
            "TLSv1.0" => "TLS 1.0".to_owned(),
            other => other.replace("TLSv", "TLS "),
        };
        if element.starts_with("cipher ")
            && let (Some(id), Some(at)) = (attribute("id").and_then(number), attribute("sslversion"))
        {
            out.insert(format!("{} {}", version(at), suite_name(id)));
        } else if element.starts_with("group ")
            && let Some(id) = attribute("id").and_then(number)
        {
            out.insert(format!("group {}", group_name(id)));
        } else if element.starts_with("heartbeat ") && attribute("vulnerable") == Some("1") {
            out.insert("heartbeat".into());
        } else if element.starts_with("pk ")
            && let (Some(kind), Some(bits)) = (attribute("type"), attribute("bits").or_else(|| attribute("curve_name")))
        {
            let bits = if bits == "prime256v1" { "256" } else { bits };
            out.insert(format!("key {kind} {bits}"));
        }
    }
    out
}

fn sslscan(address: SocketAddr) -> Result<String, String> {
    let output = Command::new("sslscan")
        .args(["--xml=-", "--no-colour", "--show-cipher-ids", "--no-fallback", "--sni-name=localhost", "--iana-names"])
        .arg(address.to_string())
        .output()
        .map_err(|error| format!("`sslscan`: {error}; it is in Debian's package of that name"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A certificate that vouches for itself: `kind.pem` and `kind.key`.
pub fn certificate(work: &Path, kind: &str, key: &str) -> Result<(), String> {
    let mut command = Command::new("openssl");
    command.env("OPENSSL_CONF", "/dev/null").args([
        "req",
        "-x509",
        "-nodes",
        "-days",
        "30",
        "-subj",
        "/CN=localhost",
        "-newkey",
        key,
    ]);
    if key == "ec" {
        command.args(["-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    }
    let status = command
        .arg("-keyout")
        .arg(work.join(format!("{kind}.key")))
        .arg("-out")
        .arg(work.join(format!("{kind}.pem")))
        .stderr(Stdio::null())
        .status()
        .map_err(|error| format!("`openssl`: {error}"))?;
    if status.success() { Ok(()) } else { Err("openssl makes no certificate".to_owned()) }
}

/// A server of OpenSSL that ends with the comparison.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts one with a certificate.
    pub fn start(work: &Path, kind: &str, arguments: &[&str]) -> Result<Self, String> {
        let free = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|error| error.to_string())?;
        let child = Command::new("openssl")
            .env("OPENSSL_CONF", "/dev/null")
            .args(["s_server", "-quiet", "-accept", &free.to_string()])
            // A page for everybody; early data goes with a connection that is only read.
            .args(if arguments.contains(&"-early_data") { None } else { Some("-www") })
            .arg("-cert")
            .arg(work.join(format!("{kind}.pem")))
            .arg("-key")
            .arg(work.join(format!("{kind}.key")))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("`openssl`: {error}"))?;
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(50));
            if TcpStream::connect(free).is_ok() {
                return Ok(Self { child, address: free });
            }
        }
        Err(format!("openssl s_server {} does not start", arguments.join(" ")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
