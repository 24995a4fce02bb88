//! `[[deployment]]`: one installation of Odoo under care, with all its sources.

use std::path::{Path, PathBuf};

use castellan_model::{Series, Severity, calendar};
use globset::GlobSet;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::{SettingsError, globs, line_of};
use crate::checklist::Need;

/// `[[deployment]]`, exactly as it is written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawDeployment {
    /// Name, unique in the file; audits are kept under it.
    #[schemars(with = "String")]
    pub name: Spanned<String>,
    /// Who answers for it.
    #[serde(default)]
    pub owner: String,
    /// `production`, `staging`, `test`.
    #[serde(default)]
    pub environment: String,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Folders with modules or configuration, files, wheels and zip archives, relative to this file.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub paths: Vec<Spanned<String>>,
    /// The host that Castellan runs on is part of it.
    #[serde(default)]
    pub this_host: bool,
    /// A mounted image or a collected bundle of its host, relative to this file.
    #[schemars(with = "Option<String>")]
    pub root: Option<Spanned<String>>,
    /// Its addresses, looked at from outside.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub sites: Vec<Spanned<String>>,
    /// How sites are looked at.
    #[serde(default)]
    pub site: RawSite,
    /// Its live database through RPC.
    pub rpc: Option<RawRpc>,
    /// Its live database through SQL: `postgresql://USER@HOST/NAME`, with the password in PGPASSWORD or in ~/.pgpass.
    #[schemars(with = "Option<String>")]
    pub sql: Option<Spanned<String>>,
    /// Try the passwords that everybody tries first against the stored hashes; needs `sql`.
    #[serde(default)]
    pub guess_passwords: bool,
    /// Series of every module, such as `17.0`; the manifests tell it otherwise.
    #[schemars(with = "Option<String>")]
    pub odoo_version: Option<Spanned<String>>,
    /// Odoo's own sources, read to know its models and routes.
    pub odoo_path: Option<PathBuf>,
    /// Paths that are left out, besides those of `[scan]`.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Rules that do not run, besides those of `[scan]`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub disable: Vec<Spanned<String>>,
    /// Findings of this severity or worse make the command fail.
    pub fail_on: Option<Severity>,
    /// A score below this makes the command fail.
    pub min_score: Option<u8>,
    /// A coverage below this, in percent, makes the command fail.
    pub min_coverage: Option<u8>,
    /// Risks that somebody accepts.
    #[serde(default)]
    pub accept: Vec<RawAccept>,
    /// What people say where no source can show it.
    #[serde(default)]
    pub statement: Vec<RawStatement>,
}

/// How the sites of a deployment are looked at.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawSite {
    /// `A` or `B`, as `--consent`.
    pub consent: Option<String>,
    /// Look at this address instead of what the name server says.
    pub address: Option<std::net::IpAddr>,
    /// Port of plain HTTP.
    pub plain_port: Option<u16>,
    /// Certificates of own authorities, PEM, relative to this file.
    #[serde(default)]
    pub authorities: Vec<PathBuf>,
}

/// The way to a database through RPC.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawRpc {
    /// Address of Odoo.
    #[schemars(with = "String")]
    pub url: Spanned<String>,
    /// Name of the database.
    #[serde(default)]
    pub database: String,
    /// Log-in of the account that reads.
    pub login: String,
    /// File whose first line is the password or API key, relative to this file.
    pub secret_file: Option<PathBuf>,
    /// Environment variable that holds it.
    pub secret_env: Option<String>,
    /// It is in the keyring of the system.
    #[serde(default)]
    pub secret_keyring: bool,
    /// `json-2`, `json-rpc`, `xml-rpc` instead of what the version suggests.
    pub dialect: Option<String>,
}

/// `[[accept]]`: a risk that somebody accepts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawAccept {
    /// Id of the rule.
    #[schemars(with = "String")]
    pub rule: Spanned<String>,
    /// Only at these places: globs over the path that the report shows. None: everywhere.
    #[serde(default)]
    pub at: Vec<String>,
    /// Only this finding.
    pub fingerprint: Option<String>,
    /// Why. Must not be empty.
    #[schemars(with = "String")]
    pub reason: Spanned<String>,
    /// Who accepts it. Must not be empty.
    #[schemars(with = "String")]
    pub who: Spanned<String>,
    /// Last day: `2027-01-31`. After it the finding is open again.
    #[schemars(with = "String")]
    pub until: Spanned<String>,
}

/// What a person says where no source can show it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawStatement {
    /// What it stands for.
    pub about: Need,
    /// What was seen or done: `restored the backup of 2 May into staging`.
    #[schemars(with = "String")]
    pub says: Spanned<String>,
    /// Who says it.
    #[schemars(with = "String")]
    pub who: Spanned<String>,
    /// Last day on which it counts.
    #[schemars(with = "String")]
    pub until: Spanned<String>,
}

