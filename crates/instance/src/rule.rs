//! What a rule is.

use castellan_model::{Confidence, Severity};

use crate::view::View;

/// Why a check has no verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unjudged {
    /// It makes no sense for this database.
    NotApplicable(String),
    /// What it needs was not read.
    NotAssessed(String),
}

/// What a check says: nothing for a database without the weakness.
pub type Judged = Result<Vec<Report>, Unjudged>;

/// A rule: a pure function from evidence to reports.
pub type Rule = castellan_model::Rule<fn(&View<'_>) -> Judged>;

/// Ids of records with what tells them apart.
pub type Records = Vec<(i64, String)>;

/// One weakness, with the records that show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The model of the records: `res.users`.
    pub model: &'static str,
    /// How they were found, in words: `active users with the group base.group_system and no second factor`.
    pub query: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Ids with what tells them apart.
    pub records: Records,
    /// Tells several reports of one rule apart, over time too.
    pub scope: String,
    /// Another severity than the rule's.
    pub severity: Option<Severity>,
    /// Another confidence than the rule's.
    pub confidence: Option<Confidence>,
}

impl Report {
    /// Records of a model, found by a query.
    #[must_use]
    pub fn of(model: &'static str, query: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            model,
            query: query.into(),
            message: message.into(),
            records: Vec::new(),
            scope: String::new(),
            severity: None,
            confidence: None,
        }
    }

    /// With these records.
    #[must_use]
    pub fn records(mut self, records: Records) -> Self {
        self.records = records;
        self
    }

    /// One of several reports of the rule.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
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

/// One report when there are records, none otherwise.
pub fn found_if_any(report: Report) -> Judged {
    if report.records.is_empty() { FINE } else { found(report) }
}

/// Does not apply to this database.
///
/// # Errors
///
/// Always.
pub fn not_applicable<T>(reason: &str) -> Result<T, Unjudged> {
    Err(Unjudged::NotApplicable(reason.to_owned()))
}
