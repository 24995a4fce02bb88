//! The value of an option that counts: command line over environment (from 19.0) over file over default, read by the rules
//! of the series.
//!
//! Up to 18.0 only `True`, `true`, `False` and `false` are truth values; every other text is true. From 19.0 the usual
//! spellings work, a wrong one stops the start, `None` is nothing, and `False` for something that is no truth value is
//! skipped. Source: Odoo, `odoo/tools/config.py` of 12.0, 14.0, 16.0, 17.0 and 19.0.

use castellan_model::Series;

use super::command::Argument;
use super::options::{self, OptionFact};
use crate::read::ini::Ini;
use crate::source::Site;

/// A value as Odoo holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    None,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<String>),
}

impl Value {
    /// Whether Python takes it as true.
    #[must_use]
    pub fn truth(&self) -> bool {
        match self {
            Self::None => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
        }
    }

    /// As a number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// As text; lists are joined by commas, nothing is empty.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(items) => items.join(","),
        }
    }

    /// As a list: its members, or a text split at commas.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        match self {
            Self::List(items) => items.clone(),
            Self::Text(text) => split(text),
            _ => Vec::new(),
        }
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// The configuration file.
    File,
    /// An environment variable.
    Environment,
    /// The command line.
    CommandLine,
}

/// The value of an option that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The value.
    pub value: Value,
    /// As written; empty for a default.
    pub raw: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Its place, when it is written in a file.
    pub site: Option<Site>,
}

/// A value with its place, from outside the configuration file.
#[derive(Debug, Clone)]
pub struct Given {
    /// Environment variable or option.
    pub name: String,
    /// Value.
    pub value: String,
    /// Place, when it is written in a file.
    pub site: Option<Site>,
}

/// Everything that decides about the options of one server.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'s> {
    /// The configuration file.
    pub file: Option<&'s Ini>,
    /// Environment variables.
    pub environment: &'s [Given],
    /// Options of the command line, by their names in the file.
    pub command: &'s [(Argument, Option<Site>)],
    /// Series.
    pub series: Series,
}

/// Why Odoo refuses to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Place.
    pub site: Option<Site>,
    /// Reason.
    pub message: String,
}

