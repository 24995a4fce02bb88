//! Backup and restore of what the server keeps: rows as lines of JSON, deflated, the same for both engines.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use castellan_store::db::{Db, Row, Tx, Value};
use castellan_store::{pack, unpack, values};
use data_encoding::BASE64;
use serde_json::{Map, Value as Json, json};

use super::{Data, DataError};
use crate::keys::write_private;
use crate::scope::say_who;

/// What a backup begins with.
const FORMAT: &str = "castellan-watch-1";
/// Rows that are read at once.
const ROWS: i64 = 500;
/// Lines that are deflated together.
const BLOCK: usize = 4 << 20;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int,
    Text,
    Bytes,
}

/// Names and kinds of columns, in alphabetical order.
type Columns = Vec<(String, Kind)>;

/// Tables in the order in which each finds what it points to.
const TABLES: [&str; 31] = [
    "organisation",
    "client",
    "person",
    "recovery_code",
    "passkey",
    "session",
    "api_token",
    "invitation",
    "ceremony",
    "site_check",
    "login_failure",
    "audit_log",
    "deployment",
    "secret",
    "schedule",
    "job",
    "audit",
    "finding",
    "finding_span",
    "comment",
    "idempotency",
    "channel",
    "alert",
    "standing",
    "ending",
    "maintenance",
    "share",
    "delivery",
    "agent",
    "agent_order",
    "server_key",
];

fn failed(path: &Path, error: &dyn std::fmt::Display) -> DataError {
    DataError::Invalid(format!("`{}`: {error}", path.display()))
}

/// The columns of a table.
async fn columns(tx: &mut Tx, table: &str) -> Result<Columns, DataError> {
    let sql = if tx.is_postgres() {
        "SELECT column_name::TEXT AS name, data_type::TEXT AS kind FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY 1"
    } else {
        "SELECT name, type AS kind FROM pragma_table_info($1) ORDER BY 1"
    };
    let mut out = Vec::new();
    for row in tx.all(sql, values![table]).await? {
        let kind = match row.text("kind")?.to_uppercase().as_str() {
            "BYTEA" | "BLOB" => Kind::Bytes,
            "TEXT" => Kind::Text,
            _ => Kind::Int,
        };
        out.push((row.text("name")?, kind));
    }
    Ok(out)
}

