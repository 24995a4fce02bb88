//! The command line.

use std::path::PathBuf;

use castellan_model::{Confidence, Persona, Series, Severity};
use clap::{Args, Parser, Subcommand, ValueEnum};

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

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan Odoo modules: folders, files, wheels and zip archives.
    Scan(ScanArguments),
    /// List the rules, or explain one.
    Rules(RulesArguments),
    /// Write a commented castellan.toml.
    Init(InitArguments),
    /// Print a completion script for a shell.
    Completions(CompletionsArguments),
    /// Print a JSON schema: of the report or of castellan.toml.
    Schema(SchemaArguments),
}

/// Options of `castellan scan`.
#[derive(Debug, Args)]
pub struct ScanArguments {
    /// Folders, files or archives.
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Form of the report on standard output.
    #[arg(long, value_name = "FORMAT", default_value = "terminal", value_parser = ["terminal", "json", "sarif", "github", "gitlab", "junit", "html", "markdown"])]
    pub format: String,
    /// Write a report to a file too; the form follows the ending or is named: `report.html`, `sarif=out.json`. Repeatable.
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
}

/// Options of `castellan rules`.
#[derive(Debug, Args)]
pub struct RulesArguments {
    /// Id or code of a rule to explain.
    pub rule: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `castellan init`.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// Folder of the file.
    #[arg(default_value = ".")]
    pub folder: PathBuf,
    /// Overwrite a file that is there.
    #[arg(long)]
    pub force: bool,
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
}

fn parse_severity(text: &str) -> Result<Severity, String> {
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