impl Sources<'_> {
    /// The value of an option that counts.
    #[must_use]
    pub fn setting(&self, name: &str) -> Setting {
        let setting = self.written(name);
        // `all` stands for several modes; 19.0 has no debugger among them any more.
        let all: &[&str] = if self.series.major() >= 19 {
            &["access", "qweb", "reload", "xml"]
        } else {
            &["pdb", "reload", "qweb", "werkzeug", "xml"]
        };
        match &setting.value {
            Value::List(modes) if name == "dev_mode" && modes.iter().any(|mode| mode == "all") => {
                let mut modes = modes.clone();
                modes.extend(all.iter().map(|mode| (*mode).to_owned()));
                Setting { value: Value::List(modes), ..setting }
            }
            _ => setting,
        }
    }

    /// The value as it is written, on the strongest source that has one.
    fn written(&self, name: &str) -> Setting {
        let default = Setting { value: self.default(name), raw: String::new(), origin: Origin::Default, site: None };
        let Some(fact) = options::find(name) else { return self.unknown(name).unwrap_or(default) };
        // Not read from the file up to 18.0.
        let command_only =
            self.series.major() < 19 && matches!(name, "dev_mode" | "shell_interface" | "stop_after_init");
        if name == "test_enable" && self.series.major() >= 12 {
            return self.test_enable(default);
        }
        if name == "log_handler" {
            return self.log_handler(default);
        }
        let from_command = self.command.iter().rfind(|(argument, _)| argument.option == name);
        if let Some((argument, site)) = from_command {
            let value = self.parse_argument(fact, &argument.value);
            return Setting { value, raw: argument.value.clone(), origin: Origin::CommandLine, site: *site };
        }
        if self.series.major() >= 19
            && let Some(variable) = fact.env.as_deref()
            && let Some(given) = self.environment.iter().rfind(|given| given.name == variable)
        {
            let value = self.parse(fact, &given.value).unwrap_or(Value::None);
            return Setting { value, raw: given.value.clone(), origin: Origin::Environment, site: given.site };
        }
        if command_only || !self.file_loadable(fact) {
            return default;
        }
        self.file_setting(fact).unwrap_or(default)
    }

    fn default(&self, name: &str) -> Value {
        let Some(fact) = options::find(name) else { return Value::None };
        match fact.default_in(self.series) {
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(value) if !fact.kind.starts_with("float") => Value::Int(value),
                _ => Value::Float(number.as_f64().unwrap_or(0.0)),
            },
            serde_json::Value::String(text) if fact.is_list() && self.series.major() >= 19 => Value::List(split(text)),
            serde_json::Value::String(text) => Value::Text(text.clone()),
            _ => Value::None,
        }
    }

    /// From 19.0 some options count on the command line only.
    fn file_loadable(&self, fact: &OptionFact) -> bool {
        self.series.major() < 19 || fact.env.is_some() || fact.first >= 20 || !fact.exists_in(self.series)
    }

    /// The entry of the file, by the option's own name or an old one that still works. The last one counts.
    fn file_setting(&self, fact: &OptionFact) -> Option<Setting> {
        let file = self.file?;
        let mut found = None;
        for entry in file.entries("options") {
            let own = entry.key.text == fact.name && (fact.works_in(self.series) || fact.renamed_to.is_none());
            let old = options::find(&entry.key.text).filter(|old| {
                old.renamed_to.as_deref() == Some(fact.name.as_str())
                    && old.works_in(self.series)
                    && !old.exists_in(self.series)
            });
            if !own && old.is_none() {
                continue;
            }
            let raw = entry.value.text.clone();
            // 16.0 and 17.0 take the old port, 19.0 the old import names, only when the new name is not set.
            let weak_alias = old.is_some_and(|old| !old.name.starts_with("xmlrpc") && old.name != "without_demo");
            if weak_alias && found.is_some() {
                continue;
            }
            let value = if old.is_some_and(|old| old.name == "without_demo") {
                Some(Value::Bool(match boolean(&raw) {
                    Some(value) => !value,
                    None => raw == "None",
                }))
            } else {
                self.parse(fact, &raw)
            };
            if let Some(value) = value {
                found = Some(Setting { value, raw, origin: Origin::File, site: Some(entry.value.site) });
            }
        }
        found
    }

    /// Options that Odoo does not know are kept as text (for add-ons).
    fn unknown(&self, name: &str) -> Option<Setting> {
        let entry = self.file?.get("options", name)?;
        let raw = entry.value.text.clone();
        let value = if self.series.major() < 19 { plain(&raw) } else { Value::Text(raw.clone()) };
        Some(Setting { value, raw, origin: Origin::File, site: Some(entry.value.site) })
    }

    /// The text of a file or variable. `None`: Odoo skips it.
    fn parse(&self, fact: &OptionFact, raw: &str) -> Option<Value> {
        if self.series.major() < 19 {
            let value = plain(raw);
            if let Value::Text(text) = &value {
                if fact.name == "server_wide_modules" && matches!(text.as_str(), "" | "None") {
                    return Some(self.default(&fact.name));
                }
                if matches!(fact.name.as_str(), "logfile" | "pidfile") && text == "None" {
                    return Some(Value::Bool(false));
                }
                if fact.name == "addons_path" && text == "None" {
                    return Some(Value::None);
                }
                return Some(self.cast(fact, text));
            }
            if fact.name == "server_wide_modules" && value == Value::Bool(false) {
                return Some(self.default(&fact.name));
            }
            return Some(value);
        }
        if raw == "None" {
            return Some(if fact.name == "server_wide_modules" { self.default(&fact.name) } else { Value::None });
        }
        if fact.is_bool() {
            return boolean(raw).map(Value::Bool);
        }
        if matches!(raw, "False" | "false") && fact.name != "addons_path" {
            return None;
        }
        if fact.is_list() {
            let items = split(raw);
            if fact.name == "server_wide_modules" && items.is_empty() {
                return Some(self.default(&fact.name));
            }
            return Some(Value::List(items));
        }
        Some(self.cast(fact, raw))
    }

    /// The text of the command line.
    fn parse_argument(&self, fact: &OptionFact, raw: &str) -> Value {
        if fact.is_bool() {
            return Value::Bool(boolean(raw).unwrap_or(true));
        }
        if fact.is_list() && (self.series.major() >= 19 || fact.name == "dev_mode") {
            return Value::List(split(raw));
        }
        self.cast(fact, raw)
    }

    fn cast(&self, fact: &OptionFact, text: &str) -> Value {
        if fact.is_int() {
            return integer(text, self.series).map_or_else(|| Value::Text(text.to_owned()), Value::Int);
        }
        if fact.kind.starts_with("float") {
            return text.trim().parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Float);
        }
        Value::Text(text.to_owned())
    }

    /// From 12.0 tests run exactly when test tags are given.
    fn test_enable(&self, default: Setting) -> Setting {
        let tags = self.setting("test_tags");
        if tags.value.truth() && tags.value != Value::Text("None".into()) {
            return Setting { value: Value::Bool(true), ..tags };
        }
        let from_command = self.command.iter().find(|(argument, _)| argument.option == "test_enable");
        match from_command {
            Some((argument, site)) => Setting {
                value: Value::Bool(true),
                raw: argument.shown.clone(),
                origin: Origin::CommandLine,
                site: *site,
            },
            None => Setting { value: Value::Bool(false), ..default },
        }
    }

    /// Handlers of all sources add up.
    fn log_handler(&self, default: Setting) -> Setting {
        let mut handlers: Vec<String> = default.value.list();
        if handlers.is_empty() {
            handlers.push(":INFO".into());
        }
        let mut setting = default;
        if let Some(entry) = self.file.and_then(|file| file.get("options", "log_handler")) {
            if self.series.major() < 19 {
                handlers.clear();
            }
            handlers.extend(split(&entry.value.text));
            setting = Setting {
                value: Value::None,
                raw: entry.value.text.clone(),
                origin: Origin::File,
                site: Some(entry.value.site),
            };
        }
        if self.series.major() >= 19 {
            for given in self.environment.iter().filter(|given| given.name == "ODOO_LOG_HANDLER") {
                handlers.extend(split(&given.value));
                setting.origin = Origin::Environment;
                setting.site = given.site;
            }
        }
        for (argument, site) in self.command.iter().filter(|(argument, _)| argument.option == "log_handler") {
            handlers.extend(split(&argument.value));
            setting.origin = Origin::CommandLine;
            setting.site = *site;
        }
        setting.value = Value::List(handlers);
        setting
    }

    /// Why Odoo refuses to start with these sources.
    #[must_use]
    pub fn refusals(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for given in self.environment.iter().filter(|_| self.series.major() >= 19) {
            let Some(fact) = options::all().iter().find(|fact| fact.env.as_deref() == Some(given.name.as_str())) else {
                continue;
            };
            if let Some(kind) = self.wrong_kind(fact, &given.value) {
                refusals.push(Refusal {
                    site: given.site,
                    message: format!("`{}` is no {kind} for `{}`", given.value, given.name),
                });
            }
        }
        let Some(file) = self.file else { return refusals };
        let place = |at: castellan_model::Range| {
            file.sections.first().map(|section| Site { file: section.site.file, range: at })
        };
        if self.series.major() >= 11 {
            for problem in &file.problems {
                refusals.push(Refusal { site: place(problem.range), message: problem.message.clone() });
            }
        }
        for entry in file.entries("options") {
            let Some(fact) = options::find(&entry.key.text) else { continue };
            let text = entry.value.text.as_str();
            if !fact.works_in(self.series) || (fact.env.is_none() && self.series.major() >= 19) {
                continue;
            }
            if let Some(kind) = self.wrong_kind(fact, text) {
                let message = format!("`{}` is no {kind} for `{}`", text.lines().next().unwrap_or(""), fact.name);
                refusals.push(Refusal { site: Some(entry.value.site), message });
            }
        }
        refusals
    }

    /// What a text should be and is not, so that the option parser stops.
    fn wrong_kind(&self, fact: &OptionFact, text: &str) -> Option<&'static str> {
        let new = self.series.major() >= 19;
        // From 19.0 `None` is nothing, and `False` for something that is no truth value is skipped.
        if new && (text == "None" || (!fact.is_bool() && matches!(text, "False" | "false"))) {
            return None;
        }
        let truth_passes = !new && matches!(plain(text), Value::Bool(_));
        if fact.is_bool() {
            (new && boolean(text).is_none()).then_some("truth value")
        } else if fact.is_int() {
            (!truth_passes && integer(text, self.series).is_none()).then_some("number")
        } else if fact.kind.starts_with("float") {
            (!truth_passes && text.trim().parse::<f64>().is_err()).then_some("number")
        } else {
            None
        }
    }
}

