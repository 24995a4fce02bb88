//! Compares our SSL Labs grade with the one of testssl.sh 3.2: the same servers of OpenSSL on loopback. Takes a minute or two a server.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use castellan_probe::collect::{Options, collect, site};

use crate::handshakes::Server;
use crate::say;

/// Its key, what the server is started with, and in words.
const SERVERS: [(&str, &str, &[&str]); 11] = [
    ("rsa:2048", "what OpenSSL takes by itself", &[]),
    ("rsa:4096", "TLS 1.3 and large suites only", &["-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384"]),
    ("ec", "what OpenSSL takes by itself", &[]),
    ("ec", "TLS 1.2 with forward secrecy only", &["-tls1_2", "-cipher", "ECDHE+AESGCM"]),
    ("rsa:2048", "TLS 1.2 without forward secrecy", &["-tls1_2", "-cipher", "AES128-GCM-SHA256"]),
    ("rsa:2048", "TLS 1.2 without authenticated encryption", &["-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384"]),
    ("rsa:2048", "TLS 1.0 to 1.3", &["-cipher", "DEFAULT@SECLEVEL=0"]),
    ("rsa:2048", "TLS 1.1 only", &["-tls1_1", "-cipher", "AES:!aNULL@SECLEVEL=0"]),
    ("rsa:2048", "every suite", &["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]),
    ("rsa:1024", "a short key", &["-tls1_2", "-cipher", "ECDHE+AESGCM:@SECLEVEL=0"]),
    ("rsa:2048", "another name", &["-tls1_2", "-cipher", "ECDHE+AESGCM"]),
];

/// What testssl.sh does not follow the guide in: a server without authenticated encryption gets at most B.
const KNOWN: [(&str, &str, &str); 1] = [("TLS 1.2 without authenticated encryption", "B with 97", "A- with 97")];

/// Compares, or says what differs. With a word, only servers that are described by it.
pub fn run(word: &str) -> Result<(), String> {
    let work = std::env::temp_dir().join(format!("castellan-ratings-{}", std::process::id()));
    fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    let result = compare(&work, word);
    let _ = fs::remove_dir_all(&work);
    result
}

fn compare(work: &Path, word: &str) -> Result<(), String> {
    authority(work)?;
    let mut wrong = Vec::new();
    for (key, what, arguments) in SERVERS.into_iter().filter(|(_, what, _)| what.contains(word)) {
        let name = if what == "another name" { "elsewhere.example" } else { "localhost" };
        certificate(work, key, name)?;
        let server = Server::start(work, "own", arguments)?;
        let ours = ours(work, server.address)?;
        let theirs = theirs(work, server.address)?;
        say(&format!("{key}, {what}: we {ours}, testssl.sh {theirs}"));
        if ours != theirs && !KNOWN.contains(&(what, ours.as_str(), theirs.as_str())) {
            wrong.push(format!("{key}, {what}: we say {ours}, testssl.sh {theirs}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("we and testssl.sh differ:\n{}", wrong.join("\n"))) }
}

/// Our grade with its points. The servers send no page of their own, so that no HSTS is the one reason against A+; testssl.sh, unlike SSL
/// Labs, gives A+ without HSTS, and no points at all where the grade is F, M or T.
fn ours(work: &Path, address: SocketAddr) -> Result<String, String> {
    let options = Options {
        budget: 4,
        requests_per_second: 1000.0,
        handshakes_per_second: 1000.0,
        address: Some(address.ip()),
        time: now(),
        authorities: vec![der(&work.join("authority.pem"))?],
        ..Options::default()
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let evidence = runtime.block_on(collect(&site(&format!("https://localhost:{}", address.port()))?, &options));
    let scan = castellan_probe::site::of(evidence, &[], &[]);
    let grade = scan.summary.grades.iter().find(|grade| grade.scheme == "SSL Labs").ok_or("no grade of SSL Labs")?;
    say(&format!("  {}", grade.reasons.join("; ")));
    Ok(match grade.grade.as_str() {
        "F" | "M" | "T" => grade.grade.clone(),
        "A" => format!("A+ with {}", grade.score),
        other => format!("{other} with {}", grade.score),
    })
}

#[expect(clippy::disallowed_methods, reason = "the certificates are of now")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}

fn theirs(work: &Path, address: SocketAddr) -> Result<String, String> {
    let file = work.join("testssl.json");
    let _ = fs::remove_file(&file);
    Command::new("testssl")
        .args(["--color", "0", "--warnings", "off", "--ip", "127.0.0.1", "--jsonfile"])
        .arg(&file)
        .arg("--add-ca")
        .arg(work.join("authority.pem"))
        .arg(format!("https://localhost:{}", address.port()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| format!("`testssl`: {error}; it is in Debian's package testssl.sh, 3.2 or newer"))?;
    let text = fs::read_to_string(&file).map_err(|error| format!("testssl.sh wrote nothing: {error}"))?;
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let of = |id: &str| rows.iter().find(|row| row["id"] == id).and_then(|row| row["finding"].as_str());
    let grade = of("overall_grade").ok_or("testssl.sh gives no grade: 3.2 or newer is needed")?;
    Ok(match grade {
        "F" | "M" | "T" => grade.to_owned(),
        other => format!("{other} with {}", of("final_score").unwrap_or("nothing")),
    })
}

fn der(pem: &Path) -> Result<Vec<u8>, String> {
    let output = Command::new("openssl")
        .args(["x509", "-outform", "DER", "-in"])
        .arg(pem)
        .output()
        .map_err(|error| format!("`openssl`: {error}"))?;
    Ok(output.stdout)
}

/// `authority.pem` with `authority.key`.
fn authority(work: &Path) -> Result<(), String> {
    let extensions = "basicConstraints=critical,CA:TRUE";
    openssl(
        work,
        &[
            "req",
            "-x509",
            "-nodes",
            "-newkey",
            "rsa:4096",
            "-sha256",
            "-days",
            "90",
            "-subj",
            "/CN=Test Authority",
            "-addext",
            extensions,
            "-keyout",
            "authority.key",
            "-out",
            "authority.pem",
        ],
    )
}

/// `own.pem` with `own.key`, signed by the authority.
fn certificate(work: &Path, key: &str, name: &str) -> Result<(), String> {
    let subject = format!("/CN={name}");
    let mut request = vec!["req", "-nodes", "-newkey", key, "-subj", &subject, "-keyout", "own.key", "-out", "own.csr"];
    if key == "ec" {
        request.extend(["-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    }
    openssl(work, &request)?;
    let extensions = format!("subjectAltName=DNS:{name}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n");
    fs::write(work.join("own.ext"), extensions).map_err(|error| error.to_string())?;
    openssl(
        work,
        &[
            "x509",
            "-req",
            "-in",
            "own.csr",
            "-CA",
            "authority.pem",
            "-CAkey",
            "authority.key",
            "-CAcreateserial",
            "-sha256",
            "-days",
            "60",
            "-extfile",
            "own.ext",
            "-out",
            "own.pem",
        ],
    )
}

fn openssl(work: &Path, words: &[&str]) -> Result<(), String> {
    let output = Command::new("openssl")
        .current_dir(work)
        .args(words)
        .output()
        .map_err(|error| format!("`openssl`: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
