//! The checklist that every audit answers, and the score that is made from it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a line of the checklist is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// All that it needs was looked at, and nothing of medium severity or worse is open.
    Pass,
    /// Something of medium severity or worse is open.
    Fail,
    /// Something that it needs was not looked at, and nothing was found in the rest.
    NotAssessed,
}

impl Answer {
    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotAssessed => "not assessed",
        }
    }
}

/// One line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChecklistLine {
    /// 1 to 14.
    pub number: u8,
    /// What it asks.
    pub title: String,
    /// The answer.
    pub answer: Answer,
    /// What was looked at for it, a line each.
    pub looked_at: Vec<String>,
    /// What it needs and was not looked at, with the reason, a line each.
    pub missing: Vec<String>,
    /// Fingerprints of the open findings under it, worst first.
    pub findings: Vec<String>,
    /// How many findings under it are accepted.
    pub accepted: u64,
    /// Share of what it needs that was looked at, in percent.
    pub assessed: u8,
    /// Points of 100 that are left after the findings.
    pub points: u8,
}

/// Something that a control of a framework asks for, as this audit supports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ControlAnswer {
    /// `OWASP ASVS 5.0`.
    pub framework: String,
    /// Its number there: `V8`, `A.8.24`.
    pub id: String,
    /// What it is about, in our own words.
    pub title: String,
    /// Whether what was looked at supports it. Never a statement that an organisation complies.
    pub answer: Answer,
    /// Lines of the checklist that speak for it.
    pub lines: Vec<u8>,
    /// Fingerprints of the open findings that speak against it, worst first.
    pub findings: Vec<String>,
}

/// Who can use a weakness without anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Anybody who reaches the server, without log-in.
    Anonymous,
    /// Every user that is logged in, portal users among them.
    Portal,
    /// Every internal user.
    Internal,
}

impl Reach {
    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous visitor",
            Self::Portal => "portal user",
            Self::Internal => "internal user",
        }
    }
}

/// How somebody with little access gets far: one step for each finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttackPath {
    /// Who begins.
    pub from: Reach,
    /// Where it ends: `the whole database`.
    pub goal: String,
    /// The steps, first one first.
    pub steps: Vec<AttackStep>,
}

/// One step of an attack path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttackStep {
    /// Where the step begins: `anonymous visitor`, `an administrator's account`.
    pub from: String,
    /// Where it leads.
    pub to: String,
    /// What is done, in a short sentence.
    pub action: String,
    /// Fingerprint of the finding that allows it; empty: nothing needs to be wrong for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub finding: String,
}

/// One piece of work of the remediation plan: what a person does in one sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanStep {
    /// What is done: `Harden odoo.conf`.
    pub title: String,
    /// Commands that do it or show it; empty: by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// What is done by hand, a line each, without repetition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_hand: Vec<String>,
    /// Risk that it takes away: the sum over its findings of 40 for critical, 15 for high, 4 for medium, 1 for low.
    pub risk: u32,
    /// Effort in units of about a quarter of an hour: 1 for each kind of change by command, more by hand.
    pub effort: u32,
    /// Fingerprints of the findings that it removes.
    pub findings: Vec<String>,
    /// The score after this step and all before it.
    pub score_after: u8,
}
