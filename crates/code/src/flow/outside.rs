//! Calls of what is not in the scan: the request, cursors, containers and libraries.

use ruff_python_ast::{Expr, ExprCall};
use ustr::Ustr;

use super::analysis::{Analysis, SinkDetail};
use super::calls::Arguments;
use super::guards::{Effects, Guards};
use super::library::{self, Known};
use super::sources::SourceKind;
use super::summary::Sink;
use super::value::{Clean, Kind, Taint, Traits, Value};
use crate::python;
use crate::rules::helpers::is_superuser;

impl<'a> Analysis<'a, '_> {
    pub fn call_outside(
        &mut self,
        call: &'a ExprCall,
        callee: Value,
        receiver: Option<Value>,
        name: &'a str,
        dotted: &str,
        arguments: &Arguments<'a>,
    ) -> Value {
        if let Kind::Class(class) = callee.kind {
            return Value { taint: arguments.taint, ..Value::of(Kind::Object(class)) };
        }
        if callee.kind == Kind::Env {
            return self.plain_call(call, callee, name, dotted, arguments);
        }
        if !dotted.is_empty()
            && let Some(value) = self.library_call(call, name, dotted, arguments)
        {
            return value;
        }
        let Some(receiver) = receiver else {
            return self.plain_call(call, callee, name, dotted, arguments);
        };
        match receiver.kind {
            Kind::Cursor => return self.cursor_call(call, name, arguments),
            Kind::Records(_) | Kind::Super(_) => return self.orm_call(call, receiver, name, arguments),
            Kind::Env => return self.env_method(call, receiver, name, arguments),
            Kind::Named(_) => return self.plain_call(call, callee, name, dotted, arguments),
            Kind::Request => return self.request_call(call, name, arguments),
            Kind::HttpRequest => {
                if matches!(name, "get_data" | "get_json") {
                    self.effects |= Effects::BODY;
                }
                let kind = self.request_kind();
                let taint = self.source(kind, call, &format!("httprequest.{name}()"), Clean::empty());
                return Value { taint, traits: Traits::WHOLE | Traits::RAW_PARAMS, ..Value::UNKNOWN };
            }
            _ => {}
        }
        if matches!(python::last_name(receiver_expression(call)), Some("cr" | "_cr" | "cursor" | "cur")) {
            return self.cursor_call(call, name, arguments);
        }
        if let Some(value) = self.text_method(receiver, name, &arguments.positional, arguments.taint, call) {
            return value;
        }
        self.container_call(call, receiver, name, arguments)
    }

    pub fn container_call(
        &mut self,
        call: &'a ExprCall,
        receiver: Value,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Value {
        match name {
            "append" | "extend" | "insert" | "add" | "update" | "setdefault" | "appendleft" => {
                let mut merged = arguments
                    .positional
                    .iter()
                    .copied()
                    .fold(Value::UNKNOWN, |known, value| self.join_values(known, value));
                merged.taint = arguments.taint;
                if arguments.positional.iter().all(Value::is_literal) {
                    merged.traits |= Traits::LITERAL;
                }
                if let Expr::Attribute(attribute) = &*call.func {
                    self.absorb(&attribute.value, merged);
                }
                Value { taint: receiver.taint, ..Value::UNKNOWN }
            }
            "get" | "pop" => {
                let secret_name =
                    arguments.positional.first().is_some_and(|key| crate::rules::secrets::is_secret_name(key.text()));
                let secret = if secret_name { Traits::SECRET } else { Traits::empty() };
                if receiver.kind == Kind::Dict && receiver.is_literal() {
                    // The default of a fixed table may be the key itself.
                    let default = arguments.positional.get(1).copied().unwrap_or(Value::literal(Kind::None));
                    let inside = Value { kind: Kind::Unknown, text: None, ..receiver };
                    return self.join_values(inside, default);
                }
                let default = arguments.positional.get(1).map_or(Taint::CLEAN, |value| value.taint);
                let taint = self.arena.union(receiver.taint, default);
                Value { taint, kind: Kind::Unknown, text: None, traits: (receiver.traits & Traits::WHOLE) | secret }
            }
            "copy" | "items" | "values" | "keys" | "getlist" | "to_dict" => {
                let kind = if matches!(name, "copy" | "to_dict") { receiver.kind } else { Kind::Collection };
                Value { kind, text: None, ..receiver }
            }
            "json" | "text" | "content" | "read" | "getvalue" | "json_body" => {
                Value { kind: Kind::Unknown, text: None, ..receiver }
            }
            "extractall" | "extract" => {
                self.sink(Sink::Archive, receiver, call, name, SinkDetail::default());
                Value::UNKNOWN
            }
            "xpath" | "iterfind" => {
                if let Some(value) = arguments.get(0, "_path")
                    && !value.is_literal()
                {
                    self.sink(Sink::Xpath, value, call, name, SinkDetail::default());
                }
                Value { taint: receiver.taint, ..Value::UNKNOWN }
            }
            "from_string" => {
                if let Some(value) = arguments.get(0, "source") {
                    self.sink(Sink::Template, value, call, name, SinkDetail::default());
                }
                Value::UNKNOWN
            }
            "search_s" | "search_ext_s" | "search_st" | "search_ext" | "simple_bind_s" | "query" => {
                if let Some(value) = arguments.positional.get(2) {
                    self.sink(Sink::Ldap, *value, call, name, SinkDetail::default());
                }
                Value::UNKNOWN
            }
            "add_where" | "add_join" | "add_table" => {
                if let Some(value) = arguments.get(0, "where_clause") {
                    let with_parameters = arguments.positional.len() > 1;
                    self.sink(
                        Sink::SqlQueryPart,
                        value,
                        call,
                        name,
                        SinkDetail { with_parameters, ..SinkDetail::default() },
                    );
                }
                Value::UNKNOWN
            }
            _ => {
                // What a client sends is text, numbers, lists and dictionaries: an object with other methods is not his.
                let own =
                    if receiver.kind == Kind::Unknown && !is_data_method(name) { Taint::CLEAN } else { receiver.taint };
                let taint = self.arena.union(own, arguments.taint);
                let kind = match receiver.kind {
                    Kind::Instance(base) => Kind::Instance(base),
                    _ => Kind::Unknown,
                };
                Value { taint, kind, text: None, traits: Traits::empty() }
            }
        }
    }

    fn plain_call(
        &mut self,
        call: &'a ExprCall,
        callee: Value,
        name: &str,
        dotted: &str,
        arguments: &Arguments<'a>,
    ) -> Value {
        if callee.kind == Kind::Env {
            // `self.env(user=...)`, `self.env(su=True)`.
            let superuser = call.arguments.keywords.iter().any(|keyword| {
                let key = keyword.arg.as_ref().map(ruff_python_ast::Identifier::as_str);
                (key == Some("user") && is_superuser(&keyword.value))
                    || (key == Some("su") && python::boolean(&keyword.value) == Some(true))
            });
            let traits = if superuser { Traits::SUDO | Traits::SUPERUSER_ENV } else { callee.traits & Traits::SUDO };
            return Value { traits, ..Value::of(Kind::Env) };
        }
        match name {
            "getattr" => {
                let base = arguments.positional.first().copied().unwrap_or(Value::UNKNOWN);
                let key = arguments.positional.get(1).copied().unwrap_or(Value::UNKNOWN);
                // `getattr(self, "_run")` is `self._run`.
                if let (Kind::Records(model), false) = (base.kind, key.text().is_empty())
                    && let [only] = self.program.methods(model, Ustr::from(key.text()))
                {
                    return Value::of(Kind::Function(*only));
                }
                if !key.is_literal() && matches!(base.kind, Kind::Records(_)) {
                    self.sink(Sink::FieldName, key.with(base.traits), call, name, SinkDetail::default());
                }
                return Value { taint: base.taint, ..Value::UNKNOWN };
            }
            "_" | "_lt" => {
                let mut value = arguments.positional.first().copied().unwrap_or(Value::UNKNOWN);
                value.taint = arguments.taint;
                let traits = if arguments.positional.len() > 1 || !arguments.keywords.is_empty() {
                    Traits::FORMAT
                } else {
                    value.traits
                };
                return Value { kind: Kind::Str, text: None, traits, ..value };
            }
            "Environment" if dotted.is_empty() || dotted == "Environment" => {
                let superuser = call.arguments.args.get(1).is_some_and(is_superuser);
                let traits = if superuser { Traits::SUDO | Traits::SUPERUSER_ENV } else { Traits::empty() };
                return Value { traits, ..Value::of(Kind::Env) };
            }
            _ => {}
        }
        let kind =
            if dotted.is_empty() || dotted.len() > 120 { Kind::Unknown } else { Kind::Instance(Ustr::from(dotted)) };
        Value { taint: arguments.taint, kind, text: None, traits: Traits::empty() }
    }

    fn library_call(
        &mut self,
        call: &'a ExprCall,
        name: &str,
        dotted: &str,
        arguments: &Arguments<'a>,
    ) -> Option<Value> {
        let odoo_environment = dotted.ends_with("api.Environment") || dotted == "odoo.Environment";
        if odoo_environment {
            return Some(self.plain_call(call, Value::UNKNOWN, "Environment", "", arguments));
        }
        if dotted.starts_with("os.environ") || dotted == "os.getenv" {
            let empty = arguments
                .positional
                .get(1)
                .is_some_and(|value| value.is_literal() && value.kind == Kind::Str && value.text().is_empty());
            let traits = Traits::SETTING | if empty { Traits::EMPTY_DEFAULT } else { Traits::empty() };
            return Some(Value { traits, ..Value::of(Kind::Str) });
        }
        let first = |keyword: &str, index: usize| arguments.get(index, keyword).unwrap_or(Value::UNKNOWN);
        match library::known(dotted)? {
            Known::Sink(sink, index, keyword) => {
                let value = first(keyword, index);
                let node = call.arguments.find_argument_value(keyword, index);
                let detail = SinkDetail {
                    guards: Guards::empty(),
                    with_parameters: arguments.positional.len() > 1,
                    ..SinkDetail::default()
                };
                let sink = match sink {
                    // A shell makes the whole list one command line.
                    Sink::Argument
                        if call
                            .arguments
                            .find_keyword("shell")
                            .is_some_and(|shell| python::boolean(&shell.value) == Some(true)) =>
                    {
                        Sink::Shell
                    }
                    // A list that was given as one text is a program name.
                    other => other,
                };
                match node {
                    Some(node) => self.sink(sink, value, node, name, detail),
                    None => self.sink(sink, value, call, name, detail),
                }
                Some(match sink {
                    Sink::Markup => {
                        let taint = self.arena.clean(value.taint, Clean::HTML);
                        Value { taint, kind: Kind::Markup, text: None, traits: value.traits & Traits::LITERAL }
                    }
                    Sink::SqlWrapper => {
                        Value { traits: value.traits & Traits::LITERAL, text: value.text, ..Value::of(Kind::Sql) }
                    }
                    Sink::SqlAsIs => Value::of(Kind::Sql),
                    Sink::Redirect => Value::of(Kind::Response),
                    Sink::Path if matches!(name, "open" | "Path") => Value {
                        taint: value.taint,
                        kind: Kind::Instance(Ustr::from(dotted)),
                        text: None,
                        traits: Traits::empty(),
                    },
                    Sink::Path => Value::of(Kind::Response),
                    Sink::Pattern => {
                        let subject = arguments
                            .positional
                            .iter()
                            .skip(1)
                            .fold(Taint::CLEAN, |taint, value| self.arena.union(taint, value.taint));
                        Value { taint: subject, ..Value::UNKNOWN }
                    }
                    Sink::Database => Value::of(Kind::Registry),
                    _ => Value {
                        taint: value.taint,
                        kind: Kind::Instance(Ustr::from(dotted)),
                        text: None,
                        traits: Traits::empty(),
                    },
                })
            }
            Known::Cleans(clean, kind) => {
                let value = first("", 0);
                if value.is_literal() {
                    return Some(Value { kind, text: value.text, ..Value::literal(kind) });
                }
                let taint = self.arena.clean(arguments.taint, clean);
                Some(Value { taint, kind, text: None, traits: Traits::empty() })
            }
            Known::Passes(kind) => {
                let value = first("", 0);
                let keep = Traits::LITERAL | Traits::RAW_PARAMS | Traits::FORMAT | Traits::CONCAT | Traits::SECRET;
                let literal = arguments.positional.iter().all(Value::is_literal)
                    && arguments.taint == Taint::CLEAN
                    && !arguments.positional.is_empty();
                let mut traits = value.traits & keep;
                traits.set(Traits::LITERAL, literal);
                let kind =
                    if kind == Kind::Collection && matches!(value.kind, Kind::Records(_)) { value.kind } else { kind };
                Some(Value {
                    taint: arguments.taint,
                    kind,
                    text: if kind == Kind::Str { value.text } else { None },
                    traits,
                })
            }
            Known::Fresh(kind) => Some(Value::of(kind)),
            Known::Request(index, keyword) => {
                self.effects |= Effects::NETWORK;
                let value = first(keyword, index);
                let fixed_host = self.has_fixed_host(call.arguments.find_argument_value(keyword, index));
                if !fixed_host {
                    let node: &'a Expr = match call.arguments.find_argument_value(keyword, index) {
                        Some(node) => node,
                        None => return Some(Value::UNKNOWN),
                    };
                    self.sink(Sink::Url, value, node, name, SinkDetail::default());
                }
                let taint = self.source(SourceKind::External, call, &format!("{dotted}()"), Clean::empty());
                Some(Value {
                    taint,
                    kind: Kind::Instance(Ustr::from("requests.Response")),
                    text: None,
                    traits: Traits::empty(),
                })
            }
        }
    }

    /// Whether a URL expression begins with a constant scheme and host, so that a value cannot change the host.
    fn has_fixed_host(&mut self, expression: Option<&'a Expr>) -> bool {
        let Some(expression) = expression else { return false };
        let prefix: String = match expression {
            Expr::FString(string) => match string.value.elements().next() {
                Some(ruff_python_ast::InterpolatedStringElement::Literal(text)) => text.value.to_string(),
                Some(ruff_python_ast::InterpolatedStringElement::Interpolation(part)) => {
                    return self.eval(&part.expression).taint == Taint::CLEAN;
                }
                None => String::new(),
            },
            Expr::BinOp(operation) => {
                let left = self.eval(&operation.left);
                if left.text().is_empty() && left.taint == Taint::CLEAN && left.kind != Kind::Unknown {
                    return true;
                }
                if left.taint == Taint::CLEAN && left.text().is_empty() {
                    return matches!(&*operation.left, Expr::Attribute(_) | Expr::Name(_) | Expr::Call(_));
                }
                left.text().to_owned()
            }
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(attribute) if attribute.attr.as_str() == "format" => {
                    self.eval(&attribute.value).text().to_owned()
                }
                _ => return false,
            },
            Expr::Name(_) => return false,
            _ => return false,
        };
        prefix.split_once("://").is_some_and(|(_, rest)| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or("");
            !host.is_empty() && !host.contains(['%', '{']) && rest.len() > host.len()
        })
    }

    fn cursor_call(&mut self, call: &'a ExprCall, name: &str, arguments: &Arguments<'a>) -> Value {
        match name {
            "execute" | "executemany" | "execute_values" | "_execute" => {
                self.effects |= Effects::SQL;
                let query = arguments.get(0, "query").unwrap_or(Value::UNKNOWN);
                let text = query.text().trim_start().to_ascii_lowercase();
                if ["delete", "truncate", "alter", "drop", "update", "insert", "create"]
                    .iter()
                    .any(|word| text.starts_with(word))
                {
                    self.effects |= Effects::SQL_WRITES;
                } else {
                    self.effects |= Effects::READS;
                }
                let with_parameters = arguments.positional.len() > 1
                    || arguments.keywords.iter().any(|(key, _)| matches!(key, Some("params" | "vars")));
                let node = call.arguments.find_argument_value("query", 0);
                if query.kind != Kind::Sql
                    && let Some(node) = node
                {
                    self.sink(Sink::Sql, query, node, name, SinkDetail { with_parameters, ..SinkDetail::default() });
                }
                if let Some(parameters) = arguments.positional.get(1)
                    && text.contains("like")
                    && let Some(node) = call.arguments.args.get(1)
                {
                    let wild = parameters.traits.intersects(Traits::FORMAT | Traits::CONCAT) || self.has_wildcard(node);
                    if wild {
                        self.sink(Sink::LikeParameter, *parameters, node, name, SinkDetail::default());
                    }
                }
                Value::UNKNOWN
            }
            "copy_expert" | "copy_from" | "copy_to" => {
                let index = usize::from(name != "copy_expert");
                if let (Some(value), Some(node)) = (arguments.positional.get(index), call.arguments.args.get(index)) {
                    self.sink(Sink::SqlCopy, *value, node, name, SinkDetail::default());
                }
                Value::UNKNOWN
            }
            "mogrify" => Value::of(Kind::Sql),
            "fetchone" | "fetchall" | "dictfetchall" | "dictfetchone" | "fetchmany" => Value::of(Kind::Collection),
            _ => Value::UNKNOWN,
        }
    }

    /// `'%' + x + '%'` or `f"%{x}%"` among the parameters.
    fn has_wildcard(&mut self, node: &'a Expr) -> bool {
        python::elements(node).is_some_and(|elements| {
            elements.iter().any(|element| {
                let value = self.eval(element);
                value.traits.intersects(Traits::FORMAT | Traits::CONCAT) && value.taint != Taint::CLEAN
            })
        })
    }

    fn env_method(&mut self, call: &'a ExprCall, receiver: Value, name: &str, arguments: &Arguments<'a>) -> Value {
        let traits = receiver.traits & (Traits::SUDO | Traits::SUPERUSER_ENV);
        match name {
            "ref" => Value { traits, ..Value::of(Kind::Records(Ustr::from(""))) },
            "__getitem__" | "get" => {
                let value = arguments.positional.first().copied().unwrap_or(Value::UNKNOWN);
                if !value.is_literal() {
                    let guards = self.guards;
                    self.sink(
                        Sink::ModelName,
                        value.with(receiver.traits),
                        call,
                        name,
                        SinkDetail { guards, ..SinkDetail::default() },
                    );
                }
                Value { traits, ..Value::of(Kind::Records(Ustr::from(value.text()))) }
            }
            _ => Value::UNKNOWN,
        }
    }

    fn request_call(&mut self, call: &'a ExprCall, name: &str, arguments: &Arguments<'a>) -> Value {
        match name {
            "get_json_data" | "get_http_params" => {
                self.effects |= Effects::BODY;
                let kind = self.request_kind();
                let taint = self.source(kind, call, &format!("request.{name}()"), Clean::empty());
                Value { taint, kind: Kind::Dict, text: None, traits: Traits::RAW_PARAMS | Traits::WHOLE }
            }
            "render" => Value::of(Kind::Response),
            "redirect" | "redirect_query" => {
                let open = name == "redirect_query"
                    || call
                        .arguments
                        .find_keyword("local")
                        .is_some_and(|local| python::boolean(&local.value) == Some(false));
                let value = arguments.get(0, "location").unwrap_or(Value::UNKNOWN);
                let text_first = call.arguments.args.first().is_some_and(starts_with_slash);
                if open && !text_first {
                    self.sink(Sink::Redirect, value, call, name, SinkDetail::default());
                }
                Value::of(Kind::Response)
            }
            "make_response" => {
                let body = arguments.get(0, "data").unwrap_or(Value::UNKNOWN);
                let site = self.site(call);
                let text = self.program.file(site.file).slice(site.range).to_ascii_lowercase();
                let other_type = ["text/plain", "application/", "text/csv", "image/", "text/xml", "text/calendar"]
                    .iter()
                    .any(|kind| text.contains(kind));
                if (body.traits.intersects(Traits::FORMAT | Traits::CONCAT) || body.kind == Kind::Str) && !other_type {
                    self.sink(Sink::Html, body, call, name, SinkDetail::default());
                }
                Value::of(Kind::Response)
            }
            "update_env" | "update_context" => Value::UNKNOWN,
            _ => Value { taint: arguments.taint, ..Value::UNKNOWN },
        }
    }
}

