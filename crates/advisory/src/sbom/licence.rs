//! Licences as manifests and metadata say them, as expressions of SPDX.

/// A licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Licence {
    /// An expression of SPDX: `LGPL-3.0-only`.
    Expression(String),
    /// What SPDX does not know: `OPL-1`.
    Named(String),
    /// Nothing is said.
    Unknown,
}

/// The words that Odoo's manifests allow: <https://www.odoo.com/documentation/19.0/developer/reference/backend/module.html>.
const OF_MANIFESTS: [(&str, &str); 8] = [
    ("GPL-2", "GPL-2.0-only"),
    ("GPL-2 or any later version", "GPL-2.0-or-later"),
    ("GPL-3", "GPL-3.0-only"),
    ("GPL-3 or any later version", "GPL-3.0-or-later"),
    ("AGPL-3", "AGPL-3.0-only"),
    ("AGPL-3 or any later version", "AGPL-3.0-or-later"),
    ("LGPL-3", "LGPL-3.0-only"),
    ("LGPL-3 or any later version", "LGPL-3.0-or-later"),
];

/// Of a manifest; nothing said is LGPL-3 by Odoo's rule.
pub fn of_manifest(text: &str) -> Licence {
    let text = if text.trim().is_empty() { "LGPL-3" } else { text.trim() };
    match OF_MANIFESTS.iter().find(|(word, _)| *word == text) {
        Some((_, id)) => Licence::Expression((*id).to_owned()),
        None => of_text(text),
    }
}

/// Of the metadata of a package: an expression, a name that SPDX knows, or words.
pub fn of_text(text: &str) -> Licence {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("unknown") {
        return Licence::Unknown;
    }
    if spdx::Expression::parse(text).is_ok() {
        return Licence::Expression(text.to_owned());
    }
    match spdx::imprecise_license_id(text) {
        Some((id, length)) if length == text.len() => Licence::Expression(id.name.to_owned()),
        _ => Licence::Named(text.lines().next().unwrap_or_default().chars().take(80).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_expressions() {
        let expression = |text: &str| Licence::Expression(text.to_owned());
        assert_eq!(of_manifest("LGPL-3"), expression("LGPL-3.0-only"));
        assert_eq!(of_manifest(""), expression("LGPL-3.0-only"));
        assert_eq!(of_manifest("AGPL-3 or any later version"), expression("AGPL-3.0-or-later"));
        assert_eq!(of_manifest("OPL-1"), Licence::Named("OPL-1".to_owned()));
        assert_eq!(of_text("MIT OR Apache-2.0"), expression("MIT OR Apache-2.0"));
        assert_eq!(of_text("Apache License 2.0"), Licence::Named("Apache License 2.0".to_owned()));
        assert_eq!(of_text("UNKNOWN"), Licence::Unknown);
    }
}
