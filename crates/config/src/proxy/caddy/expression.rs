//! Caddy's `expression` matcher: the part of CEL that routes use.
//!
//! `path('/web/database*') && !remote_ip('10.0.0.0/8')`, `{method} == "POST"`, `{path}.startsWith("/x")`. Source: Caddy
//! documentation, "Request Matchers", expression.

use super::State;
use super::matcher::{Matcher, Part};
use crate::proxy::Request;

/// A parsed expression.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Matcher(Box<Matcher>),
    Compare { left: Value, sign: &'static str, right: Vec<Value> },
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    /// `{path}`.
    Placeholder(String),
}

impl Value {
    fn get(&self, request: &Request, state: &State) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Placeholder(name) => state.placeholder(name, request),
        }
    }
}

impl Expression {
    /// Reads an expression; `None` for what is not understood.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
        let expression = parser.any()?;
        (parser.at == tokens.len()).then_some(expression)
    }

    /// Whether it holds; `None` when it cannot be told.
    pub(super) fn holds(&self, request: &Request, state: &State) -> Option<bool> {
        match self {
            Self::All(parts) => parts.iter().try_fold(true, |all, part| Some(part.holds(request, state)? && all)),
            Self::Any(parts) => parts.iter().try_fold(false, |any, part| Some(part.holds(request, state)? || any)),
            Self::Not(inner) => inner.holds(request, state).map(|value| !value),
            Self::Matcher(matcher) => matcher.holds(request, state, &mut Vec::new()),
            Self::Compare { left, sign, right } => {
                let left = left.get(request, state)?;
                let mut any = false;
                for value in right {
                    let value = value.get(request, state)?;
                    any |= match *sign {
                        "startsWith" => left.starts_with(&value),
                        "endsWith" => left.ends_with(&value),
                        "contains" => left.contains(&value),
                        "matches" => super::matcher::pattern(&value)?.is_match(&left),
                        _ => left == value,
                    };
                }
                Some(any != (*sign == "!="))
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Text(String),
    Placeholder(String),
    Name(String),
    Sign(&'static str),
}

const SIGNS: [&str; 16] = ["&&", "||", "==", "!=", "!", "(", ")", "[", "]", ",", ".", ":", "<", ">", "{", "}"];

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let first = rest.chars().next()?;
        if first == '\'' || first == '"' {
            let end = rest.get(1..)?.find(first)? + 1;
            out.push(Token::Text(rest.get(1..end)?.to_owned()));
            rest = rest.get(end + 1..)?;
        } else if let Some((name, after)) = placeholder(rest) {
            out.push(Token::Placeholder(name.to_owned()));
            rest = after;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            out.push(Token::Sign(sign));
            rest = rest.get(sign.len()..)?;
        } else {
            let end = rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            out.push(Token::Name(rest.get(..end)?.to_owned()));
            rest = rest.get(end..)?;
        }
        rest = rest.trim_start();
    }
    Some(out)
}

/// `{path}` but not the map `{'key': 'value'}`.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('{')?;
    let (name, after) = inner.split_once('}')?;
    let plain = !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || "._-[]>".contains(char));
    plain.then_some((name, after))
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn sign(&mut self, wanted: &'static str) -> Option<()> {
        (self.tokens.get(self.at) == Some(&Token::Sign(wanted))).then(|| self.at += 1)
    }

    fn any(&mut self) -> Option<Expression> {
        let mut parts = vec![self.all()?];
        while self.sign("||").is_some() {
            parts.push(self.all()?);
        }
        Some(Expression::Any(parts))
    }

    fn all(&mut self) -> Option<Expression> {
        let mut parts = vec![self.single()?];
        while self.sign("&&").is_some() {
            parts.push(self.single()?);
        }
        Some(Expression::All(parts))
    }

    fn single(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > 64 {
            return None;
        }
        if self.sign("!").is_some() {
            return Some(Expression::Not(Box::new(self.single()?)));
        }
        if self.sign("(").is_some() {
            let inner = self.any()?;
            self.sign(")")?;
            return Some(inner);
        }
        if let Some(Token::Name(name)) = self.tokens.get(self.at)
            && self.tokens.get(self.at + 1) == Some(&Token::Sign("("))
        {
            let name = name.clone();
            self.at += 2;
            return self.matcher(&name);
        }
        let left = self.value()?;
        if self.sign(".").is_some() {
            let Some(Token::Name(method)) = self.tokens.get(self.at) else { return None };
            let sign = ["startsWith", "endsWith", "contains", "matches"].into_iter().find(|known| known == method)?;
            self.at += 1;
            self.sign("(")?;
            let right = vec![self.value()?];
            self.sign(")")?;
            return Some(Expression::Compare { left, sign, right });
        }
        if self.sign("==").is_some() {
            return Some(Expression::Compare { left, sign: "==", right: vec![self.value()?] });
        }
        if self.sign("!=").is_some() {
            return Some(Expression::Compare { left, sign: "!=", right: vec![self.value()?] });
        }
        if self.tokens.get(self.at) == Some(&Token::Name("in".into())) {
            self.at += 1;
            self.sign("[")?;
            let mut right = Vec::new();
            while self.sign("]").is_none() {
                right.push(self.value()?);
                let _ = self.sign(",");
            }
            return Some(Expression::Compare { left, sign: "in", right });
        }
        None
    }

    /// `path('/a*', '/b')`, `header({'Key': 'value'})`.
    fn matcher(&mut self, name: &str) -> Option<Expression> {
        let mut texts = Vec::new();
        let mut is_map = false;
        while self.sign(")").is_none() {
            match self.tokens.get(self.at)? {
                Token::Text(text) => texts.push(text.clone()),
                Token::Sign("{" | "[") => is_map = true,
                Token::Sign("," | "}" | "]" | ":") => {}
                _ => return None,
            }
            self.at += 1;
        }
        let part = match name {
            "query" if is_map => Part::Query(texts.chunks(2).map(|pair| pair.join("=")).collect()),
            "header" => {
                Part::Header(texts.first()?.to_lowercase(), vec![texts.get(1).cloned().unwrap_or_else(|| "*".into())])
            }
            name => Part::new(name, &texts),
        };
        Some(Expression::Matcher(Box::new(Matcher { parts: vec![part], specificity: 0 })))
    }

    fn value(&mut self) -> Option<Value> {
        let value = match self.tokens.get(self.at)? {
            Token::Text(text) => Value::Text(text.clone()),
            Token::Placeholder(name) => Value::Placeholder(name.clone()),
            Token::Name(number) if number.chars().all(|char| char.is_ascii_digit()) => Value::Text(number.clone()),
            _ => return None,
        };
        self.at += 1;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_routes() {
        let mut request = Request::new("POST", "https", "erp.example.com", 443, "/web/database/manager?debug=1");
        request.headers.push(("x-key".into(), "one".into()));
        let state = State::new(&request);
        for (text, expected) in [
            ("path('/web/database*')", Some(true)),
            ("path('/jsonrpc', '/xmlrpc/*') || method('POST')", Some(true)),
            ("!remote_ip('203.0.113.0/24', '10.0.0.0/8')", Some(false)),
            ("{method} == \"GET\" && {path}.startsWith('/web')", Some(false)),
            ("{path}.contains('database') && {scheme} in ['https']", Some(true)),
            ("header({'X-Key': 'o*'}) && query({'debug': '*'})", Some(true)),
            ("path_regexp('^/web/(database|x)')", Some(true)),
            ("{host} != 'erp.example.com'", Some(false)),
            ("{http.vars.mine} == 'x'", None),
        ] {
            assert_eq!(Expression::parse(text).and_then(|one| one.holds(&request, &state)), expected, "{text}");
        }
        for wrong in ["path(", "(", "{x", "'", "a b", "file('x') &&"] {
            assert!(Expression::parse(wrong).is_none(), "{wrong}");
        }
    }
}
