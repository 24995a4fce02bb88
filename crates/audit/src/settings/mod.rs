//! `castellan.toml`: the file as it is written ([`RawSettings`]) and the checked form that the audit uses
//! ([`Settings`]).

mod deployment;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use castellan_instance::evidence::Duties;
use castellan_model::{Confidence, Persona, Series, Severity};
use globset::{Glob, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::Deserialize;

use deployment::Checker;
pub use deployment::{Accept, Deployment, RawAccept, RawDeployment, RpcWay, Statement};

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
    /// Installations under care.
    #[serde(default, rename = "deployment")]
    pub deployments: Vec<RawDeployment>,
    /// Risks that somebody accepts, in every deployment and scan.
    #[serde(default)]
    pub accept: Vec<RawAccept>,
    /// Where audits are kept.
    #[serde(default)]
    pub history: RawHistory,
    /// How reports look.
    #[serde(default)]
    pub report: RawReport,
    /// Rules of your own.
    #[serde(default)]
    pub rules: RawRules,
}

/// `[history]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawHistory {
    /// How many audits of a deployment are kept: 400 unless it is given.
    pub keep: Option<u32>,
}

/// `[report]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawReport {
    /// Language of the texts around the findings: `en`, `fr`, `es`, `de`.
    pub language: Option<String>,
    /// Theme file with name, logo and colours, relative to this file.
    pub theme: Option<PathBuf>,
}

/// `[rules]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawRules {
    /// Folders or files with rules of your own, relative to this file.
    #[serde(default)]
    pub own: Vec<PathBuf>,
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
    /// Installations under care.
    pub deployments: Vec<Deployment>,
    /// Risks that somebody accepts.
    pub accept: Vec<Accept>,
    /// What people say where no source can show it.
    pub statements: Vec<Statement>,
    /// How many audits of a deployment are kept.
    pub keep: u32,
    /// Language of reports.
    pub language: Option<String>,
    /// Theme file of reports.
    pub theme: Option<PathBuf>,
    /// Folders or files with rules of the company.
    pub own_rules: Vec<PathBuf>,
    /// The settings file, as errors and findings name it.
    pub file: String,
}

/// Audits of a deployment that are kept: a year of daily ones, and a month.
const KEEP: u32 = 400;

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
    parse(&shown, &text, path.parent().unwrap_or(Path::new("")))
}

