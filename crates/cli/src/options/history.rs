//! Options of the commands about audits over time.

use std::path::PathBuf;

use castellan_model::Severity;
use clap::Args;

/// Options of `castellan history`.
#[derive(Debug, Args)]
pub struct HistoryArguments {
    /// Audits of this deployment only.
    #[arg(value_name = "DEPLOYMENT")]
    pub deployment: Option<String>,
    /// How many are listed [default: 20].
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<u32>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// Save what can be read of a damaged history into a new file, and keep the old one beside it.
    #[arg(long)]
    pub repair: bool,
}

/// Options of `castellan diff`.
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// Two audits, the older one first: numbers of `castellan history` or JSON reports. Or a deployment: its two newest audits. Without any:
    /// the two newest of what was audited last.
    #[arg(value_name = "AUDIT", num_args = 0..=2)]
    pub audits: Vec<String>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// Fail when a new or regressed finding has this severity or worse [default: high].
    #[arg(long, value_name = "SEVERITY", value_parser = super::parse_severity)]
    pub fail_on: Option<Severity>,
}

/// Options of `castellan score`.
#[derive(Debug, Args)]
pub struct ScoreArguments {
    /// Number of an audit, a JSON report, or a deployment; without it: the newest audit.
    #[arg(value_name = "AUDIT")]
    pub audit: Option<String>,
    /// Show the arithmetic, line by line.
    #[arg(long)]
    pub explain: bool,
    /// Show controls of ASVS, API Top 10, CIS, ISO 27001, SOC 2, GDPR and NIS2 that the audit supports or contradicts.
    #[arg(long)]
    pub frameworks: bool,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `castellan plan`.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// Number of an audit, a JSON report, or a deployment; without it: the newest audit.
    #[arg(value_name = "AUDIT")]
    pub audit: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `castellan rejudge`.
#[derive(Debug, Args)]
pub struct RejudgeArguments {
    /// Number of an audit, or a deployment; without it: the newest audit.
    #[arg(value_name = "AUDIT")]
    pub audit: Option<String>,
    /// Form of the report on standard output.
    #[arg(long, value_name = "FORMAT", default_value = "terminal", value_parser = super::FORMATS)]
    pub format: String,
    /// Write the report to a file too. Repeatable.
    #[arg(long, short, value_name = "[FORMAT=]FILE")]
    pub output: Vec<String>,
    /// How reports look.
    #[command(flatten)]
    pub report: super::ReportArguments,
    /// Settings file; castellan.toml of this folder or above otherwise.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep the result as an audit of today.
    #[arg(long)]
    pub keep: bool,
}

/// Options of `castellan report`.
#[derive(Debug, Args)]
pub struct ReportAgainArguments {
    /// Number of an audit, a JSON report, or a deployment; without it: the newest audit.
    #[arg(value_name = "AUDIT")]
    pub audit: Option<String>,
    /// Form of the report on standard output.
    #[arg(long, value_name = "FORMAT", value_parser = super::FORMATS)]
    pub format: Option<String>,
    /// Write the report to a file: `report.pdf`, `report.html`, `summary=one-page.html`. Repeatable.
    #[arg(long, short, value_name = "[FORMAT=]FILE")]
    pub output: Vec<String>,
    /// How reports look.
    #[command(flatten)]
    pub report: super::ReportArguments,
    /// Settings file; castellan.toml of this folder or above otherwise.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Options of `castellan pack`.
#[derive(Debug, Args)]
pub struct PackArguments {
    /// Number of a kept audit, or a deployment; without it: the newest audit.
    #[arg(value_name = "AUDIT")]
    pub audit: Option<String>,
    /// The archive.
    #[arg(long, short, value_name = "FILE", default_value = "castellan-evidence.zip")]
    pub output: PathBuf,
    /// Signing key; that of this account otherwise, which is made when it is used first.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// How reports look.
    #[command(flatten)]
    pub report: super::ReportArguments,
    /// Settings file; castellan.toml of this folder or above otherwise.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Options of `castellan verify`.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// The archive.
    #[arg(value_name = "FILE")]
    pub pack: PathBuf,
    /// The key that must have signed it, as `castellan pack` printed it.
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
}
