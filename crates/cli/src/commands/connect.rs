//! `castellan connect --make-auditor`: an account that can read what an audit reads, and nothing else.

use std::process::ExitCode;

use castellan_fix::journal::Journal;
use castellan_fix::records::{self, RecordChange, SavedRecord, describe};
use castellan_instance::reads::READS;
use castellan_rpc::{Client, Options, Value};

use super::fix_database::{place, with_client};
use super::{database, now, print};
use crate::exit::{self, Failure};
use crate::options::ConnectArguments;

/// Name of the group.
const GROUP: &str = "Castellan auditor";
/// Read besides the models of the table: external ids and names of fields.
const BESIDES: [&str; 2] = ["ir.model.data", "ir.model.fields"];

pub fn run(arguments: &ConnectArguments) -> Result<ExitCode, Failure> {
    if !arguments.make_auditor {
        return Err(Failure::usage("say what to connect: `--make-auditor`"));
    }
    let models = models();
    if arguments.database.rpc.is_none() {
        print(&by_hand(&arguments.auditor, &models));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let target = database::needed(&arguments.database, &arguments.authority, arguments.address)?;
    let Some(options) = target.rpc else { return Err(Failure::usage("give `--rpc`")) };
    if !arguments.apply {
        print(&format!(
            "  + group \"{GROUP}\" with reading alone, on {} models\n  + user {} with that group and no other, and a random password\nnothing was changed; add `--apply` to do it\n",
            models.len(),
            arguments.auditor
        ));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let journal = Journal::at(super::fix::folder(arguments.journal.as_deref()));
    make(&options, &journal, &arguments.auditor, &models)
}

fn models() -> Vec<&'static str> {
    let mut models: Vec<&str> = READS.iter().map(|read| read.model).chain(BESIDES).collect();
    models.sort_unstable();
    models.dedup();
    models
}

fn make(options: &Options, journal: &Journal, login: &str, models: &[&str]) -> Result<ExitCode, Failure> {
    let password = castellan_fix::plan::random_password().map_err(Failure::own)?;
    let (saved, missing) = with_client(options, async |client| {
        let ids = model_ids(client, models).await?;
        let group = make_one(client, "res.groups", GROUP, vec![("name", GROUP.into())]).await?;
        let mut saved = vec![group];
        let made = add_rows(client, &ids, &mut saved).await;
        let made = match made {
            Ok(()) => add_user(client, login, &password, &mut saved).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = made {
            records::undo(client, &saved, true).await.map_err(own)?;
            return Err(failure);
        }
        let missing: Vec<String> = models
            .iter()
            .filter(|model| !ids.iter().any(|(known, _)| known == *model))
            .map(|model| (*model).to_owned())
            .collect();
        Ok((saved, missing))
    })?;
    let rows = saved.iter().filter(|one| one.change.model == "ir.model.access").count();
    let manifest = journal
        .keep_records(place(options), saved, &["make-auditor".to_owned()], now())
        .map_err(|error| Failure::own(error.to_string()))?;
    print(&format!("made the group \"{GROUP}\" with {rows} access rows, and the user {login}\n"));
    if !missing.is_empty() {
        print(&format!("not in this database: {}\n", missing.join(", ")));
    }
    print(&format!("password of {login}, shown once: {password}\n"));
    print(&format!("take it back with: castellan undo {}\n", manifest.id));
    Ok(ExitCode::from(exit::CLEAN))
}

/// Ids of the models that are there.
async fn model_ids(client: &Client, models: &[&str]) -> Result<Vec<(String, i64)>, Failure> {
    let domain =
        Value::List(vec![Value::List(vec!["model".into(), "in".into(), Value::texts(models.iter().copied())])]);
    let rows = client
        .call("ir.model", "search_read", vec![("domain", domain), ("fields", Value::texts(["model"]))])
        .await
        .map_err(|error| Failure::own(error.to_string()))?;
    let of = |row: &Value| Some((row.get("model")?.text()?.to_owned(), row.get("id")?.int()?));
    Ok(rows.list().unwrap_or_default().iter().filter_map(of).collect())
}

async fn add_rows(client: &Client, models: &[(String, i64)], saved: &mut Vec<SavedRecord>) -> Result<(), Failure> {
    let group = saved.first().and_then(|one| one.change.id).unwrap_or(0);
    for (model, id) in models {
        let name = format!("castellan auditor {model}");
        let values = vec![
            ("name", name.as_str().into()),
            ("model_id", (*id).into()),
            ("group_id", group.into()),
            ("perm_read", true.into()),
            ("perm_write", false.into()),
            ("perm_create", false.into()),
            ("perm_unlink", false.into()),
        ];
        saved.push(make_one(client, "ir.model.access", &name, values).await?);
    }
    Ok(())
}

/// The user has the one group: no internal user, no portal user.
async fn add_user(client: &Client, login: &str, password: &str, saved: &mut Vec<SavedRecord>) -> Result<(), Failure> {
    let group = saved.first().and_then(|one| one.change.id).unwrap_or(0);
    let major: u32 = client.version().split(['.', '+']).next().and_then(|major| major.parse().ok()).unwrap_or(0);
    let field = if major >= 19 { "group_ids" } else { "groups_id" };
    let only = Value::List(vec![Value::List(vec![6.into(), 0.into(), Value::List(vec![group.into()])])]);
    let values = vec![("login", login.into()), ("name", GROUP.into()), (field, only)];
    let user = make_one(client, "res.users", login, values).await?;
    let id = user.change.id.unwrap_or(0);
    saved.push(user);
    client
        .write("res.users", &[id], Value::map([("password", password.into())]))
        .await
        .map_err(|error| Failure::own(error.to_string()))
}

async fn make_one(
    client: &Client,
    model: &str,
    label: &str,
    values: Vec<(&str, Value)>,
) -> Result<SavedRecord, Failure> {
    let change = RecordChange {
        model: model.to_owned(),
        id: None,
        label: label.to_owned(),
        values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    };
    let mut saved = records::apply(client, std::slice::from_ref(&change)).await.map_err(own)?;
    saved.pop().ok_or_else(|| Failure::own(format!("{} was not made", describe(&change))))
}

/// The same for people who do it in the screens of Odoo, or in a module.
fn by_hand(login: &str, models: &[&str]) -> String {
    let mut out = format!(
        "Make this group and user in Settings, Users, or let `castellan connect --make-auditor --rpc ... --apply` do it.\n\nGroup \"{GROUP}\", no implied group; access rights, reading alone, on:\n"
    );
    for model in models {
        let right = READS.iter().find(|read| read.model == *model).map_or("", |read| read.right);
        out.push_str(&format!("  {model:<28} {right}\n"));
    }
    out.push_str(&format!(
        "\nUser {login} with this group alone: neither internal nor portal user. It sees no record of business.\n\nThe second column is the group that has the right otherwise. What some series show to base.group_system alone (code of server\nactions, files) stays not assessed for such an account, or is read with `--sql`.\n"
    ));
    out
}

fn own(error: records::RecordError) -> Failure {
    Failure::own(error.to_string())
}
