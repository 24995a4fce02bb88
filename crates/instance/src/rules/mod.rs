//! The rules, one file each.

mod helpers;

use crate::rule::Rule;

macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every rule, in the order of the registry.
        #[must_use]
        pub fn all() -> Vec<Rule> {
            vec![$(Rule {
                meta: $module::META,
                source: include_str!(concat!(stringify!($module), ".rs")),
                check: $module::check,
            }),*]
        }
    };
}

include!("registry.rs");

/// Every rule as the reference shows it.
#[must_use]
pub fn docs() -> Vec<castellan_model::RuleDoc> {
    all().iter().map(|rule| castellan_model::RuleDoc { meta: rule.meta, source: rule.source }).collect()
}
