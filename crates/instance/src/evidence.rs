//! What was read from a live database: plain data without secrets and without business records.

use std::collections::BTreeMap;

use castellan_model::Series;
use serde::{Deserialize, Serialize};

/// Everything that the rules see. A table that could not be read is in `gaps` with the reason, and empty.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// Where it was read: `https://erp.example.com`, or the server of PostgreSQL.
    pub source: String,
    /// Name of the database.
    pub database: String,
    /// When, Unix time.
    pub time: i64,
    /// What was changed after this time is told, Unix time.
    pub since: Option<i64>,
    /// Release series.
    pub series: Option<Series>,
    /// The version as the server tells it: `17.0-20250115`; empty through SQL alone.
    pub version: String,
    /// By which ways: `JSON-2`, `SQL`.
    pub ways: Vec<String>,
    /// Log-in of the account that read it.
    pub account: String,
    /// Tables that were not read, and why.
    pub gaps: BTreeMap<String, String>,
    /// Users, archived ones too.
    pub users: Vec<User>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Rows of `ir.model.access`.
    pub access: Vec<Access>,
    /// Rows of `ir.rule`.
    pub rules: Vec<Rule>,
    /// Models.
    pub models: Vec<Model>,
    /// Fields that say something about security: companies, and those that hold personal or bank data.
    pub fields: Vec<Field>,
    /// API keys, without the key.
    pub keys: Vec<Key>,
    /// System parameters; only values that are no secret.
    pub parameters: Vec<Parameter>,
    /// Scheduled jobs.
    pub jobs: Vec<Job>,
    /// Server actions.
    pub actions: Vec<Action>,
    /// Views that were made or changed in the screens.
    pub views: Vec<Template>,
    /// Templates of mails.
    pub mail_templates: Vec<Template>,
    /// Printed reports with the expressions that they hold.
    pub reports: Vec<PrintedReport>,
    /// Sequences of numbers with text around them.
    pub sequences: Vec<Sequence>,
    /// Automation rules.
    pub automations: Vec<Automation>,
    /// Outgoing mail servers.
    pub mail_servers: Vec<MailServer>,
    /// Incoming mail servers.
    pub mail_sources: Vec<MailSource>,
    /// Log-in by OAuth.
    pub oauth: Vec<OAuth>,
    /// Log-in by LDAP.
    pub ldap: Vec<Ldap>,
    /// Companies.
    pub companies: Vec<Company>,
    /// Websites.
    pub websites: Vec<Website>,
    /// Modules, those that are not installed too.
    pub modules: Vec<Module>,
    /// Which module needs which.
    pub dependencies: Vec<Dependency>,
    /// Domains of mail aliases; 17.0 and later.
    pub alias_domains: Vec<AliasDomain>,
    /// Record rules as the text of their module has them; of modules whose text is known.
    pub texts: Vec<RuleText>,
    /// Authors, modules and `prefix_*` that the settings call known.
    pub known_modules: Vec<String>,
    /// What PostgreSQL says of itself, by the names of `reads::FACTS`; empty without SQL.
    pub server: BTreeMap<String, Vec<Fact>>,
    /// Attachments that everybody can download.
    pub public_attachments: Vec<Attachment>,
    /// Employees that have left and still have a user.
    pub left_employees: Vec<Employee>,
    /// Pairs of groups that should be apart, by the settings.
    pub duties: Vec<Duties>,
    /// Counts that need no record: `attachments-in-database`, `mail-waiting`, `mail-failed`.
    pub counts: BTreeMap<String, i64>,
    /// External ids: `res.groups` -> 4 -> `base.group_system`.
    pub names: BTreeMap<String, BTreeMap<i64, String>>,
}

/// How a password is stored, never the password or its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Password {
    /// None: the user cannot log in with one.
    None,
    /// As it is.
    Clear,
    /// PBKDF2 with so many rounds.
    Hashed(u32),
    /// By another scheme.
    Other,
}

/// One user.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// Id.
    pub id: i64,
    /// Log-in.
    pub login: String,
    /// Name of the partner.
    pub name: String,
    /// Address.
    pub email: String,
    /// Not archived.
    pub active: bool,
    /// Portal or public, as Odoo counts it.
    pub share: bool,
    /// Groups that were given; those that they imply may be among them.
    pub groups: Vec<i64>,
    /// The main company.
    pub company: i64,
    /// All companies.
    pub companies: Vec<i64>,
    /// When it was made, Unix time; 0 when not known.
    pub created: i64,
    /// Last log-in with a form or with `authenticate`; none: never, or not known.
    pub last_login: Option<i64>,
    /// Two-factor authentication; none: not known.
    pub two_factor: Option<bool>,
    /// Number of passkeys.
    pub passkeys: u32,
    /// Log-in by OAuth.
    pub oauth: Option<i64>,
    /// How the password is stored; none: not known.
    pub password: Option<Password>,
    /// The password was tried against those that everybody tries first, and is one of them; none: not tried.
    pub guessed: Option<bool>,
}

