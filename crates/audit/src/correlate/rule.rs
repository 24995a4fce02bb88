//! What a rule that joins findings is, and what it may say.

use std::collections::{BTreeMap, BTreeSet};

use castellan_model::{Finding, Severity};

/// A rule: a pure function over everything that one audit found.
pub type Rule = castellan_model::Rule<fn(&Joined<'_>) -> Vec<Joint>>;

/// An accepted risk, and whether it accepted something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AcceptedRisk {
    /// Id of the rule.
    pub rule: String,
    /// Who accepts it.
    pub who: String,
    /// Last day.
    pub until: String,
    /// The first second after it.
    pub ends: i64,
    /// It accepted a finding.
    pub used: bool,
    /// All that its rule needs was looked at.
    pub whole: bool,
    /// Line of the settings file.
    pub line: usize,
}

/// What is known besides the findings.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Modules that are installed in the databases that were read; none: no database was read.
    pub installed: Option<BTreeSet<String>>,
    /// An Odoo was seen from outside, without a gate in front of it.
    pub seen_from_outside: bool,
    /// Accepted risks.
    pub accepted: Vec<AcceptedRisk>,
    /// The settings file.
    pub file: String,
    /// Now, seconds since 1970.
    pub time: i64,
}

/// Everything that one audit found, as rules see it.
pub struct Joined<'j> {
    findings: &'j [Finding],
    by_rule: BTreeMap<&'j str, Vec<usize>>,
    around: &'j Surroundings,
}

impl<'j> Joined<'j> {
    /// A view of findings.
    #[must_use]
    pub fn new(findings: &'j [Finding], around: &'j Surroundings) -> Self {
        let mut by_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, finding) in findings.iter().enumerate() {
            by_rule.entry(&finding.rule).or_default().push(at);
        }
        Self { findings, by_rule, around }
    }

    /// Every open finding.
    #[must_use]
    pub const fn findings(&self) -> &'j [Finding] {
        self.findings
    }

    /// Open findings of these rules, in the order of the rules.
    pub fn all<'v>(&'v self, rules: &'v [&'v str]) -> impl Iterator<Item = &'j Finding> + use<'v, 'j> {
        rules.iter().filter_map(|rule| self.by_rule.get(rule)).flatten().filter_map(|at| self.findings.get(*at))
    }

    /// Findings in code of modules on a disk.
    pub fn code(&self) -> impl Iterator<Item = &'j Finding> + use<'j> {
        self.findings.iter().filter(|finding| finding.module.is_some() && finding.query.is_none())
    }

    /// Whether a module is installed; none: no database was read.
    #[must_use]
    pub fn is_installed(&self, module: &str) -> Option<bool> {
        self.around.installed.as_ref().map(|installed| installed.contains(module))
    }

    /// An Odoo was seen from outside.
    #[must_use]
    pub const fn is_seen_from_outside(&self) -> bool {
        self.around.seen_from_outside
    }

    /// Accepted risks.
    #[must_use]
    pub fn accepted(&self) -> &'j [AcceptedRisk] {
        &self.around.accepted
    }

    /// The settings file.
    #[must_use]
    pub fn file(&self) -> &'j str {
        &self.around.file
    }

    /// Now, seconds since 1970.
    #[must_use]
    pub const fn time(&self) -> i64 {
        self.around.time
    }

    /// One joint when each leg has a finding of one of its rules.
    #[must_use]
    pub fn chain(&self, legs: &[&[&str]], message: &str) -> Vec<Joint> {
        self.join(&legs.iter().map(|leg| self.all(leg).collect()).collect::<Vec<_>>(), message)
    }

    /// One joint when each leg has a finding: the worst of each is a part of it.
    #[must_use]
    pub fn join(&self, legs: &[Vec<&Finding>], message: &str) -> Vec<Joint> {
        let mut parts: Vec<String> = Vec::new();
        for leg in legs {
            let Some(worst) =
                leg.iter().max_by_key(|finding| (finding.severity, std::cmp::Reverse(finding.sort_key())))
            else {
                return Vec::new();
            };
            if !parts.contains(&worst.fingerprint) {
                parts.push(worst.fingerprint.clone());
            }
        }
        // One finding that is all legs at once is told by itself already.
        if parts.len() < 2 {
            return Vec::new();
        }
        vec![Joint::Found { message: message.to_owned(), severity: None, parts, line: None }]
    }
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joint {
    /// A weakness that no finding alone shows.
    Found {
        /// What is wrong, in one sentence.
        message: String,
        /// Another severity than the rule's.
        severity: Option<Severity>,
        /// Fingerprints of the findings that it is made of.
        parts: Vec<String>,
        /// File and line of the settings, for what concerns those.
        line: Option<(String, usize)>,
    },
    /// A finding is worse or less bad than it looks alone.
    Adjust {
        /// Its fingerprint.
        finding: String,
        /// One step up, or down.
        up: bool,
        /// Why.
        because: String,
    },
    /// A place that belongs to a finding.
    Relate {
        /// Its fingerprint.
        finding: String,
        /// Fingerprint of the finding whose place it is.
        to: String,
        /// How, in front of what that finding says.
        how: &'static str,
    },
}

impl Joint {
    /// A weakness that one finding and what surrounds it show together.
    #[must_use]
    pub fn found(parts: &[&Finding], message: &str) -> Self {
        let parts = parts.iter().map(|part| part.fingerprint.clone()).collect();
        Self::Found { message: message.to_owned(), severity: None, parts, line: None }
    }

    /// One step more severe.
    #[must_use]
    pub fn raise(finding: &Finding, because: String) -> Self {
        Self::Adjust { finding: finding.fingerprint.clone(), up: true, because }
    }

    /// One step less severe.
    #[must_use]
    pub fn lower(finding: &Finding, because: String) -> Self {
        Self::Adjust { finding: finding.fingerprint.clone(), up: false, because }
    }

    /// A place of one finding belongs to another.
    #[must_use]
    pub fn relate(finding: &Finding, to: &Finding, how: &'static str) -> Self {
        Self::Relate { finding: finding.fingerprint.clone(), to: to.fingerprint.clone(), how }
    }

    /// A weakness of the settings.
    #[must_use]
    pub fn of_settings(file: &str, line: usize, message: String) -> Self {
        Self::Found { message, severity: None, parts: Vec::new(), line: Some((file.to_owned(), line)) }
    }

    /// With another severity.
    #[must_use]
    pub fn severity(mut self, to: Severity) -> Self {
        if let Self::Found { severity, .. } = &mut self {
            *severity = Some(to);
        }
        self
    }
}
