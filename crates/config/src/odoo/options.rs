//! The options of `odoo.conf` by series. The table is `data/odoo-options.json`, read from the option parsers of Odoo
//! 10.0 to 19.0; 20.0 is 19.0 with what its release notes say.

use std::sync::LazyLock;

use castellan_model::Series;
use rustc_hash::FxHashMap;
use serde::Deserialize;

/// One option.
#[derive(Debug, Deserialize)]
pub struct OptionFact {
    /// Name in the file.
    pub name: String,
    /// Kind: `bool`, `int`, `path list` ...
    #[serde(rename = "type")]
    pub kind: String,
    /// First series (major number) that has it; 10 stands for 10.0 or older.
    pub first: u8,
    /// Last series that has it.
    pub last: u8,
    /// Default from a series on.
    defaults: Vec<(u8, serde_json::Value)>,
    /// Options of the command line.
    #[serde(default)]
    pub cli: Vec<String>,
    /// Environment variable, from 19.0.
    pub env: Option<String>,
    /// A password.
    #[serde(default)]
    pub secret: bool,
    /// Last series in which the old name still works.
    pub alias_until: Option<u8>,
    /// The name that took over.
    pub renamed_to: Option<String>,
}

/// A name that never has an effect.
#[derive(Debug, Deserialize)]
pub struct DeadName {
    /// Name in the file.
    pub name: String,
    /// What became of it.
    pub note: String,
}

#[derive(Deserialize)]
struct Table {
    options: Vec<OptionFact>,
    dead: Vec<DeadName>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/odoo-options.json"))
        .unwrap_or(Table { options: Vec::new(), dead: Vec::new() })
});

static BY_NAME: LazyLock<FxHashMap<&'static str, &'static OptionFact>> =
    LazyLock::new(|| TABLE.options.iter().map(|option| (option.name.as_str(), option)).collect());

/// Every option of every series.
#[must_use]
pub fn all() -> &'static [OptionFact] {
    &TABLE.options
}

/// An option by its name in the file.
#[must_use]
pub fn find(name: &str) -> Option<&'static OptionFact> {
    BY_NAME.get(name).copied()
}

/// A name that never has an effect.
#[must_use]
pub fn dead(name: &str) -> Option<&'static DeadName> {
    TABLE.dead.iter().find(|dead| dead.name == name)
}

impl OptionFact {
    /// Whether a series has the option.
    #[must_use]
    pub fn exists_in(&self, series: Series) -> bool {
        (self.first == 10 || self.first <= series.major()) && series.major() <= self.last
    }

    /// Whether a series takes the name, the option itself or an old name of it.
    #[must_use]
    pub fn works_in(&self, series: Series) -> bool {
        self.exists_in(series)
            || self.alias_until.is_some_and(|until| self.last < series.major() && series.major() <= until)
    }

    /// The default of a series as the table writes it.
    #[must_use]
    pub fn default_in(&self, series: Series) -> &serde_json::Value {
        const NULL: &serde_json::Value = &serde_json::Value::Null;
        self.defaults.iter().rfind(|(from, _)| *from <= series.major().max(10)).map_or(NULL, |(_, value)| value)
    }

    /// A truth value.
    #[must_use]
    pub fn is_bool(&self) -> bool {
        self.kind == "bool"
    }

    /// A whole number.
    #[must_use]
    pub fn is_int(&self) -> bool {
        self.kind.starts_with("int")
    }

    /// A list joined by commas.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.kind.contains("list")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert!(all().len() > 100);
        let series = |major| Series::new(major).unwrap();
        let interface = find("http_interface").unwrap();
        assert_eq!(interface.default_in(series(18)), "");
        assert_eq!(interface.default_in(series(19)), "0.0.0.0");
        assert_eq!(interface.default_in(series(20)), "127.0.0.1");
        let old = find("xmlrpc_interface").unwrap();
        assert!(old.works_in(series(18)) && !old.works_in(series(19)));
        assert!(find("longpolling_port").unwrap().works_in(series(17)));
        assert!(!find("longpolling_port").unwrap().works_in(series(18)));
        assert!(dead("xmlrpcs").is_some());
    }
}
