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
