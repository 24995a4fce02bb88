//! What is looked at of a deployment, as people give it and as `castellan.toml` takes it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Variable through which a scan gets the password or API key of RPC.
pub const RPC_VARIABLE: &str = "CASTELLAN_RPC_SECRET";

/// What is looked at. Paths are of the machine that the worker runs on, and only allowed where the server says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sources {
    /// Addresses, looked at from outside: `https://erp.example.com`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
    /// `B`: with harmless requests that may be logged as odd.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
    /// Look at this address instead of what the name server says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub address: Option<IpAddr>,
    /// Port of plain HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plain_port: Option<u16>,
    /// The live database through RPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpc: Option<Rpc>,
    /// The live database through SQL: `postgresql://USER@HOST/NAME`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// Folders and files of this machine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// An image or bundle of this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// This machine is part of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub this_host: bool,
    /// Series of every module, such as `17.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub odoo_version: Option<String>,
    /// Rules that do not run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disable: Vec<String>,
    /// What people say where no source can show it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statement: Vec<Statement>,
}

/// The way to a database through RPC. Its password or API key is the credential `rpc`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rpc {
    /// Address of Odoo.
    pub url: String,
    /// Name of the database.
    #[serde(default)]
    pub database: String,
    /// Log-in of the account that reads.
    pub login: String,
    /// `json-2`, `json-rpc`, `xml-rpc` instead of what the version suggests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
}

/// What a person says where no source can show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// What it stands for, as in `castellan.toml`.
    pub about: String,
    /// What was seen or done.
    pub says: String,
    /// Who says it.
    pub who: String,
    /// Last day on which it counts: `2027-01-31`.
    pub until: String,
}

/// A decision about a finding, as a scan takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Which finding.
    pub fingerprint: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub who: String,
    /// Last day: `2027-01-31`.
    pub until: String,
}

/// What the settings say around the sources.
#[derive(Debug, Clone, Default)]
pub struct About<'a> {
    /// Name.
    pub name: &'a str,
    /// Who answers for it.
    pub owner: &'a str,
    /// `production`, `staging`, `test`.
    pub environment: &'a str,
    /// Words to find it by.
    pub tags: &'a [String],
    /// Decisions about findings.
    pub decided: &'a [Decided],
}