/// One installation under care, checked.
#[derive(Debug, Clone, Default)]
pub struct Deployment {
    /// Name.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// `production`, `staging`, `test`.
    pub environment: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What is looked at on disks.
    pub paths: Vec<PathBuf>,
    /// The host that Castellan runs on.
    pub this_host: bool,
    /// An image or bundle.
    pub root: Option<PathBuf>,
    /// Addresses.
    pub sites: Vec<Url>,
    /// How they are looked at.
    pub site: RawSite,
    /// The database through RPC.
    pub rpc: Option<RpcWay>,
    /// The database through SQL.
    pub sql: Option<String>,
    /// Try passwords.
    pub guess_passwords: bool,
    /// Series of every module.
    pub series: Option<Series>,
    /// Odoo's own sources.
    pub odoo_path: Option<PathBuf>,
    /// Paths that are left out.
    pub exclude: Vec<String>,
    /// Rules that do not run.
    pub disable: Vec<String>,
    /// What makes the command fail.
    pub fail_on: Option<Severity>,
    /// Least score.
    pub min_score: Option<u8>,
    /// Least coverage.
    pub min_coverage: Option<u8>,
    /// Accepted risks.
    pub accept: Vec<Accept>,
    /// Statements.
    pub statements: Vec<Statement>,
}

/// The way to a database through RPC, checked.
#[derive(Debug, Clone)]
pub struct RpcWay {
    /// Address.
    pub url: Url,
    /// Name of the database.
    pub database: String,
    /// Log-in.
    pub login: String,
    /// Where the secret is.
    pub secret_file: Option<PathBuf>,
    /// Where the secret is.
    pub secret_env: Option<String>,
    /// Where the secret is.
    pub secret_keyring: bool,
    /// Dialect.
    pub dialect: Option<String>,
}

/// A risk that somebody accepts, checked.
#[derive(Debug, Clone)]
pub struct Accept {
    /// Id of the rule.
    pub rule: String,
    /// Where; none: everywhere.
    pub at: Option<GlobSet>,
    /// Only this finding.
    pub fingerprint: Option<String>,
    /// Why.
    pub reason: String,
    /// Who.
    pub who: String,
    /// Last day.
    pub until: String,
    /// The first second after it, since 1970.
    pub ends: i64,
    /// Line of the settings file.
    pub line: usize,
}

/// What a person says, checked.
#[derive(Debug, Clone)]
pub struct Statement {
    /// What it stands for.
    pub about: Need,
    /// What was seen or done.
    pub says: String,
    /// Who says it.
    pub who: String,
    /// Last day.
    pub until: String,
    /// The first second after it, since 1970.
    pub ends: i64,
}

/// What checks need.
pub(super) struct Checker<'c> {
    pub path: &'c str,
    pub text: &'c str,
    pub known: &'c dyn Fn(&str) -> Result<(), String>,
}

