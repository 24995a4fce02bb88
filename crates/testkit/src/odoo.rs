//! A fake Odoo that speaks XML-RPC, JSON-RPC and JSON-2. Answers and errors have the shapes of real 14.0 and 19.0 servers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use castellan_rpc::xml::{self, MethodCall, Response};
use castellan_rpc::{Call, Limits, ModelCall, Value, json};

use crate::server::{Reply, Request, Server};

/// A row: fields with their values.
pub type Row = BTreeMap<String, Value>;

/// What goes wrong, and at which call of a model (from 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The connection closes.
    Close,
    /// No answer for so long.
    Late(Duration),
    /// A page of the proxy with this status.
    Status(u16),
    /// A text that is no answer.
    Nonsense,
    /// The right answer's kind is wrong: a number.
    WrongType,
    /// An answer without end.
    Endless,
}

/// A call that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Model.
    pub model: String,
    /// Method.
    pub method: String,
    /// Fields that were asked for.
    pub fields: Vec<String>,
}

/// The state behind the server.
#[derive(Debug, Clone)]
pub struct Odoo {
    /// Major series.
    pub series: u8,
    /// Name of the database.
    pub database: String,
    /// Log-in, secret, id.
    pub accounts: Vec<(String, String, i64)>,
    /// Rows by model.
    pub tables: BTreeMap<String, Vec<Row>>,
    /// Models that the account may not read.
    pub refused: BTreeSet<String>,
    /// The old dialects are closed at the proxy.
    pub old_closed: bool,
    /// What goes wrong, and when.
    pub trouble: Option<(usize, Trouble)>,
    /// Calls of models so far.
    pub seen: Vec<Seen>,
}