/// One group.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    /// Id.
    pub id: i64,
    /// Name with its category.
    pub name: String,
    /// Groups that it brings with it.
    pub implies: Vec<i64>,
    /// For portal users.
    pub share: bool,
    /// Longest life of an API key, days; 0: no key without being an administrator; none: not known.
    pub key_days: Option<f64>,
}

/// What may be done to records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Operations {
    /// Read.
    pub read: bool,
    /// Write.
    pub write: bool,
    /// Create.
    pub create: bool,
    /// Delete.
    pub unlink: bool,
}

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Read.
    Read,
    /// Write.
    Write,
    /// Create.
    Create,
    /// Delete.
    Unlink,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Create, Self::Unlink];

    /// As Odoo writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Create => "create",
            Self::Unlink => "unlink",
        }
    }

    /// By its name; `delete` is understood too.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let text = if text == "delete" { "unlink" } else { text };
        Self::ALL.into_iter().find(|operation| operation.name() == text)
    }
}

impl Operations {
    /// Whether one is among them.
    #[must_use]
    pub const fn has(self, operation: Operation) -> bool {
        match operation {
            Operation::Read => self.read,
            Operation::Write => self.write,
            Operation::Create => self.create,
            Operation::Unlink => self.unlink,
        }
    }

    /// Whether any of them changes something.
    #[must_use]
    pub const fn changes(self) -> bool {
        self.write || self.create || self.unlink
    }

    /// `read, write`.
    #[must_use]
    pub fn text(self) -> String {
        let names: Vec<&str> = Operation::ALL.into_iter().filter(|one| self.has(*one)).map(Operation::name).collect();
        names.join(", ")
    }

    /// What is in one of them.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            read: self.read || other.read,
            write: self.write || other.write,
            create: self.create || other.create,
            unlink: self.unlink || other.unlink,
        }
    }

    /// What the first has and the second has not.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self {
            read: self.read && !other.read,
            write: self.write && !other.write,
            create: self.create && !other.create,
            unlink: self.unlink && !other.unlink,
        }
    }

    /// Of Odoo's notation `rwcd` with `-` for what is missing.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let has = |letter: char| text.contains(letter);
        Self { read: has('r'), write: has('w'), create: has('c'), unlink: has('d') || has('u') }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !self.read && !self.changes()
    }
}

/// One row of access rights.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Access {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// The model.
    pub model: String,
    /// The group; none: everybody, visitors of the website too.
    pub group: Option<i64>,
    /// What it grants.
    pub grants: Operations,
    /// Not archived.
    pub active: bool,
    /// Who changed it last.
    pub changed_by: i64,
    /// When, Unix time; 0 when not known.
    pub changed: i64,
}

/// One record rule.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// The model.
    pub model: String,
    /// The groups; none: everybody.
    pub groups: Vec<i64>,
    /// The domain as it is written.
    pub domain: String,
    /// Operations that it narrows.
    pub operations: Operations,
    /// Not archived.
    pub active: bool,
    /// Who changed it last.
    pub changed_by: i64,
    /// When, Unix time; 0 when not known.
    pub changed: i64,
}

/// One model.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Model {
    /// Id.
    pub id: i64,
    /// Technical name.
    pub model: String,
    /// Name.
    pub name: String,
    /// A wizard, whose records go by themselves.
    pub transient: bool,
    /// Made in the user interface.
    pub manual: bool,
}

/// One field.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Field {
    /// Id.
    pub id: i64,
    /// The model.
    pub model: String,
    /// Technical name.
    pub name: String,
    /// In the table.
    pub stored: bool,
    /// Groups that alone see it.
    pub groups: Vec<i64>,
    /// Made in the user interface.
    pub manual: bool,
    /// Modules that brought it: `base, hr`.
    pub modules: String,
}

/// One API key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Key {
    /// Id.
    pub id: i64,
    /// Its description.
    pub name: String,
    /// Its owner.
    pub user: i64,
    /// `rpc`, or none: everything.
    pub scope: Option<String>,
    /// When it was made, Unix time.
    pub created: i64,
    /// When it ends; none: never, or the series has no end.
    pub expires: Option<i64>,
}

/// One system parameter.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameter {
    /// Id.
    pub id: i64,
    /// Key.
    pub key: String,
    /// The value where the key is known to hold no secret.
    pub value: Option<String>,
    /// Length of the value.
    pub length: usize,
    /// The value has the shape of a key, a token or an address with a password.
    pub looks_secret: bool,
    /// The value has the shape of Python or of a script.
    pub looks_like_code: bool,
}

/// One scheduled job.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Job {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// The server action behind it.
    pub action: i64,
    /// Whose rights it has.
    pub user: i64,
    /// Not archived.
    pub active: bool,
    /// Minutes between two runs.
    pub minutes: i64,
    /// Next run, Unix time.
    pub next: i64,
    /// Last run, Unix time; 0: never or not known.
    pub last: i64,
    /// Failures in a row.
    pub failures: i64,
    /// Runs that are left; none: without end, or the series has no such field.
    pub left: Option<i64>,
}

