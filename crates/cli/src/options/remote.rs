//! Options of `castellan remote`.

use std::path::PathBuf;

use castellan_model::Severity;
use clap::{Args, Subcommand};

/// Options of `castellan remote`.
#[derive(Debug, Args)]
pub struct RemoteArguments {
    /// Address of the server.
    #[arg(long, value_name = "URL", env = "CASTELLAN_SERVER", global = true)]
    pub server: Option<String>,
    /// File whose first line is a token of the API. Without: CASTELLAN_TOKEN.
    #[arg(long, value_name = "FILE", global = true)]
    pub token_file: Option<PathBuf>,
    /// Certificate of an own authority, PEM. Repeatable.
    #[arg(long, value_name = "FILE", global = true)]
    pub authority: Vec<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: RemoteCommand,
}

/// What makes a pipeline fail.
#[derive(Debug, Args)]
pub struct PolicyArguments {
    /// Fail when a finding of this severity or worse is open.
    #[arg(long, value_name = "SEVERITY", value_parser = super::parse_severity)]
    pub fail_on: Option<Severity>,
    /// Fail when the score is below this.
    #[arg(long, value_name = "POINTS")]
    pub min_score: Option<i64>,
    /// Seconds to wait for the audit.
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    pub patience: u64,
}

/// What `castellan remote` does.
#[derive(Debug, Subcommand)]
pub enum RemoteCommand {
    /// List deployments with their scores.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Push evidence that `castellan scan --evidence FILE` wrote, wait until it is judged, and fail on policy.
    Push {
        /// Name or number of the deployment.
        deployment: String,
        /// The evidence.
        evidence: PathBuf,
        /// What makes it fail.
        #[command(flatten)]
        policy: PolicyArguments,
    },
    /// Scan a deployment, wait for the audit, and fail on policy.
    Scan {
        /// Name or number of the deployment.
        deployment: String,
        /// What makes it fail.
        #[command(flatten)]
        policy: PolicyArguments,
    },
    /// Write the report of the newest audit into a file.
    Report {
        /// Name or number of the deployment.
        deployment: String,
        /// The file.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// Form of the report.
        #[arg(long, value_name = "FORMAT", default_value = "pdf", value_parser = ["json", "html", "pdf", "summary", "markdown", "csv", "sarif", "junit"])]
        format: String,
    },
}
