//! Options of the commands about versions.

use std::path::PathBuf;

use castellan_model::Series;
use clap::Args;

use super::DatabaseArguments;

/// What has a version.
#[derive(Debug, Args)]
pub struct StockArguments {
    /// Folders with modules, checkouts, environments of Python, compose files. Without any: this host.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Look at the system below this folder: a mounted image or a collected bundle.
    #[arg(long, value_name = "FOLDER")]
    pub root: Option<PathBuf>,
    /// Series of every module, such as 17.0; the manifests tell it otherwise.
    #[arg(long, value_name = "SERIES")]
    pub odoo_version: Option<Series>,
    /// A database tells which modules are installed: a weakness in one that is not cannot be reached.
    #[command(flatten)]
    pub database: DatabaseArguments,
}

/// Options of `castellan advisories`.
#[derive(Debug, Args)]
pub struct AdvisoriesArguments {
    /// What to look at.
    #[command(flatten)]
    pub stock: StockArguments,
    /// Show advisories about Odoo in this state alone. Repeatable.
    #[arg(long, value_name = "STATE", value_parser = ["affected", "likely-affected", "cannot-tell", "fixed", "not-affected"])]
    pub only: Vec<String>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `castellan update`.
#[derive(Debug, Args)]
pub struct UpdateArguments {
    /// Folder, file or URL with records of OSV (JSON, lines of JSON, a zip archive such as all.zip of an ecosystem), a table of castellan,
    /// facts about Odoo or an index of modules. Repeatable.
    #[arg(long, value_name = "PATH|URL")]
    pub from: Vec<String>,
    /// SHA-256 that the file must have; the first one belongs to the first `--from`, and so on. A folder is compared with its SHA256SUMS.
    #[arg(long, value_name = "HEX", requires = "from")]
    pub sha256: Vec<String>,
    /// Certificates of your own authorities, PEM. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub authority: Vec<PathBuf>,
    /// Make an index of modules from the wheels of a folder.
    #[arg(long, value_name = "FOLDER", conflicts_with = "from")]
    pub index: Option<PathBuf>,
    /// File of the index.
    #[arg(short, long, value_name = "FILE", default_value = "modules.json")]
    pub output: PathBuf,
}

/// Options of `castellan sbom`.
#[derive(Debug, Args)]
pub struct SbomArguments {
    /// What to look at.
    #[command(flatten)]
    pub stock: StockArguments,
    /// Form of the bill.
    #[arg(long, value_name = "FORMAT", default_value = "cyclonedx", value_parser = ["cyclonedx", "spdx"])]
    pub format: String,
    /// What the deployment is called; otherwise what was looked at.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Write to this file.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Options of `castellan upgrade`.
#[derive(Debug, Args)]
pub struct UpgradeArguments {
    /// Folders and archives with modules.
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Series that is wanted, such as 19.0.
    #[arg(long, value_name = "SERIES")]
    pub to: Series,
    /// Series of every module; the manifests tell it otherwise.
    #[arg(long, value_name = "SERIES")]
    pub from: Option<Series>,
    /// Source of Odoo in the wanted series: references to its views, models and Python names are looked up.
    #[arg(long, value_name = "FOLDER")]
    pub odoo_path: Option<PathBuf>,
    /// Show every place.
    #[arg(long)]
    pub all: bool,
    /// What a place costs in your team, in minutes: makes an estimate, with its arithmetic.
    #[arg(long, value_name = "MINUTES", requires = "hourly_rate")]
    pub minutes_per_place: Option<f64>,
    /// What an hour costs.
    #[arg(long, value_name = "MONEY", requires = "minutes_per_place")]
    pub hourly_rate: Option<f64>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}
