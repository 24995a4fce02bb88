//! Calls a server: picks the dialect that it speaks, logs in, and counts what it sends.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::error::{Error, Fault};
use crate::xml::{MethodCall, Response};
use crate::{Call, Limits, Value, json, xml};

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `/xmlrpc/2/…`: every series up to 19.0.
    XmlRpc,
    /// `/jsonrpc`: every series up to 19.0.
    JsonRpc,
    /// `/json/2/…` with an API key: 19.0 and later.
    Json2,
}

impl Dialect {
    /// As people write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::XmlRpc => "XML-RPC",
            Self::JsonRpc => "JSON-RPC",
            Self::Json2 => "JSON-2",
        }
    }
}

/// Where, who and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// `https://erp.example.com`.
    pub url: Url,
    /// The database; JSON-2 may do without where one is served.
    pub database: String,
    /// Log-in of the user.
    pub login: String,
    /// Password or API key.
    pub secret: SecretString,
    /// The dialect; chosen by what the server speaks without it.
    pub dialect: Option<Dialect>,
    /// Certificates of further authorities, DER.
    pub authorities: Vec<Vec<u8>>,
    /// Where the host's name leads instead of what the name server says.
    pub address: Option<SocketAddr>,
    /// Longest wait for an answer.
    pub patience: Duration,
    /// What an answer may hold.
    pub limits: Limits,
}

impl Options {
    /// With everything else as usual.
    #[must_use]
    pub fn new(url: Url, database: &str, login: &str, secret: SecretString) -> Self {
        Self {
            url,
            database: database.to_owned(),
            login: login.to_owned(),
            secret,
            dialect: None,
            authorities: Vec::new(),
            address: None,
            patience: Duration::from_secs(60),
            limits: Limits::default(),
        }
    }
}

/// A call that was sent, without values that could be records: for the promise of what is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// `res.users`; empty for a service.
    pub model: String,
    /// `search_read`.
    pub method: String,
    /// The fields that were asked for.
    pub fields: Vec<String>,
}

/// A server that was logged in to.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    options: Options,
    dialect: Dialect,
    version: String,
    user: i64,
    sent: Mutex<Vec<Sent>>,
    number: AtomicU32,
}

impl Client {
    /// Asks for the version, picks a dialect and logs in.
    ///
    /// # Errors
    ///
    /// Why that cannot be done.
    pub async fn connect(options: Options) -> Result<Self, Error> {
        let http = http(&options)?;
        let mut client = Self {
            http,
            dialect: options.dialect.unwrap_or(Dialect::JsonRpc),
            options,
            version: String::new(),
            user: 0,
            sent: Mutex::new(Vec::new()),
            number: AtomicU32::new(0),
        };
        client.find().await?;
        client.log_in().await?;
        Ok(client)
    }

    /// The dialect in use.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// `19.0`, `17.0+e`, as the server says it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Id of the user that is logged in.
    #[must_use]
    pub const fn user(&self) -> i64 {
        self.user
    }

