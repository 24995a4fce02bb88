//! `castellan.toml`: the file as it is written ([`RawSettings`]) and the checked form that the audit uses
//! ([`Settings`]).

use std::path::{Path, PathBuf};

use castellan_instance::evidence::Duties;
use castellan_model::{Confidence, Persona, Series, Severity};
use globset::{Glob, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::Deserialize;

/// The file that `castellan init` writes; a test loads it.
pub const EXAMPLE: &str = include_str!("example.toml");

/// The settings file, exactly as it is written. Unknown keys are refused.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawSettings {
    /// How code is scanned.
    #[serde(default)]
    pub scan: RawScan,
    /// Settings for parts of the tree.
    #[serde(default, rename = "path")]
    pub paths: Vec<RawPath>,
    /// Pairs of groups that should be apart.
    #[serde(default)]
    pub duties: Vec<RawDuties>,
    /// Live databases.
    #[serde(default)]
    pub instance: RawInstance,
}

/// `[instance]`: what is expected of live databases.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawInstance {
    /// Modules that may be installed besides Odoo's own: names, `prefix_*`, or authors as their manifest has them.
    #[serde(default)]
    pub known_modules: Vec<String>,
}

/// `[[duties]]`: two groups that nobody should have together.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawDuties {
    /// External ids of the two groups, such as `purchase.group_purchase_manager`.
    pub groups: [String; 2],
    /// What somebody with both can do, as it goes on after "users who can".
    pub can: String,
}

/// `[scan]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawScan {
    /// Paths that are left out: globs relative to the scanned path.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Scan Odoo's own modules too.
    #[serde(default)]
    pub include_core: bool,
    /// Series of every module, such as `17.0`; the manifests tell it otherwise.
    pub odoo_version: Option<String>,
    /// Ids of rules that do not run.
    #[serde(default)]
    pub disable: Vec<String>,
    /// Least severity that is shown: `info`, `low`, `medium`, `high`, `critical`.
    pub min_severity: Option<Severity>,
    /// Least confidence that is shown: `low`, `medium`, `high`.
    pub min_confidence: Option<Confidence>,
    /// Who reads the report: `regular`, `pedantic`, `auditor`.
    pub persona: Option<Persona>,
    /// Findings of this severity or worse make the command fail.
    pub fail_on: Option<Severity>,
    /// Baseline file, relative to the settings file.
    pub baseline: Option<PathBuf>,
}

/// `[[path]]`: what is accepted in a part of the tree.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawPath {
    /// Globs relative to the scanned path.
    pub paths: Vec<String>,
    /// Ids of rules that are accepted there; `*` for all.
    pub ignore: Vec<String>,
    /// Why. Must not be empty.
    pub reason: String,
}

/// Checked settings.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Paths that are left out.
    pub exclude: GlobSet,
    exclude_patterns: Vec<String>,
    /// Scan Odoo's own modules too.
    pub include_core: bool,
    /// Series of every module.
    pub series: Option<Series>,
    /// Ids of rules that do not run.
    pub disable: Vec<String>,
    /// Least severity that is shown.
    pub min_severity: Option<Severity>,
    /// Least confidence that is shown.
    pub min_confidence: Option<Confidence>,
    /// Who reads the report.
    pub persona: Option<Persona>,
    /// Findings of this severity or worse make the command fail.
    pub fail_on: Option<Severity>,
    /// Baseline file.
    pub baseline: Option<PathBuf>,
    /// What is accepted in parts of the tree.
    pub paths: Vec<PathSetting>,
    /// Pairs of groups that should be apart, besides those that are known.
    pub duties: Vec<Duties>,
    /// Modules (names, `prefix_*`) and authors that somebody vouches for, besides Odoo.
    pub known_modules: Vec<String>,
}

/// What is accepted in a part of the tree.
#[derive(Debug, Clone)]
pub struct PathSetting {
    /// Where.
    pub globs: GlobSet,
    /// Ids of rules; `*` for all.
    pub ignore: Vec<String>,
    /// Why.
    pub reason: String,
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("`{path}` cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The file breaks the grammar or has an unknown key or value.
    #[error("`{path}`, line {line}: {reason}")]
    Invalid {
        /// The file.
        path: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong and what is allowed.
        reason: String,
    },
}

/// The settings file of a target: `castellan.toml` in its folder or one above.
#[must_use]
pub fn find(target: &Path) -> Option<PathBuf> {
    let start = target.canonicalize().ok()?;
    let folder = if start.is_dir() { start.as_path() } else { start.parent()? };
    folder.ancestors().map(|folder| folder.join("castellan.toml")).find(|file| file.is_file())
}

/// Reads and checks a settings file.
///
/// # Errors
///
/// File, line, key and what is allowed.
pub fn load(path: &Path) -> Result<Settings, SettingsError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| SettingsError::Unreadable { path: shown.clone(), reason: error.kind().to_string() })?;
    let mut settings = parse(&shown, &text)?;
    if let (Some(baseline), Some(folder)) = (&settings.baseline, path.parent()) {
        settings.baseline = Some(folder.join(baseline));
    }
    Ok(settings)
}

