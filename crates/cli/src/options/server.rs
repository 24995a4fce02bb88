//! Options of the server.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Where the server keeps everything.
#[derive(Debug, Args)]
pub struct StoreArguments {
    /// A file of SQLite, or postgresql://USER@HOST/NAME for several servers and workers. Without: `watch.db` in the data folder.
    #[arg(long, value_name = "DATABASE", env = "CASTELLAN_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// File of the master key that seals credentials; it is made when it is not there. Without: `master.key` in the data folder.
    #[arg(long, value_name = "FILE", env = "CASTELLAN_MASTER_KEY_FILE")]
    pub master_key_file: Option<PathBuf>,
    /// Command of a key service that prints the master key in Base64.
    #[arg(long, value_name = "COMMAND", conflicts_with = "master_key_file")]
    pub master_key_command: Option<String>,
    /// File of a master key that the new one took the place of. Repeatable.
    #[arg(long, value_name = "FILE", env = "CASTELLAN_OLD_MASTER_KEY_FILE")]
    pub old_master_key_file: Vec<PathBuf>,
}

/// How scans run.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// Scans at once in this process.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub scans: usize,
    /// Scans of one organisation at once, over all processes.
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub scans_of_one: i64,
    /// Minutes that a scan may take.
    #[arg(long, value_name = "MINUTES", default_value_t = 30)]
    pub scan_limit: u64,
    /// Allow sources on this machine: paths, images, this host. Whoever may change deployments then reads them.
    #[arg(long)]
    pub allow_local: bool,
    /// Form of the log on standard error.
    #[arg(long, value_name = "FORM", default_value = "text", value_parser = ["text", "json"])]
    pub log: String,
}

/// Options of `castellan serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Address and port. Beyond loopback it speaks TLS, with a certificate of its own unless one is given.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8437")]
    pub listen: SocketAddr,
    /// The server's address, as people write it: https://castellan.example.com.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Certificate chain, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// Private key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
    /// A proxy of yours does TLS and sets X-Forwarded-For.
    #[arg(long)]
    pub behind_proxy: bool,
    /// Requests a minute of one person, token or address; a third of them may come at once.
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u32).range(3..))]
    pub requests_a_minute: u32,
    /// How e-mail is sent: smtps://USER@HOST:465, or smtp://USER@HOST:587, which takes up TLS. The password: CASTELLAN_SMTP_PASSWORD.
    #[arg(long, value_name = "URL", requires = "mail_from")]
    pub smtp: Option<String>,
    /// Who e-mail is from: `Castellan <castellan@example.com>`.
    #[arg(long, value_name = "SENDER", requires = "smtp")]
    pub mail_from: Option<String>,
    /// Issuer of single sign-on (OpenID Connect): https://login.example.com/realms/agency. The client's secret: CASTELLAN_OIDC_SECRET.
    #[arg(long, value_name = "URL", requires = "oidc_client")]
    pub oidc_issuer: Option<String>,
    /// As which client this server is known there.
    #[arg(long, value_name = "ID", requires = "oidc_issuer")]
    pub oidc_client: Option<String>,
    /// What the button says: Log in with NAME.
    #[arg(long, value_name = "NAME", default_value = "single sign-on", requires = "oidc_issuer")]
    pub oidc_name: String,
    /// Offer a check of any site from outside to people without an account, at /check. `anywhere`: of addresses in private networks too, for
    /// a server that only people of your own reach.
    #[arg(long, value_name = "REACH", num_args = 0..=1, default_missing_value = "internet", value_parser = ["internet", "anywhere"])]
    pub public_check: Option<String>,
    /// Run no scans here: workers do.
    #[arg(long)]
    pub no_scans: bool,
    /// Where everything is kept.
    #[command(flatten)]
    pub store: StoreArguments,
    /// How scans run.
    #[command(flatten)]
    pub run: RunArguments,
}

/// Options of `castellan work`.
#[derive(Debug, Args)]
pub struct WorkArguments {
    /// Where everything is kept.
    #[command(flatten)]
    pub store: StoreArguments,
    /// How scans run.
    #[command(flatten)]
    pub run: RunArguments,
}

/// Options of `castellan server`.
#[derive(Debug, Args)]
pub struct ServerArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: ServerCommand,
}

/// What `castellan server` does.
#[derive(Debug, Subcommand)]
pub enum ServerCommand {
    /// Write everything that the server keeps into one file. The master key is not in it: keep that elsewhere.
    Backup {
        /// The file.
        file: PathBuf,
        /// Where everything is kept.
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Read a backup into an empty database: of the same kind or the other.
    Restore {
        /// The file.
        file: PathBuf,
        /// Where everything is to be kept.
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Seal every credential with the new master key; the old one is given with --old-master-key-file.
    RotateKeys {
        /// Where everything is kept.
        #[command(flatten)]
        store: StoreArguments,
    },
}