/// One server action.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Action {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// `code`, `object_write`, `webhook`.
    pub state: String,
    /// The model that it is for.
    pub model: String,
    /// Its Python code.
    pub code: String,
    /// `ir_actions_server`, `ir_cron`, `base_automation`.
    pub usage: String,
    /// Everybody can call it as a page of the website.
    pub published: bool,
    /// Where a webhook leads: scheme and host only.
    pub webhook: String,
    /// Groups that alone may run it.
    pub groups: Vec<i64>,
    /// Who changed it last.
    pub changed_by: i64,
    /// When, Unix time.
    pub changed: i64,
}

/// One view or template of a mail.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Template {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Kind of a view: `form`, `qweb`; `mail` for a template of mails.
    pub kind: String,
    /// Subject of a mail.
    pub subject: String,
    /// Its XML or HTML.
    pub text: String,
    /// Not archived.
    pub active: bool,
    /// Who changed it last.
    pub changed_by: i64,
    /// When, Unix time; 0 when not known.
    pub changed: i64,
}

/// One printed report.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PrintedReport {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// The expression that gives the name of the file.
    pub file_name: String,
    /// The expression that gives the name of the attachment.
    pub attachment: String,
    /// Who changed it last.
    pub changed_by: i64,
    /// When, Unix time; 0 when not known.
    pub changed: i64,
}

/// One sequence of numbers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sequence {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Text in front of the number.
    pub prefix: String,
    /// Text behind it.
    pub suffix: String,
}

/// One module that another one needs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Dependency {
    /// Id of the module that needs it.
    pub module: i64,
    /// Name of the module that is needed.
    pub name: String,
}

/// One domain of mail aliases.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AliasDomain {
    /// Id.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// A record rule as its module has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleText {
    /// External id.
    pub name: String,
    /// Its domain.
    pub domain: String,
    /// Where it stands: `sale/security/ir_rules.xml:12`.
    pub place: String,
}

/// Something that PostgreSQL says of itself: what it is about, and a number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fact {
    /// A role, a table, a sequence.
    pub subject: String,
    /// Its number, in the unit that `reads::FACTS` gives.
    pub value: f64,
}

/// One automation rule.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Automation {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// The model.
    pub model: String,
    /// `on_create`, `on_webhook`.
    pub trigger: String,
    /// Not archived.
    pub active: bool,
}

/// One outgoing mail server.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MailServer {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Host.
    pub host: String,
    /// Port.
    pub port: i64,
    /// `none`, `starttls`, `ssl`, `starttls_strict`.
    pub encryption: String,
    /// Writes whole conversations into the log.
    pub debug: bool,
    /// With a user.
    pub logs_in: bool,
    /// Not archived.
    pub active: bool,
}

/// One incoming mail server.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MailSource {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Host.
    pub host: String,
    /// `imap`, `pop`, `local`.
    pub kind: String,
    /// With TLS.
    pub tls: bool,
    /// `done`: confirmed.
    pub state: String,
    /// Last fetch, Unix time; 0: never.
    pub fetched: i64,
    /// Not archived.
    pub active: bool,
}

/// One provider of OAuth.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OAuth {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// In use.
    pub enabled: bool,
    /// Where people log in.
    pub authorize: String,
    /// Where tokens are checked.
    pub validate: String,
    /// Has a client id.
    pub has_client: bool,
}

/// One server of LDAP.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ldap {
    /// Id.
    pub id: i64,
    /// Host.
    pub host: String,
    /// Port.
    pub port: i64,
    /// With STARTTLS.
    pub tls: bool,
    /// Makes users that it does not know.
    pub creates_users: bool,
}

/// One company.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Company {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
}

/// One website.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Website {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Its host.
    pub domain: String,
    /// `b2c`: everybody may sign up.
    pub signup: String,
}

/// One module.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Module {
    /// Id.
    pub id: i64,
    /// Technical name.
    pub name: String,
    /// `installed`, `to upgrade`, `uninstalled`.
    pub state: String,
    /// Version in the database.
    pub version: String,
    /// Author.
    pub author: String,
    /// With demo data.
    pub demo: bool,
    /// Came through the web interface, not from the disk.
    pub imported: bool,
    /// Version of the files on the disk; none: not known.
    pub on_disk: Option<String>,
}

/// One attachment that everybody can download, by its description only.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Attachment {
    /// Id.
    pub id: i64,
    /// File name.
    pub name: String,
    /// The model of the record that it belongs to.
    pub model: String,
    /// Kind of file.
    pub mimetype: String,
    /// Where it leads, or its path on the website.
    pub url: String,
}

/// Two groups that nobody should have together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Duties {
    /// External id.
    pub first: String,
    /// External id.
    pub second: String,
    /// What somebody with both can do.
    pub can: String,
}

/// One employee that has left.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Employee {
    /// Id.
    pub id: i64,
    /// Its user.
    pub user: i64,
}