fn parse(path: &str, text: &str) -> Result<Settings, SettingsError> {
    let invalid = |line: usize, reason: String| SettingsError::Invalid { path: path.to_owned(), line, reason };
    let raw: RawSettings = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        invalid(line, error.message().to_owned())
    })?;
    let find = |what: &str| text.find(what).map_or(1, |at| line_of(text, at));
    let known = crate::catalogue();
    let check_rule = |id: &String| {
        if id == "*" || known.iter().any(|rule| rule.meta.id == id) {
            return Ok(());
        }
        let near = suggestion(id, known.iter().map(|rule| rule.meta.id));
        let hint =
            near.map_or_else(|| "`castellan rules` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
        Err(invalid(find(id), format!("there is no rule `{id}`; {hint}")))
    };
    raw.scan.disable.iter().try_for_each(check_rule)?;
    let globs = |patterns: &[String]| globs(patterns).map_err(|(pattern, reason)| invalid(find(&pattern), reason));
    let mut paths = Vec::new();
    for part in &raw.paths {
        part.ignore.iter().try_for_each(check_rule)?;
        if part.reason.trim().is_empty() {
            return Err(invalid(find("reason"), "`reason` must say why these findings are accepted".into()));
        }
        paths.push(PathSetting {
            globs: globs(&part.paths)?,
            ignore: part.ignore.clone(),
            reason: part.reason.clone(),
        });
    }
    let series = match &raw.scan.odoo_version {
        Some(text) => Some(text.parse::<Series>().map_err(|error| invalid(find("odoo-version"), error.to_string()))?),
        None => None,
    };
    Ok(Settings {
        exclude: globs(&raw.scan.exclude)?,
        exclude_patterns: raw.scan.exclude.clone(),
        include_core: raw.scan.include_core,
        series,
        disable: raw.scan.disable,
        min_severity: raw.scan.min_severity,
        min_confidence: raw.scan.min_confidence,
        persona: raw.scan.persona,
        fail_on: raw.scan.fail_on,
        baseline: raw.scan.baseline,
        paths,
        known_modules: raw.instance.known_modules,
        duties: raw
            .duties
            .into_iter()
            .map(|one| {
                let [first, second] = one.groups;
                Duties { first, second, can: one.can }
            })
            .collect(),
    })
}

/// A set of globs; a folder stands for everything in it.
fn globs(patterns: &[String]) -> Result<GlobSet, (String, String)> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let wrong = |error: &globset::Error| (pattern.clone(), format!("`{pattern}` is no glob: {}", error.kind()));
        set.add(Glob::new(pattern).map_err(|error| wrong(&error))?);
        let inside = format!("{}/**", pattern.trim_end_matches('/'));
        set.add(Glob::new(&inside).map_err(|error| wrong(&error))?);
    }
    set.build().map_err(|error| (String::new(), error.to_string()))
}

impl Settings {
    /// Leaves out more paths.
    ///
    /// # Errors
    ///
    /// The pattern that is no glob.
    pub fn exclude_more(&mut self, patterns: &[String]) -> Result<(), String> {
        self.exclude_patterns.extend_from_slice(patterns);
        self.exclude = globs(&self.exclude_patterns).map_err(|(_, reason)| reason)?;
        Ok(())
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1)
}

/// The known word that shares the most with a mistyped one.
fn suggestion<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let common = |other: &str| word.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    known
        .map(|other| (common(other), other))
        .filter(|(length, _)| *length >= 5)
        .max_by_key(|(length, _)| *length)
        .map(|(_, other)| other)
}

/// The JSON schema of the settings file.
#[must_use]
pub fn schema() -> serde_json::Value {
    serde_json::to_value(schemars::schema_for!(RawSettings)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_loads() {
        let settings = parse("castellan.toml", EXAMPLE).unwrap();
        assert_eq!(settings.fail_on, Some(Severity::High));
    }

    #[test]
    fn every_value_of_the_example_can_be_switched_on() {
        let live: String = EXAMPLE
            .lines()
            .map(|line| {
                line.strip_prefix("# ").filter(|rest| rest.contains('=') || rest.starts_with('[')).unwrap_or(line)
            })
            .map(|line| format!("{line}\n"))
            .collect();
        let settings = parse("castellan.toml", &live).unwrap();
        assert_eq!(settings.paths.len(), 1);
        assert_eq!(settings.series, Series::new(17));
    }

    #[test]
    fn errors_name_file_line_key_and_what_is_allowed() {
        let message = |text: &str| parse("castellan.toml", text).unwrap_err().to_string();
        assert_eq!(
            message("[scan]\n\ndisable = [\"sql-formt\"]\n"),
            "`castellan.toml`, line 3: there is no rule `sql-formt`; did you mean `sql-format`?"
        );
        let unknown = message("[scan]\nexclud = []\n");
        assert!(unknown.contains("line 2") && unknown.contains("exclud") && unknown.contains("exclude"), "{unknown}");
        let severity = message("[scan]\nfail-on = \"bad\"\n");
        assert!(severity.contains("line 2") && severity.contains("critical"), "{severity}");
        assert!(message("[scan]\nodoo-version = \"3\"\n").contains("line 2"));
        assert!(message("[[path]]\npaths = [\"a\"]\nignore = [\"*\"]\nreason = \" \"\n").contains("must say why"));
        assert!(message("x = [").contains("line 1"));
    }
}