/// Reads settings from a text. Paths in it are relative to `folder`.
///
/// # Errors
///
/// File, line, key and what is allowed.
pub fn parse(path: &str, text: &str, folder: &Path) -> Result<Settings, SettingsError> {
    let invalid = |line: usize, reason: String| SettingsError::Invalid { path: path.to_owned(), line, reason };
    let raw: RawSettings = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        invalid(line, error.message().to_owned())
    })?;
    let find = |what: &str| text.find(what).map_or(1, |at| line_of(text, at));
    let known = crate::catalogue();
    let own = raw.rules.own.iter().map(|path| folder.join(path)).collect::<Vec<_>>();
    let check_id = |id: &str| {
        // Ids of rules of one's own are checked when those are read.
        if id == "*" || known.iter().any(|rule| rule.meta.id == id) || (!own.is_empty() && id.starts_with("own-")) {
            return Ok(());
        }
        let near = suggestion(id, known.iter().map(|rule| rule.meta.id));
        let hint =
            near.map_or_else(|| "`castellan rules` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
        Err(format!("there is no rule `{id}`; {hint}"))
    };
    let check_rule = |id: &String| check_id(id).map_err(|reason| invalid(find(id), reason));
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
    let checker = Checker { path, text, known: &check_id };
    let mut deployments: Vec<Deployment> = Vec::new();
    let mut names = BTreeSet::new();
    for one in &raw.deployments {
        if !names.insert(one.name.get_ref().clone()) {
            return Err(checker.wrong(&one.name, format!("there are two deployments `{}`", one.name.get_ref())));
        }
        deployments.push(checker.deployment(one, folder)?);
    }
    if let Some(language) = raw.report.language.as_deref().filter(|name| !["en", "fr", "es", "de"].contains(name)) {
        return Err(invalid(find("language"), format!("`language = \"{language}\"`: one of en, fr, es, de")));
    }
    Ok(Settings {
        exclude: globs(&raw.scan.exclude)?,
        deployments,
        accept: raw.accept.iter().map(|one| checker.accept(one)).collect::<Result<_, _>>()?,
        statements: Vec::new(),
        keep: raw.history.keep.unwrap_or(KEEP),
        language: raw.report.language,
        theme: raw.report.theme.map(|file| folder.join(file)),
        own_rules: own.clone(),
        file: path.to_owned(),
        exclude_patterns: raw.scan.exclude.clone(),
        include_core: raw.scan.include_core,
        series,
        disable: raw.scan.disable,
        min_severity: raw.scan.min_severity,
        min_confidence: raw.scan.min_confidence,
        persona: raw.scan.persona,
        fail_on: raw.scan.fail_on,
        baseline: raw.scan.baseline.map(|file| folder.join(file)),
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
    /// The settings of one deployment: its own on top of those for all.
    ///
    /// # Errors
    ///
    /// The pattern that is no glob.
    pub fn of(&self, deployment: &Deployment) -> Result<Self, String> {
        let mut out = self.clone();
        out.exclude_more(&deployment.exclude)?;
        out.disable.extend(deployment.disable.iter().cloned());
        out.series = deployment.series.or(out.series);
        out.fail_on = deployment.fail_on.or(out.fail_on);
        out.accept.extend(deployment.accept.iter().cloned());
        out.statements.clone_from(&deployment.statements);
        Ok(out)
    }

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
        let settings = parse("castellan.toml", EXAMPLE, Path::new("")).unwrap();
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
        let settings = parse("castellan.toml", &live, Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert_eq!(settings.paths.len(), 1);
        assert_eq!(settings.series, Series::new(17));
        assert_eq!((settings.deployments.len(), settings.accept.len(), settings.keep), (1, 1, 400));
        let shop = &settings.deployments[0];
        assert_eq!((shop.accept.len(), shop.statements.len(), shop.sites.len()), (1, 1, 1));
        assert!(shop.rpc.is_some() && shop.this_host);
    }

    #[test]
    fn errors_name_file_line_key_and_what_is_allowed() {
        let message = |text: &str| parse("castellan.toml", text, Path::new("")).unwrap_err().to_string();
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
        let deployment = |text: &str| message(&format!("[[deployment]]\nname = \"shop\"\n{text}"));
        assert!(deployment("").contains("line 2: `shop` has nothing to look at"));
        assert!(deployment("sites = [\"ftp://x\"]\n").contains("line 3"));
        assert!(deployment("paths = [\"not there\"]\n").contains("line 3: `not there` is not there"));
        assert!(
            deployment("this-host = true\nsql = \"postgresql://a:b@c/d\"\n")
                .contains("line 4: the address holds a password")
        );
        let rpc = deployment("[deployment.rpc]\nurl = \"https://x\"\nlogin = \"a\"\n");
        assert!(rpc.contains("line 4: say where the secret is"), "{rpc}");
        let accept = "[[accept]]\nrule = \"sql-format\"\nreason = \"r\"\nwho = \"w\"\nuntil = \"2027-02-30\"\n";
        assert!(message(accept).contains("line 5: `2027-02-30` is no day"), "{}", message(accept));
        assert!(message(&accept.replace("sql-format", "*")).contains("line 2: name the rule"));
        let twice = "[[deployment]]\nname = \"a\"\nthis-host = true\n".repeat(2);
        assert!(message(&twice).contains("line 5: there are two deployments `a`"), "{}", message(&twice));
    }
}
