//! What a rule is: a pure function from an inventory to reports.

use castellan_model::{Confidence, Severity, calendar};

use crate::inventory::Inventory;
use crate::store::Data;

/// What the rules see.
#[derive(Debug, Clone, Copy)]
pub struct View<'e> {
    /// What runs.
    pub inventory: &'e Inventory,
    /// What it is compared with.
    pub data: &'e Data,
}

impl View<'_> {
    /// Today: `2026-11-26`.
    #[must_use]
    pub fn today(&self) -> String {
        calendar::date(self.inventory.time)
    }

    /// Days from a day to today.
    #[must_use]
    pub fn days_since(&self, day: &str) -> Option<i64> {
        let day = calendar::day_of(&day.replace('-', ""))?;
        Some(self.inventory.time.div_euclid(86_400) - day)
    }
}

/// A rule.
pub type Rule = castellan_model::Rule<fn(&View<'_>) -> Vec<Report>>;

/// One weakness at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The file that tells the version.
    pub place: String,
    /// Line in it, from 1.
    pub line: u32,
    /// What stands there, in a few words: `lxml 4.9.2`.
    pub text: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Tells several reports of one rule apart, over time too.
    pub scope: String,
    /// What to do, where that is more than the page says.
    pub help: Option<String>,
    /// Another severity than the rule's.
    pub severity: Option<Severity>,
    /// Another confidence than the rule's.
    pub confidence: Option<Confidence>,
}

impl Report {
    /// At a line of a file.
    #[must_use]
    pub fn at(place: &str, line: u32, text: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.to_owned(),
            line: line.max(1),
            text: text.into(),
            message: message.into(),
            scope: String::new(),
            help: None,
            severity: None,
            confidence: None,
        }
    }

    /// One of several reports of the rule.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
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

/// The bands of CVSS; without a score a weakness is taken for a medium one.
#[must_use]
pub fn severity_of(score: Option<f32>) -> Severity {
    match score {
        Some(score) if score >= 9.0 => Severity::Critical,
        Some(score) if score >= 7.0 => Severity::High,
        Some(score) if score >= 4.0 => Severity::Medium,
        Some(_) => Severity::Low,
        None => Severity::Medium,
    }
}

/// `high`, as the data has it.
#[must_use]
pub fn severity_named(word: &str) -> Severity {
    match word {
        "critical" => Severity::Critical,
        "high" => Severity::High,
        "low" => Severity::Low,
        _ => Severity::Medium,
    }
}
