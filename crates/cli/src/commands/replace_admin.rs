//! `castellan fix --rpc --replace-admin LOGIN`: a new administrator with a name of its own, seen to work, in place of `admin`.

use std::process::ExitCode;

use castellan_audit::InstanceTarget;
use castellan_fix::journal::Journal;
use castellan_fix::records::{self, RecordChange};
use castellan_instance::view::{RIGHTS, SYSTEM, View};
use castellan_rpc::{Client, Options, Value};

use super::fix_database::{place, with_client};
use super::{now, print};
use crate::exit::{self, Failure};
use crate::options::FixArguments;

pub fn run(
    arguments: &FixArguments,
    journal: &Journal,
    target: &InstanceTarget,
    options: &Options,
    login: &str,
) -> Result<ExitCode, Failure> {
    let (evidence, _) = target.read().map_err(Failure::own)?;
    let view = View::new(&evidence);
    for table in ["users", "groups", "names"] {
        if let Some(reason) = evidence.gaps.get(table) {
            return Err(Failure::own(format!("{table}: {reason}")));
        }
    }
    if matches!(login.to_lowercase().as_str(), "admin" | "administrator" | "root" | "odoo") {
        return Err(Failure::usage(format!("`{login}` is guessed as easily as `admin`; take the name of a person")));
    }
    if let Some(user) = evidence.users.iter().find(|user| user.login.eq_ignore_ascii_case(login)) {
        return Err(Failure::usage(format!("there is a user `{}` already (id {})", user.login, user.id)));
    }
    let old = view
        .active()
        .find(|user| view.name("res.users", user.id) == Some("base.user_admin") || user.login == "admin")
        .ok_or_else(|| Failure::usage("there is no active `admin` to be replaced"))?;
    if view.parameter("auth_totp.policy").is_some_and(|policy| policy.ends_with("_required")) {
        return Err(Failure::usage(
            "`auth_totp.policy` demands a second factor of everybody, so that no password alone is taken over RPC and the new log-in cannot be seen to work; switch the policy off for this, and on again afterwards",
        ));
    }
    let groups: Vec<Value> = [SYSTEM, RIGHTS, "base.group_user"]
        .iter()
        .filter_map(|name| view.group(name))
        .map(|group| Value::List(vec![4.into(), group.into(), 0.into()]))
        .collect();
    let password = castellan_fix::plan::random_password().map_err(Failure::own)?;
    let field = if view.series() >= 19 { "group_ids" } else { "groups_id" };
    let make = RecordChange {
        model: "res.users".to_owned(),
        id: None,
        label: login.to_owned(),
        values: vec![
            ("login".to_owned(), login.into()),
            ("name".to_owned(), login.into()),
            (field.to_owned(), Value::List(groups)),
        ],
    };
    let archive = RecordChange {
        model: "res.users".to_owned(),
        id: Some(old.id),
        label: old.login.clone(),
        values: vec![("active".to_owned(), false.into())],
    };
    print(&format!(
        "  + make the administrator {login} with a random password\n  ? log in with it\n  ~ archive {} (id {})\n",
        old.login, old.id
    ));
    if !arguments.apply || !arguments.yes {
        print("nothing was changed; add `--apply --yes` to do it, `castellan undo` takes it back\n");
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let mut saved = with_client(options, async |client| {
        let made = records::apply(client, std::slice::from_ref(&make)).await.map_err(own)?;
        // The password goes by a way of its own: it must not stand in the journal.
        for one in &made {
            let Some(id) = one.change.id else { continue };
            let set = client.write("res.users", &[id], Value::map([("password", password.as_str().into())])).await;
            if let Err(error) = set {
                records::undo(client, &made, true).await.map_err(own)?;
                return Err(Failure::own(error.to_string()));
            }
        }
        Ok(made)
    })?;
    // The new one logs in, and archives the old one: what works for it works for its owner.
    let mut new = options.clone();
    new.login = login.to_owned();
    new.secret = password.clone().into();
    // A password is taken by the old dialects alone.
    new.dialect = options.dialect.filter(|dialect| *dialect != castellan_rpc::Dialect::Json2);
    let archived = with_client(&new, async |client: &Client| {
        records::apply(client, std::slice::from_ref(&archive)).await.map_err(own)
    });
    match archived {
        Ok(more) => saved.extend(more),
        Err(failure) => {
            with_client(options, async |client| records::undo(client, &saved, true).await.map_err(own))?;
            return Err(Failure::own(format!("{}; the new administrator was removed again", failure.message)));
        }
    }
    // An archived account cannot take it back: the new one does then.
    let keeper = if options.login == old.login { &new } else { options };
    let manifest = journal
        .keep_records(place(keeper), saved, &["user-default-admin".to_owned()], now())
        .map_err(|error| Failure::own(error.to_string()))?;
    print(&format!("{login} logged in and archived {}\n", old.login));
    print(&format!("password of {login}, shown once: {password}\n"));
    print("log in with it, switch on two-factor authentication, and give the account to a person\n");
    print(&format!("take it back with: castellan undo {} (as {})\n", manifest.id, keeper.login));
    Ok(ExitCode::from(exit::CLEAN))
}

fn own(error: records::RecordError) -> Failure {
    Failure::own(error.to_string())
}