    /// How many requests were sent.
    #[must_use]
    pub fn requests(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    /// What was asked for so far.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Calls a model's method with arguments by name.
    ///
    /// # Errors
    ///
    /// The server's fault, or why there is no answer.
    pub async fn call(&self, model: &str, method: &str, named: Vec<(&str, Value)>) -> Result<Value, Error> {
        self.send(model, method, Vec::new(), named).await
    }

    /// Reads fields of records.
    ///
    /// # Errors
    ///
    /// As `call`.
    pub async fn read(&self, model: &str, ids: &[i64], fields: &[&str]) -> Result<Vec<Value>, Error> {
        let named = vec![("fields", Value::texts(fields.iter().copied()))];
        match self.of_records(model, "read", ids, None, named).await? {
            Value::List(rows) => Ok(rows),
            _ => Err(Error::Fault(Fault::Other(String::new(), "the answer is no list".to_owned()))),
        }
    }

    /// Changes records.
    ///
    /// # Errors
    ///
    /// As `call`.
    pub async fn write(&self, model: &str, ids: &[i64], values: Value) -> Result<(), Error> {
        self.of_records(model, "write", ids, Some(("vals", values)), Vec::new()).await.map(|_| ())
    }

    /// Makes a record. Its id.
    ///
    /// # Errors
    ///
    /// As `call`.
    pub async fn create(&self, model: &str, values: Value) -> Result<i64, Error> {
        let answer = if self.dialect == Dialect::Json2 {
            self.send(model, "create", Vec::new(), vec![("vals_list", Value::List(vec![values]))]).await?
        } else {
            self.send(model, "create", vec![values], Vec::new()).await?
        };
        let id = match &answer {
            Value::List(ids) => ids.first().and_then(Value::int),
            other => other.int(),
        };
        id.ok_or_else(|| Error::Fault(Fault::Other(String::new(), "no record was made".to_owned())))
    }

    /// Deletes records.
    ///
    /// # Errors
    ///
    /// As `call`.
    pub async fn unlink(&self, model: &str, ids: &[i64]) -> Result<(), Error> {
        self.of_records(model, "unlink", ids, None, Vec::new()).await.map(|_| ())
    }

    /// A method of records: their ids come first, or under a name in JSON-2.
    async fn of_records(
        &self,
        model: &str,
        method: &str,
        ids: &[i64],
        first: Option<(&str, Value)>,
        mut named: Vec<(&str, Value)>,
    ) -> Result<Value, Error> {
        let ids = Value::List(ids.iter().copied().map(Value::Int).collect());
        if self.dialect == Dialect::Json2 {
            named.push(("ids", ids));
            named.extend(first);
            return self.send(model, method, Vec::new(), named).await;
        }
        let arguments = std::iter::once(ids).chain(first.map(|(_, value)| value)).collect();
        self.send(model, method, arguments, named).await
    }

    /// How many records a domain finds.
    ///
    /// # Errors
    ///
    /// As `call`.
    pub async fn count(&self, model: &str, domain: Value) -> Result<i64, Error> {
        // The name of the argument changed over the series; JSON-2 has names alone.
        let (arguments, named) = if self.dialect == Dialect::Json2 {
            (Vec::new(), vec![("domain", domain)])
        } else {
            (vec![domain], Vec::new())
        };
        let answer = self.send(model, "search_count", arguments, named).await?;
        answer.int().ok_or_else(|| Error::Fault(Fault::Other(String::new(), "the answer is no number".to_owned())))
    }

    async fn send(
        &self,
        model: &str,
        method: &str,
        arguments: Vec<Value>,
        named: Vec<(&str, Value)>,
    ) -> Result<Value, Error> {
        let fields = named.iter().find(|(name, _)| matches!(*name, "fields" | "allfields"));
        let fields = fields.and_then(|(_, value)| value.list()).unwrap_or_default();
        let fields = fields.iter().filter_map(Value::text).map(str::to_owned).collect();
        self.note(model, method, fields);
        let named = Value::map(named);
        if self.dialect == Dialect::Json2 {
            return self.json2(model, method, &named).await;
        }
        let parameters = vec![
            self.options.database.as_str().into(),
            self.user.into(),
            self.options.secret.expose_secret().into(),
            model.into(),
            method.into(),
            Value::List(arguments),
            named,
        ];
        self.service(&Call { service: "object".into(), method: "execute_kw".into(), parameters }).await
    }

    fn note(&self, model: &str, method: &str, fields: Vec<String>) {
        let sent = Sent { model: model.to_owned(), method: method.to_owned(), fields };
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(sent);
    }

    /// Which dialect answers, and what the server's version is.
    async fn find(&mut self) -> Result<(), Error> {
        let wanted = self.options.dialect;
        let version = Call { service: "common".into(), method: "version".into(), parameters: Vec::new() };
        let mut first = None;
        for dialect in [Dialect::JsonRpc, Dialect::XmlRpc] {
            if wanted.is_some_and(|wanted| wanted != dialect && wanted != Dialect::Json2) {
                continue;
            }
            self.dialect = dialect;
            self.note("", "common.version", Vec::new());
            match self.service(&version).await {
                Ok(answer) => {
                    let text = answer.get("server_version").and_then(Value::text).unwrap_or_default();
                    text.clone_into(&mut self.version);
                    if wanted == Some(Dialect::Json2) {
                        self.dialect = Dialect::Json2;
                    }
                    return Ok(());
                }
                Err(Error::Transport(reason)) => return Err(Error::Transport(reason)),
                Err(error) => first = first.or(Some(error)),
            }
        }
        if wanted.is_none() || wanted == Some(Dialect::Json2) {
            // The old ways are closed; what is newer tells its version at another place.
            self.note("", "/web/version", Vec::new());
            if let Ok((200, body)) = self.get("/web/version").await
                && let Ok(answer) = json::read(&body, self.options.limits)
            {
                answer.get("version").and_then(Value::text).unwrap_or_default().clone_into(&mut self.version);
            }
            self.dialect = Dialect::Json2;
            return Ok(());
        }
        Err(first.unwrap_or_else(|| Error::Transport("nothing answers".to_owned())))
    }

    async fn log_in(&mut self) -> Result<(), Error> {
        if self.dialect != Dialect::Json2 {
            let new = self.options.dialect.is_none() && self.major().is_some_and(|major| major >= 19);
            if new {
                // Newer servers take a key directly; a password goes the old way.
                let old = std::mem::replace(&mut self.dialect, Dialect::Json2);
                if self.log_in_with_key().await.is_ok() {
                    return Ok(());
                }
                self.dialect = old;
            }
            let parameters = vec![
                self.options.database.as_str().into(),
                self.options.login.as_str().into(),
                self.options.secret.expose_secret().into(),
                Value::Map(Vec::new()),
            ];
            self.note("", "common.authenticate", Vec::new());
            let call = Call { service: "common".into(), method: "authenticate".into(), parameters };
            return match self.service(&call).await? {
                Value::Int(user) if user > 0 => {
                    self.user = user;
                    Ok(())
                }
                _ => Err(Error::Fault(Fault::Denied)),
            };
        }
        self.log_in_with_key().await
    }

    /// JSON-2 has no log-in; who the key belongs to is asked once.
    async fn log_in_with_key(&mut self) -> Result<(), Error> {
        let context = self.call("res.users", "context_get", Vec::new()).await?;
        self.user = context.get("uid").and_then(Value::int).unwrap_or(0);
        if self.user == 0 {
            let domain =
                Value::List(vec![Value::List(vec!["login".into(), "=".into(), self.options.login.as_str().into()])]);
            let found = self
                .call("res.users", "search_read", vec![("domain", domain), ("fields", Value::texts(["login"]))])
                .await?;
            let first = found.list().and_then(<[Value]>::first).and_then(|user| user.get("id")).and_then(Value::int);
            self.user = first.ok_or(Error::Fault(Fault::Denied))?;
        }
        Ok(())
    }

    fn major(&self) -> Option<u32> {
        let digits: String =
            self.version.trim_start_matches("saas~").chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    }

    /// A service of the old dialects.
    async fn service(&self, call: &Call) -> Result<Value, Error> {
        let limits = self.options.limits;
        if self.dialect == Dialect::XmlRpc {
            let text =
                xml::print_call(&MethodCall { method: call.method.clone(), parameters: call.parameters.clone() });
            let (status, body) = self.post(&format!("/xmlrpc/2/{}", call.service), "text/xml", text, None).await?;
            if status != 200 {
                return Err(status_error(status));
            }
            return match xml::read_response(&body, limits)? {
                Response::Value(value) => Ok(value),
                Response::Fault(code, text) => Err(Error::Fault(match code {
                    Value::Int(3) => Fault::Denied,
                    Value::Int(4) => Fault::NoRight(text),
                    Value::Int(2) => Fault::of("UserError", &text),
                    _ => Fault::of_traceback(&text),
                })),
            };
        }
        let id = i64::from(self.number.load(Ordering::Relaxed)) + 1;
        let text = json::print(&json::Request::of(call, id).whole);
        let (status, body) = self.post("/jsonrpc", "application/json", text, None).await?;
        if status != 200 {
            return Err(status_error(status));
        }
        json::read_result(&body, limits)
    }

    async fn json2(&self, model: &str, method: &str, named: &Value) -> Result<Value, Error> {
        let path = format!("/json/2/{model}/{method}");
        let key = format!("bearer {}", self.options.secret.expose_secret());
        let (status, body) = self.post(&path, "application/json", json::print(named), Some(&key)).await?;
        if status == 200 {
            return json::read(&body, self.options.limits);
        }
        match json::json2_fault(status, &body, self.options.limits) {
            Some(fault) => Err(Error::Fault(fault)),
            None if status == 404 => Err(Error::Fault(Fault::NoDatabase(format!(
                "`{}` is not served here, or the server has no JSON-2",
                self.options.database
            )))),
            None => Err(status_error(status)),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.options.url.as_str().trim_end_matches('/'))
    }

    async fn get(&self, path: &str) -> Result<(u16, Vec<u8>), Error> {
        self.number.fetch_add(1, Ordering::Relaxed);
        let answer = self.http.get(self.url(path)).send().await.map_err(|error| transport(&error))?;
        self.body(answer).await
    }

    async fn post(&self, path: &str, kind: &str, text: String, key: Option<&str>) -> Result<(u16, Vec<u8>), Error> {
        self.number.fetch_add(1, Ordering::Relaxed);
        let mut request = self.http.post(self.url(path)).header(CONTENT_TYPE, kind);
        if let Some(key) = key {
            request = request.header(AUTHORIZATION, key);
            if !self.options.database.is_empty() {
                request = request.header("X-Odoo-Database", &self.options.database);
            }
        }
        let answer = request.body(text).send().await.map_err(|error| transport(&error))?;
        self.body(answer).await
    }

    async fn body(&self, mut answer: reqwest::Response) -> Result<(u16, Vec<u8>), Error> {
        let status = answer.status().as_u16();
        let most = self.options.limits.bytes;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| transport(&error))? {
            if body.len() + chunk.len() > most {
                return Err(Error::Transport(format!("the answer is longer than {} MiB", most >> 20)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((status, body))
    }
}

fn http(options: &Options) -> Result<reqwest::Client, Error> {
    // A second call finds it installed, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("castellan/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(options.patience);
    for der in &options.authorities {
        let certificate = reqwest::Certificate::from_der(der).map_err(|error| transport(&error))?;
        builder = builder.add_root_certificate(certificate);
    }
    if let (Some(address), Some(host)) = (options.address, options.url.host_str()) {
        builder = builder.resolve(host, address);
    }
    builder.build().map_err(|error| transport(&error))
}

/// The innermost reason: the outer ones repeat the URL only.
pub(crate) fn transport(error: &reqwest::Error) -> Error {
    if error.is_timeout() {
        return Error::Transport("no answer in time".to_owned());
    }
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    Error::Transport(reason.to_string())
}

fn status_error(status: u16) -> Error {
    let hint = match status {
        301 | 302 | 303 | 307 | 308 => "it leads elsewhere; give the address that it leads to",
        401 | 403 => "the proxy or the server lets nobody in here",
        404 => "this dialect is closed, or the server is no Odoo",
        429 => "a limit on requests",
        502..=504 => "the proxy reaches no Odoo",
        _ => "",
    };
    Error::Status { status, hint: hint.to_owned() }
}
