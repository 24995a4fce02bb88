//! Options of `castellan agent`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Options of `castellan agent`.
#[derive(Debug, Args)]
pub struct AgentArguments {
    /// Folder of the agent: its key, and evidence that waits. Without: `agent` in the data folder.
    #[arg(long, value_name = "FOLDER", env = "CASTELLAN_AGENT_STATE", global = true)]
    pub state: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: AgentCommand,
}

/// What is looked at.
#[derive(Debug, Clone, Default, Args)]
pub struct LookArguments {
    /// A castellan.toml that says what is looked at. Without: this host.
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// The deployment of that file that is meant; without: its only one.
    #[arg(long, value_name = "NAME", requires = "settings")]
    pub deployment: Option<String>,
}

/// What `castellan agent` does.
#[derive(Debug, Subcommand)]
pub enum AgentCommand {
    /// Take part in a deployment of a server, with the one-time token of its settings page. The key is made here and stays here.
    Enrol {
        /// Address of the server.
        #[arg(long, value_name = "URL", env = "CASTELLAN_SERVER")]
        server: String,
        /// File whose first line is the token. Without: CASTELLAN_ENROL_TOKEN, or it is asked for.
        #[arg(long, value_name = "FILE")]
        token_file: Option<PathBuf>,
        /// Certificate of an own authority, PEM. Repeatable.
        #[arg(long, value_name = "FILE")]
        authority: Vec<PathBuf>,
        /// What is looked at.
        #[command(flatten)]
        look: LookArguments,
    },
    /// Collect on schedule, on change and when the server says so; send it; keep it while the server is away.
    Run {
        /// Seconds between two collections.
        #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(5..=604_800))]
        every: u64,
        /// Seconds between two heartbeats.
        #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
        heartbeat: u64,
        /// Seconds between two looks for changes.
        #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
        look: u64,
        /// At least so many seconds between two collections because of changes.
        #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
        apart: u64,
        /// MiB of evidence that may wait for the server; then the oldest goes.
        #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..=65_536))]
        spool: u64,
        /// Form of the log on standard error.
        #[arg(long, value_name = "FORM", default_value = "text", value_parser = ["text", "json"])]
        log: String,
    },
    /// Print exactly what would be sent.
    Show {
        /// What is looked at, before there is an agent.
        #[command(flatten)]
        look: LookArguments,
        /// With what is looked at for changes, for the agent itself.
        #[arg(long, hide = true)]
        with_watched: bool,
    },
    /// Show who the agent is, and what waits.
    Status,
    /// Print the systemd unit that runs it, unprivileged.
    Unit,
}
