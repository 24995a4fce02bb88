//! JSON-RPC as Odoo has it, and the bodies of JSON-2. Printed as Python's `json.dumps` prints them.

use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::error::{Error, Fault};
use crate::{Call, Limits, ModelCall, Value, number};

/// A request of JSON-RPC, with everything that it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The whole text, members in their order.
    pub whole: Value,
}

impl Request {
    /// A call of a service, as `/jsonrpc` takes it.
    #[must_use]
    pub fn of(call: &Call, id: i64) -> Self {
        let parameters = Value::map([
            ("service", call.service.as_str().into()),
            ("method", call.method.as_str().into()),
            ("args", Value::List(call.parameters.clone())),
        ]);
        Self {
            whole: Value::map([
                ("jsonrpc", "2.0".into()),
                ("method", "call".into()),
                ("params", parameters),
                ("id", id.into()),
            ]),
        }
    }

    /// The call of a service: `/jsonrpc`.
    #[must_use]
    pub fn call(&self) -> Option<Call> {
        let parameters = self.whole.get("params")?;
        Some(Call {
            service: parameters.get("service")?.text()?.to_owned(),
            method: parameters.get("method")?.text()?.to_owned(),
            parameters: parameters.get("args").and_then(Value::list).unwrap_or_default().to_vec(),
        })
    }

    /// The call of a model: `/jsonrpc` with `execute_kw`, or the web client's `/web/dataset/call_kw`.
    #[must_use]
    pub fn model_call(&self) -> Option<ModelCall> {
        if let Some(call) = self.call() {
            return call.model_call();
        }
        let parameters = self.whole.get("params")?;
        Some(ModelCall {
            database: None,
            user: None,
            model: parameters.get("model")?.text()?.to_owned(),
            method: parameters.get("method")?.text()?.to_owned(),
            arguments: parameters.get("args").and_then(Value::list).unwrap_or_default().to_vec(),
            named: match parameters.get("kwargs") {
                Some(Value::Map(named)) => named.clone(),
                _ => Vec::new(),
            },
        })
    }
}

/// The call of a model that a path and a body of JSON-2 make: `/json/2/res.users/search_read`.
#[must_use]
pub fn json2_call(path: &str, body: &Value) -> Option<ModelCall> {
    let (model, method) = path.split('?').next()?.strip_prefix("/json/2/")?.trim_end_matches('/').split_once('/')?;
    let named = match body {
        Value::Map(named) => named.clone(),
        Value::Nil => Vec::new(),
        _ => return None,
    };
    let plain = |word: &str| !word.is_empty() && !word.contains('/');
    (plain(model) && plain(method)).then(|| ModelCall {
        database: None,
        user: None,
        model: model.to_owned(),
        method: method.to_owned(),
        arguments: Vec::new(),
        named,
    })
}

/// Reads any JSON text.
///
/// # Errors
///
/// What breaks JSON or a limit, with its line.
pub fn read(text: &[u8], limits: Limits) -> Result<Value, Error> {
    if text.len() > limits.bytes {
        return Err(Error::malformed(text, 0, format!("longer than {} bytes", limits.bytes)));
    }
    check(text, limits)?;
    serde_json::from_slice(text)
        .map_err(|error| Error::Malformed { line: error.line().max(1), reason: error.to_string() })
}

/// Depth and number of values, before anything is built.
fn check(text: &[u8], limits: Limits) -> Result<(), Error> {
    let (mut depth, mut values, mut quoted, mut escaped) = (0_usize, 1_usize, false, false);
    for (at, byte) in text.iter().enumerate() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'[' | b'{' => {
                depth += 1;
                values += 1;
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if depth > limits.depth {
            return Err(Error::malformed(text, at, format!("more than {} values inside each other", limits.depth)));
        }
        if values > limits.values {
            return Err(Error::malformed(text, at, format!("more than {} values", limits.values)));
        }
    }
    Ok(())
}

/// Reads a request of JSON-RPC.
///
/// # Errors
///
/// What breaks JSON or a limit, with its line.
pub fn read_request(text: &[u8], limits: Limits) -> Result<Request, Error> {
    let whole = read(text, limits)?;
    match whole {
        Value::Map(_) => Ok(Request { whole }),
        _ => Err(Error::malformed(text, 0, "a request is an object")),
    }
}

/// The result in an answer of JSON-RPC.
///
/// # Errors
///
/// The server's fault, or what breaks the dialect.
pub fn read_result(text: &[u8], limits: Limits) -> Result<Value, Error> {
    let whole = read(text, limits)?;
    if let Some(error) = whole.get("error") {
        return Err(Error::Fault(fault(error)));
    }
    match whole {
        Value::Map(members) => {
            let result = members.into_iter().find(|(name, _)| name == "result");
            // A method that returns nothing leaves the member out.
            Ok(result.map(|(_, value)| value).unwrap_or_default())
        }
        _ => Err(Error::malformed(text, 0, "an answer is an object")),
    }
}

fn fault(error: &Value) -> Fault {
    if error.get("code").and_then(Value::int) == Some(100) {
        return Fault::SessionEnded;
    }
    let data = error.get("data");
    let word = |name: &str| data.and_then(|data| data.get(name)).and_then(Value::text);
    let message = word("message").or_else(|| error.get("message").and_then(Value::text)).unwrap_or_default();
    Fault::of(word("name").unwrap_or_default(), message)
}

/// The fault in an answer of JSON-2 with a status that is not 200.
#[must_use]
pub fn json2_fault(status: u16, text: &[u8], limits: Limits) -> Option<Fault> {
    let value = read(text, limits).ok()?;
    let message = value.get("message").and_then(Value::text)?;
    if status == 401 {
        return Some(Fault::Denied);
    }
    Some(match Fault::of(value.get("name").and_then(Value::text).unwrap_or_default(), message) {
        Fault::Other(name, text) if status == 404 && !text.contains("POST") => {
            Fault::NoModel(format!("{name}: {text}"))
        }
        Fault::Other(name, text) if status == 404 => Fault::NoMember(format!("{name}: {text}")),
        other => other,
    })
}

/// Prints a value as `json.dumps` does: a blank after `,` and `:`, everything that is not ASCII escaped.
#[must_use]
pub fn print(value: &Value) -> String {
    let mut out = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut out, Python);
    if value.serialize(&mut writer).is_err() {
        return String::new();
    }
    String::from_utf8(out).unwrap_or_default()
}

struct Python;

impl Formatter for Python {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, number: f64) -> io::Result<()> {
        writer.write_all(number::python(number).as_bytes())
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0; 2];
        for char in fragment.chars() {
            if char.is_ascii() && char != '\u{7f}' {
                writer.write_all(&[u8::try_from(char).unwrap_or(b'?')])?;
            } else if char == '\u{7f}' {
                writer.write_all(b"\x7f")?;
            } else {
                for unit in char.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}