/// Statements over the tables of the list above, made once a run: their names, and those of the columns, come from the schema.
fn statement(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn to_json(row: &Row, columns: &[(String, Kind)]) -> Result<Json, DataError> {
    let mut out = Map::new();
    for (name, kind) in columns {
        let value = match kind {
            Kind::Int => row.opt_int(name)?.map_or(Json::Null, Json::from),
            Kind::Text => row.opt_text(name)?.map_or(Json::Null, Json::from),
            Kind::Bytes => row.opt_bytes(name)?.map_or(Json::Null, |bytes| json!(BASE64.encode(&bytes))),
        };
        out.insert(name.clone(), value);
    }
    Ok(Json::Object(out))
}

fn to_value(row: &Map<String, Json>, name: &str, kind: Kind) -> Result<Value, String> {
    let value = row.get(name).unwrap_or(&Json::Null);
    Ok(match kind {
        Kind::Int => Value::Int(value.as_i64()),
        Kind::Text => Value::Text(value.as_str().map(str::to_owned)),
        Kind::Bytes => Value::Bytes(match value.as_str() {
            None => None,
            Some(text) => Some(BASE64.decode(text.as_bytes()).map_err(|error| format!("`{name}`: {error}"))?),
        }),
    })
}

/// Blocks of lines, each deflated, with its length in front.
struct Blocks {
    file: BufWriter<File>,
    lines: Vec<u8>,
}

impl Blocks {
    fn line(&mut self, value: &Json) -> std::io::Result<()> {
        self.lines.extend_from_slice(value.to_string().as_bytes());
        self.lines.push(b'\n');
        if self.lines.len() > BLOCK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let packed = pack(&self.lines);
        let length = u64::try_from(packed.len()).unwrap_or(u64::MAX);
        self.file.write_all(&length.to_le_bytes())?;
        self.file.write_all(&packed)?;
        self.lines.clear();
        Ok(())
    }
}

impl Data {
    /// Writes everything that is kept into a new file, as it stood at one moment. How many rows comes back.
    ///
    /// # Errors
    ///
    /// When the file is there already, or something cannot be read or written.
    pub async fn back_up(&self, path: &Path) -> Result<u64, DataError> {
        write_private(path, b"").map_err(|error| failed(path, &error))?;
        let file = File::options().write(true).open(path).map_err(|error| failed(path, &error))?;
        let mut out = Blocks { file: BufWriter::new(file), lines: Vec::new() };
        let mut tx = self.db().read().await?;
        if tx.is_postgres() {
            tx.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", Vec::new()).await?;
        }
        say_who(&mut tx, "*", "").await?;
        let mut rows = 0;
        out.line(&json!({ "format": FORMAT })).map_err(|error| failed(path, &error))?;
        for table in TABLES {
            let columns = columns(&mut tx, table).await?;
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let key = if names.contains(&"id") { "id" } else { "key" };
            let sql = statement(format!("SELECT {} FROM {table} ORDER BY {key} LIMIT $1 OFFSET $2", names.join(", ")));
            let by_id =
                statement(format!("SELECT {} FROM {table} WHERE id > $2 ORDER BY id LIMIT $1", names.join(", ")));
            let mut at = 0;
            loop {
                let part = tx.all(if key == "id" { by_id } else { sql }, values![ROWS, at]).await?;
                for row in &part {
                    let line = json!({ "table": table, "row": to_json(row, &columns)? });
                    out.line(&line).map_err(|error| failed(path, &error))?;
                    rows += 1;
                    at = if key == "id" { row.int("id")? } else { at + 1 };
                }
                if part.len() < usize::try_from(ROWS).unwrap_or(0) {
                    break;
                }
            }
        }
        out.line(&json!({ "rows": rows })).map_err(|error| failed(path, &error))?;
        out.flush().and_then(|()| out.file.flush()).map_err(|error| failed(path, &error))?;
        out.file.get_ref().sync_all().map_err(|error| failed(path, &error))?;
        Ok(rows)
    }

    /// Reads a backup into an empty database, whole or not at all.
    ///
    /// # Errors
    ///
    /// When the database is not empty, or the file is damaged or no backup.
    pub async fn restore(&self, path: &Path) -> Result<u64, DataError> {
        if !self.is_new().await? {
            return Err(DataError::Conflict("the database is not empty: a backup is read into a new one".to_owned()));
        }
        let file = File::open(path).map_err(|error| failed(path, &error))?;
        let mut file = BufReader::new(file);
        let mut tx = self.write_all().await?;
        let mut known: Vec<(&str, Columns, &'static str)> = Vec::new();
        for table in TABLES {
            let columns = columns(&mut tx, table).await?;
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let places: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
            let sql = statement(format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), places.join(", ")));
            known.push((table, columns, sql));
        }
        let (mut rows, mut said, mut first) = (0_u64, None, true);
        let mut line_number = 0_u64;
        while let Some(block) = read_block(&mut file).map_err(|error| failed(path, &error))? {
            for line in block.lines() {
                let line = line.map_err(|error| failed(path, &error))?;
                line_number += 1;
                let value: Json = serde_json::from_str(&line)
                    .map_err(|error| failed(path, &format!("line {line_number}: {error}")))?;
                if first {
                    if value.get("format").and_then(Json::as_str) != Some(FORMAT) {
                        return Err(failed(path, &"it is no backup of this version of the server"));
                    }
                    first = false;
                    continue;
                }
                if let Some(all) = value.get("rows").and_then(Json::as_u64) {
                    said = Some(all);
                    continue;
                }
                let table = value.get("table").and_then(Json::as_str).unwrap_or_default();
                let Some((_, columns, sql)) = known.iter().find(|(name, ..)| *name == table) else {
                    return Err(failed(
                        path,
                        &format!("line {line_number}: a newer Castellan wrote the table `{table}`"),
                    ));
                };
                let none = Map::new();
                let row = value.get("row").and_then(Json::as_object).unwrap_or(&none);
                let values =
                    columns.iter().map(|(name, kind)| to_value(row, name, *kind)).collect::<Result<Vec<_>, _>>();
                tx.run(sql, values.map_err(|error| failed(path, &format!("line {line_number}: {error}")))?).await?;
                rows += 1;
            }
        }
        if said != Some(rows) {
            return Err(failed(path, &"it is cut off: nothing was restored"));
        }
        if let Db::Postgres(_) = self.db() {
            for (table, columns, _) in &known {
                if columns.iter().any(|(name, _)| name == "id") {
                    let sql = format!(
                        "SELECT setval(pg_get_serial_sequence('{table}', 'id'), COALESCE(MAX(id), 0) + 1, false)::TEXT AS next FROM {table}"
                    );
                    tx.one(statement(sql), Vec::new()).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(rows)
    }
}

fn read_block(file: &mut impl Read) -> Result<Option<Vec<u8>>, String> {
    let mut length = [0_u8; 8];
    match file.read_exact(&mut length) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.to_string()),
        Ok(()) => {}
    }
    let length = u64::from_le_bytes(length);
    if length > 1 << 30 {
        return Err("it is no backup of the server".to_owned());
    }
    let mut packed = Vec::new();
    file.take(length).read_to_end(&mut packed).map_err(|error| error.to_string())?;
    if u64::try_from(packed.len()).unwrap_or(0) != length {
        return Err("it is cut off: nothing was restored".to_owned());
    }
    unpack(&packed).map(Some).map_err(|error| format!("it is damaged: {error}"))
}
