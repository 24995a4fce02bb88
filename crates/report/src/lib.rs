//! One audit in the forms that people and machines read.

mod ci;
mod csv;
pub mod difference;
pub mod html;
mod instances;
mod json;
mod markdown;
pub mod pack;
mod pdf;
pub mod plan;
mod present;
pub mod rules;
mod sarif;
pub mod score;
mod sites;
mod terminal;
pub mod texts;
pub mod theme;
pub mod trend;
mod versions;

pub use ci::{github, gitlab, junit};
pub use csv::csv;
use html::{html, summary};
pub use json::{json, schema};
pub use markdown::markdown;
pub use pdf::pdf;
pub use present::Presentation;
pub use sarif::sarif;
pub use terminal::{Look, terminal, wrap};
pub use versions::listing;

use castellan_model::AuditReport;

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Terminal,
    /// The whole audit, format 1.
    Json,
    /// SARIF 2.1.0, for code-scanning hosts.
    Sarif,
    /// Workflow commands that become annotations.
    Github,
    /// GitLab's SAST report.
    Gitlab,
    /// JUnit XML.
    Junit,
    /// One self-contained page.
    Html,
    /// For a comment or a wiki.
    Markdown,
    /// One line a finding, for spreadsheets.
    Csv,
    /// One page for those who decide.
    Summary,
    /// Typeset, for printing and filing.
    Pdf,
}

impl Format {
    /// Every form with its name.
    pub const ALL: [(&'static str, Self); 11] = [
        ("terminal", Self::Terminal),
        ("json", Self::Json),
        ("sarif", Self::Sarif),
        ("github", Self::Github),
        ("gitlab", Self::Gitlab),
        ("junit", Self::Junit),
        ("html", Self::Html),
        ("markdown", Self::Markdown),
        ("csv", Self::Csv),
        ("summary", Self::Summary),
        ("pdf", Self::Pdf),
    ];

    /// The form of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }
}

/// The audit in a form, as it stands in a file. `look` matters for the terminal only.
///
/// # Errors
///
/// When a PDF cannot be made.
pub fn render(report: &AuditReport, format: Format, look: Look, how: &Presentation) -> Result<Vec<u8>, String> {
    let text = match format {
        Format::Terminal => terminal(report, look),
        Format::Json => json(report),
        Format::Sarif => sarif(report),
        Format::Github => github(report),
        Format::Gitlab => gitlab(report),
        Format::Junit => junit(report),
        Format::Html => html(report, how),
        Format::Markdown => markdown(report),
        Format::Csv => csv(report),
        Format::Summary => summary(report, how),
        Format::Pdf => return pdf(report, how),
    };
    Ok(text.into_bytes())
}
