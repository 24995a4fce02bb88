//! What a rule is.

use castellan_model::{Confidence, Severity};

use crate::view::{Unjudged, View};

/// What a check says: nothing for a site without the weakness.
pub type Judged = Result<Vec<Report>, Unjudged>;

/// A rule: a pure function from evidence to reports.
pub type Rule = castellan_model::Rule<fn(&View<'_>) -> Judged>;

/// One weakness. Reasons and repair come from the rule's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The probe whose answer shows it; none for TLS and ports.
    pub probe: Option<String>,
    /// The header or the part of the body that shows it.
    pub needle: Option<String>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Another severity than the rule's.
    pub severity: Option<Severity>,
    /// Another confidence than the rule's.
    pub confidence: Option<Confidence>,
}

impl Report {
    /// Seen in the answer to a probe.
    #[must_use]
    pub fn at(probe: impl Into<String>, message: impl Into<String>) -> Self {
        Self { probe: Some(probe.into()), ..Self::of_site(message) }
    }

    /// Seen in no single answer.
    #[must_use]
    pub fn of_site(message: impl Into<String>) -> Self {
        Self { probe: None, needle: None, message: message.into(), severity: None, confidence: None }
    }

    /// Shown by a part of the answer: a header line `name: value` or a piece of the body.
    #[must_use]
    pub fn shown_by(mut self, needle: impl Into<String>) -> Self {
        self.needle = Some(needle.into());
        self
    }

    /// With another severity.
    #[must_use]
    pub const fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// With another confidence.
    #[must_use]
    pub const fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = Some(confidence);
        self
    }
}

/// A verdict without reports.
pub const FINE: Judged = Ok(Vec::new());

/// One report.
pub fn found(report: Report) -> Judged {
    Ok(vec![report])
}
