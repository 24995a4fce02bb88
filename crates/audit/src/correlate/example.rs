//! Examples of rule pages: findings by their rule, and what surrounds them.
//!
//! ```toml
//! installed = ["shop_api"]
//! site = true
//! finding = [{ rule = "sql-format", module = "shop_api", reach = "anonymous", severity = "high" }]
//! ```

use castellan_model::{Confidence, Excerpt, Finding, Location, Persona, Position, Reach, Severity, Span, fingerprint};
use serde::Deserialize;

use super::rule::{AcceptedRisk, Surroundings};

/// Now, in every example: 24 November 2026.
const TIME: i64 = 1_795_478_400;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    installed: Option<Vec<String>>,
    #[serde(default)]
    site: bool,
    #[serde(default)]
    finding: Vec<RawFinding>,
    #[serde(default)]
    accept: Vec<RawAccepted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFinding {
    rule: String,
    module: Option<String>,
    reach: Option<Reach>,
    severity: Option<Severity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccepted {
    rule: String,
    until: String,
    #[serde(default)]
    used: bool,
}

/// Findings and surroundings of an example.
///
/// # Errors
///
/// What is wrong with it.
pub fn read(text: &str) -> Result<(Vec<Finding>, Surroundings), String> {
    let raw: Raw = toml::from_str(text).map_err(|error| error.to_string())?;
    let catalogue = crate::catalogue();
    let mut findings = Vec::new();
    for one in raw.finding {
        let rule = catalogue
            .iter()
            .find(|rule| rule.meta.id == one.rule)
            .ok_or_else(|| format!("there is no rule `{}`", one.rule))?;
        let position = Position { line: 1, column: 1 };
        findings.push(Finding {
            rule: one.rule.clone(),
            code: rule.meta.code.to_owned(),
            message: rule.page().title,
            why: String::new(),
            help: String::new(),
            severity: one.severity.unwrap_or(rule.meta.severity),
            confidence: Confidence::High,
            persona: Persona::Regular,
            cwe: rule.meta.cwe,
            module: one.module,
            location: Location {
                path: format!("{}.example", one.rule),
                span: Span { start: position, end: position },
                excerpt: Excerpt { first_line: 1, lines: Vec::new() },
            },
            related: Vec::new(),
            records: Vec::new(),
            query: None,
            flow: Vec::new(),
            fix: None,
            reach: one.reach.or_else(|| (one.rule.starts_with("site-")).then_some(Reach::Anonymous)),
            adjusted: None,
            fingerprint: fingerprint(&one.rule, "", "", "", findings.len()),
        });
    }
    let mut accepted = Vec::new();
    for (number, one) in raw.accept.into_iter().enumerate() {
        let start =
            castellan_model::calendar::day_start(&one.until).ok_or_else(|| format!("`{}` is no day", one.until))?;
        accepted.push(AcceptedRisk {
            rule: one.rule,
            who: "head of IT".to_owned(),
            until: one.until,
            ends: start + 86_400,
            used: one.used,
            whole: true,
            line: number + 1,
        });
    }
    let around = Surroundings {
        installed: raw.installed.map(|names| names.into_iter().collect()),
        seen_from_outside: raw.site,
        accepted,
        file: "castellan.toml".to_owned(),
        time: TIME,
    };
    Ok((findings, around))
}
