//! `pg_hba.conf`: who may connect to PostgreSQL from where, first match wins.
//!
//! Source: PostgreSQL documentation, "The pg_hba.conf File"; `src/backend/libpq/hba.c`.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::source::{FileId, Problem, Site, Word};

/// One record.
#[derive(Debug, Clone)]
pub struct Record {
    /// `local`, `host`, `hostssl`, `hostnossl`, `hostgssenc`, `hostnogssenc`.
    pub kind: Word,
    /// Databases.
    pub databases: Vec<Word>,
    /// Roles.
    pub users: Vec<Word>,
    /// From where; `None` for `local`.
    pub address: Option<Address>,
    /// Method.
    pub method: Word,
    /// Options of the method.
    pub options: Vec<Word>,
    /// The whole line.
    pub site: Site,
}

/// From where a record takes connections.
#[derive(Debug, Clone)]
pub struct Address {
    /// As written; with a mask in a column of its own, both.
    pub word: Word,
    /// What it means.
    pub meaning: AddressKind,
}

/// The meaning of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressKind {
    /// `all`.
    All,
    /// `samehost`.
    SameHost,
    /// `samenet`.
    SameNet,
    /// A network.
    Network(IpNet),
    /// A host name or domain.
    Name(String),
}

impl Address {
    /// Whether an address is inside. Names cannot be told and count as no.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match &self.meaning {
            AddressKind::All => true,
            AddressKind::SameHost => address.is_loopback(),
            AddressKind::SameNet => address.is_loopback(),
            AddressKind::Network(network) => network.contains(&address),
            AddressKind::Name(name) => name == "localhost" && address.is_loopback(),
        }
    }

    /// Only this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match &self.meaning {
            AddressKind::SameHost => true,
            AddressKind::Network(network) => {
                network.addr().is_loopback() && network.prefix_len() >= if network.addr().is_ipv4() { 8 } else { 128 }
            }
            AddressKind::Name(name) => name == "localhost",
            AddressKind::All | AddressKind::SameNet => false,
        }
    }

    /// Number of fixed bits, as a measure of width: 0 is everybody.
    #[must_use]
    pub fn prefix(&self) -> Option<u8> {
        match &self.meaning {
            AddressKind::All => Some(0),
            AddressKind::Network(network) => Some(network.prefix_len()),
            _ => None,
        }
    }
}

/// A line of the file.
#[derive(Debug, Clone)]
pub enum Line {
    /// A record.
    Record(Record),
    /// `include`, `include_if_exists` or `include_dir` (PostgreSQL 16).
    Include {
        /// Which of the three.
        kind: Word,
        /// Path.
        path: Word,
    },
}

const KINDS: [&str; 6] = ["local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"];

/// Reads a file; a backslash at the end of a line joins the next (PostgreSQL 14).
#[must_use]
pub fn parse(file: FileId, text: &str) -> (Vec<Line>, Vec<Problem>) {
    let mut lines = Vec::new();
    let mut problems = Vec::new();
    let mut at = 0;
    let mut pending: Vec<Vec<Word>> = Vec::new();
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end_matches(['\n', '\r']);
        let (line, goes_on) = line.strip_suffix('\\').map_or((line, false), |line| (line, true));
        pending.extend(fields(file, start, line, &mut problems));
        if goes_on {
            continue;
        }
        let fields = std::mem::take(&mut pending);
        if fields.is_empty() {
            continue;
        }
        match record(&fields) {
            Ok(line) => lines.push(line),
            Err(message) => problems.push(Problem::new(start, start + line.len(), message)),
        }
    }
    if !pending.is_empty()
        && let Ok(line) = record(&pending)
    {
        lines.push(line);
    }
    (lines, problems)
}

/// Fields of a line; each is a list of words joined by commas.
fn fields(file: FileId, start: usize, line: &str, problems: &mut Vec<Problem>) -> Vec<Vec<Word>> {
    let mut fields: Vec<Vec<Word>> = Vec::new();
    let mut glue = false;
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' => at += 1,
            b',' => {
                glue = true;
                at += 1;
            }
            b'#' => break,
            _ => {
                let from = at;
                let mut text = Vec::new();
                let mut quoted = false;
                while let Some(byte) = bytes.get(at) {
                    match byte {
                        b'"' => quoted = !quoted,
                        b' ' | b'\t' | b',' | b'#' if !quoted => break,
                        other => text.push(*other),
                    }
                    at += 1;
                }
                if quoted {
                    problems.push(Problem::new(start + from, start + at, "a quote that is never closed"));
                }
                let word = Word {
                    text: String::from_utf8_lossy(&text).into_owned(),
                    site: Site::new(file, start + from, start + at),
                };
                match fields.last_mut() {
                    Some(last) if glue => last.push(word),
                    _ => fields.push(vec![word]),
                }
                // A comma may follow after blanks.
                glue = false;
            }
        }
    }
    fields
}

