//! Revoking API keys, which Odoo lets nobody change over RPC: through SQL, in one transaction, with the old values kept.
//!
//! From 18.0 a key ends by its date. Before, a key has no end: its scope becomes one that nothing asks for. The key itself stays, so that
//! it can be taken back. Odoo remembers log-ins that went well; the same transaction tells every worker to forget them.

use castellan_instance::collect::connect;
use castellan_rpc::Value;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::records::{RecordChange, RecordError, SavedRecord};

const MODEL: &str = "res.users.apikeys";

/// What a revoked key's scope begins with, up to 17.0.
const REVOKED: &str = "revoked by castellan, was ";

/// Ends keys now. What was there before is kept.
///
/// # Errors
///
/// When a key is not there, has ended already, or may not be changed; then nothing is changed.
pub async fn revoke(url: &str, ids: &[i64]) -> Result<Vec<SavedRecord>, RecordError> {
    let mut connection = open(url).await?;
    let ends = has_end(&mut connection).await?;
    let mut saved = Vec::new();
    for id in ids {
        let label = label(&mut connection, *id).await?;
        let (field, assignment) = if ends {
            ("expiration_date", "expiration_date = (now() - interval '1 second') AT TIME ZONE 'UTC'".to_owned())
        } else {
            ("scope", format!("scope = '{REVOKED}' || coalesce(scope, 'everything')"))
        };
        let before = value(&mut connection, field, *id).await?;
        let ended = match &before {
            Value::Text(text) if ends => {
                query(&mut connection, &format!("SELECT ('{text}'::timestamp < now() AT TIME ZONE 'UTC')::text"))
                    .await?
                    == "true"
            }
            Value::Text(text) => text.starts_with(REVOKED),
            _ => false,
        };
        if ended {
            return Err(failed(&format!("the key {id} ({label})"), "it has ended already"));
        }
        query(
            &mut connection,
            &format!("UPDATE res_users_apikeys SET {assignment} WHERE id = {id} RETURNING id::text"),
        )
        .await?;
        let after = value(&mut connection, field, *id).await?;
        saved.push(SavedRecord {
            change: RecordChange {
                model: MODEL.to_owned(),
                id: Some(*id),
                label,
                values: vec![(field.to_owned(), after.clone())],
            },
            made: false,
            before: vec![(field.to_owned(), before)],
            after: vec![(field.to_owned(), after)],
        });
    }
    forget_logins(&mut connection).await?;
    query(&mut connection, "COMMIT").await?;
    Ok(saved)
}

/// Puts keys back as they were.
///
/// # Errors
///
/// When a key was changed since, unless `force`; or is gone.
pub async fn restore(url: &str, saved: &[SavedRecord], force: bool) -> Result<(), RecordError> {
    let mut connection = open(url).await?;
    let ends = has_end(&mut connection).await?;
    let column = if ends { "expiration_date" } else { "scope" };
    for one in saved {
        let (Some(id), [(field, before)], [(_, after)]) = (one.change.id, one.before.as_slice(), one.after.as_slice())
        else {
            continue;
        };
        if field != column {
            return Err(failed(&one.change.label, "the database is of another series now"));
        }
        if value(&mut connection, column, id).await? != *after && !force {
            return Err(RecordError::Changed(crate::records::describe(&one.change)));
        }
        let literal = match before {
            Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
            _ => "NULL".to_owned(),
        };
        let kind = if ends { "::timestamp" } else { "" };
        query(
            &mut connection,
            &format!("UPDATE res_users_apikeys SET {column} = {literal}{kind} WHERE id = {id} RETURNING id::text"),
        )
        .await?;
    }
    query(&mut connection, "COMMIT").await?;
    Ok(())
}

async fn open(url: &str) -> Result<PgConnection, RecordError> {
    let mut connection = connect(url).await.map_err(|error| failed("the database", &error.0))?;
    for statement in [
        "BEGIN",
        "SET LOCAL statement_timeout = '20s'",
        "SET LOCAL lock_timeout = '5s'",
        "SET LOCAL search_path = public, pg_catalog",
        "SET LOCAL standard_conforming_strings = on",
    ] {
        query(&mut connection, statement).await?;
    }
    Ok(connection)
}

async fn has_end(connection: &mut PgConnection) -> Result<bool, RecordError> {
    let statement = "SELECT (count(*) > 0)::text FROM information_schema.columns WHERE table_schema = 'public' \
                     AND table_name = 'res_users_apikeys' AND column_name = 'expiration_date'";
    Ok(query(connection, statement).await? == "true")
}

async fn label(connection: &mut PgConnection, id: i64) -> Result<String, RecordError> {
    let statement = format!(
        "SELECT k.name || ' of ' || u.login FROM res_users_apikeys k JOIN res_users u ON u.id = k.user_id WHERE k.id = {id} FOR UPDATE OF k"
    );
    query(connection, &statement).await.map_err(|error| match error {
        RecordError::Call { reason, .. } if reason.contains("no rows") => {
            failed(&format!("the key {id}"), "there is none; `castellan keys` lists them")
        }
        other => other,
    })
}

/// A column of a key as text.
async fn value(connection: &mut PgConnection, column: &str, id: i64) -> Result<Value, RecordError> {
    let statement = format!("SELECT coalesce({column}::text, '') FROM res_users_apikeys WHERE id = {id}");
    let text = query(connection, &statement).await?;
    Ok(if text.is_empty() { Value::Bool(false) } else { Value::Text(text) })
}

/// Workers keep a log-in with a key in memory: the signal that clears it is a sequence up to 18.0, a table from 19.0.
async fn forget_logins(connection: &mut PgConnection) -> Result<(), RecordError> {
    let statement = "SELECT coalesce(string_agg(relkind::text || relname::text, ' '), '') FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                     AND ((relkind = 'S' AND relname IN ('base_cache_signaling', 'base_cache_signaling_default')) \
                     OR (relkind = 'r' AND relname = 'orm_signaling_default'))";
    let signals = query(connection, statement).await?;
    for signal in signals.split_whitespace() {
        let statement = match signal.split_at(1) {
            ("S", name) => format!("SELECT nextval('public.{name}')::text"),
            (_, name) => format!("INSERT INTO public.{name} DEFAULT VALUES RETURNING id::text"),
        };
        query(connection, &statement).await?;
    }
    Ok(())
}

/// Runs a statement; of a query the first column of the first row.
async fn query(connection: &mut PgConnection, statement: &str) -> Result<String, RecordError> {
    let returns = statement.starts_with("SELECT") || statement.contains("RETURNING");
    let statement = AssertSqlSafe(statement.to_owned());
    let fail = |error: sqlx::Error| match &error {
        sqlx::Error::Database(error) => failed("PostgreSQL", error.message()),
        other => failed("PostgreSQL", &other.to_string()),
    };
    if returns {
        return sqlx::query_scalar::<_, String>(statement).fetch_one(connection).await.map_err(fail);
    }
    sqlx::query(statement).execute(connection).await.map(|_| String::new()).map_err(fail)
}

fn failed(what: &str, reason: &str) -> RecordError {
    RecordError::Call { what: what.to_owned(), reason: reason.to_owned() }
}
