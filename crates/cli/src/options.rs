//! The command line.

mod agent;
mod history;
mod remote;
mod server;
mod versions;

use std::path::PathBuf;

use castellan_model::{Confidence, Persona, Series, Severity};
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use agent::{AgentArguments, AgentCommand, LookArguments};
pub use history::{
    DiffArguments, HistoryArguments, PackArguments, PlanArguments, RejudgeArguments, ReportAgainArguments,
    ScoreArguments, VerifyArguments,
};
pub use remote::{PolicyArguments, RemoteArguments, RemoteCommand};
pub use server::{RunArguments, ServeArguments, ServerArguments, ServerCommand, StoreArguments, WorkArguments};
pub use versions::{AdvisoriesArguments, SbomArguments, StockArguments, UpdateArguments, UpgradeArguments};

/// Security audit of Odoo installations.
#[derive(Debug, Parser)]
#[command(name = "castellan", version, about, max_term_width = 100)]
pub struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorWhen,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorWhen {
    /// Sets the choice for everything that prints.
    pub fn write_global(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// Forms of a report on standard output.
pub const FORMATS: [&str; 10] =
    ["terminal", "json", "sarif", "github", "gitlab", "junit", "html", "markdown", "csv", "summary"];

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Audit this host, or modules, configuration files, images, bundles and sites from outside.
    Scan(Box<ScanArguments>),
    /// Collect a bundle of this host's configuration for an audit elsewhere; passwords are masked.
    Collect(CollectArguments),
    /// Say what a request would meet at the proxy, and why.
    ExplainRequest(ExplainArguments),
    /// Make an account for audits of a live database.
    Connect(Box<ConnectArguments>),
    /// List the API keys of a live database, with a plan to rotate them.
    Keys(Box<AskArguments>),
    /// Say which users of a live database may do something, and why.
    WhoCan(Box<WhoCanArguments>),
    /// Say what a user of a live database may do.
    WhatCan(Box<WhatCanArguments>),
    /// Say why a user of a live database may do something, or not.
    Why(Box<WhyArguments>),
    /// Say how every advisory stands for the Odoo, the packages and the products of a host, folder or database.
    Advisories(Box<AdvisoriesArguments>),
    /// Write a bill of materials: CycloneDX 1.6 with VEX, or SPDX 2.3.
    Sbom(Box<SbomArguments>),
    /// Say what stands between modules and a newer series of Odoo.
    Upgrade(UpgradeArguments),
    /// Take in newer data about advisories and modules, from a folder, an archive or a URL; without any: show what is in use.
    Update(UpdateArguments),
    /// List the audits that are kept.
    History(HistoryArguments),
    /// Compare two audits: new, regressed, still open, fixed, accepted.
    Diff(DiffArguments),
    /// Show the score of an audit, and how it is made.
    Score(ScoreArguments),
    /// Write a kept audit, or a JSON report, in another form.
    Report(ReportAgainArguments),
    /// Write an evidence pack for an auditor: reports, evidence, queries, checksums, a signature.
    Pack(PackArguments),
    /// Verify an evidence pack.
    Verify(VerifyArguments),
    /// Say what to do first: steps by the risk that they take away for their effort.
    Plan(PlanArguments),
    /// Judge the evidence of a kept audit by today's rules, advisories and settings.
    Rejudge(RejudgeArguments),
    /// Show, or make, changes that remove findings.
    Fix(Box<FixArguments>),
    /// Take back changes of `castellan fix`.
    Undo(UndoArguments),
    /// Print a complete, hardened configuration.
    Harden(HardenArguments),
    /// List the rules, or explain one.
    Rules(RulesArguments),
    /// Write a commented castellan.toml.
    Init(InitArguments),
    /// Watch over deployments: scans on schedule, history, people, an API and pages.
    Serve(Box<ServeArguments>),
    /// Run scans for a server that shares its PostgreSQL.
    Work(Box<WorkArguments>),
    /// Care for the server's own data: back it up, restore it, change its master key.
    Server(Box<ServerArguments>),
    /// Watch this host for a server: outbound only, with a key of its own.
    Agent(AgentArguments),
    /// Drive a server from scripts and pipelines: list, push evidence, scan, fetch reports.
    Remote(Box<RemoteArguments>),
    /// Run one scan for a worker: it reads and writes JSON.
    #[command(hide = true)]
    RunJob,
    /// Look at Castellan itself: data, history, keys, settings, rules of your own, helpers.
    Doctor(DoctorArguments),
    /// Write man pages.
    Man(ManArguments),
    /// Print a completion script for a shell.
    Completions(CompletionsArguments),
    /// Print a JSON schema: of the report or of castellan.toml; or the description of the server's API.
    Schema(SchemaArguments),
}

/// Options of `castellan scan`.
#[derive(Debug, Args)]
pub struct ScanArguments {
    /// Folders with modules or configuration, files, wheels and zip archives, the root of an image, https://SITE. Without any: this host.
    #[arg(value_name = "PATH|URL")]
    pub paths: Vec<PathBuf>,
    /// Audit the system below this folder: a mounted image or a collected bundle.
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<PathBuf>,
    /// Ask PostgreSQL for its roles: a connection string of libpq, with `psql` on this host. The catalogue is read only.
    #[arg(long, value_name = "CONNECTION")]
    pub postgres: Option<String>,
    /// Form of the report on standard output.
    #[arg(long, value_name = "FORMAT", default_value = "terminal", value_parser = FORMATS)]
    pub format: String,
    /// Write a report to a file too; the form follows the ending or is named: `report.html`, `report.pdf`, `summary=one-page.html`. Repeatable.
    #[arg(long, short, value_name = "[FORMAT=]FILE")]
    pub output: Vec<String>,
    /// Series of every module, such as 17.0; the manifests tell it otherwise.
    #[arg(long, value_name = "SERIES")]
    pub odoo_version: Option<Series>,
    /// Scan Odoo's own modules too.
    #[arg(long)]
    pub include_core: bool,
    /// Odoo's own sources: read to know its models and routes, never reported on.
    #[arg(long, value_name = "FOLDER")]
    pub odoo_path: Option<PathBuf>,
    /// Leave out paths that match this glob. Repeatable.
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Run this rule only. Repeatable.
    #[arg(long, value_name = "RULE")]
    pub rule: Vec<String>,
    /// Least severity that is shown.
    #[arg(long, value_name = "SEVERITY", value_parser = parse_severity)]
    pub min_severity: Option<Severity>,
    /// Least confidence that is shown.
    #[arg(long, value_name = "CONFIDENCE", value_parser = parse_confidence)]
    pub min_confidence: Option<Confidence>,
    /// Who reads the report: regular, pedantic, auditor.
    #[arg(long, value_name = "PERSONA", value_parser = parse_persona)]
    pub persona: Option<Persona>,
    /// Fail when a finding of this severity or worse is open [default: high].
    #[arg(long, value_name = "SEVERITY", value_parser = parse_severity)]
    pub fail_on: Option<Severity>,
    /// Accept the findings of this baseline.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write the open findings as a baseline and stop.
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
    /// Settings file; castellan.toml of the scanned path or above otherwise.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How reports look.
    #[command(flatten)]
    pub report: ReportArguments,
    /// Files and folders with rules of your own. Repeatable.
    #[arg(long, value_name = "PATH")]
    pub own_rules: Vec<PathBuf>,
    /// Audit this deployment of castellan.toml only. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub deployment: Vec<String>,
    /// Do not keep this audit in the history.
    #[arg(long)]
    pub no_store: bool,
    /// Write what was collected, without passwords, for `castellan remote push`.
    #[arg(long, value_name = "FILE")]
    pub evidence: Option<PathBuf>,
    /// How sites are looked at.
    #[command(flatten)]
    pub sites: SiteArguments,
    /// A live database.
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// How HTML, PDF and summaries look.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// Language of the texts around findings: en, fr, es, de.
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// Theme file with name, logo and colours.
    #[arg(long, value_name = "FILE")]
    pub theme: Option<PathBuf>,
}

/// The way to a live database.
#[derive(Debug, Args)]
#[command(next_help_heading = "Live database")]
pub struct DatabaseArguments {
    /// Read the live database through RPC: the address of Odoo, such as https://erp.example.com.
    #[arg(long, value_name = "URL", requires = "login")]
    pub rpc: Option<url::Url>,
    /// Name of the database; needed unless the server has one alone and speaks JSON-2.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub db: String,
    /// Log-in of the account that reads. Its password or, better, an API key is asked for, or taken from the environment variable
    /// CASTELLAN_SECRET, from `--secret-file` or from `--secret-keyring`.
    #[arg(long, value_name = "USER", requires = "rpc")]
    pub login: Option<String>,
    /// The secret.
    #[command(flatten)]
    pub secret: SecretArguments,
    /// Read the live database through SQL, in one read-only transaction: postgresql://USER@HOST/NAME, with the password in PGPASSWORD
    /// or in ~/.pgpass.
    #[arg(long, value_name = "URL")]
    pub sql: Option<String>,
    /// Try the passwords that everybody tries first against the stored hashes: offline, two minutes at most. Which one fits is not told.
    #[arg(long, requires = "sql")]
    pub guess_passwords: bool,
    /// Tell what code, rights and administrators were made or changed after this: a date such as 2026-11-01, or the JSON report of the
    /// last audit.
    #[arg(long, value_name = "DATE|REPORT")]
    pub since: Option<String>,
}

/// Where the secret of a live database comes from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Live database")]
pub struct SecretArguments {
    /// Read the secret from the first line of this file, which nobody else may read.
    #[arg(long, value_name = "FILE", conflicts_with = "secret_keyring")]
    pub secret_file: Option<PathBuf>,
    /// Read the secret from the keyring of the system: service `castellan`, account `USER@HOST`.
    #[arg(long)]
    pub secret_keyring: bool,
    /// Speak this dialect instead of what the server's version suggests.
    #[arg(long, value_name = "DIALECT", value_parser = ["json-2", "json-rpc", "xml-rpc"])]
    pub dialect: Option<String>,
}

/// The way to a live database, for commands that ask it something.
#[derive(Debug, Args)]
pub struct AskArguments {
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArguments,
    /// Certificates of your own authorities, PEM. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub authority: Vec<PathBuf>,
    /// Look at this address instead of what the name server says.
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<std::net::IpAddr>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `castellan connect`.
#[derive(Debug, Args)]
pub struct ConnectArguments {
    /// A user and a group that may read what an audit reads, and nothing else. Without `--rpc`: print how to make them by hand.
    #[arg(long)]
    pub make_auditor: bool,
    /// Log-in of the new user.
    #[arg(long, value_name = "LOGIN", default_value = "castellan-auditor")]
    pub auditor: String,
    /// Make them, as the account of `--login`.
    #[arg(long, requires = "rpc")]
    pub apply: bool,
    /// Where it is noted what was made.
    #[arg(long, value_name = "FOLDER")]
    pub journal: Option<PathBuf>,
    /// The way to the database.
    #[command(flatten)]
    pub database: DatabaseArguments,
    /// Certificates of your own authorities, PEM. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub authority: Vec<PathBuf>,
    /// Look at this address instead of what the name server says.
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<std::net::IpAddr>,
}

/// Options of `castellan who-can`.
#[derive(Debug, Args)]
pub struct WhoCanArguments {
    /// read, write, create or unlink.
    pub operation: String,
    /// Technical name of the model, such as res.users.
    pub model: String,
    /// The way to the database.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// Options of `castellan what-can`.
#[derive(Debug, Args)]
pub struct WhatCanArguments {
    /// Log-in of the user.
    #[arg(value_name = "LOGIN")]
    pub subject: String,
    /// Only what changes something.
    #[arg(long)]
    pub changes: bool,
    /// The way to the database.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// Options of `castellan why`.
#[derive(Debug, Args)]
pub struct WhyArguments {
    /// Log-in of the user.
    #[arg(value_name = "LOGIN")]
    pub subject: String,
    /// Technical name of the model.
    pub model: String,
    /// read, write, create or unlink.
    pub operation: String,
    /// The way to the database.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// Options of `castellan scan` for sites.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sites")]
pub struct SiteArguments {
    /// A file with one site a line, `-` for standard input: one line each as they are finished.
    #[arg(long, value_name = "FILE")]
    pub targets: Option<PathBuf>,
    /// Write a report as one line of JSON for each site; sites that the file has already are left out.
    #[arg(long, value_name = "FILE")]
    pub json_lines: Option<PathBuf>,
    /// A: plain requests only. B: also harmless ones that may be logged as odd, and connections to ports 8069, 8072 and 5432.
    #[arg(long, value_name = "CLASS", default_value = "A", value_parser = ["A", "B"])]
    pub consent: String,
    /// An active test, asked for by name; only with the owner's permission. Repeatable.
    #[arg(long, value_name = "TEST", value_parser = ["login-throttling"])]
    pub test: Vec<String>,
    /// Print every request that would be sent, and send none.
    #[arg(long)]
    pub dry_run: bool,
    /// Requests for one site at most [default: 40, 60 with consent B].
    #[arg(long, value_name = "NUMBER")]
    pub budget: Option<u32>,
    /// Requests a second for one site after the first 40, four at a time; TLS handshakes go with them. Halved when the site asks for it.
    #[arg(long, value_name = "NUMBER", default_value_t = 15.0, value_parser = parse_pace)]
    pub pace: f64,
    /// Sites at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 8)]
    pub at_once: u16,
    /// Look at this address instead of what the name server says.
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<std::net::IpAddr>,
    /// Port of plain HTTP.
    #[arg(long, value_name = "PORT", default_value_t = 80)]
    pub plain_port: u16,
    /// Certificates of your own authorities, PEM: trusted beside Mozilla's list. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub authority: Vec<PathBuf>,
    /// Ask this name server for records of mail and certificates: `ADDRESS` or `ADDRESS:PORT`. Without it they are not assessed.
    #[arg(long, value_name = "SERVER", value_parser = parse_resolver)]
    pub resolver: Option<std::net::SocketAddr>,
    /// Leave TLS out.
    #[arg(long)]
    pub no_tls: bool,
}

/// Options of `castellan collect`.
#[derive(Debug, Args)]
pub struct CollectArguments {
    /// New folder for the bundle.
    #[arg(short, long, value_name = "FOLDER", default_value = "castellan-bundle")]
    pub output: PathBuf,
    /// Collect from the system below this folder.
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<PathBuf>,
}

/// Options of `castellan explain-request`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// Method.
    pub method: String,
    /// URL.
    pub url: String,
    /// Files of the proxy; without any: the proxy of this host.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Address of the client [default: one that stands for everybody outside].
    #[arg(long, value_name = "ADDRESS")]
    pub from: Option<std::net::IpAddr>,
    /// A header of the request: `Name: value`. Repeatable.
    #[arg(long, short = 'H', value_name = "HEADER")]
    pub header: Vec<String>,
    /// The system below this folder.
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `castellan fix`.
#[derive(Debug, Args)]
pub struct FixArguments {
    /// Files or folders of configuration; without any: this host.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The system below this folder.
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<PathBuf>,
    /// Make the changes; asks for each.
    #[arg(long)]
    pub apply: bool,
    /// Do not ask.
    #[arg(long, requires = "apply")]
    pub yes: bool,
    /// Findings of this rule only. Repeatable.
    #[arg(long, value_name = "RULE")]
    pub rule: Vec<String>,
    /// Least severity that is fixed.
    #[arg(long, value_name = "SEVERITY", value_parser = parse_severity)]
    pub min_severity: Option<Severity>,
    /// Series of Odoo, such as 17.0; read from its sources otherwise.
    #[arg(long, value_name = "SERIES")]
    pub odoo_version: Option<Series>,
    /// A database that is served, for `dbfilter`; read from the filestore otherwise. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub database: Vec<String>,
    /// Do not ask nginx, systemd and the like whether they take the new files.
    #[arg(long)]
    pub no_check: bool,
    /// Keep a change that would be taken back by itself.
    #[arg(long, value_name = "RUN")]
    pub confirm: Option<String>,
    /// Where the old state is kept [default: /var/lib/castellan/fixes, or the user's state folder].
    #[arg(long, value_name = "FOLDER")]
    pub journal: Option<PathBuf>,
    /// Make a new administrator with this log-in in the live database, see that it can log in, and archive `admin` then.
    #[arg(long, value_name = "LOGIN", requires = "rpc")]
    pub replace_admin: Option<String>,
    /// End this API key of the live database now: its id, as `castellan keys` lists it. Through SQL, with a role that may change keys.
    /// Repeatable.
    #[arg(long, value_name = "ID", requires = "sql", conflicts_with = "rpc")]
    pub revoke_key: Vec<i64>,
    /// A live database in place of files.
    #[command(flatten)]
    pub live: DatabaseArguments,
    /// Certificates of your own authorities, PEM. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub authority: Vec<PathBuf>,
    /// Look at this address instead of what the name server says.
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<std::net::IpAddr>,
}

/// Options of `castellan undo`.
#[derive(Debug, Args)]
pub struct UndoArguments {
    /// The run; the newest without one.
    #[arg(value_name = "RUN")]
    pub id: Option<String>,
    /// List the runs.
    #[arg(long)]
    pub list: bool,
    /// Restore files that were changed since, too.
    #[arg(long)]
    pub force: bool,
    /// Wait this many seconds first.
    #[arg(long, value_name = "SECONDS", hide = true)]
    pub after: Option<u64>,
    /// Leave a run that was confirmed.
    #[arg(long, hide = true)]
    pub unless_confirmed: bool,
    /// Where the old state is kept.
    #[arg(long, value_name = "FOLDER")]
    pub journal: Option<PathBuf>,
    /// The secret of the account that changed a live database.
    #[command(flatten)]
    pub secret: SecretArguments,
    /// Certificates of your own authorities, PEM. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub authority: Vec<PathBuf>,
    /// Look at this address instead of what the name server says.
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<std::net::IpAddr>,
}

/// Options of `castellan harden`.
#[derive(Debug, Args)]
pub struct HardenArguments {
    /// Which configuration.
    pub what: HardenKind,
    /// Series of Odoo.
    #[arg(long, value_name = "SERIES")]
    pub odoo_version: Option<Series>,
    /// Host name of the site.
    #[arg(long, default_value = "erp.example.com")]
    pub domain: String,
    /// Database.
    #[arg(long, default_value = "prod")]
    pub database: String,
    /// Workers.
    #[arg(long, default_value_t = 4)]
    pub workers: u32,
    /// Port of Odoo.
    #[arg(long, default_value_t = 8069)]
    pub port: u16,
    /// Port of the evented worker.
    #[arg(long, default_value_t = 8072)]
    pub gevent_port: u16,
    /// System user.
    #[arg(long, default_value = "odoo")]
    pub user: String,
    /// Data directory.
    #[arg(long, default_value = "/var/lib/odoo")]
    pub data_dir: String,
    /// Folders of modules, joined by commas.
    #[arg(long)]
    pub addons_path: Option<String>,
    /// Address or network that may use RPC. Repeatable.
    #[arg(long, value_name = "NETWORK", value_parser = parse_network)]
    pub allow: Vec<String>,
    /// Certificate of the site.
    #[arg(long)]
    pub certificate: Option<String>,
    /// Its private key.
    #[arg(long)]
    pub key: Option<String>,
    /// Caddy: only what Caddy brings itself, which has no limit on requests.
    #[arg(long)]
    pub without_plugins: bool,
}

/// Which configuration.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum HardenKind {
    /// odoo.conf
    Odoo,
    /// A site of nginx.
    Nginx,
    /// A Caddyfile.
    Caddy,
    /// postgresql.conf and pg_hba.conf
    Postgresql,
    /// A service unit.
    Systemd,
    /// Jail and filter.
    Fail2ban,
}

/// Options of `castellan rules`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_precedence_over_arg = true)]
pub struct RulesArguments {
    /// Rules of your own.
    #[command(subcommand)]
    pub own: Option<OwnRules>,
    /// Id or code of a rule to explain.
    pub rule: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Rules of one's own.
#[derive(Debug, Subcommand)]
pub enum OwnRules {
    /// Write a rule to begin with.
    New {
        /// Lower-case words with hyphens, such as unused-accounts.
        id: String,
        /// Folder of your rules.
        #[arg(default_value = "castellan-rules")]
        folder: PathBuf,
    },
    /// Run the tests of rules.
    Test {
        /// Files and folders with rules.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Read and check rules.
    Lint {
        /// Files and folders with rules.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// List everything that a condition may ask.
    Paths,
}

/// Options of `castellan init`.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// Folder of the file.
    #[arg(default_value = ".")]
    pub folder: PathBuf,
    /// Look at the system below this folder instead of this host.
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<PathBuf>,
    /// Overwrite a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// Options of `castellan doctor`.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Settings file; castellan.toml of this folder or above otherwise.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `castellan man`.
#[derive(Debug, Args)]
pub struct ManArguments {
    /// Folder of the pages.
    #[arg(value_name = "FOLDER", default_value = "man")]
    pub folder: PathBuf,
}

/// Options of `castellan completions`.
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell.
    pub shell: clap_complete::Shell,
}

/// Options of `castellan schema`.
#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// Which schema.
    pub which: SchemaKind,
}

/// Which schema.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SchemaKind {
    /// The JSON report.
    Report,
    /// castellan.toml.
    Settings,
    /// The API of the server: OpenAPI 3.1.
    Watch,
}

/// An address, or a network such as `192.0.2.0/24`.
fn parse_network(text: &str) -> Result<String, String> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let parsed: std::net::IpAddr = address.parse().map_err(|_| format!("`{text}` is no address or network"))?;
    let most = if parsed.is_ipv4() { 32 } else { 128 };
    match bits.map(str::parse::<u8>) {
        None => Ok(text.to_owned()),
        Some(Ok(bits)) if bits <= most => Ok(text.to_owned()),
        Some(_) => Err(format!("`{text}` is no network: /0 to /{most}")),
    }
}

/// `9.9.9.9`, `[2620:fe::fe]:53`.
fn parse_resolver(text: &str) -> Result<std::net::SocketAddr, String> {
    let address = text.parse::<std::net::IpAddr>().map(|address| std::net::SocketAddr::new(address, 53));
    address.or_else(|_| text.parse()).map_err(|_| "an address such as 9.9.9.9 or 127.0.0.1:5353".to_owned())
}

fn parse_pace(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(pace) if pace > 0.0 && pace <= 1000.0 => Ok(pace),
        _ => Err("a number above 0, at most 1000".to_owned()),
    }
}

pub(crate) fn parse_severity(text: &str) -> Result<Severity, String> {
    Severity::ALL
        .into_iter()
        .find(|severity| severity.as_str() == text)
        .ok_or_else(|| "one of info, low, medium, high, critical".to_owned())
}

fn parse_confidence(text: &str) -> Result<Confidence, String> {
    [Confidence::Low, Confidence::Medium, Confidence::High]
        .into_iter()
        .find(|confidence| confidence.as_str() == text)
        .ok_or_else(|| "one of low, medium, high".to_owned())
}

fn parse_persona(text: &str) -> Result<Persona, String> {
    [Persona::Regular, Persona::Pedantic, Persona::Auditor]
        .into_iter()
        .find(|persona| persona.as_str() == text)
        .ok_or_else(|| "one of regular, pedantic, auditor".to_owned())
}
