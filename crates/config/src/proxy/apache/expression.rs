//! Apache's expressions and variables: `%{QUERY_STRING} =~ /x/ && ! -R '10.0.0.0/8'`.
//!
//! Sources: Apache HTTP Server documentation, "Expressions in Apache HTTP Server", "Server Variables" of mod_rewrite.

use ipnet::IpNet;

use super::compile;
use crate::proxy::Request;

/// What expressions and patterns are compared with.
pub(super) struct Context<'r> {
    pub(super) request: &'r Request,
    pub(super) path: &'r str,
    pub(super) environment: &'r [(String, String)],
}

impl Context<'_> {
    /// The value of a variable, empty when the request has none; `None` when it is not known here.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        let request = self.request;
        let header = |name: &str| {
            if name.eq_ignore_ascii_case("host") {
                self.host()
            } else {
                request.header(&name.to_lowercase()).unwrap_or("").to_owned()
            }
        };
        if let Some((space, key)) = name.split_once(':') {
            return match space.to_uppercase().as_str() {
                "HTTP" | "REQ" | "REQ_NOVARY" => Some(header(key)),
                "ENV" | "REQENV" => Some(
                    self.environment
                        .iter()
                        .rev()
                        .find(|(have, _)| have == key)
                        .map_or(String::new(), |(_, value)| value.clone()),
                ),
                _ => None,
            };
        }
        Some(match name.to_uppercase().as_str() {
            "HTTPS" => if request.scheme == "https" { "on" } else { "off" }.to_owned(),
            "HTTP_HOST" => self.host(),
            "HTTP_USER_AGENT" => header("user-agent"),
            "HTTP_REFERER" => header("referer"),
            "HTTP_COOKIE" => header("cookie"),
            "HTTP_ACCEPT" => header("accept"),
            "HTTP_FORWARDED" => header("forwarded"),
            "SERVER_NAME" => request.host.clone(),
            "SERVER_PORT" => request.port.to_string(),
            "SERVER_PROTOCOL" => "HTTP/1.1".to_owned(),
            "REQUEST_URI" | "DOCUMENT_URI" | "REQUEST_FILENAME" | "SCRIPT_FILENAME" => self.path.to_owned(),
            "REQUEST_METHOD" => request.method.clone(),
            "REQUEST_SCHEME" => request.scheme.clone(),
            "THE_REQUEST" => format!("{} {} HTTP/1.1", request.method, request.target),
            "QUERY_STRING" => request.target.split_once('?').map_or(String::new(), |(_, query)| query.to_owned()),
            "REMOTE_ADDR" | "REMOTE_HOST" | "CONN_REMOTE_ADDR" => request.from.to_string(),
            "REMOTE_USER" | "AUTH_TYPE" | "PATH_INFO" | "REMOTE_IDENT" => String::new(),
            "IPV6" => if request.from.is_ipv6() { "on" } else { "off" }.to_owned(),
            _ => return None,
        })
    }

    /// Host with the port that is not the standard one, as clients send it.
    fn host(&self) -> String {
        let standard = if self.request.scheme == "https" { 443 } else { 80 };
        if self.request.port == standard {
            self.request.host.clone()
        } else {
            format!("{}:{}", self.request.host, self.request.port)
        }
    }

    /// Puts in the variables of a text.
    pub(super) fn interpolate(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("%{") {
            out.push_str(before);
            let (name, after) = after.split_once('}')?;
            out.push_str(&self.variable(name)?);
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }

    /// Whether an expression holds; `None` when it cannot be told.
    pub(super) fn holds(&self, expression: &str) -> Option<bool> {
        let tokens = tokens(expression)?;
        let mut parser = Parser { context: self, tokens: &tokens, at: 0, depth: 0 };
        let value = parser.either();
        if parser.at == tokens.len() { value } else { None }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A quoted string or a bare word, with its variables not yet put in.
    Text(String),
    /// `/pattern/i`.
    Pattern(String, bool),
    /// `==`, `&&`, `-ipmatch`.
    Sign(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(char) = chars.get(at).copied() {
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        match char {
            ' ' | '\t' | '\n' => at += 1,
            '\'' | '"' => {
                let end = chars.iter().skip(at + 1).position(|one| *one == char)? + at + 1;
                out.push(Token::Text(chars.get(at + 1..end)?.iter().collect()));
                at = end + 1;
            }
            '(' | ')' | '{' | '}' | ',' => {
                out.push(Token::Sign(char.to_string()));
                at += 1;
            }
            '&' | '|' | '=' | '!' | '<' | '>' => {
                let pair: String = [char, next].iter().collect();
                let sign = if ["&&", "||", "==", "!=", "=~", "!~", "<=", ">="].contains(&pair.as_str()) {
                    pair
                } else {
                    char.to_string()
                };
                at += sign.len();
                out.push(Token::Sign(sign));
            }
            '/' | 'm' if matches!(out.last(), Some(Token::Sign(sign)) if matches!(sign.as_str(), "=~" | "!~")) => {
                let (border, start) = if char == 'm' { (next, at + 2) } else { ('/', at + 1) };
                let mut end = start;
                while *chars.get(end)? != border {
                    end += if chars.get(end) == Some(&'\\') { 2 } else { 1 };
                }
                let pattern = chars.get(start..end)?.iter().collect();
                at = end + 1;
                let mut insensitive = false;
                while let Some(flag) = chars.get(at).filter(|flag| flag.is_ascii_alphabetic()) {
                    insensitive |= *flag == 'i';
                    at += 1;
                }
                out.push(Token::Pattern(pattern, insensitive));
            }
            _ => {
                let start = at;
                let mut inside = false;
                while let Some(char) = chars.get(at).copied() {
                    match char {
                        '{' if at > start && chars.get(at - 1) == Some(&'%') => inside = true,
                        '}' if inside => inside = false,
                        ' ' | '\t' | '(' | ')' | '{' | '}' | ',' | '=' | '!' | '<' | '>' | '&' | '|' if !inside => {
                            break;
                        }
                        _ => {}
                    }
                    at += 1;
                }
                if at == start {
                    return None;
                }
                let word: String = chars.get(start..at)?.iter().collect();
                let is_sign = word
                    .strip_prefix('-')
                    .is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_alphabetic()));
                out.push(if is_sign { Token::Sign(word) } else { Token::Text(word) });
            }
        }
    }
    Some(out)
}