/// Methods of plain data and of what is made from it: matches, files, buffers.
fn is_data_method(name: &str) -> bool {
    matches!(
        name,
        "group"
            | "groups"
            | "groupdict"
            | "read"
            | "readline"
            | "readlines"
            | "getvalue"
            | "tobytes"
            | "hex"
            | "isoformat"
            | "strftime"
            | "difference"
            | "union"
            | "intersection"
            | "pop"
            | "popitem"
            | "fromkeys"
            | "index"
            | "__getitem__"
            | "getlist"
            | "get_data"
            | "get_payload"
            | "find"
            | "findall"
            | "findtext"
            | "iter"
            | "getroot"
            | "sort"
            | "reverse"
    )
}

fn receiver_expression(call: &ExprCall) -> &Expr {
    match &*call.func {
        Expr::Attribute(attribute) => &attribute.value,
        other => other,
    }
}

fn starts_with_slash(expression: &Expr) -> bool {
    let first = match expression {
        Expr::StringLiteral(literal) => literal.value.to_str(),
        Expr::BinOp(operation) => return starts_with_slash(&operation.left),
        Expr::FString(string) => match string.value.elements().next() {
            Some(ruff_python_ast::InterpolatedStringElement::Literal(text)) => &text.value,
            _ => "",
        },
        _ => "",
    };
    first.starts_with('/') && !first.starts_with("//") && first.len() > 1
}
