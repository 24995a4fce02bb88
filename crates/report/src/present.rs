//! How a report is presented: language, whose it is, and what came before.

use crate::texts::Texts;
use crate::theme::Theme;
use crate::trend::Entry;

/// Language, theme and past of a report.
#[derive(Debug, Clone, Default)]
pub struct Presentation {
    /// Texts around the findings.
    pub texts: Texts,
    /// Name, logo, colours.
    pub theme: Theme,
    /// Audits of the same deployment before this one, newest first.
    pub trend: Vec<Entry>,
}
