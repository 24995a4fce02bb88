//! Reads a database through RPC or SQL, never more than `reads` says.

mod build;
mod rpc;
mod sql;

use std::collections::BTreeMap;

use castellan_rpc::Value;

use crate::evidence::{Evidence, Fact};

pub use rpc::{Failure, through_rpc};
pub use sql::{connect, stored_passwords, through_sql};

/// Rows as they came, by table of the evidence, columns already under their names here.
#[derive(Debug, Default)]
pub(crate) struct Raw {
    pub rows: BTreeMap<&'static str, Vec<Value>>,
    pub gaps: BTreeMap<String, String>,
    pub counts: BTreeMap<String, i64>,
    pub server: BTreeMap<String, Vec<Fact>>,
    /// Module, name, model, id.
    pub names: Vec<(String, String, String, i64)>,
}

/// What the outside of a collection knows.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Where.
    pub source: String,
    /// Name of the database.
    pub database: String,
    /// When, Unix time.
    pub time: i64,
}

/// Both ways together: what the first could not read comes from the second, and how passwords are stored.
#[must_use]
pub fn merge(mut first: Evidence, second: Evidence) -> Evidence {
    macro_rules! fill {
        ($($table:ident),*) => {
            $(if let Some(reason) = first.gaps.remove(stringify!($table)) {
                match second.gaps.get(stringify!($table)) {
                    Some(other) => {
                        first.gaps.insert(stringify!($table).to_owned(), format!("{reason}; {other}"));
                    }
                    None => first.$table = second.$table.clone(),
                }
            })*
        };
    }
    fill!(
        users,
        groups,
        access,
        rules,
        models,
        fields,
        keys,
        parameters,
        jobs,
        actions,
        views,
        mail_templates,
        reports,
        sequences,
        dependencies,
        alias_domains,
        automations,
        mail_servers,
        mail_sources,
        oauth,
        ldap,
        companies,
        websites,
        modules,
        public_attachments,
        left_employees
    );
    for user in &mut first.users {
        if let Some(other) = second.users.iter().find(|other| other.id == user.id) {
            user.password = user.password.or(other.password);
            user.guessed = user.guessed.or(other.guessed);
            user.last_login = user.last_login.or(other.last_login);
            user.two_factor = user.two_factor.or(other.two_factor);
            user.passkeys = user.passkeys.max(other.passkeys);
        }
    }
    first.server.extend(second.server);
    for (table, reason) in &second.gaps {
        if table.starts_with("server ") {
            first.gaps.insert(table.clone(), reason.clone());
        }
    }
    for (name, count) in second.counts {
        first.counts.entry(name).or_insert(count);
    }
    for (model, names) in second.names {
        first.names.entry(model).or_default().extend(names);
    }
    if !second.gaps.contains_key("addresses") {
        for user in &mut first.users {
            if let Some(other) = second.users.iter().find(|other| other.id == user.id && user.email.is_empty()) {
                user.email.clone_from(&other.email);
                user.name.clone_from(&other.name);
            }
        }
    }
    first.gaps.retain(|table, _| {
        second.gaps.contains_key(table) || crate::reads::READS.iter().any(|read| read.name == table)
    });
    first.series = first.series.or(second.series);
    first.ways.extend(second.ways);
    first
}
