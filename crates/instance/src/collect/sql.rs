//! Through SQL: one read-only transaction with short time limits; every statement is made from `reads`.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use castellan_model::Series;
use castellan_rpc::{Limits, Value, json};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

use super::{Failure, Origin, Raw, build};
use crate::evidence::{Evidence, Fact};
use crate::reads::{COUNTS, FACTS, FactQuery, HARMLESS, NAMED, READS, Read};

/// A connection that PostgreSQL shows as `castellan` and that logs no statement here.
///
/// # Errors
///
/// When there is none.
pub async fn connect(url: &str) -> Result<PgConnection, Failure> {
    let options = PgConnectOptions::from_str(url).map_err(|error| Failure(format!("`--sql`: {error}")))?;
    let options = options.application_name("castellan").disable_statement_logging();
    options.connect().await.map_err(|error| Failure(reason(&error)))
}

/// Reads what the role may read.
///
/// # Errors
///
/// When there is no connection, or no database of Odoo behind it.
pub async fn through_sql(url: &str, time: i64) -> Result<Evidence, Failure> {
    let mut connection = connect(url).await?;
    let database = one(&mut connection, "SELECT current_database()::text").await.map_err(Failure)?;
    let role = one(&mut connection, "SELECT current_user::text").await.map_err(Failure)?;
    for statement in [
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "SET LOCAL statement_timeout = '20s'",
        "SET LOCAL lock_timeout = '2s'",
        "SET LOCAL idle_in_transaction_session_timeout = '60s'",
        // Names without a schema are those of Odoo, whatever the role's search path says.
        "SET LOCAL search_path = public, pg_catalog",
        "SET LOCAL TIME ZONE 'UTC'",
    ] {
        sqlx::query(statement).execute(&mut connection).await.map_err(|error| Failure(reason(&error)))?;
    }
    let mut reader = Reader { connection, columns: BTreeMap::new(), raw: Raw::default() };
    reader.learn_columns().await?;
    if !reader.columns.contains_key("ir_module_module") {
        return Err(Failure(format!("`{database}` is no database of Odoo: it has no table ir_module_module")));
    }
    for read in READS {
        reader.read(read).await;
    }
    reader.names().await;
    reader.counts().await;
    reader.facts().await;
    let series = reader.series();
    let host = PgConnectOptions::from_str(url).map(|options| options.get_host().to_owned()).unwrap_or_default();
    let origin = Origin { source: format!("postgresql://{host}"), database, time };
    let evidence = build::evidence(reader.raw, &origin, series, "SQL", &role);
    Ok(evidence)
}

/// How passwords of active users are stored, by id: only for guessing offline, which somebody asked for. Nothing keeps them.
///
/// # Errors
///
/// When there is no connection, or the role may not read them.
pub async fn stored_passwords(url: &str) -> Result<Vec<(i64, String)>, Failure> {
    let mut connection = connect(url).await?;
    sqlx::query("BEGIN TRANSACTION READ ONLY")
        .execute(&mut connection)
        .await
        .map_err(|error| Failure(reason(&error)))?;
    let statement = "SELECT coalesce(json_agg(json_build_array(id, password) ORDER BY id), '[]')::text FROM res_users \
                     WHERE active AND coalesce(password, '') <> ''";
    let text = one(&mut connection, statement).await.map_err(Failure)?;
    let pair = |row: &Value| {
        let items = row.list()?;
        Some((items.first()?.int()?, items.get(1)?.text()?.to_owned()))
    };
    Ok(rows(&text).iter().filter_map(pair).collect())
}

/// The reason without the connection string.
fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => format!("PostgreSQL: {}", error.message()),
        other => format!("PostgreSQL: {other}"),
    }
}

async fn one(connection: &mut PgConnection, statement: &str) -> Result<String, String> {
    sqlx::query_scalar::<_, String>(AssertSqlSafe(statement.to_owned()))
        .fetch_one(connection)
        .await
        .map_err(|error| reason(&error))
}

struct Reader {
    connection: PgConnection,
    columns: BTreeMap<String, BTreeSet<String>>,
    raw: Raw,
}