impl Sources {
    /// Whether anything is looked at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty() && self.rpc.is_none() && self.sql.is_none() && !self.is_local()
    }

    /// Whether the machine of the worker is looked at.
    #[must_use]
    pub fn is_local(&self) -> bool {
        !self.paths.is_empty() || self.root.is_some() || self.this_host
    }

    /// What is wrong with it, by the same code that reads `castellan.toml`. Without sources audits are pushed, and nothing is wrong.
    ///
    /// # Errors
    ///
    /// What is wrong.
    pub fn check(&self, name: &str) -> Result<(), String> {
        if let Some(path) = self.paths.iter().chain(&self.root).find(|path| !Path::new(path).is_absolute()) {
            return Err(format!("`{path}`: write an absolute path of the machine that scans"));
        }
        if self.is_empty() {
            return Ok(());
        }
        let text = self.settings(&About { name, ..About::default() });
        castellan_audit::parse_settings("", &text, Path::new("/")).map(|_| ()).map_err(|error| match error {
            // The line is one of a file that nobody wrote.
            castellan_audit::SettingsError::Invalid { reason, .. } => reason,
            other => other.to_string(),
        })
    }

    /// The same as a `castellan.toml`.
    #[must_use]
    pub fn settings(&self, about: &About<'_>) -> String {
        let mut table: BTreeMap<&str, toml::Value> = BTreeMap::new();
        let text = |text: &str| toml::Value::String(text.to_owned());
        let list = |list: &[String]| toml::Value::Array(list.iter().map(|one| text(one)).collect());
        for (key, value) in [("name", about.name), ("owner", about.owner), ("environment", about.environment)] {
            table.insert(key, text(value));
        }
        table.insert("tags", list(about.tags));
        table.insert("sites", list(&self.sites));
        table.insert("paths", list(&self.paths));
        table.insert("disable", list(&self.disable));
        if self.this_host {
            table.insert("this-host", toml::Value::Boolean(true));
        }
        for (key, value) in [("root", &self.root), ("sql", &self.sql), ("odoo-version", &self.odoo_version)] {
            if let Some(value) = value {
                table.insert(key, text(value));
            }
        }
        let mut site = toml::Table::new();
        if let Some(consent) = &self.consent {
            site.insert("consent".to_owned(), text(consent));
        }
        if let Some(address) = &self.address {
            site.insert("address".to_owned(), text(&address.to_string()));
        }
        if let Some(port) = self.plain_port {
            site.insert("plain-port".to_owned(), toml::Value::Integer(port.into()));
        }
        table.insert("site", toml::Value::Table(site));
        if let Some(rpc) = &self.rpc {
            let mut way = toml::Table::new();
            for (key, value) in [("url", &rpc.url), ("database", &rpc.database), ("login", &rpc.login)] {
                way.insert(key.to_owned(), text(value));
            }
            way.insert("secret-env".to_owned(), text(RPC_VARIABLE));
            if let Some(dialect) = &rpc.dialect {
                way.insert("dialect".to_owned(), text(dialect));
            }
            table.insert("rpc", toml::Value::Table(way));
        }
        let rows = |rows: Vec<Vec<(&str, &str)>>| {
            let rows = rows.into_iter().map(|row| {
                toml::Value::Table(row.into_iter().map(|(key, value)| (key.to_owned(), text(value))).collect())
            });
            toml::Value::Array(rows.collect())
        };
        let accept = |one: &'_ Decided| -> Vec<(&'static str, String)> {
            vec![
                ("rule", "*".to_owned()),
                ("fingerprint", one.fingerprint.clone()),
                ("reason", one.reason.clone()),
                ("who", one.who.clone()),
                ("until", one.until.clone()),
            ]
        };
        let accepted: Vec<_> = about.decided.iter().map(accept).collect();
        let accepted = accepted.iter().map(|row| row.iter().map(|(key, value)| (*key, value.as_str())).collect());
        table.insert("accept", rows(accepted.collect()));
        let said = self.statement.iter().map(|one| {
            vec![
                ("about", one.about.as_str()),
                ("says", one.says.as_str()),
                ("who", one.who.as_str()),
                ("until", one.until.as_str()),
            ]
        });
        table.insert("statement", rows(said.collect()));
        let whole: BTreeMap<&str, Vec<BTreeMap<&str, toml::Value>>> = BTreeMap::from([("deployment", vec![table])]);
        toml::to_string(&whole).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_become_settings_that_the_scan_reads() {
        let sources = Sources {
            sites: vec!["https://erp.example.com".into()],
            consent: Some("B".into()),
            rpc: Some(Rpc {
                url: "https://erp.example.com".into(),
                database: "prod".into(),
                login: "auditor".into(),
                dialect: None,
            }),
            sql: Some("postgresql://auditor@db/prod".into()),
            statement: vec![Statement {
                about: "restore-drill".into(),
                says: "restored".into(),
                who: "ops".into(),
                until: "2030-01-31".into(),
            }],
            ..Sources::default()
        };
        let tags = ["shop".to_owned()];
        let decided = [Decided {
            fingerprint: "0123456789abcdef0123456789abcdef".into(),
            reason: "a \"test\" instance".into(),
            who: "ada@example.com".into(),
            until: "2030-01-31".into(),
        }];
        let text = sources.settings(&About {
            name: "Shop",
            owner: "ops",
            environment: "test",
            tags: &tags,
            decided: &decided,
        });
        let settings = castellan_audit::parse_settings("castellan.toml", &text, Path::new("/")).unwrap();
        let one = &settings.deployments[0];
        assert_eq!((one.name.as_str(), one.sites.len(), one.accept.len(), one.statements.len()), ("Shop", 1, 1, 1));
        assert_eq!(one.rpc.as_ref().unwrap().secret_env.as_deref(), Some(RPC_VARIABLE));
    }

    #[test]
    fn what_is_wrong_is_said_without_a_line() {
        let wrong = |sources: Sources| sources.check("Shop").unwrap_err();
        let said = wrong(Sources { sql: Some("postgresql://a:b@db/prod".into()), ..Sources::default() });
        assert_eq!(said, "the address holds a password; put it into PGPASSWORD or ~/.pgpass");
        let said = wrong(Sources { paths: vec!["addons".into()], ..Sources::default() });
        assert_eq!(said, "`addons`: write an absolute path of the machine that scans");
        assert_eq!(Sources::default().check("Shop"), Ok(()));
    }
}
