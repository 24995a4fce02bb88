//! A PostgreSQL of a test's own: made in a temporary folder, on loopback, gone when the test process is gone.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Reads until its standard input ends, which it does with the test process, and then stops the server.
const GUARD: &str = r#"
bin=$1; folder=$2; port=$3
"$bin/postgres" -D "$folder/data" -p "$port" -h 127.0.0.1 -k "$folder" -F >"$folder/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -INT $server
wait $server
rm -rf "$folder"
"#;

/// A running server.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    folder: PathBuf,
    bin: PathBuf,
    // Held: with its standard input the guard lives.
    _guard: Child,
}

/// The folder of the newest server programs of this machine.
fn programs() -> Result<PathBuf, String> {
    let folders = fs::read_dir("/usr/lib/postgresql").map_err(|_| "install the package postgresql".to_owned())?;
    let mut found: Vec<PathBuf> =
        folders.flatten().map(|entry| entry.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).collect();
    found.sort();
    found.pop().ok_or_else(|| "install the package postgresql".to_owned())
}

/// PostgreSQL does not run as the superuser: then as the user that Debian's package makes.
fn account() -> Option<&'static str> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let is_root = status.lines().any(|line| line.starts_with("Uid:\t0"));
    is_root.then_some("postgres")
}

fn command(program: &Path) -> Command {
    let mut command = match account() {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", user, "--regid", user, "--clear-groups"]).arg(program);
            command
        }
    };
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let done = command.output().map_err(|error| error.to_string())?;
    if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
}

impl Postgres {
    /// The server of this process, started when it is asked for first.
    ///
    /// # Errors
    ///
    /// When PostgreSQL is not installed, or does not start.
    pub fn shared() -> Result<&'static Self, String> {
        static SERVER: OnceLock<Result<Postgres, String>> = OnceLock::new();
        SERVER.get_or_init(Self::start).as_ref().map_err(Clone::clone)
    }

    /// Starts one.
    ///
    /// # Errors
    ///
    /// When PostgreSQL is not installed, or does not start.
    pub fn start() -> Result<Self, String> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let bin = programs()?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("castellan-postgres-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        if let Some(user) = account() {
            run(Command::new("chown").arg(user).arg(&folder))?;
        }
        run(command(&bin.join("initdb"))
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(folder.join("data")))?;
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(|error| error.to_string())?.port();
        let mut guard = command(Path::new("sh"));
        guard.args(["-c", GUARD, "guard"]).arg(&bin).arg(&folder).arg(port.to_string());
        let guard = guard.stdin(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
        let server = Self { port, folder, bin, _guard: guard };
        let until = Instant::now() + Duration::from_secs(30);
        while server.say("postgres", "SELECT 1").is_err() {
            if Instant::now() > until {
                return Err(fs::read_to_string(server.folder.join("log")).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// Runs a statement as the superuser.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub fn say(&self, database: &str, sql: &str) -> Result<(), String> {
        run(command(&self.bin.join("psql"))
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "postgres", "-p"])
            .arg(self.port.to_string())
            .args(["-d", database, "-c", sql]))
    }

    /// A new, empty database, owned by a role of its own that is no superuser: its address.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub fn database(&self) -> Result<String, String> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("watch{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.say("postgres", &format!("CREATE ROLE {name} LOGIN"))?;
        self.say("postgres", &format!("CREATE DATABASE {name} OWNER {name}"))?;
        Ok(format!("postgresql://{name}@127.0.0.1:{}/{name}", self.port))
    }
}
