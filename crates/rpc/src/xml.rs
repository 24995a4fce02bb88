//! XML-RPC: calls, answers and faults. Printed as Python's `xmlrpc.client` prints them.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::Error;
use crate::number;
use crate::{Limits, Value};

/// A call as XML-RPC has it; the service is in the path.
#[derive(Debug, Clone, PartialEq)]
pub struct MethodCall {
    /// `execute_kw`.
    pub method: String,
    /// Parameters.
    pub parameters: Vec<Value>,
}

/// What a server answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Response {
    /// The result.
    Value(Value),
    /// A fault: code (a number, or a word in Odoo's first version of the service), and text.
    Fault(Value, String),
}

/// Reads a call.
///
/// # Errors
///
/// What breaks the dialect or a limit, with its line.
pub fn read_call(text: &[u8], limits: Limits) -> Result<MethodCall, Error> {
    let mut parser = Parser::new(text, limits)?;
    parser.open("methodCall")?;
    parser.open("methodName")?;
    let method = parser.text_until("methodName")?.trim().to_owned();
    let mut parameters = Vec::new();
    match parser.tag()? {
        Tag::Open(name) if name == "params" => parameters = parser.parameters()?,
        Tag::Empty(name) if name == "params" => {}
        Tag::Close(name) if name == "methodCall" => return parser.end(MethodCall { method, parameters }),
        other => return Err(parser.unexpected(&other)),
    }
    parser.close("methodCall")?;
    parser.end(MethodCall { method, parameters })
}

/// Reads an answer.
///
/// # Errors
///
/// What breaks the dialect or a limit, with its line.
pub fn read_response(text: &[u8], limits: Limits) -> Result<Response, Error> {
    let mut parser = Parser::new(text, limits)?;
    parser.open("methodResponse")?;
    let response = match parser.tag()? {
        Tag::Open(name) if name == "params" => {
            let mut parameters = parser.parameters()?;
            if parameters.len() > 1 {
                return Err(parser.wrong("an answer has one value"));
            }
            Response::Value(parameters.pop().unwrap_or_default())
        }
        Tag::Empty(name) if name == "params" => Response::Value(Value::Nil),
        Tag::Open(name) if name == "fault" => {
            parser.open("value")?;
            let fault = parser.value(0)?;
            parser.close("fault")?;
            let text = fault.get("faultString").and_then(Value::text).unwrap_or_default().to_owned();
            Response::Fault(fault.get("faultCode").cloned().unwrap_or_default(), text)
        }
        other => return Err(parser.unexpected(&other)),
    };
    parser.close("methodResponse")?;
    parser.end(response)
}

/// Prints a call.
#[must_use]
pub fn print_call(call: &MethodCall) -> String {
    let mut out = String::from("<?xml version='1.0'?>\n<methodCall>\n<methodName>");
    escape(&call.method, &mut out);
    out.push_str("</methodName>\n<params>\n");
    for value in &call.parameters {
        out.push_str("<param>\n");
        print(value, &mut out);
        out.push_str("</param>\n");
    }
    out.push_str("</params>\n</methodCall>\n");
    out
}

/// Prints an answer.
#[must_use]
pub fn print_response(response: &Response) -> String {
    let mut out = String::from("<?xml version='1.0'?>\n<methodResponse>\n");
    match response {
        Response::Value(value) => {
            out.push_str("<params>\n<param>\n");
            print(value, &mut out);
            out.push_str("</param>\n</params>\n");
        }
        Response::Fault(code, text) => {
            out.push_str("<fault>\n");
            print(&Value::map([("faultCode", code.clone()), ("faultString", text.as_str().into())]), &mut out);
            out.push_str("</fault>\n");
        }
    }
    out.push_str("</methodResponse>\n");
    out
}

fn print(value: &Value, out: &mut String) {
    out.push_str("<value>");
    match value {
        Value::Nil => out.push_str("<nil/>"),
        Value::Bool(is) => out.push_str(if *is { "<boolean>1</boolean>" } else { "<boolean>0</boolean>" }),
        Value::Int(number) => {
            let kind = if i32::try_from(*number).is_ok() { "int" } else { "i8" };
            out.push_str(&format!("<{kind}>{number}</{kind}>"));
        }
        Value::Float(number) => {
            out.push_str("<double>");
            out.push_str(&number::python(*number));
            out.push_str("</double>");
        }
        Value::Text(text) => {
            out.push_str("<string>");
            escape(text, out);
            out.push_str("</string>");
        }
        Value::Time(text) => {
            out.push_str("<dateTime.iso8601>");
            escape(text, out);
            out.push_str("</dateTime.iso8601>");
        }
        Value::Bytes(bytes) => {
            out.push_str("<base64>\n");
            for line in data_encoding::BASE64.encode(bytes).as_bytes().chunks(76) {
                out.push_str(std::str::from_utf8(line).unwrap_or_default());
                out.push('\n');
            }
            out.push_str("</base64>");
        }
        Value::List(items) => {
            out.push_str("<array><data>\n");
            for item in items {
                print(item, out);
            }
            out.push_str("</data></array>");
        }
        Value::Map(members) => {
            out.push_str("<struct>\n");
            for (name, value) in members {
                out.push_str("<member>\n<name>");
                escape(name, out);
                out.push_str("</name>\n");
                print(value, out);
                out.push_str("</member>\n");
            }
            out.push_str("</struct>");
        }
    }
    out.push_str("</value>\n");
}

