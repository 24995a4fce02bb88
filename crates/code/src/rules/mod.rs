//! The registry: every rule is one file, and its module comment is its page and its test.

pub mod helpers;
pub mod secrets;

use rustc_hash::FxHashMap;

use crate::flow::CallView;
use crate::rule::{Check, Report, Rule};

include!("registry.rs");

type CallCheck = fn(&CallView<'_, '_>) -> Option<Report>;

/// Call rules by the called name.
pub struct CallTable {
    by_name: FxHashMap<&'static str, Vec<(usize, CallCheck)>>,
}

impl CallTable {
    /// From the registry; only the wanted rules.
    #[must_use]
    pub fn new(rules: &[Rule], wanted: &dyn Fn(&Rule) -> bool) -> Self {
        let mut by_name: FxHashMap<&'static str, Vec<(usize, CallCheck)>> = FxHashMap::default();
        for (index, rule) in rules.iter().enumerate().filter(|(_, rule)| wanted(rule)) {
            if let Check::Call(names, check) = &rule.check {
                for name in *names {
                    by_name.entry(name).or_default().push((index, *check));
                }
            }
        }
        Self { by_name }
    }

    pub(crate) fn rules_for(&self, name: &str) -> &[(usize, CallCheck)] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}