/// Up to 18.0: four words are truth values, everything else is text.
fn plain(raw: &str) -> Value {
    match raw {
        "True" | "true" => Value::Bool(true),
        "False" | "false" => Value::Bool(false),
        text => Value::Text(text.to_owned()),
    }
}

/// From 19.0.
fn boolean(raw: &str) -> Option<bool> {
    match raw.to_lowercase().as_str() {
        "1" | "yes" | "true" | "on" => Some(true),
        "0" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

/// A whole number as `optparse` reads it, which Odoo used up to 18.0, or as Python's `int` does.
fn integer(text: &str, series: Series) -> Option<i64> {
    let text = text.trim();
    if series.major() >= 19 {
        return text.strip_prefix('+').unwrap_or(text).replace('_', "").parse().ok();
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_lowercase();
    let value = if let Some(hex) = lower.strip_prefix("0x") {
        i64::from_str_radix(hex, 16).ok()?
    } else if let Some(binary) = lower.strip_prefix("0b") {
        i64::from_str_radix(binary, 2).ok()?
    } else if lower.len() > 1 && lower.starts_with('0') {
        i64::from_str_radix(&lower, 8).ok()?
    } else {
        lower.replace('_', "").parse().ok()?
    };
    Some(sign * value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn value(text: &str, major: u8, name: &str) -> Value {
        let ini = Ini::parse(FileId(0), &format!("[options]\n{text}\n"), &[]);
        let series = Series::new(major).unwrap();
        Sources { file: Some(&ini), environment: &[], command: &[], series }.setting(name).value
    }

    #[test]
    fn truth_changes_with_the_series() {
        for word in ["0", "no", "off", "FALSE", "None"] {
            assert!(value(&format!("list_db = {word}"), 18, "list_db").truth(), "{word}");
        }
        for word in ["0", "no", "off", "FALSE", "None"] {
            assert!(!value(&format!("list_db = {word}"), 19, "list_db").truth(), "{word}");
        }
        assert!(!value("list_db = False", 14, "list_db").truth());
        assert!(!value("list_db =", 14, "list_db").truth());
        assert!(value("", 17, "list_db").truth());
    }

    #[test]
    fn old_names_work_until_they_die() {
        assert_eq!(value("xmlrpc_interface = 127.0.0.1", 18, "http_interface").text(), "127.0.0.1");
        assert_eq!(value("xmlrpc_interface = 127.0.0.1", 19, "http_interface").text(), "0.0.0.0");
        assert_eq!(value("longpolling_port = 9000", 17, "gevent_port"), Value::Int(9000));
        assert_eq!(value("longpolling_port = 9000", 18, "gevent_port"), Value::Int(8072));
        assert_eq!(value("without_demo = all", 19, "with_demo"), Value::Bool(false));
        assert_eq!(value("without_demo = False", 19, "with_demo"), Value::Bool(true));
    }

    #[test]
    fn false_is_no_password_before_and_the_default_from_19() {
        assert_eq!(value("admin_passwd = False", 14, "admin_passwd"), Value::Bool(false));
        assert_eq!(value("admin_passwd = False", 19, "admin_passwd").text(), "admin");
        assert_eq!(value("dev_mode = werkzeug", 14, "dev_mode"), Value::None);
        assert_eq!(value("dev_mode = werkzeug", 19, "dev_mode").list(), ["werkzeug"]);
    }

    #[test]
    fn the_environment_beats_the_file_from_19_and_the_command_line_always() {
        let ini = Ini::parse(FileId(0), "[options]\nlist_db = False\nworkers = 2\n", &[]);
        let environment = [Given { name: "ODOO_LIST_DB".into(), value: "true".into(), site: None }];
        let argument = Argument { option: "workers".into(), value: "8".into(), shown: "--workers=8".into() };
        let command = [(argument, None)];
        let sources = |major| Sources {
            file: Some(&ini),
            environment: &environment,
            command: &command,
            series: Series::new(major).unwrap(),
        };
        assert!(!sources(18).setting("list_db").value.truth());
        assert!(sources(19).setting("list_db").value.truth());
        assert_eq!(sources(19).setting("list_db").origin, Origin::Environment);
        assert_eq!(sources(18).setting("workers").value, Value::Int(8));
    }

    #[test]
    fn what_stops_the_start() {
        let refusals = |text: &str, major| {
            let ini = Ini::parse(FileId(0), text, &[]);
            let series = Series::new(major).unwrap();
            Sources { file: Some(&ini), environment: &[], command: &[], series }.refusals().len()
        };
        assert_eq!(refusals("[options]\nlist_db = maybe\n", 18), 0);
        assert_eq!(refusals("[options]\nlist_db = maybe\n", 19), 1);
        assert_eq!(refusals("[options]\nworkers = many\n", 17), 1);
        assert_eq!(refusals("[options]\na = 1\na = 2\n", 17), 1);
        assert_eq!(refusals("[options]\na = 1\na = 2\n", 10), 0);
    }
}
