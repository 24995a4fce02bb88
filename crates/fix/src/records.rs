//! Changes of records in a live database: made from findings, previewed, written over RPC, read again, and taken back.
//!
//! Every value that is written was read before, and is kept in the journal. Guard rails are here and not in the command: the account in
//! use is never archived, and at least one other administrator stays.

use std::collections::BTreeSet;

use castellan_instance::evidence::{Evidence, User};
use castellan_instance::view::{INTERNAL, RIGHTS, SUPERUSER, SYSTEM, View};
use castellan_model::Finding;
use castellan_rpc::{Client, Value};
use serde::{Deserialize, Serialize};

/// A change of one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordChange {
    /// Its model.
    pub model: String,
    /// Its id; none: it is made.
    pub id: Option<i64>,
    /// What tells it apart.
    pub label: String,
    /// New values by field. A list of `[3, id]` takes records out of a many2many field.
    pub values: Vec<(String, Value)>,
}

/// What removes one finding.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordItem {
    /// Rule.
    pub rule: String,
    /// What is wrong.
    pub message: String,
    /// What would be done.
    pub title: String,
    /// What to know before.
    pub note: Option<String>,
    /// The changes.
    pub changes: Vec<RecordChange>,
    /// Records that are left as they are, and why.
    pub spared: Vec<String>,
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedRecord {
    /// The change; the id is there now.
    pub change: RecordChange,
    /// It was made: taking it back deletes it.
    pub made: bool,
    /// Values before, as `read` gives them.
    pub before: Vec<(String, Value)>,
    /// Values after, read again.
    pub after: Vec<(String, Value)>,
}

/// Where records were changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Address of the server.
    pub url: String,
    /// Database.
    pub database: String,
    /// Account.
    pub login: String,
}

/// Why records were not changed or not taken back.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The server said no, or is gone.
    #[error("{what}: {reason}")]
    Call {
        /// Which record.
        what: String,
        /// Why.
        reason: String,
    },
    /// What was written is not there.
    #[error("{0} was written, and reads otherwise now; everything was put back as it was")]
    NotTaken(String),
    /// Somebody changed it since.
    #[error("{0} was changed since; taking it back would lose that (`--force` does it all the same)")]
    Changed(String),
}

/// Makes changes of findings. `login` is the account that would write.
#[must_use]
pub fn items(evidence: &Evidence, findings: &[Finding], login: &str) -> Vec<RecordItem> {
    let view = View::new(evidence);
    let mut guard = Guard { view: &view, login, archived: BTreeSet::new() };
    findings.iter().filter_map(|finding| item(&view, &mut guard, finding)).collect()
}

/// Who may not be locked out.
struct Guard<'v, 'e> {
    view: &'v View<'e>,
    login: &'v str,
    archived: BTreeSet<i64>,
}

impl Guard<'_, '_> {
    /// Why a user must stay as it is.
    fn spares(&mut self, user: &User) -> Option<String> {
        if user.login == self.login {
            return Some(format!("{} is the account in use", user.login));
        }
        if user.id == SUPERUSER {
            return Some(format!("{} is the superuser, which the system uses", user.login));
        }
        let others = self
            .view
            .active()
            .filter(|other| other.id != user.id && !self.archived.contains(&other.id))
            .filter(|other| self.view.has_group(other, SYSTEM))
            .count();
        if self.view.is_administrator(user) && others == 0 {
            return Some(format!("{} is the last administrator", user.login));
        }
        self.archived.insert(user.id);
        None
    }
}