impl Reader {
    async fn learn_columns(&mut self) -> Result<(), Failure> {
        let statement = "SELECT coalesce(json_agg(json_build_array(table_name, column_name)), '[]')::text \
                         FROM information_schema.columns WHERE table_schema = 'public'";
        let text = one(&mut self.connection, statement).await.map_err(Failure)?;
        for pair in rows(&text) {
            let word = |at: usize| pair.list().and_then(|pair| pair.get(at)).and_then(Value::text).unwrap_or_default();
            self.columns.entry(word(0).to_owned()).or_default().insert(word(1).to_owned());
        }
        Ok(())
    }

    /// Runs a statement so that its failure does not end the transaction.
    async fn text(&mut self, statement: &str) -> Result<String, String> {
        let save = |error: sqlx::Error| reason(&error);
        sqlx::query("SAVEPOINT one").execute(&mut self.connection).await.map_err(save)?;
        let result = one(&mut self.connection, statement).await;
        let end = if result.is_ok() { "RELEASE SAVEPOINT one" } else { "ROLLBACK TO SAVEPOINT one" };
        sqlx::query(end).execute(&mut self.connection).await.map_err(save)?;
        result
    }

    async fn read(&mut self, read: &'static Read) {
        let Some(known) = self.columns.get(read.table) else { return };
        let statement = statement(read, known);
        match self.text(&statement).await {
            Ok(text) => {
                self.raw.rows.insert(read.name, rows(&text));
            }
            Err(reason) => {
                let reason = if reason.contains("permission denied") {
                    format!("needs SELECT on {}", read.table)
                } else {
                    reason
                };
                self.raw.gaps.insert(read.name.to_owned(), reason);
            }
        }
    }

    async fn names(&mut self) {
        let models: Vec<String> = NAMED.iter().map(|model| format!("'{model}'")).collect();
        let statement = format!(
            "SELECT coalesce(json_agg(json_build_array(module, name, model, res_id) ORDER BY id), '[]')::text \
             FROM ir_model_data WHERE model IN ({})",
            models.join(", ")
        );
        match self.text(&statement).await {
            Ok(text) => {
                for row in rows(&text) {
                    let items = row.list().unwrap_or_default();
                    let word = |at: usize| items.get(at).and_then(Value::text).unwrap_or_default().to_owned();
                    let id = items.get(3).and_then(Value::int).unwrap_or(0);
                    self.raw.names.push((word(0), word(1), word(2), id));
                }
            }
            Err(reason) => {
                self.raw.gaps.insert("names".into(), reason);
            }
        }
    }

    async fn counts(&mut self) {
        for count in COUNTS {
            if !self.columns.contains_key(count.table) {
                continue;
            }
            let statement = format!("SELECT count(*)::text FROM {} t WHERE {}", count.table, count.filter);
            if let Ok(text) = self.text(&statement).await
                && let Ok(number) = text.parse()
            {
                self.raw.counts.insert(count.name.to_owned(), number);
            }
        }
    }

    /// What PostgreSQL says of itself. What it does not say is a gap of its own.
    async fn facts(&mut self) {
        let extensions = self
            .text("SELECT coalesce(json_agg(extname), '[]')::text FROM pg_extension")
            .await
            .map(|text| rows(&text))
            .unwrap_or_default();
        // Without this right the activity of others is there, but empty.
        let sees_others = "SELECT (pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') OR current_setting('is_superuser') = 'on')::text";
        let sees_others = self.text(sees_others).await.is_ok_and(|text| text == "true");
        for fact in FACTS {
            let missing =
                !fact.extension.is_empty() && !extensions.iter().any(|one| one.text() == Some(fact.extension));
            let result = if missing {
                Err(format!("needs the extension {}", fact.extension))
            } else if !sees_others && OF_OTHERS.contains(&fact.name) {
                Err("needs the role pg_monitor".to_owned())
            } else {
                self.text(&fact_statement(fact)).await
            };
            match result {
                Ok(text) => {
                    let fact_of = |row: &Value| {
                        let items = row.list()?;
                        let value = match items.get(1)? {
                            Value::Int(number) => *number as f64,
                            Value::Float(number) => *number,
                            _ => return None,
                        };
                        Some(Fact { subject: items.first()?.text()?.to_owned(), value })
                    };
                    self.raw.server.insert(fact.name.to_owned(), rows(&text).iter().filter_map(fact_of).collect());
                }
                Err(reason) => {
                    self.raw.gaps.insert(format!("server {}", fact.name), reason);
                }
            }
        }
    }

