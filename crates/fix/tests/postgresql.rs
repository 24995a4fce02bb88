//! A running PostgreSQL says how it reads a changed file. Needs the server's programs and, for the superuser, a user
//! `postgres`: `cargo test -p castellan-fix --test postgresql -- --ignored`.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use castellan_fix::check::{Verdict, ask};

struct Server {
    child: Child,
    folder: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder of the newest server programs of this machine.
fn programs() -> PathBuf {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .expect("install the package postgresql")
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    found.sort();
    found.pop().expect("install the package postgresql")
}

/// PostgreSQL does not run as the superuser.
fn user() -> Option<u32> {
    (fs::metadata("/proc/self").unwrap().uid() == 0).then(|| {
        let users = fs::read_to_string("/etc/passwd").unwrap();
        let line = users.lines().find(|line| line.starts_with("postgres:")).expect("a user `postgres`");
        line.split(':').nth(2).unwrap().parse().unwrap()
    })
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some(uid) = user() {
        command.uid(uid);
    }
    command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn start() -> Server {
    let folder = std::env::temp_dir().join(format!("castellan-postgresql-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    if let Some(uid) = user() {
        chown(&folder, Some(uid), None).unwrap();
    }
    let data = folder.join("data");
    let name = if user().is_some() { "postgres".to_owned() } else { std::env::var("USER").unwrap() };
    let made =
        command(&programs().join("initdb")).args(["-N", "-A", "trust", "-U", &name, "-D"]).arg(&data).status().unwrap();
    assert!(made.success());
    let mut conf = fs::read_to_string(data.join("postgresql.conf")).unwrap();
    conf.push_str(&format!(
        "listen_addresses = ''\nunix_socket_directories = '{}'\nport = 15999\nfsync = off\n",
        folder.display()
    ));
    fs::write(data.join("postgresql.conf"), conf).unwrap();
    let child = command(&programs().join("postgres")).arg("-D").arg(&data).spawn().unwrap();
    let server = Server { child, folder };
    for _ in 0..100 {
        std::thread::sleep(std::time::Duration::from_millis(100));
        if ask(&data.join("pg_hba.conf"), "") == Verdict::Taken {
            return server;
        }
    }
    panic!("PostgreSQL did not start: {:?}", ask(&data.join("pg_hba.conf"), ""));
}

#[test]
#[ignore = "needs PostgreSQL's server programs"]
fn the_server_reads_the_file_itself() {
    let server = start();
    let data = server.folder.join("data");
    let hba = data.join("pg_hba.conf");
    let good = fs::read_to_string(&hba).unwrap();
    fs::write(&hba, format!("{good}host all all 10.0.0.0/8 scram-sha-265\n")).unwrap();
    match ask(&hba, "") {
        Verdict::Refused(reason) => assert!(reason.contains("scram-sha-265"), "{reason}"),
        other => panic!("{other:?}"),
    }
    fs::write(&hba, good).unwrap();
    assert_eq!(ask(&hba, ""), Verdict::Taken);

    let conf = data.join("postgresql.conf");
    let good = fs::read_to_string(&conf).unwrap();
    // A change that needs a restart is none that is refused.
    fs::write(&conf, format!("{good}max_connections = 50\nlog_connections = on\n")).unwrap();
    assert_eq!(ask(&conf, ""), Verdict::Taken);
    fs::write(&conf, format!("{good}log_connections = perhaps\n")).unwrap();
    assert!(matches!(ask(&conf, ""), Verdict::Refused(_)));
    fs::write(&conf, good).unwrap();

    let other = server.folder.join("pg_hba.conf");
    fs::write(&other, "").unwrap();
    assert!(matches!(ask(&other, ""), Verdict::NotAsked(_)), "the server does not read this one");
}