fn item(view: &View<'_>, guard: &mut Guard<'_, '_>, finding: &Finding) -> Option<RecordItem> {
    let mut spared = Vec::new();
    let set = |title: &str, model: &str, values: &[(&str, Value)]| {
        let changes = finding
            .records
            .iter()
            .filter(|record| record.model == model)
            .map(|record| change(model, record.id, &record.label, values))
            .collect();
        (title.to_owned(), None, changes)
    };
    let parameters = |title: &str, values: &[(&str, &str)]| {
        (title.to_owned(), None, values.iter().map(|(key, value)| parameter(view, key, value)).collect::<Vec<_>>())
    };
    let (title, note, changes): (String, Option<&str>, Vec<RecordChange>) = match finding.rule.as_str() {
        "user-stale" | "user-never-seen" | "user-test" | "user-demo" | "user-employee-left" => {
            let mut changes = Vec::new();
            for record in &finding.records {
                let Some(user) = view.user(record.id).filter(|user| user.active) else { continue };
                match guard.spares(user) {
                    Some(reason) => spared.push(reason),
                    None => changes.push(change("res.users", user.id, &user.login, &[("active", false.into())])),
                }
            }
            ("archive the users; nothing of theirs is lost".to_owned(), None, changes)
        }
        "user-portal-internal" | "user-template-powerful" => {
            let changes = finding
                .records
                .iter()
                .filter_map(|record| view.user(record.id))
                .filter_map(|user| out_of_groups(view, user))
                .collect();
            ("take the groups of employees away".to_owned(), None, changes)
        }
        "signup-open" => {
            let mut changes = vec![parameter(view, "auth_signup.invitation_scope", "b2b")];
            for site in view.evidence.websites.iter().filter(|site| site.signup == "b2c") {
                changes.push(change("website", site.id, &site.name, &[("auth_signup_uninvited", "b2b".into())]));
            }
            (
                "let people in by invitation only".to_owned(),
                Some("A shop with customer accounts needs open sign-up."),
                changes,
            )
        }
        "password-policy-missing" if view.has_module("auth_password_policy") => {
            parameters("ask for 12 characters in new passwords", &[("auth_password_policy.minlength", "12")])
        }
        "user-second-factor-voluntary" => {
            let (title, _, changes) =
                parameters("demand a second factor of employees", &[("auth_totp.policy", "employee_required")]);
            (title, Some("Users without one get a code by mail: the outgoing mail server must work."), changes)
        }
        "base-url-not-frozen" => parameters("freeze the base URL", &[("web.base.url.freeze", "True")]),
        "login-cooldown-weak" => parameters(
            "slow failed log-ins down",
            &[("base.login_cooldown_after", "10"), ("base.login_cooldown_duration", "60")],
        ),
        "session-long" => {
            parameters("end sessions after 12 hours without use", &[("sessions.max_inactivity_seconds", "43200")])
        }
        "reset-link-long" => parameters(
            "end links that reset passwords after 4 hours",
            &[("auth_signup.reset_password.validity.hours", "4")],
        ),
        "attachment-public" => set("make the files private", "ir.attachment", &[("public", false.into())]),
        "rule-switched-off" => set("switch the rule on", "ir.rule", &[("active", true.into())]),
        "access-everybody-writes" | "access-everybody-reads" => {
            let group = view.group(INTERNAL)?;
            let (title, _, changes) =
                set("give the row to internal users", "ir.model.access", &[("group_id", group.into())]);
            (title, Some("Portal and public users lose it; a smaller group may be better still."), changes)
        }
        "mail-server-in-clear" => {
            let (title, _, changes) =
                set("send mail with STARTTLS", "ir.mail_server", &[("smtp_encryption", "starttls".into())]);
            (title, Some("Test the connection afterwards: a server without STARTTLS refuses mail then."), changes)
        }
        "mail-server-debug" => {
            set("stop writing mails into the log", "ir.mail_server", &[("smtp_debug", false.into())])
        }
        "oauth-unused" => set("switch the providers off", "auth.oauth.provider", &[("enabled", false.into())]),
        "action-public" => {
            set("take the actions off the website", "ir.actions.server", &[("website_published", false.into())])
        }
        "job-vital-off" => set("switch the jobs on", "ir.cron", &[("active", true.into())]),
        _ => return None,
    };
    (!changes.is_empty() || !spared.is_empty()).then(|| RecordItem {
        rule: finding.rule.clone(),
        message: finding.message.clone(),
        title,
        note: note.map(str::to_owned),
        changes,
        spared,
    })
}

