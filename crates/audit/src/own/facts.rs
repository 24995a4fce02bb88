//! The evidence as rules of one's own see it: plain names, ages in seconds since 1970, nothing secret. A contract: fields are added, never renamed.

use std::collections::BTreeMap;

use castellan_instance::evidence::Evidence;
use castellan_instance::view::View;
use castellan_model::{AuditReport, CheckOutcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything that one audit saw.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Facts {
    /// When the audit was made.
    pub now: i64,
    /// The installation, where castellan.toml names it.
    pub deployment: DeploymentFacts,
    /// Odoo servers with the options that count.
    pub servers: Vec<ServerFacts>,
    /// Sites from outside.
    pub sites: Vec<SiteFacts>,
    /// Live databases.
    pub databases: Vec<DatabaseFacts>,
    /// Modules on disk that were scanned.
    pub modules: Vec<ModuleFacts>,
    /// Installations of Odoo with their builds.
    pub builds: Vec<BuildFacts>,
    /// Open findings.
    pub findings: Vec<FindingFacts>,
}

/// The installation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeploymentFacts {
    /// Name.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    /// `production`, `staging`, `test`.
    pub environment: String,
    /// Words to find it by.
    pub tags: Vec<String>,
}

/// An Odoo server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServerFacts {
    /// Its configuration file.
    pub path: String,
    /// `17.0`.
    pub series: String,
    /// Every option of its series that is no password, as text: from the command line, the environment, the file or the default.
    pub options: BTreeMap<String, String>,
}

/// A site from outside.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SiteFacts {
    /// Its address.
    pub site: String,
    /// What it is, in one line.
    pub identity: String,
    /// Facts about TLS, certificate, server.
    pub facts: Vec<String>,
    /// What kept the look from being whole.
    pub limits: Vec<String>,
    /// Modules that it shows.
    pub modules: Vec<String>,
    /// Ids of the rules that found something.
    pub vulnerable: Vec<String>,
}

/// A live database.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseFacts {
    /// Name.
    pub name: String,
    /// `17.0`.
    pub series: String,
    /// Tables that could not be read.
    pub gaps: Vec<String>,
    /// Users.
    pub users: Vec<UserFacts>,
    /// Groups.
    pub groups: Vec<GroupFacts>,
    /// Modules, installed or not.
    pub modules: Vec<InstalledFacts>,
    /// Scheduled jobs.
    pub jobs: Vec<JobFacts>,
    /// API keys.
    pub keys: Vec<KeyFacts>,
    /// Names of system parameters, and values that are no secrets.
    pub parameters: Vec<ParameterFacts>,
    /// Outgoing mail servers.
    pub mail_servers: Vec<MailFacts>,
    /// Companies.
    pub companies: Vec<String>,
    /// Server actions.
    pub actions: Vec<ActionFacts>,
}

/// A user.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserFacts {
    /// Number.
    pub id: i64,
    /// Log-in.
    pub login: String,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// May log in.
    pub active: bool,
    /// May use the back end.
    pub internal: bool,
    /// May change settings: has `base.group_system`.
    pub administrator: bool,
    /// External ids of the groups, with those that they bring.
    pub groups: Vec<String>,
    /// When it was made.
    pub created: i64,
    /// Last log-in; nothing: never, or not known.
    pub last_login: Option<i64>,
    /// A second factor is set up; nothing: not known.
    pub two_factor: Option<bool>,
    /// How many companies it may act for.
    pub companies: u64,
}

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GroupFacts {
    /// Number.
    pub id: i64,
    /// External id; empty: it has none.
    pub external_id: String,
    /// Name.
    pub name: String,
    /// How many active users have it, with those who get it from another group.
    pub users: u64,
}

/// A module as the database knows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InstalledFacts {
    /// Technical name.
    pub name: String,
    /// `installed`, `uninstalled`, `to upgrade` ...
    pub state: String,
    /// Version.
    pub version: String,
    /// Author.
    pub author: String,
    /// With demo data.
    pub demo: bool,
}

