//! Through RPC: one call to learn which fields there are, one for each table, one for external ids, three counts.

use std::collections::{BTreeMap, BTreeSet};

use castellan_model::Series;
use castellan_rpc::error::Fault;
use castellan_rpc::{Client, Error, Value, json};

use super::{Origin, Raw, build};
use crate::evidence::Evidence;
use crate::reads::{COUNTS, NAMED, OPTIONAL, READS, Read};

/// Why a database could not be read at all.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

/// Reads what the account may read.
///
/// # Errors
///
/// When the server stops answering; what is refused becomes a gap.
pub async fn through_rpc(client: &Client, origin: &Origin, account: &str) -> Result<Evidence, Failure> {
    let mut reader = Reader { client, context: Value::Map(Vec::new()), raw: Raw::default() };
    reader.find_companies().await?;
    let known = reader.known_fields().await?;
    for read in READS {
        reader.read(read, known.as_ref()).await?;
    }
    reader.names().await?;
    reader.counts().await?;
    let text = client.version().trim_start_matches("saas~").to_owned();
    let major: String = text.chars().take_while(char::is_ascii_digit).collect();
    let series = major.parse().ok().and_then(Series::new);
    let evidence = build::evidence(reader.raw, origin, series, client.dialect().name(), account);
    Ok(Evidence { version: client.version().to_owned(), ..evidence })
}

struct Reader<'c> {
    client: &'c Client,
    context: Value,
    raw: Raw,
}

/// Fields by model.
type Known = BTreeMap<String, BTreeSet<String>>;