fn change(model: &str, id: i64, label: &str, values: &[(&str, Value)]) -> RecordChange {
    RecordChange {
        model: model.to_owned(),
        id: Some(id),
        label: label.to_owned(),
        values: values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    }
}

/// Sets a parameter, or makes it.
fn parameter(view: &View<'_>, key: &str, value: &str) -> RecordChange {
    match view.evidence.parameters.iter().find(|one| one.key == key) {
        Some(known) => change("ir.config_parameter", known.id, key, &[("value", value.into())]),
        None => RecordChange {
            model: "ir.config_parameter".to_owned(),
            id: None,
            label: key.to_owned(),
            values: vec![("key".to_owned(), key.into()), ("value".to_owned(), value.into())],
        },
    }
}

/// Takes a user out of every group that makes an employee of it.
fn out_of_groups(view: &View<'_>, user: &User) -> Option<RecordChange> {
    let inside: Vec<i64> = [SYSTEM, RIGHTS, INTERNAL].into_iter().filter_map(|name| view.group(name)).collect();
    let commands: Vec<Value> = user
        .groups
        .iter()
        .filter(|group| inside.iter().any(|one| view.closure(**group).contains(one)))
        .map(|group| Value::List(vec![3.into(), (*group).into(), 0.into()]))
        .collect();
    let field = if view.series() >= 19 { "group_ids" } else { "groups_id" };
    (!commands.is_empty()).then(|| change("res.users", user.id, &user.login, &[(field, Value::List(commands))]))
}

/// Writes the changes, one after the other, and reads each again. When one fails, those before it are taken back.
///
/// # Errors
///
/// What failed.
pub async fn apply(client: &Client, changes: &[RecordChange]) -> Result<Vec<SavedRecord>, RecordError> {
    let mut done: Vec<SavedRecord> = Vec::new();
    for one in changes {
        match write(client, one).await {
            Ok(saved) => {
                let taken = is_taken(&saved);
                done.push(saved);
                if !taken {
                    let what = describe(one);
                    undo(client, &done, true).await?;
                    return Err(RecordError::NotTaken(what));
                }
            }
            Err(error) => {
                undo(client, &done, true).await?;
                return Err(error);
            }
        }
    }
    Ok(done)
}

/// Takes changes back, the last one first. A record that was changed since stops it before anything is done, unless `force`. What the
/// server refuses is left, and told: a state that Odoo itself forbids cannot be brought back.
///
/// # Errors
///
/// What was changed since, or that the server is gone.
pub async fn undo(client: &Client, saved: &[SavedRecord], force: bool) -> Result<Vec<String>, RecordError> {
    if !force {
        // Of what was made, only that it is still there.
        for one in saved.iter().filter(|one| !one.made) {
            let now = read(client, &one.change).await?;
            if now.is_empty() || one.after.iter().any(|(name, value)| differs(&now, name, value)) {
                return Err(RecordError::Changed(describe(&one.change)));
            }
        }
    }
    let mut refused = Vec::new();
    for one in saved.iter().rev() {
        match undo_one(client, one).await {
            Ok(()) => {}
            Err(castellan_rpc::Error::Fault(fault)) => refused.push(format!("{}: {fault}", describe(&one.change))),
            Err(error) => return Err(failed(&one.change, &error)),
        }
    }
    Ok(refused)
}

async fn undo_one(client: &Client, one: &SavedRecord) -> Result<(), castellan_rpc::Error> {
    let Some(id) = one.change.id else { return Ok(()) };
    let model = &one.change.model;
    if !one.made {
        let values = one.before.iter().map(|(name, value)| (name.clone(), as_written(value))).collect();
        return client.write(model, &[id], Value::Map(values)).await;
    }
    if model != "res.users" {
        return client.unlink(model, &[id]).await;
    }
    // A user leaves traces and cannot be deleted; the account in use cannot even be archived.
    if id == client.user() {
        return Ok(());
    }
    client.write(model, &[id], Value::map([("active", false.into())])).await
}