/// A scheduled job.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JobFacts {
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// It runs.
    pub active: bool,
    /// Minutes between two runs.
    pub minutes: i64,
    /// Log-in of the user with whose rights it runs.
    pub user: String,
    /// When it runs next.
    pub next: i64,
    /// When it ran last; 0: never.
    pub last: i64,
}

/// An API key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeyFacts {
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Log-in of its owner.
    pub user: String,
    /// Scope; empty: everything.
    pub scope: String,
    /// When it was made.
    pub created: i64,
    /// When it ends; nothing: never.
    pub expires: Option<i64>,
}

/// A system parameter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ParameterFacts {
    /// Key.
    pub key: String,
    /// Value; nothing: it is a secret, or not read.
    pub value: Option<String>,
}

/// An outgoing mail server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailFacts {
    /// Name.
    pub name: String,
    /// Host.
    pub host: String,
    /// `none`, `starttls`, `ssl` ...
    pub encryption: String,
    /// It is used.
    pub active: bool,
}

/// A server action.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ActionFacts {
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// `code`, `object_write` ...
    pub state: String,
    /// Model.
    pub model: String,
    /// When it was changed last.
    pub changed: i64,
}

/// A module on disk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ModuleFacts {
    /// Technical name.
    pub name: String,
    /// Folder.
    pub path: String,
    /// `17.0`.
    pub series: String,
    /// Version.
    pub version: String,
    /// Author.
    pub author: String,
    /// Licence; empty: LGPL-3 by Odoo's rule.
    pub licence: String,
    /// Modules that it needs.
    pub depends: Vec<String>,
    /// Lines that were read.
    pub lines: u64,
    /// Files with tests.
    pub test_files: u64,
}

/// An installation of Odoo.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BuildFacts {
    /// Where.
    pub path: String,
    /// `17.0`.
    pub series: String,
    /// Day of the build, as seconds; nothing: not known.
    pub built: Option<i64>,
    /// Fixes have ended.
    pub ended: bool,
}

/// An open finding.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FindingFacts {
    /// Id of the rule.
    pub rule: String,
    /// `critical`, `high`, `medium`, `low`, `info`.
    pub severity: String,
    /// Module; empty: none.
    pub module: String,
    /// Place.
    pub path: String,
    /// CWE number.
    pub cwe: u16,
}

impl Facts {
    /// Of a report and what stands behind it.
    #[must_use]
    pub fn of(report: &AuditReport, servers: Vec<ServerFacts>, databases: &[Evidence]) -> Self {
        let deployment = report.deployment.as_ref();
        Self {
            now: report.time,
            deployment: DeploymentFacts {
                name: deployment.map(|one| one.name.clone()).unwrap_or_default(),
                owner: deployment.map(|one| one.owner.clone()).unwrap_or_default(),
                environment: deployment.map(|one| one.environment.clone()).unwrap_or_default(),
                tags: deployment.map(|one| one.tags.clone()).unwrap_or_default(),
            },
            servers,
            sites: report
                .sites
                .iter()
                .map(|site| SiteFacts {
                    site: site.site.clone(),
                    identity: site.identity.clone(),
                    facts: site.facts.clone(),
                    limits: site.limits.clone(),
                    modules: site.modules.clone(),
                    vulnerable: site
                        .checks
                        .iter()
                        .filter(|check| check.outcome == CheckOutcome::Vulnerable)
                        .map(|check| check.rule.clone())
                        .collect(),
                })
                .collect(),
            databases: databases.iter().map(database).collect(),
            modules: report
                .modules
                .iter()
                .map(|module| ModuleFacts {
                    name: module.name.clone(),
                    path: module.path.clone(),
                    series: module.series.to_string(),
                    version: module.version.clone(),
                    author: module.author.clone(),
                    licence: module.licence.clone(),
                    depends: module.depends.clone(),
                    lines: module.lines,
                    test_files: module.test_files,
                })
                .collect(),
            builds: report
                .versions
                .iter()
                .flat_map(|one| &one.odoo)
                .map(|odoo| BuildFacts {
                    path: odoo.place.clone(),
                    series: odoo.series.clone(),
                    built: odoo.built.as_deref().and_then(castellan_model::calendar::day_start),
                    ended: odoo.ended,
                })
                .collect(),
            findings: report
                .findings
                .iter()
                .map(|finding| FindingFacts {
                    rule: finding.rule.clone(),
                    severity: finding.severity.to_string(),
                    module: finding.module.clone().unwrap_or_default(),
                    path: finding.location.path.clone(),
                    cwe: finding.cwe,
                })
                .collect(),
        }
    }
}

