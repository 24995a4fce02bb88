//! Names of the modules that Odoo itself ships.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct CoreModules {
    modules: HashMap<String, Vec<u8>>,
    enterprise: Vec<String>,
}

fn data() -> &'static CoreModules {
    static DATA: OnceLock<CoreModules> = OnceLock::new();
    DATA.get_or_init(|| {
        serde_json::from_str(include_str!("../data/core_modules.json"))
            .unwrap_or_else(|_| CoreModules { modules: HashMap::new(), enterprise: Vec::new() })
    })
}

/// The major series in which Odoo Community ships a module of this name; empty for a name that it does not know.
#[must_use]
pub fn core_module_series(name: &str) -> &'static [u8] {
    data().modules.get(name).map_or(&[], Vec::as_slice)
}

/// Whether Odoo Enterprise ships a module of this name.
#[must_use]
pub fn is_enterprise_module(name: &str) -> bool {
    data().enterprise.iter().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_read() {
        assert!(core_module_series("sale").contains(&17));
        assert!(core_module_series("x_custom").is_empty());
        assert!(is_enterprise_module("account_accountant"));
    }
}
