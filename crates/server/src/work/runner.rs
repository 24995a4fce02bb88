//! Runs one scan in a process of its own: it can be stopped, has bounds, and a crash of it is only a failed job.

use std::path::PathBuf;
use std::pin::Pin;
use std::process::Stdio;
use std::time::Duration;

use castellan_audit::Ending;
use castellan_model::AuditReport;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::sources::RPC_VARIABLE;

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Task {
    /// Settings, as `castellan.toml`, with one deployment; none: evidence is judged without settings.
    pub settings: String,
    /// Evidence that was pushed, as JSON; none: the sources of the settings are looked at.
    pub evidence: Option<Vec<u8>>,
    /// Credentials by name.
    pub secrets: Vec<(String, SecretString)>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Done {
    /// The audit.
    pub report: AuditReport,
    /// What was collected, as JSON.
    pub evidence: Vec<u8>,
    /// What of it ends some day.
    pub endings: Vec<Ending>,
}

/// Why nothing came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// What went wrong.
    pub reason: String,
    /// It may go well another time.
    pub again: bool,
}

/// What a process of its own reads.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// Settings with one deployment.
    pub settings: String,
    /// Evidence that was pushed.
    pub evidence: Option<Box<RawValue>>,
}

/// What a process of its own writes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reply {
    /// The audit.
    pub report: AuditReport,
    /// What was collected.
    pub evidence: Box<RawValue>,
    /// What of it ends some day.
    pub endings: Vec<Ending>,
}

/// A future that can be sent to another thread.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Done, Failed>> + Send + 'a>>;

/// Something that runs scans. When the future is dropped, the scan is stopped.
pub trait Runner: Send + Sync + std::fmt::Debug {
    /// Runs one.
    fn run<'a>(&'a self, task: &'a Task) -> Running<'a>;
}

/// Runs `castellan run-job`.
#[derive(Debug, Clone)]
pub struct Process {
    /// The program.
    pub program: PathBuf,
    /// How long a scan may take.
    pub limit: Duration,
}

/// Bytes of what a scan may write.
const LARGEST: u64 = 1 << 30;
/// Bytes of what it may say when it fails.
const WORDS: u64 = 16 << 10;

impl Runner for Process {
    fn run<'a>(&'a self, task: &'a Task) -> Running<'a> {
        Box::pin(async move {
            match tokio::time::timeout(self.limit, self.start(task)).await {
                Ok(done) => done,
                Err(_) => Err(Failed {
                    reason: format!(
                        "the scan did not end within {} minutes and was stopped",
                        self.limit.as_secs() / 60
                    ),
                    again: false,
                }),
            }
        })
    }
}

impl Process {
    async fn start(&self, task: &Task) -> Result<Done, Failed> {
        let failed = |reason: String| Failed { reason, again: true };
        let mut command = tokio::process::Command::new(&self.program);
        command.arg("run-job").env_clear().kill_on_drop(true);
        for name in ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "CASTELLAN_DATA", "XDG_DATA_HOME", "SSL_CERT_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        for (name, secret) in &task.secrets {
            let variable = if name == "sql" { "PGPASSWORD" } else { RPC_VARIABLE };
            command.env(variable, secret.expose_secret());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| failed(format!("`castellan` does not start: {error}")))?;
        let evidence = match &task.evidence {
            None => None,
            Some(bytes) => {
                let text = String::from_utf8(bytes.clone()).map_err(|error| failed(error.to_string()))?;
                Some(RawValue::from_string(text).map_err(|error| failed(error.to_string()))?)
            }
        };
        let request = Request { settings: task.settings.clone(), evidence };
        let request = serde_json::to_vec(&request).map_err(|error| failed(error.to_string()))?;
        let (Some(mut input), Some(output), Some(words)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed("the scan has no pipes".to_owned()));
        };
        let write = async move {
            // A scan that ends early says why on its own.
            let _ = input.write_all(&request).await;
            drop(input);
        };
        let read = async {
            let mut bytes = Vec::new();
            output.take(LARGEST).read_to_end(&mut bytes).await.map(|_| bytes)
        };
        let hear = async {
            let mut bytes = Vec::new();
            let mut words = words;
            let _ = (&mut words).take(WORDS).read_to_end(&mut bytes).await;
            // What is more than that must not block the scan.
            let _ = tokio::io::copy(&mut words, &mut tokio::io::sink()).await;
            String::from_utf8_lossy(&bytes).trim().to_owned()
        };
        let ((), bytes, words) = tokio::join!(write, read, hear);
        let status = child.wait().await.map_err(|error| failed(error.to_string()))?;
        if !status.success() {
            let reason = if words.is_empty() { format!("the scan ended with {status}") } else { words };
            // Wrong settings are as wrong the next time.
            return Err(Failed { reason, again: status.code() != Some(2) });
        }
        let bytes = bytes.map_err(|error| failed(error.to_string()))?;
        let reply: Reply =
            serde_json::from_slice(&bytes).map_err(|error| failed(format!("the scan wrote no audit: {error}")))?;
        Ok(Done { report: reply.report, evidence: reply.evidence.get().as_bytes().to_vec(), endings: reply.endings })
    }
}