async fn write(client: &Client, one: &RecordChange) -> Result<SavedRecord, RecordError> {
    let fail = |error: castellan_rpc::Error| failed(one, &error);
    let values = Value::Map(one.values.clone());
    let Some(id) = one.id else {
        let id = client.create(&one.model, values).await.map_err(fail)?;
        let change = RecordChange { id: Some(id), ..one.clone() };
        let after = read(client, &change).await?;
        return Ok(SavedRecord { change, made: true, before: Vec::new(), after });
    };
    let before = read(client, one).await?;
    if before.is_empty() {
        return Err(RecordError::Call { what: describe(one), reason: "the record is gone".to_owned() });
    }
    client.write(&one.model, &[id], values).await.map_err(fail)?;
    let after = read(client, one).await?;
    Ok(SavedRecord { change: one.clone(), made: false, before, after })
}

/// The fields of a change as they are now.
async fn read(client: &Client, one: &RecordChange) -> Result<Vec<(String, Value)>, RecordError> {
    let Some(id) = one.id else { return Ok(Vec::new()) };
    let fields: Vec<&str> = one.values.iter().map(|(name, _)| name.as_str()).collect();
    let rows = client.read(&one.model, &[id], &fields).await.map_err(|error| failed(one, &error))?;
    let row = rows.into_iter().next().unwrap_or_default();
    Ok(match row {
        Value::Map(members) => members.into_iter().filter(|(name, _)| fields.contains(&name.as_str())).collect(),
        _ => Vec::new(),
    })
}

/// Whether what was read again is what was written.
fn is_taken(saved: &SavedRecord) -> bool {
    saved.change.values.iter().all(|(name, wanted)| {
        let Some((_, now)) = saved.after.iter().find(|(known, _)| known == name) else { return false };
        match wanted {
            Value::List(commands) => {
                let ids = now.list().unwrap_or_default();
                commands.iter().filter_map(Value::list).all(|command| match command {
                    [Value::Int(3), id, ..] => !ids.contains(id),
                    [Value::Int(4), id, ..] => ids.contains(id),
                    _ => true,
                })
            }
            other => as_written(now) == *other,
        }
    })
}

/// What `read` gives as what `write` takes: the id of `[7, "name"]`, a whole list of records.
fn as_written(value: &Value) -> Value {
    match value {
        Value::List(items) => match items.as_slice() {
            [Value::Int(id), Value::Text(_)] => Value::Int(*id),
            ids => Value::List(vec![Value::List(vec![6.into(), 0.into(), Value::List(ids.to_vec())])]),
        },
        other => other.clone(),
    }
}

fn differs(now: &[(String, Value)], name: &str, value: &Value) -> bool {
    now.iter().find(|(known, _)| known == name).is_none_or(|(_, current)| as_written(current) != as_written(value))
}

/// `res.users 7 (clerk@example.com)`.
#[must_use]
pub fn describe(one: &RecordChange) -> String {
    match one.id {
        Some(id) => format!("{} {id} ({})", one.model, one.label),
        None => format!("{} ({})", one.model, one.label),
    }
}

/// The new values, for people.
#[must_use]
pub fn describe_values(one: &RecordChange) -> String {
    let parts: Vec<String> = one
        .values
        .iter()
        .map(|(name, value)| match value {
            Value::List(commands) => {
                let ids: Vec<String> = commands
                    .iter()
                    .filter_map(|command| command.list()?.get(1)?.int())
                    .map(|id| id.to_string())
                    .collect();
                format!("{name} without {}", ids.join(", "))
            }
            other => format!("{name} = {}", castellan_rpc::json::print(other)),
        })
        .collect();
    parts.join(", ")
}

fn failed(one: &RecordChange, error: &castellan_rpc::Error) -> RecordError {
    RecordError::Call { what: describe(one), reason: error.to_string() }
}