fn database(evidence: &Evidence) -> DatabaseFacts {
    let view = View::new(evidence);
    let administrators: Vec<i64> = view.administrators().map(|user| user.id).collect();
    let internal: Vec<i64> = view.internal().map(|user| user.id).collect();
    let names = evidence.names.get("res.groups");
    let external = |group: i64| names.and_then(|names| names.get(&group)).cloned().unwrap_or_default();
    let all_groups: BTreeMap<i64, Vec<i64>> =
        evidence.users.iter().map(|user| (user.id, view.groups_of(user).iter().copied().collect())).collect();
    let mut users_of: BTreeMap<i64, u64> = BTreeMap::new();
    for user in evidence.users.iter().filter(|user| user.active) {
        for group in all_groups.get(&user.id).into_iter().flatten() {
            *users_of.entry(*group).or_default() += 1;
        }
    }
    DatabaseFacts {
        name: evidence.database.clone(),
        series: evidence.series.map(|series| series.to_string()).unwrap_or_default(),
        gaps: evidence.gaps.keys().cloned().collect(),
        users: evidence
            .users
            .iter()
            .map(|user| UserFacts {
                id: user.id,
                login: user.login.clone(),
                name: user.name.clone(),
                email: user.email.clone(),
                active: user.active,
                internal: internal.contains(&user.id),
                administrator: administrators.contains(&user.id),
                groups: all_groups
                    .get(&user.id)
                    .into_iter()
                    .flatten()
                    .map(|group| external(*group))
                    .filter(|name| !name.is_empty())
                    .collect(),
                created: user.created,
                last_login: user.last_login,
                two_factor: user.two_factor,
                companies: user.companies.len() as u64,
            })
            .collect(),
        groups: evidence
            .groups
            .iter()
            .map(|group| GroupFacts {
                id: group.id,
                external_id: external(group.id),
                name: group.name.clone(),
                users: users_of.get(&group.id).copied().unwrap_or(0),
            })
            .collect(),
        modules: evidence
            .modules
            .iter()
            .map(|module| InstalledFacts {
                name: module.name.clone(),
                state: module.state.clone(),
                version: module.version.clone(),
                author: module.author.clone(),
                demo: module.demo,
            })
            .collect(),
        jobs: evidence
            .jobs
            .iter()
            .map(|job| JobFacts {
                id: job.id,
                name: job.name.clone(),
                active: job.active,
                minutes: job.minutes,
                user: view.login(job.user),
                next: job.next,
                last: job.last,
            })
            .collect(),
        keys: evidence
            .keys
            .iter()
            .map(|key| KeyFacts {
                id: key.id,
                name: key.name.clone(),
                user: view.login(key.user),
                scope: key.scope.clone().unwrap_or_default(),
                created: key.created,
                expires: key.expires,
            })
            .collect(),
        parameters: evidence
            .parameters
            .iter()
            .map(|one| ParameterFacts { key: one.key.clone(), value: one.value.clone().filter(|_| !one.looks_secret) })
            .collect(),
        mail_servers: evidence
            .mail_servers
            .iter()
            .map(|one| MailFacts {
                name: one.name.clone(),
                host: one.host.clone(),
                encryption: one.encryption.clone(),
                active: one.active,
            })
            .collect(),
        companies: evidence.companies.iter().map(|one| one.name.clone()).collect(),
        actions: evidence
            .actions
            .iter()
            .map(|one| ActionFacts {
                id: one.id,
                name: one.name.clone(),
                state: one.state.clone(),
                model: one.model.clone(),
                changed: one.changed,
            })
            .collect(),
    }
}