fn record(fields: &[Vec<Word>]) -> Result<Line, String> {
    let single = |index: usize, what: &str| -> Result<Word, String> {
        fields.get(index).and_then(|field| field.first()).cloned().ok_or_else(|| format!("{what} is missing"))
    };
    let kind = single(0, "the type")?;
    if matches!(kind.text.as_str(), "include" | "include_if_exists" | "include_dir") {
        return Ok(Line::Include { kind, path: single(1, "the path")? });
    }
    if !KINDS.contains(&kind.text.as_str()) {
        return Err(format!("`{}` is no connection type; one of {}", kind.text, KINDS.join(", ")));
    }
    let databases = fields.get(1).cloned().ok_or("the database is missing")?;
    let users = fields.get(2).cloned().ok_or("the role is missing")?;
    let mut next = 3;
    let mut address = None;
    if kind.text != "local" {
        let word = single(next, "the address")?;
        next += 1;
        address = Some(match word.text.parse::<IpAddr>() {
            Ok(ip) => {
                let mask = single(next, "the mask")?;
                next += 1;
                let network = mask
                    .text
                    .parse::<IpAddr>()
                    .ok()
                    .and_then(|mask| IpNet::with_netmask(ip, mask).ok())
                    .ok_or_else(|| format!("`{}` is no mask", mask.text))?;
                let site = word.site.to(mask.site);
                let word = Word { text: format!("{} {}", word.text, mask.text), site };
                Address { word, meaning: AddressKind::Network(network) }
            }
            Err(_) => {
                let meaning = match word.text.as_str() {
                    "all" => AddressKind::All,
                    "samehost" => AddressKind::SameHost,
                    "samenet" => AddressKind::SameNet,
                    text => match text.parse::<IpNet>() {
                        Ok(network) => AddressKind::Network(network),
                        Err(_) if text.contains('/') => return Err(format!("`{text}` is no network")),
                        Err(_) => AddressKind::Name(text.to_lowercase()),
                    },
                };
                Address { word, meaning }
            }
        });
    }
    let method = single(next, "the method")?;
    let options = fields.iter().skip(next + 1).flatten().cloned().collect();
    let site = kind.site.to(fields.last().and_then(|field| field.last()).map_or(method.site, |word| word.site));
    Ok(Line::Record(Record { kind, databases, users, address, method, options, site }))
}

impl Record {
    /// Whether the record is asked for a connection to this database as this role. `replication` is a database of its own.
    #[must_use]
    pub fn matches(&self, database: &str, user: &str) -> bool {
        let database_fits = self.databases.iter().any(|word| match word.text.as_str() {
            "all" => database != "replication",
            "sameuser" => database == user,
            "samerole" | "samegroup" => database == user,
            text => {
                text == database || text.strip_prefix('/').is_some_and(|pattern| matches_pattern(pattern, database))
            }
        });
        let user_fits = self.users.iter().any(|word| match word.text.as_str() {
            "all" => true,
            text => {
                text == user
                    || text.strip_prefix('+') == Some(user)
                    || text.strip_prefix('/').is_some_and(|pattern| matches_pattern(pattern, user))
            }
        });
        database_fits && user_fits
    }
}

fn matches_pattern(pattern: &str, text: &str) -> bool {
    regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<Record> {
        let (lines, problems) = parse(FileId(0), text);
        assert!(problems.is_empty(), "{problems:?}");
        lines.into_iter().filter_map(|line| if let Line::Record(record) = line { Some(record) } else { None }).collect()
    }

    #[test]
    fn every_form_of_a_record() {
        let read = records(
            "# TYPE\nlocal all postgres peer\nhost all,\"my db\" odoo,+staff 10.0.0.0 255.255.255.0 md5\n\
             hostssl all all ::1/128 scram-sha-256 clientcert=verify-full\nhost all all samenet trust # c\n\
             host a \\\n b 1.2.3.4/32 reject\n",
        );
        assert_eq!(read.len(), 5);
        assert_eq!(read[1].databases[1].text, "my db");
        assert_eq!(read[1].address.as_ref().unwrap().prefix(), Some(24));
        assert_eq!(read[2].options[0].text, "clientcert=verify-full");
        assert!(read[2].address.as_ref().unwrap().is_local());
        assert_eq!(read[4].method.text, "reject");
        assert!(read[1].matches("my db", "staff") && !read[1].matches("other", "x"));
        assert!(!read[0].matches("replication", "postgres"));
    }

    #[test]
    fn mistakes_are_named() {
        let (_, problems) =
            parse(FileId(0), "hots all all all trust\nhost all all 10.0.0.0/99 md5\nhost all\nlocal a b\n");
        let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert!(messages[0].starts_with("`hots` is no connection type"));
        assert_eq!(messages[1..], ["`10.0.0.0/99` is no network", "the role is missing", "the method is missing"]);
    }
}