    /// From the version of the base module: `19.0.1.3`.
    fn series(&self) -> Option<Series> {
        let base =
            self.raw.rows.get("modules")?.iter().find(|row| row.get("name").and_then(Value::text) == Some("base"))?;
        Series::from_manifest_version(base.get("version")?.text()?)
    }
}

fn rows(text: &str) -> Vec<Value> {
    match json::read(text.as_bytes(), Limits::default()) {
        Ok(Value::List(rows)) => rows,
        _ => Vec::new(),
    }
}

/// Facts about what others do on the server.
const OF_OTHERS: [&str; 4] = ["connections", "open-transactions", "blocked", "replicas"];

/// The statement for a fact: at most 200 rows.
fn fact_statement(fact: &FactQuery) -> String {
    format!(
        "SELECT coalesce(json_agg(json_build_array(q.subject::text, q.value::float) ORDER BY q.value DESC, q.subject), '[]')::text \
         FROM (SELECT * FROM ({}) f (subject, value) ORDER BY 2 DESC, 1 LIMIT 200) q",
        fact.sql
    )
}

/// The statement for a table with these columns.
fn statement(read: &Read, known: &BTreeSet<String>) -> String {
    let mut parts = vec!["t.id AS id".to_owned()];
    for column in read.columns.iter().filter(|column| !column.sql.is_empty()) {
        parts.push(format!("{} AS \"{}\"", expression(column.sql, known), column.name));
    }
    format!(
        "SELECT coalesce(json_agg(row_to_json(r) ORDER BY r.id), '[]')::text FROM (SELECT {} FROM {} t WHERE {}) r",
        parts.join(", "),
        read.table,
        expression(&read.filter(), known)
    )
}

/// `{name}` is a column, or null where it is missing; `{name?}` is whether it is there.
fn expression(sql: &str, known: &BTreeSet<String>) -> String {
    let mut out = String::new();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { break };
        if name.is_empty() {
            // The empty path of `#>>`.
            out.push_str("{}");
        } else if let Some(name) = name.strip_suffix('?') {
            out.push_str(if known.contains(name) { "true" } else { "false" });
        } else if known.contains(name) {
            out.push_str(&format!("t.\"{name}\""));
        } else {
            out.push_str("NULL::text");
        }
        rest = tail;
    }
    out.push_str(rest);
    let quoted: Vec<String> = HARMLESS.iter().map(|key| format!("'{key}'")).collect();
    out.replace("$KNOWN", &format!("ARRAY[{}]", quoted.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_are_missing_are_null() {
        let known = BTreeSet::from(["name".to_owned()]);
        assert_eq!(expression("{name}", &known), "t.\"name\"");
        assert_eq!(expression("to_json({name}) #>> '{}'", &known), "to_json(t.\"name\") #>> '{}'");
        assert_eq!(expression("{code} IS NULL AND {code?}", &known), "NULL::text IS NULL AND false");
    }

    /// Nothing but reading, and never a password, a key or a secret of two-factor authentication.
    #[test]
    fn statements_read_no_secret() {
        let all: BTreeSet<String> = READS
            .iter()
            .flat_map(|read| read.columns)
            .flat_map(|column| column.sql.split(['{', '}']).map(str::to_owned))
            .collect();
        for read in READS {
            let statement = statement(read, &all);
            for word in ["INSERT", "UPDATE", "DELETE", "ALTER", "DROP", "smtp_pass", "oauth_access_token", "\"index\""]
            {
                assert!(!statement.contains(word), "{word}: {statement}");
            }
        }
        let users =
            READS.iter().find(|read| read.name == "users").map(|read| statement(read, &all)).unwrap_or_default();
        let password = users.matches("t.\"password\"").count();
        let compared = users.matches("t.\"password\" IS NULL").count()
            + users.matches("t.\"password\" = ''").count()
            + users.matches("t.\"password\" LIKE").count()
            + users.matches("split_part(t.\"password\"").count();
        assert_eq!(password, compared, "the password is compared, never selected");
    }
}
