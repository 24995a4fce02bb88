//! The page of a rule, read from the module comment of its file. The examples are the rule's tests.

use crate::{RuleMeta, Series};

/// A rule as the reference shows it: what is fixed about it and the text of its file.
#[derive(Debug, Clone, Copy)]
pub struct RuleDoc {
    /// Fixed facts.
    pub meta: RuleMeta,
    /// The source text of the rule's file; its module comment is the page.
    pub source: &'static str,
}

impl RuleDoc {
    /// The page.
    #[must_use]
    pub fn page(&self) -> Page {
        Page::parse(self.source)
    }
}

/// A rule: what a registry holds. `C` is its check, a pure function.
#[derive(Debug, Clone, Copy)]
pub struct Rule<C> {
    /// Fixed facts.
    pub meta: RuleMeta,
    /// The source text of the rule's file; its module comment is the page.
    pub source: &'static str,
    /// The check.
    pub check: C,
}

/// The files of a folder of rules as its registry: `all()` gives every rule in this order, `docs()` its pages. Each file has a `META` and, under
/// the given name, a check.
#[macro_export]
macro_rules! registry {
    ($check:ident; $($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every rule, in the order of the registry.
        #[must_use]
        pub fn all() -> Vec<Rule> {
            vec![$(Rule {
                meta: $module::META,
                source: include_str!(concat!(stringify!($module), ".rs")),
                check: $module::$check,
            }),*]
        }

        /// Every rule as the reference shows it.
        #[must_use]
        pub fn docs() -> Vec<$crate::RuleDoc> {
            all().iter().map(|rule| $crate::RuleDoc { meta: rule.meta, source: rule.source }).collect()
        }
    };
}

/// A rule's page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// First line: one sentence, present tense.
    pub title: String,
    /// What the rule looks at.
    pub what: String,
    /// The attack in two sentences.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// What the rule does not see.
    pub limits: String,
    /// Links.
    pub references: String,
    /// Examples, bad ones first.
    pub examples: Vec<Example>,
}

/// One example of a page: files of a module.
#[derive(Debug, Clone)]
pub struct Example {
    /// Whether the rule must find something in it.
    pub is_bad: bool,
    /// Language of the code block.
    pub language: String,
    /// The block as written.
    pub text: String,
    /// Series that the module is written for.
    pub series: Option<Series>,
}

impl Page {
    /// Reads the page from the text of a rule's file.
    #[must_use]
    pub fn parse(source: &str) -> Self {
        let mut page = Self::default();
        let mut section = String::new();
        let mut block: Option<Example> = None;
        for line in source.lines().map_while(|line| line.strip_prefix("//!")) {
            let line = line.strip_prefix(' ').unwrap_or(line);
            if let Some(example) = &mut block {
                if line.starts_with("```") {
                    page.examples.extend(block.take());
                } else {
                    example.text.push_str(line);
                    example.text.push('\n');
                }
                continue;
            }
            if let Some(info) = line.strip_prefix("```") {
                let mut words = info.split([' ', ',']);
                let language = words.next().unwrap_or_default().to_owned();
                let series = words.find_map(|word| word.strip_prefix("odoo-")).and_then(|text| text.parse().ok());
                block = Some(Example { is_bad: section == "Bad", language, text: String::new(), series });
                continue;
            }
            if let Some(heading) = line.strip_prefix("## ") {
                section = heading.trim().to_owned();
                continue;
            }
            if page.title.is_empty() {
                page.title = line.trim().to_owned();
                continue;
            }
            let target = match section.as_str() {
                "What it does" => &mut page.what,
                "Why it matters" => &mut page.why,
                "How to fix" => &mut page.fix,
                "Limits" => &mut page.limits,
                "References" => &mut page.references,
                _ => continue,
            };
            let line = line.trim_end();
            if line.is_empty() {
                if !target.is_empty() {
                    target.push('\n');
                }
            } else {
                if !target.is_empty() && !target.ends_with('\n') {
                    target.push(if line.starts_with("* ") { '\n' } else { ' ' });
                }
                target.push_str(line);
            }
        }
        for text in [&mut page.what, &mut page.why, &mut page.fix, &mut page.limits, &mut page.references] {
            *text = text.trim().to_owned();
        }
        page
    }

    /// The bad or the good examples.
    pub fn examples(&self, is_bad: bool) -> impl Iterator<Item = &Example> {
        self.examples.iter().filter(move |example| example.is_bad == is_bad)
    }
}