struct Parser<'c, 'r> {
    context: &'c Context<'r>,
    tokens: &'c [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_, '_> {
    fn sign(&mut self, wanted: &[&str]) -> Option<String> {
        match self.tokens.get(self.at) {
            Some(Token::Sign(sign)) if wanted.contains(&sign.as_str()) => {
                self.at += 1;
                Some(sign.clone())
            }
            _ => None,
        }
    }

    fn either(&mut self) -> Option<bool> {
        let mut value = self.both()?;
        while self.sign(&["||"]).is_some() {
            value |= self.both()?;
        }
        Some(value)
    }

    fn both(&mut self) -> Option<bool> {
        let mut value = self.single()?;
        while self.sign(&["&&"]).is_some() {
            value &= self.single()?;
        }
        Some(value)
    }

    fn single(&mut self) -> Option<bool> {
        self.depth += 1;
        if self.depth > 64 {
            return None;
        }
        if self.sign(&["!"]).is_some() {
            return self.single().map(|value| !value);
        }
        if self.sign(&["("]).is_some() {
            let value = self.either()?;
            self.sign(&[")"])?;
            return Some(value);
        }
        if let Some(test) = self.sign(&["-z", "-n", "-T", "-R"]) {
            let value = self.word()?;
            return Some(match test.as_str() {
                "-z" => value.is_empty(),
                "-n" => !value.is_empty(),
                "-T" => !matches!(value.to_lowercase().as_str(), "" | "0" | "off" | "false" | "no"),
                _ => inside(&value, &self.context.request.from.to_string())?,
            });
        }
        let left = self.word()?;
        let Some(sign) = self.sign(&[
            "==",
            "=",
            "!=",
            "=~",
            "!~",
            "<",
            "<=",
            ">",
            ">=",
            "-eq",
            "-ne",
            "-lt",
            "-le",
            "-gt",
            "-ge",
            "-in",
            "-ipmatch",
            "-strmatch",
            "-strcmatch",
        ]) else {
            return match left.to_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                "in" => None,
                _ => None,
            };
        };
        match sign.as_str() {
            "=~" | "!~" => {
                let (pattern, insensitive) = match self.tokens.get(self.at)? {
                    Token::Pattern(pattern, insensitive) => (pattern.clone(), *insensitive),
                    Token::Text(pattern) => (pattern.clone(), false),
                    Token::Sign(_) => return None,
                };
                self.at += 1;
                let found = compile(&pattern, insensitive)?.is_match(&left);
                Some(found == (sign == "=~"))
            }
            "-in" => {
                self.sign(&["{"])?;
                let mut found = false;
                loop {
                    found |= self.word()? == left;
                    if self.sign(&["}"]).is_some() {
                        return Some(found);
                    }
                    self.sign(&[","])?;
                }
            }
            "-ipmatch" => {
                let network = self.word()?;
                inside(&network, &left)
            }
            "-strmatch" | "-strcmatch" => {
                let pattern = self.word()?;
                let glob = globset::GlobBuilder::new(&pattern).case_insensitive(sign == "-strcmatch").build().ok()?;
                Some(glob.compile_matcher().is_match(&left))
            }
            "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" => {
                let right: i64 = self.word()?.parse().ok()?;
                let left: i64 = left.parse().ok()?;
                Some(match sign.as_str() {
                    "-eq" => left == right,
                    "-ne" => left != right,
                    "-lt" => left < right,
                    "-le" => left <= right,
                    "-gt" => left > right,
                    _ => left >= right,
                })
            }
            sign => {
                let right = self.word()?;
                Some(match sign {
                    "!=" => left != right,
                    "<" => left < right,
                    "<=" => left <= right,
                    ">" => left > right,
                    ">=" => left >= right,
                    _ => left == right,
                })
            }
        }
    }

