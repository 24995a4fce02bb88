//! The texts around findings, in the reader's language. The English text is the key; one that is missing stays English and is listed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Languages with the name that each gives itself.
pub const LANGUAGES: [(&str, &str); 4] = [("en", "English"), ("fr", "français"), ("es", "español"), ("de", "Deutsch")];

/// Texts in a language.
#[derive(Debug, Clone)]
pub struct Texts {
    language: &'static str,
    table: BTreeMap<String, String>,
    missing: RefCell<BTreeSet<String>>,
}

impl Default for Texts {
    fn default() -> Self {
        Self { language: "en", table: BTreeMap::new(), missing: RefCell::default() }
    }
}

impl Texts {
    /// The texts of a language: `en`, `fr`, `es`, `de`.
    #[must_use]
    pub fn of(language: &str) -> Option<Self> {
        let (code, _) = LANGUAGES.into_iter().find(|(code, _)| *code == language)?;
        let source = match code {
            "fr" => include_str!("fr.toml"),
            "es" => include_str!("es.toml"),
            "de" => include_str!("de.toml"),
            _ => "",
        };
        let table = toml::from_str(source).unwrap_or_default();
        Some(Self { language: code, table, missing: RefCell::default() })
    }

    /// Its code: `fr`.
    #[must_use]
    pub const fn language(&self) -> &'static str {
        self.language
    }

    /// A text.
    #[must_use]
    pub fn say(&self, english: &str) -> String {
        if self.language == "en" {
            return english.to_owned();
        }
        match self.table.get(english) {
            Some(text) => text.clone(),
            None => {
                self.missing.borrow_mut().insert(english.to_owned());
                english.to_owned()
            }
        }
    }

    /// Texts that were asked for and are not there.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        self.missing.borrow().iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalogues_have_the_same_texts() {
        let keys = |code: &str| Texts::of(code).unwrap().table.keys().cloned().collect::<BTreeSet<_>>();
        let french = keys("fr");
        assert!(french.len() > 80, "{}", french.len());
        for code in ["es", "de"] {
            let other = keys(code);
            assert_eq!(french.difference(&other).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in {code}");
            assert_eq!(other.difference(&french).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in fr");
        }
        for line in &castellan_audit::LINES {
            assert!(french.contains(line.title), "{}", line.title);
        }
    }

    #[test]
    fn a_missing_text_stays_english_and_is_listed() {
        let texts = Texts::of("de").unwrap();
        assert_eq!(texts.say("pass"), "erfüllt");
        assert_eq!(texts.say("nobody wrote this"), "nobody wrote this");
        assert_eq!(texts.missing(), ["nobody wrote this"]);
        assert!(Texts::of("xx").is_none());
    }
}