fn escape(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
}

enum Tag {
    Open(String),
    Empty(String),
    Close(String),
    End,
}

struct Parser<'a> {
    text: &'a [u8],
    reader: Reader<&'a [u8]>,
    limits: Limits,
    values: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a [u8], limits: Limits) -> Result<Self, Error> {
        if text.len() > limits.bytes {
            return Err(Error::malformed(text, 0, format!("longer than {} bytes", limits.bytes)));
        }
        if let Err(error) = std::str::from_utf8(text) {
            return Err(Error::malformed(text, error.valid_up_to(), "not UTF-8"));
        }
        let mut reader = Reader::from_reader(text);
        reader.config_mut().check_end_names = true;
        Ok(Self { text, reader, limits, values: 0 })
    }

    fn wrong(&self, reason: impl Into<String>) -> Error {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        Error::malformed(self.text, at, reason)
    }

    fn unexpected(&self, tag: &Tag) -> Error {
        self.wrong(match tag {
            Tag::Open(name) | Tag::Empty(name) => format!("`<{name}>` is not expected here"),
            Tag::Close(name) => format!("`</{name}>` is not expected here"),
            Tag::End => "the text ends too soon".to_owned(),
        })
    }

    /// The next event; a document type is refused, because entities come with it.
    fn event(&mut self) -> Result<Event<'a>, Error> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err(self.wrong("a document type is refused")),
            Ok(event) => Ok(event),
            Err(error) => Err(self.wrong(error.to_string())),
        }
    }

    fn name(start: &BytesStart<'_>) -> String {
        String::from_utf8_lossy(start.name().as_ref()).into_owned()
    }

    /// The next tag; only white space may stand before it.
    fn tag(&mut self) -> Result<Tag, Error> {
        loop {
            match self.event()? {
                Event::Start(start) => return Ok(Tag::Open(Self::name(&start))),
                Event::Empty(start) => return Ok(Tag::Empty(Self::name(&start))),
                Event::End(end) => return Ok(Tag::Close(String::from_utf8_lossy(end.name().as_ref()).into_owned())),
                Event::Eof => return Ok(Tag::End),
                Event::Text(text) if text.iter().all(u8::is_ascii_whitespace) => {}
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                _ => return Err(self.wrong("a tag is expected here")),
            }
        }
    }

    fn open(&mut self, wanted: &str) -> Result<(), Error> {
        match self.tag()? {
            Tag::Open(name) if name == wanted => Ok(()),
            other => Err(self.unexpected(&other)),
        }
    }

    fn close(&mut self, wanted: &str) -> Result<(), Error> {
        match self.tag()? {
            Tag::Close(name) if name == wanted => Ok(()),
            other => Err(self.unexpected(&other)),
        }
    }

    fn end<T>(&mut self, value: T) -> Result<T, Error> {
        match self.tag()? {
            Tag::End => Ok(value),
            other => Err(self.unexpected(&other)),
        }
    }

    /// Adds what an event says in letters; false for a tag.
    fn letters(&self, event: &Event<'a>, out: &mut String) -> Result<bool, Error> {
        match event {
            Event::Text(text) => out.push_str(&String::from_utf8_lossy(text)),
            Event::CData(data) => out.push_str(&String::from_utf8_lossy(data)),
            Event::GeneralRef(entity) => {
                let name = String::from_utf8_lossy(entity).into_owned();
                match name.as_str() {
                    "amp" => out.push('&'),
                    "lt" => out.push('<'),
                    "gt" => out.push('>'),
                    "quot" => out.push('"'),
                    "apos" => out.push('\''),
                    other => {
                        let number = match other.strip_prefix('#') {
                            Some(hex) if hex.starts_with(['x', 'X']) => u32::from_str_radix(&hex[1..], 16).ok(),
                            Some(decimal) => decimal.parse().ok(),
                            None => None,
                        };
                        match number.and_then(char::from_u32) {
                            Some(char) => out.push(char),
                            None => return Err(self.wrong(format!("`&{other};` is not known"))),
                        }
                    }
                }
            }
            Event::Comment(_) | Event::PI(_) => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The text up to the end of the tag that was opened.
    fn text_until(&mut self, name: &str) -> Result<String, Error> {
        let mut out = String::new();
        loop {
            let event = self.event()?;
            if self.letters(&event, &mut out)? {
                continue;
            }
            return match event {
                Event::End(end) if end.name().as_ref() == name.as_bytes() => Ok(out.replace("\r\n", "\n")),
                _ => Err(self.wrong(format!("only text is expected in `<{name}>`"))),
            };
        }
    }

    /// After `<params>`.
    fn parameters(&mut self) -> Result<Vec<Value>, Error> {
        let mut out = Vec::new();
        loop {
            match self.tag()? {
                Tag::Open(name) if name == "param" => {
                    match self.tag()? {
                        Tag::Open(name) if name == "value" => out.push(self.value(0)?),
                        Tag::Empty(name) if name == "value" => out.push(Value::Text(String::new())),
                        other => return Err(self.unexpected(&other)),
                    }
                    self.close("param")?;
                }
                Tag::Close(name) if name == "params" => return Ok(out),
                other => return Err(self.unexpected(&other)),
            }
        }
    }

    /// After `<value>`; reads `</value>` too.
    fn value(&mut self, depth: usize) -> Result<Value, Error> {
        self.values += 1;
        if depth >= self.limits.depth {
            return Err(self.wrong(format!("more than {} values inside each other", self.limits.depth)));
        }
        if self.values > self.limits.values {
            return Err(self.wrong(format!("more than {} values", self.limits.values)));
        }
        let mut bare = String::new();
        loop {
            let event = self.event()?;
            if self.letters(&event, &mut bare)? {
                continue;
            }
            let value = match event {
                // Text without a type is a string.
                Event::End(_) => return Ok(Value::Text(bare.replace("\r\n", "\n"))),
                _ if !bare.trim().is_empty() => return Err(self.wrong("text beside a type")),
                Event::Empty(start) => self.empty(&Self::name(&start))?,
                Event::Start(start) => self.typed(&Self::name(&start), depth)?,
                Event::Eof => return Err(self.unexpected(&Tag::End)),
                _ => return Err(self.wrong("a type is expected here")),
            };
            self.close("value")?;
            return Ok(value);
        }
    }

    fn empty(&self, kind: &str) -> Result<Value, Error> {
        Ok(match kind {
            "nil" | "ex:nil" => Value::Nil,
            "string" => Value::Text(String::new()),
            "base64" => Value::Bytes(Vec::new()),
            "struct" => Value::Map(Vec::new()),
            other => return Err(self.wrong(format!("`<{other}/>` has no value"))),
        })
    }

    fn typed(&mut self, kind: &str, depth: usize) -> Result<Value, Error> {
        Ok(match kind {
            "string" => Value::Text(self.text_until(kind)?),
            "i1" | "i2" | "i4" | "i8" | "int" | "biginteger" => {
                let text = self.text_until(kind)?;
                let number = text.trim().parse();
                Value::Int(number.map_err(|_| self.wrong(format!("`{}` is no whole number", text.trim())))?)
            }
            "boolean" => match self.text_until(kind)?.trim() {
                "1" | "true" => Value::Bool(true),
                "0" | "false" => Value::Bool(false),
                other => return Err(self.wrong(format!("`{other}` is no boolean"))),
            },
            "double" | "float" => {
                let text = self.text_until(kind)?;
                let number = text.trim().parse();
                Value::Float(number.map_err(|_| self.wrong(format!("`{}` is no number", text.trim())))?)
            }
            "dateTime.iso8601" => Value::Time(self.text_until(kind)?.trim().to_owned()),
            "base64" => {
                let text: String = self.text_until(kind)?.chars().filter(|char| !char.is_ascii_whitespace()).collect();
                let bytes = data_encoding::BASE64.decode(text.as_bytes());
                Value::Bytes(bytes.map_err(|error| self.wrong(format!("base64: {error}")))?)
            }
            "nil" | "ex:nil" => {
                self.text_until(kind)?;
                Value::Nil
            }
            "array" => self.array(depth)?,
            "struct" => self.members(depth)?,
            other => return Err(self.wrong(format!("`<{other}>` is no type"))),
        })
    }

    fn array(&mut self, depth: usize) -> Result<Value, Error> {
        let mut items = Vec::new();
        match self.tag()? {
            Tag::Empty(name) if name == "data" => {}
            Tag::Open(name) if name == "data" => loop {
                match self.tag()? {
                    Tag::Open(name) if name == "value" => items.push(self.value(depth + 1)?),
                    Tag::Empty(name) if name == "value" => items.push(Value::Text(String::new())),
                    Tag::Close(name) if name == "data" => break,
                    other => return Err(self.unexpected(&other)),
                }
            },
            other => return Err(self.unexpected(&other)),
        }
        self.close("array")?;
        Ok(Value::List(items))
    }

    fn members(&mut self, depth: usize) -> Result<Value, Error> {
        let mut members = Vec::new();
        loop {
            match self.tag()? {
                Tag::Open(name) if name == "member" => {
                    self.open("name")?;
                    let name = self.text_until("name")?;
                    let value = match self.tag()? {
                        Tag::Open(tag) if tag == "value" => self.value(depth + 1)?,
                        Tag::Empty(tag) if tag == "value" => Value::Text(String::new()),
                        other => return Err(self.unexpected(&other)),
                    };
                    self.close("member")?;
                    members.push((name, value));
                }
                Tag::Close(name) if name == "struct" => return Ok(Value::Map(members)),
                other => return Err(self.unexpected(&other)),
            }
        }
    }
}