    fn word(&mut self) -> Option<String> {
        let Some(Token::Text(text)) = self.tokens.get(self.at) else { return None };
        self.at += 1;
        let function = text.to_lowercase();
        if matches!(function.as_str(), "tolower" | "toupper" | "req" | "http" | "reqenv") && self.sign(&["("]).is_some()
        {
            let argument = self.word()?;
            self.sign(&[")"])?;
            return match function.as_str() {
                "tolower" => Some(argument.to_lowercase()),
                "toupper" => Some(argument.to_uppercase()),
                space => self.context.variable(&format!("{space}:{argument}")),
            };
        }
        self.context.interpolate(text)
    }
}

fn inside(network: &str, address: &str) -> Option<bool> {
    let address: std::net::IpAddr = address.parse().ok()?;
    network
        .parse::<IpNet>()
        .map(|network| network.contains(&address))
        .or_else(|_| network.parse::<std::net::IpAddr>().map(|one| one == address))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_the_documentation() {
        let mut request = Request::new("POST", "https", "erp.example.com", 443, "/web?debug=1");
        request.headers.push(("user-agent".into(), "Bot/1".into()));
        let context = Context { request: &request, path: "/web", environment: &[("office".into(), "1".into())] };
        for (text, expected) in [
            ("%{QUERY_STRING} =~ /DEBUG/i", Some(true)),
            ("%{QUERY_STRING} !~ m#debug=[01]#", Some(false)),
            ("%{HTTP_USER_AGENT} == 'Bot/1' && %{REQUEST_METHOD} == 'POST'", Some(true)),
            ("!(%{REQUEST_METHOD} -in {'GET', 'HEAD'})", Some(true)),
            ("-R '203.0.113.0/24' || false", Some(true)),
            ("%{REMOTE_ADDR} -ipmatch '10.0.0.0/8'", Some(false)),
            ("-n reqenv('office')", Some(true)),
            ("-z %{HTTP:X-Key}", Some(true)),
            ("tolower(%{HTTP_USER_AGENT}) -strmatch 'bot*'", Some(true)),
            ("%{TIME_HOUR} -gt 8", None),
            ("%{QUERY_STRING} =~ ", None),
            ("(", None),
            ("'", None),
        ] {
            assert_eq!(context.holds(text), expected, "{text}");
        }
    }
}