impl Checker<'_> {
    pub(super) fn wrong<T>(&self, at: &Spanned<T>, reason: String) -> SettingsError {
        let line = line_of(self.text, at.span().start);
        SettingsError::Invalid { path: self.path.to_owned(), line, reason }
    }

    fn filled(&self, key: &str, value: &Spanned<String>) -> Result<String, SettingsError> {
        let text = value.get_ref().trim();
        if text.is_empty() {
            return Err(self.wrong(value, format!("`{key}` must not be empty")));
        }
        Ok(text.to_owned())
    }

    fn day(&self, value: &Spanned<String>) -> Result<i64, SettingsError> {
        let text = value.get_ref();
        calendar::day_start(text)
            .map(|start| start + 86_400)
            .ok_or_else(|| self.wrong(value, format!("`{text}` is no day; write 2027-01-31")))
    }

    pub(super) fn accept(&self, raw: &RawAccept) -> Result<Accept, SettingsError> {
        (self.known)(raw.rule.get_ref()).map_err(|reason| self.wrong(&raw.rule, reason))?;
        if raw.rule.get_ref() == "*" && raw.fingerprint.is_none() {
            let reason = "name the rule; `*` goes with a `fingerprint` only";
            return Err(self.wrong(&raw.rule, reason.to_owned()));
        }
        let at = match raw.at.as_slice() {
            [] => None,
            patterns => Some(globs(patterns).map_err(|(_, reason)| self.wrong(&raw.rule, reason))?),
        };
        Ok(Accept {
            rule: raw.rule.get_ref().clone(),
            at,
            fingerprint: raw.fingerprint.clone(),
            reason: self.filled("reason", &raw.reason)?,
            who: self.filled("who", &raw.who)?,
            until: raw.until.get_ref().clone(),
            ends: self.day(&raw.until)?,
            line: line_of(self.text, raw.rule.span().start),
        })
    }

    fn statement(&self, raw: &RawStatement) -> Result<Statement, SettingsError> {
        Ok(Statement {
            about: raw.about,
            says: self.filled("says", &raw.says)?,
            who: self.filled("who", &raw.who)?,
            until: raw.until.get_ref().clone(),
            ends: self.day(&raw.until)?,
        })
    }

    fn rpc(&self, raw: &RawRpc, folder: &Path) -> Result<RpcWay, SettingsError> {
        let url =
            Url::parse(raw.url.get_ref()).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(
                || self.wrong(&raw.url, format!("`{}` is no address; write https://HOST", raw.url.get_ref())),
            )?;
        let ways = [raw.secret_file.is_some(), raw.secret_env.is_some(), raw.secret_keyring];
        if ways.iter().filter(|way| **way).count() != 1 {
            let reason = "say where the secret is with one of `secret-file`, `secret-env`, `secret-keyring`";
            return Err(self.wrong(&raw.url, reason.to_owned()));
        }
        if let Some(dialect) = raw.dialect.as_deref().filter(|name| !["json-2", "json-rpc", "xml-rpc"].contains(name)) {
            let reason = format!("`dialect = \"{dialect}\"`: one of json-2, json-rpc, xml-rpc");
            return Err(self.wrong(&raw.url, reason));
        }
        Ok(RpcWay {
            url,
            database: raw.database.clone(),
            login: raw.login.clone(),
            secret_file: raw.secret_file.as_ref().map(|file| folder.join(file)),
            secret_env: raw.secret_env.clone(),
            secret_keyring: raw.secret_keyring,
            dialect: raw.dialect.clone(),
        })
    }

    pub(super) fn deployment(&self, raw: &RawDeployment, folder: &Path) -> Result<Deployment, SettingsError> {
        let name = self.filled("name", &raw.name)?;
        if !name.chars().all(|char| char.is_alphanumeric() || "-_. ".contains(char)) || name.starts_with('.') {
            return Err(self.wrong(&raw.name, format!("`{name}`: letters, digits, spaces, `-`, `_` and `.` only")));
        }
        let mut sites = Vec::new();
        for site in &raw.sites {
            sites.push(castellan_probe::collect::site(site.get_ref()).map_err(|reason| self.wrong(site, reason))?);
        }
        if let Some(consent) = raw.site.consent.as_deref().filter(|consent| !["A", "B"].contains(consent)) {
            return Err(self.wrong(&raw.name, format!("`site.consent = \"{consent}\"`: A or B")));
        }
        let series = match &raw.odoo_version {
            None => None,
            Some(text) => Some(text.get_ref().parse::<Series>().map_err(|error| self.wrong(text, error.to_string()))?),
        };
        if let Some(sql) = &raw.sql {
            let url = Url::parse(sql.get_ref()).ok().filter(|url| url.scheme().starts_with("postgres"));
            match url {
                None => return Err(self.wrong(sql, "write postgresql://USER@HOST/NAME".to_owned())),
                Some(url) if url.password().is_some() => {
                    let reason = "the address holds a password; put it into PGPASSWORD or ~/.pgpass";
                    return Err(self.wrong(sql, reason.to_owned()));
                }
                Some(_) => {}
            }
        }
        for rule in &raw.disable {
            (self.known)(rule.get_ref()).map_err(|reason| self.wrong(rule, reason))?;
        }
        for (key, value) in [("min-score", raw.min_score), ("min-coverage", raw.min_coverage)] {
            if value.is_some_and(|value| value > 100) {
                return Err(self.wrong(&raw.name, format!("`{key}` is 0 to 100")));
            }
        }
        let mut paths = Vec::new();
        for path in &raw.paths {
            let full = folder.join(path.get_ref());
            if !full.exists() {
                return Err(self.wrong(path, format!("`{}` is not there", path.get_ref())));
            }
            paths.push(full);
        }
        let root = match &raw.root {
            None => None,
            Some(root) => {
                let full = folder.join(root.get_ref());
                if !full.is_dir() {
                    return Err(self.wrong(root, format!("there is no folder `{}`", root.get_ref())));
                }
                Some(full)
            }
        };
        let looks = !paths.is_empty() || root.is_some() || raw.this_host || !sites.is_empty();
        if !looks && raw.rpc.is_none() && raw.sql.is_none() {
            let reason = format!(
                "`{name}` has nothing to look at; give it `paths`, `root`, `this-host`, `sites`, `rpc` or `sql`"
            );
            return Err(self.wrong(&raw.name, reason));
        }
        Ok(Deployment {
            name,
            owner: raw.owner.clone(),
            environment: raw.environment.clone(),
            tags: raw.tags.clone(),
            paths,
            this_host: raw.this_host,
            root,
            sites,
            site: RawSite {
                authorities: raw.site.authorities.iter().map(|file| folder.join(file)).collect(),
                ..raw.site.clone()
            },
            rpc: raw.rpc.as_ref().map(|rpc| self.rpc(rpc, folder)).transpose()?,
            sql: raw.sql.as_ref().map(|sql| sql.get_ref().clone()),
            guess_passwords: raw.guess_passwords,
            series,
            odoo_path: raw.odoo_path.as_ref().map(|path| folder.join(path)),
            exclude: raw.exclude.clone(),
            disable: raw.disable.iter().map(|rule| rule.get_ref().clone()).collect(),
            fail_on: raw.fail_on,
            min_score: raw.min_score,
            min_coverage: raw.min_coverage,
            accept: raw.accept.iter().map(|one| self.accept(one)).collect::<Result<_, _>>()?,
            statements: raw.statement.iter().map(|one| self.statement(one)).collect::<Result<_, _>>()?,
        })
    }
}