impl Reader<'_> {
    async fn rows(&self, model: &str, domain: Value, fields: &[&str]) -> Result<Vec<Value>, Error> {
        let named = vec![
            ("domain", domain),
            ("fields", Value::texts(fields.iter().copied())),
            ("context", self.context.clone()),
        ];
        match self.client.call(model, "search_read", named).await? {
            Value::List(rows) => Ok(rows),
            _ => Err(Error::Fault(Fault::Other(String::new(), "the answer is no list".to_owned()))),
        }
    }

    /// Record rules of many companies show what belongs to the companies that a call names.
    async fn find_companies(&mut self) -> Result<(), Failure> {
        let own = Value::List(vec![Value::List(vec!["id".into(), "=".into(), self.client.user().into()])]);
        let companies = match self.rows("res.users", own, &["company_ids"]).await {
            Ok(rows) => rows.first().and_then(|row| row.get("company_ids")).cloned(),
            Err(error) => {
                fatal(&error)?;
                None
            }
        };
        let mut context = vec![("active_test", Value::Bool(false)), ("lang", "en_US".into())];
        if let Some(companies) = companies {
            context.push(("allowed_company_ids", companies));
        }
        self.context = Value::map(context);
        Ok(())
    }

    /// Which fields the models have; none: the account may not ask that.
    async fn known_fields(&self) -> Result<Option<Known>, Failure> {
        let models = Value::texts(READS.iter().map(|read| read.model));
        let domain = Value::List(vec![Value::List(vec!["model".into(), "in".into(), models])]);
        match self.rows("ir.model.fields", domain, &["model", "name"]).await {
            Ok(rows) => {
                let mut known = Known::new();
                for row in &rows {
                    let word = |name: &str| row.get(name).and_then(Value::text).unwrap_or_default().to_owned();
                    known.entry(word("model")).or_default().insert(word("name"));
                }
                Ok(Some(known))
            }
            Err(error) => fatal(&error).map(|()| None),
        }
    }

    /// Fields of one model, asked of the model itself.
    async fn fields_of(&self, model: &str) -> Result<BTreeSet<String>, Error> {
        let named = vec![("attributes", Value::texts(["type"]))];
        match self.client.call(model, "fields_get", named).await? {
            Value::Map(fields) => Ok(fields.into_iter().map(|(name, _)| name).collect()),
            _ => Ok(BTreeSet::new()),
        }
    }

    async fn read(&mut self, read: &'static Read, known: Option<&Known>) -> Result<(), Failure> {
        let fields = match known {
            Some(known) => match known.get(read.model) {
                Some(fields) => fields.clone(),
                // No such model here: nothing to read, and no gap.
                None => return Ok(()),
            },
            None => {
                let one_name_each = read.columns.iter().all(|column| column.rpc.len() <= 1);
                if one_name_each && let Some(rows) = self.read_all(read).await? {
                    self.raw.rows.insert(read.name, rows);
                    return Ok(());
                }
                match self.fields_of(read.model).await {
                    Ok(fields) => fields,
                    Err(Error::Fault(Fault::NoModel(_))) => return Ok(()),
                    Err(error) => return self.gap(read, &error),
                }
            }
        };
        let chosen: Vec<(&str, &str)> = read
            .columns
            .iter()
            .filter_map(|column| Some((column.name, *column.rpc.iter().find(|name| fields.contains(**name))?)))
            .collect();
        let names: Vec<&str> = chosen.iter().map(|(_, name)| *name).collect();
        let domain = json::read(read.domain().as_bytes(), castellan_rpc::Limits::default()).unwrap_or_default();
        match self.rows(read.model, domain, &names).await {
            Ok(rows) => {
                let renamed = rows.into_iter().map(|row| rename(row, &chosen)).collect();
                self.raw.rows.insert(read.name, renamed);
                Ok(())
            }
            Err(Error::Fault(Fault::NoRight(_)))
                if read.columns.iter().any(|column| is_optional(read, column.name)) =>
            {
                self.read_without_optional(read, &chosen).await
            }
            Err(error) => {
                self.gap(read, &error)?;
                self.say_which_field(read, &names).await
            }
        }
    }

    /// A table whose fields have had one name ever since, without asking which of them this series has; none: one of them is not there,
    /// or may not be read.
    async fn read_all(&self, read: &'static Read) -> Result<Option<Vec<Value>>, Failure> {
        let chosen: Vec<(&str, &str)> =
            read.columns.iter().filter_map(|column| Some((column.name, *column.rpc.first()?))).collect();
        let names: Vec<&str> = chosen.iter().map(|(_, name)| *name).collect();
        let domain = json::read(read.domain().as_bytes(), castellan_rpc::Limits::default()).unwrap_or_default();
        match self.rows(read.model, domain, &names).await {
            Ok(rows) => Ok(Some(rows.into_iter().map(|row| rename(row, &chosen)).collect())),
            Err(error) => fatal(&error).map(|()| None),
        }
    }

    /// A table without the columns that may be refused.
    async fn read_without_optional(&mut self, read: &'static Read, chosen: &[(&str, &str)]) -> Result<(), Failure> {
        let chosen: Vec<(&str, &str)> = chosen.iter().copied().filter(|(own, _)| !is_optional(read, own)).collect();
        let names: Vec<&str> = chosen.iter().map(|(_, name)| *name).collect();
        let domain = json::read(read.domain().as_bytes(), castellan_rpc::Limits::default()).unwrap_or_default();
        match self.rows(read.model, domain, &names).await {
            Ok(rows) => {
                let renamed = rows.into_iter().map(|row| rename(row, &chosen)).collect();
                self.raw.rows.insert(read.name, renamed);
                for (_, column, gap) in OPTIONAL.iter().filter(|(table, _, _)| *table == read.name) {
                    self.raw
                        .gaps
                        .insert((*gap).to_owned(), format!("needs the right to read {column} of {}", read.model));
                }
                Ok(())
            }
            Err(error) => {
                self.gap(read, &error)?;
                self.say_which_field(read, &names).await
            }
        }
    }

    /// When the model may be read and a field of it may not, the gap says which.
    async fn say_which_field(&mut self, read: &Read, names: &[&str]) -> Result<(), Failure> {
        let allowed = match self.fields_of(read.model).await {
            Ok(allowed) => allowed,
            Err(error) => return fatal(&error),
        };
        let closed: Vec<&str> = names.iter().copied().filter(|name| !allowed.contains(*name)).collect();
        if !closed.is_empty() && closed.len() < names.len() {
            let reason = format!("needs the right to read {} of {} ({})", closed.join(", "), read.model, read.right);
            self.raw.gaps.insert(read.name.to_owned(), reason);
        }
        Ok(())
    }

    fn gap(&mut self, read: &Read, error: &Error) -> Result<(), Failure> {
        fatal(error)?;
        let reason = match error {
            Error::Fault(Fault::NoRight(_)) => format!("needs the right to read {} ({})", read.model, read.right),
            other => other.to_string(),
        };
        self.raw.gaps.insert(read.name.to_owned(), reason);
        Ok(())
    }

    async fn names(&mut self) -> Result<(), Failure> {
        let domain = Value::List(vec![Value::List(vec!["model".into(), "in".into(), Value::texts(NAMED)])]);
        match self.rows("ir.model.data", domain, &["module", "name", "model", "res_id"]).await {
            Ok(rows) => {
                for row in &rows {
                    let word = |name: &str| row.get(name).and_then(Value::text).unwrap_or_default().to_owned();
                    let id = row.get("res_id").and_then(Value::int).unwrap_or(0);
                    self.raw.names.push((word("module"), word("name"), word("model"), id));
                }
                Ok(())
            }
            Err(error) => {
                fatal(&error)?;
                self.raw.gaps.insert("names".into(), "needs the right to read ir.model.data".into());
                Ok(())
            }
        }
    }

    async fn counts(&mut self) -> Result<(), Failure> {
        for count in COUNTS {
            let domain = json::read(count.domain.as_bytes(), castellan_rpc::Limits::default()).unwrap_or_default();
            match self.client.count(count.model, domain).await {
                Ok(number) => {
                    self.raw.counts.insert(count.name.to_owned(), number);
                }
                Err(error) => fatal(&error)?,
            }
        }
        Ok(())
    }
}

/// What ends the reading: the server is gone, or the log-in.
fn fatal(error: &Error) -> Result<(), Failure> {
    match error {
        Error::Transport(_)
        | Error::Status { .. }
        | Error::Malformed { .. }
        | Error::Fault(Fault::Denied | Fault::SessionEnded | Fault::NoDatabase(_)) => Err(Failure(error.to_string())),
        Error::Fault(_) => Ok(()),
    }
}

fn is_optional(read: &Read, column: &str) -> bool {
    OPTIONAL.iter().any(|(table, name, _)| *table == read.name && *name == column)
}

fn rename(row: Value, chosen: &[(&str, &str)]) -> Value {
    let Value::Map(members) = row else { return Value::Nil };
    let mut out = Vec::with_capacity(members.len());
    for (name, value) in members {
        if name == "id" {
            out.push((name, value));
        } else if let Some((own, _)) = chosen.iter().find(|(_, theirs)| *theirs == name) {
            out.push(((*own).to_owned(), value));
        }
    }
    Value::Map(out)
}