/// A refusal, as an exception with its words.
struct Refusal(&'static str, String);

impl Odoo {
    /// An empty database with one account: `auditor`, `secret`, id 2.
    #[must_use]
    pub fn new(series: u8) -> Self {
        let mut odoo = Self {
            series,
            database: "prod".to_owned(),
            accounts: vec![("auditor".to_owned(), "secret".to_owned(), 2)],
            tables: BTreeMap::new(),
            refused: BTreeSet::new(),
            old_closed: false,
            trouble: None,
            seen: Vec::new(),
        };
        odoo.table("res.company", &[r#"{"id": 1, "name": "Example", "email": "mail@example.com"}"#]);
        odoo
    }

    /// Adds rows of a model, as JSON objects.
    ///
    /// # Panics
    ///
    /// When a row is no object.
    #[expect(clippy::expect_used, reason = "a test with a wrong row has nothing to test")]
    pub fn table(&mut self, model: &str, rows: &[&str]) {
        let table = self.tables.entry(model.to_owned()).or_default();
        for row in rows {
            let Value::Map(members) = json::read(row.as_bytes(), Limits::default()).expect("a row") else {
                continue;
            };
            table.push(members.into_iter().collect());
        }
    }

    /// A record of a model.
    #[must_use]
    pub fn row(&self, model: &str, id: i64) -> Option<&Row> {
        self.tables.get(model)?.iter().find(|row| row.get("id") == Some(&Value::Int(id)))
    }

    fn version(&self) -> Value {
        let version = format!("{}.0", self.series);
        Value::map([
            ("server_version", version.as_str().into()),
            ("server_serie", version.as_str().into()),
            ("protocol_version", 1.into()),
        ])
    }

    fn log_in(&self, login: Option<&str>, secret: Option<&str>) -> Option<i64> {
        let found =
            self.accounts.iter().find(|(name, word, _)| Some(name.as_str()) == login && Some(word.as_str()) == secret);
        found.map(|(_, _, id)| *id)
    }

    /// A service of the old dialects.
    fn service(&mut self, call: &Call) -> Result<Value, Refusal> {
        let text = |at: usize| call.parameters.get(at).and_then(Value::text);
        match (call.service.as_str(), call.method.as_str()) {
            ("common", "version") => Ok(self.version()),
            ("common", "authenticate") => Ok(match self.log_in(text(1), text(2)) {
                Some(id) => Value::Int(id),
                None => Value::Bool(false),
            }),
            ("object", _) => {
                let model =
                    call.model_call().ok_or_else(|| Refusal("builtins.TypeError", "wrong parameters".into()))?;
                if model.database.as_deref() != Some(self.database.as_str()) {
                    let name = model.database.unwrap_or_default();
                    return Err(Refusal(
                        "psycopg2.OperationalError",
                        format!("FATAL:  database \"{name}\" does not exist\n"),
                    ));
                }
                let secret = text(2);
                let known =
                    self.accounts.iter().any(|(_, word, id)| Some(*id) == model.user && Some(word.as_str()) == secret);
                if !known {
                    return Err(Refusal("odoo.exceptions.AccessDenied", "Access Denied".into()));
                }
                self.model(&model)
            }
            _ => Err(Refusal("builtins.KeyError", call.service.clone())),
        }
    }

    /// A method of a model.
    fn model(&mut self, call: &ModelCall) -> Result<Value, Refusal> {
        let named = |name: &str| call.named.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        let fields: Vec<String> = named("fields")
            .and_then(Value::list)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::text)
            .map(str::to_owned)
            .collect();
        self.seen.push(Seen { model: call.model.clone(), method: call.method.clone(), fields: fields.clone() });
        if call.model == "ir.model.fields" && call.method == "search_read" && fields == ["model", "name"] {
            if self.refused.contains("ir.model.fields") {
                return Err(no_right("ir.model.fields"));
            }
            return Ok(self.fields());
        }
        if call.method == "context_get" {
            return Ok(Value::map([("lang", "en_US".into()), ("tz", false.into()), ("uid", 2.into())]));
        }
        let own = named("domain") == Some(&Value::List(vec![Value::List(vec!["id".into(), "=".into(), 2.into()])]));
        if self.refused.contains(&call.model) && !own {
            return Err(no_right(&call.model));
        }
        let series = self.series;
        let Some(table) = self.tables.get_mut(&call.model) else {
            return Err(Refusal("odoo.exceptions.UserError", format!("Object {} doesn't exist", call.model)));
        };
        let first = call.arguments.first();
        match call.method.as_str() {
            "fields_get" => {
                let names: BTreeSet<&String> = table.iter().flat_map(BTreeMap::keys).collect();
                let kind = || Value::map([("type", "char".into())]);
                Ok(Value::Map(names.into_iter().map(|name| (name.clone(), kind())).collect()))
            }
            "search_read" => {
                let domain = named("domain").and_then(Value::list).unwrap_or_default();
                let mut rows = Vec::new();
                for row in table.iter().filter(|row| matches(row, domain)) {
                    rows.push(project(row, &fields, &call.model, series)?);
                }
                Ok(Value::List(rows))
            }
            "search_count" => {
                let domain = first.or(named("domain")).and_then(Value::list).unwrap_or_default();
                Ok(Value::Int(i64::try_from(table.iter().filter(|row| matches(row, domain)).count()).unwrap_or(0)))
            }
            "read" => {
                let ids = ids(first.or(named("ids")));
                let mut rows = Vec::new();
                for row in table.iter().filter(|row| ids.contains(&id_of(row))) {
                    rows.push(project(row, &fields, &call.model, series)?);
                }
                Ok(Value::List(rows))
            }
            "write" => {
                let ids = ids(first.or(named("ids")));
                let values = call.arguments.get(1).or(named("vals")).cloned().unwrap_or_default();
                for row in table.iter_mut().filter(|row| ids.contains(&id_of(row))) {
                    write(row, &values);
                }
                Ok(Value::Bool(true))
            }
            "create" => {
                let many = first.or(named("vals_list")).cloned().unwrap_or_default();
                let (list, is_list) = match many {
                    Value::List(list) => (list, true),
                    one => (vec![one], false),
                };
                let mut made = Vec::new();
                for values in list {
                    let id = table.iter().map(id_of).max().unwrap_or(0) + 1;
                    let mut row =
                        Row::from([("id".to_owned(), Value::Int(id)), ("active".to_owned(), Value::Bool(true))]);
                    write(&mut row, &values);
                    table.push(row);
                    made.push(Value::Int(id));
                }
                Ok(if is_list { Value::List(made) } else { made.pop().unwrap_or_default() })
            }
            "unlink" => {
                let ids = ids(first.or(named("ids")));
                table.retain(|row| !ids.contains(&id_of(row)));
                Ok(Value::Bool(true))
            }
            other => {
                Err(Refusal("builtins.AttributeError", format!("The method '{}.{other}' does not exist", call.model)))
            }
        }
    }

    /// Rows of `ir.model.fields`.
    fn fields(&self) -> Value {
        let mut rows = Vec::new();
        for (model, table) in &self.tables {
            let names: BTreeSet<&String> = table.iter().flat_map(BTreeMap::keys).collect();
            for name in names {
                let id = i64::try_from(rows.len()).unwrap_or(0) + 1;
                rows.push(Value::map([
                    ("id", id.into()),
                    ("model", model.as_str().into()),
                    ("name", name.as_str().into()),
                ]));
            }
        }
        Value::List(rows)
    }
}

/// A fake that runs.
pub struct Running {
    /// Its server.
    pub server: Server,
    state: Arc<Mutex<Odoo>>,
}

impl Running {
    /// Starts one over plain HTTP on loopback.
    #[must_use]
    pub fn start(odoo: Odoo) -> Self {
        let state = Arc::new(Mutex::new(odoo));
        let shared = Arc::clone(&state);
        let server = Server::plain(move |request| {
            let mut odoo = shared.lock().unwrap_or_else(PoisonError::into_inner);
            answer(&mut odoo, request)
        });
        Self { server, state }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// What it holds now.
    pub fn state(&self) -> MutexGuard<'_, Odoo> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(odoo: &mut Odoo, request: &Request) -> Reply {
    let limits = Limits::default();
    let path = request.target.split('?').next().unwrap_or_default();
    let is_model = path.starts_with("/json/2/") || contains(&request.body, b"execute_kw");
    if let Some((number, trouble)) = odoo.trouble
        && is_model
        && odoo.seen.len() == number
    {
        match trouble {
            Trouble::Close => return Reply::Close,
            Trouble::Status(status) => return Reply::page(status, "<html><title>Bad Gateway</title></html>"),
            Trouble::Nonsense => return json_reply(200, "{\"jsonrpc\": \"2.0\", \"result\": [{]"),
            Trouble::WrongType => {
                odoo.seen.push(Seen { model: String::new(), method: String::new(), fields: Vec::new() });
                let text =
                    if path.starts_with("/json/2/") { "7" } else { "{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": 7}" };
                return json_reply(200, text);
            }
            Trouble::Endless => {
                return Reply::Endless {
                    start: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[".to_vec(),
                    piece: vec![b' '; 1 << 20],
                    pause: Duration::ZERO,
                };
            }
            Trouble::Late(time) => {
                odoo.trouble = None;
                return Reply::Late(time, Box::new(answer(odoo, request)));
            }
        }
    }
    if let Some(service) = path.strip_prefix("/xmlrpc/2/") {
        if odoo.old_closed {
            return Reply::page(403, "<html><title>403 Forbidden</title></html>");
        }
        return match xml::read_call(&request.body, limits) {
            Err(error) => Reply::page(500, &error.to_string()),
            Ok(MethodCall { method, parameters }) => {
                let call = Call { service: service.to_owned(), method, parameters };
                let response = match odoo.service(&call) {
                    Ok(value) => Response::Value(value),
                    Err(Refusal(name, text)) => match name {
                        "odoo.exceptions.AccessDenied" => Response::Fault(3.into(), text),
                        "odoo.exceptions.AccessError" => Response::Fault(4.into(), text),
                        "odoo.exceptions.UserError" => Response::Fault(2.into(), text),
                        _ => Response::Fault(
                            1.into(),
                            format!("Traceback (most recent call last):\n  File \"x\"\n{name}: {text}\n"),
                        ),
                    },
                };
                Reply::Answer {
                    status: 200,
                    headers: vec![("Content-Type".into(), "text/xml".into())],
                    body: xml::print_response(&response).into_bytes(),
                }
            }
        };
    }
    if path == "/jsonrpc" {
        if odoo.old_closed {
            return Reply::page(403, "<html><title>403 Forbidden</title></html>");
        }
        let Ok(asked) = json::read_request(&request.body, limits) else { return Reply::page(400, "Invalid JSON data") };
        let id = asked.whole.get("id").cloned().unwrap_or_default();
        let Some(call) = asked.call() else { return Reply::page(400, "Invalid JSON data") };
        let (name, value) = match odoo.service(&call) {
            Ok(value) => ("result", value),
            Err(Refusal(name, text)) => {
                let data = Value::map([
                    ("name", name.into()),
                    ("debug", "Traceback".into()),
                    ("message", text.into()),
                    ("arguments", Value::List(Vec::new())),
                    ("context", Value::Map(Vec::new())),
                ]);
                let code = if odoo.series >= 19 { 0 } else { 200 };
                ("error", Value::map([("code", code.into()), ("message", "Odoo Server Error".into()), ("data", data)]))
            }
        };
        return json_reply(200, &json::print(&Value::map([("jsonrpc", "2.0".into()), ("id", id), (name, value)])));
    }
    if path == "/web/version" && odoo.series >= 19 {
        return json_reply(
            200,
            &format!("{{\"version_info\": [{}, 0, 0], \"version\": \"{}.0\"}}", odoo.series, odoo.series),
        );
    }
    if path.starts_with("/json/2/") && odoo.series >= 19 {
        return json2(odoo, request, path);
    }
    Reply::page(404, "<html><title>404 Not Found</title></html>")
}

fn json2(odoo: &mut Odoo, request: &Request, path: &str) -> Reply {
    let refuse = |status: u16, name: &str, text: &str| {
        let error = Value::map([
            ("name", name.into()),
            ("message", text.into()),
            ("arguments", Value::List(Vec::new())),
            ("context", Value::Map(Vec::new())),
            ("debug", "Traceback".into()),
        ]);
        json_reply(status, &json::print(&error))
    };
    let key = request.header("authorization").and_then(|text| text.strip_prefix("bearer "));
    if !odoo.accounts.iter().any(|(_, word, _)| Some(word.as_str()) == key) {
        return refuse(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey");
    }
    if request.header("x-odoo-database").is_some_and(|name| name != odoo.database) {
        return Reply::page(404, "<html>No database is selected</html>");
    }
    let Ok(body) = json::read(&request.body, Limits::default()) else { return Reply::page(400, "Invalid JSON data") };
    let Some(call) = json::json2_call(path, &body) else { return Reply::page(404, "") };
    match odoo.model(&call) {
        Ok(value) => json_reply(200, &json::print(&value)),
        Err(Refusal(name, text)) => {
            let status = match name {
                "odoo.exceptions.AccessError" => 403,
                "odoo.exceptions.UserError" if text.starts_with("Object ") => 404,
                "odoo.exceptions.UserError" => 422,
                _ => 500,
            };
            if status == 404 {
                let model = text.split(' ').nth(1).unwrap_or_default();
                return refuse(404, "werkzeug.exceptions.NotFound", &format!("the model '{model}' does not exist"));
            }
            refuse(status, name, &text)
        }
    }
}

fn json_reply(status: u16, text: &str) -> Reply {
    Reply::Answer {
        status,
        headers: vec![("Content-Type".into(), "application/json; charset=utf-8".into())],
        body: text.as_bytes().to_vec(),
    }
}

fn no_right(model: &str) -> Refusal {
    Refusal("odoo.exceptions.AccessError", format!("You are not allowed to access '{model}' records."))
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part == word)
}

fn id_of(row: &Row) -> i64 {
    row.get("id").and_then(Value::int).unwrap_or(0)
}

fn ids(value: Option<&Value>) -> Vec<i64> {
    match value {
        Some(Value::Int(id)) => vec![*id],
        Some(Value::List(items)) => items.iter().filter_map(Value::int).collect(),
        _ => Vec::new(),
    }
}

/// The fields of a row; a field that is not there is an error, as it is in Odoo.
fn project(row: &Row, fields: &[String], model: &str, series: u8) -> Result<Value, Refusal> {
    let mut out = vec![("id".to_owned(), row.get("id").cloned().unwrap_or_default())];
    for field in fields {
        let Some(value) = row.get(field) else {
            let place = if series >= 19 { format!("'{model}'") } else { format!("model '{model}'") };
            return Err(Refusal("builtins.ValueError", format!("Invalid field '{field}' on {place}")));
        };
        out.push((field.clone(), value.clone()));
    }
    Ok(Value::Map(out))
}

/// Values, with the commands of many2many fields: link, unlink, replace.
fn write(row: &mut Row, values: &Value) {
    let Value::Map(values) = values else { return };
    for (name, value) in values {
        let commands: Option<Vec<&[Value]>> = value.list().map(|items| items.iter().filter_map(Value::list).collect());
        match commands.filter(|commands| !commands.is_empty()) {
            None => {
                row.insert(name.clone(), value.clone());
            }
            Some(commands) => {
                let mut now = ids(row.get(name));
                for command in commands {
                    let id = command.get(1).and_then(Value::int).unwrap_or(0);
                    match command.first().and_then(Value::int) {
                        Some(3) => now.retain(|one| *one != id),
                        Some(4) if !now.contains(&id) => now.push(id),
                        Some(6) => now = ids(command.get(2)),
                        _ => {}
                    }
                }
                row.insert(name.clone(), Value::List(now.into_iter().map(Value::Int).collect()));
            }
        }
    }
}

/// A domain in prefix notation.
fn matches(row: &Row, domain: &[Value]) -> bool {
    let mut rest = domain;
    let mut all = true;
    while !rest.is_empty() {
        let (is, left) = term(row, rest);
        all &= is;
        rest = left;
    }
    all
}

fn term<'d>(row: &Row, domain: &'d [Value]) -> (bool, &'d [Value]) {
    let Some((first, rest)) = domain.split_first() else { return (true, domain) };
    match first.text() {
        Some("|") => {
            let (left, rest) = term(row, rest);
            let (right, rest) = term(row, rest);
            (left || right, rest)
        }
        Some("&") => {
            let (left, rest) = term(row, rest);
            let (right, rest) = term(row, rest);
            (left && right, rest)
        }
        Some("!") => {
            let (is, rest) = term(row, rest);
            (!is, rest)
        }
        _ => (leaf(row, first.list().unwrap_or_default()), rest),
    }
}

fn leaf(row: &Row, leaf: &[Value]) -> bool {
    let [field, operator, wanted] = leaf else { return true };
    let nothing = Value::Bool(false);
    let value = field.text().and_then(|name| row.get(name)).unwrap_or(&nothing);
    let among = || wanted.list().unwrap_or_default().contains(value);
    match operator.text() {
        Some("=") => value == wanted,
        Some("!=") => value != wanted,
        Some("in") => among(),
        Some("not in") => !among(),
        _ => false,
    }
}
