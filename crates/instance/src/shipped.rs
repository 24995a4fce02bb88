//! What Odoo itself ships, and which models and modules need care. Compiled from Odoo's sources; see `data/`.

use castellan_model::Severity;

use crate::evidence::Operations;

const ACCESS: &str = include_str!("../data/shipped-access.tsv");
const MODELS: &str = include_str!("../data/sensitive-models.tsv");
const RULES: &str = include_str!("../data/shipped-rules.tsv");
const MODULES: &str = include_str!("../data/risky-modules.tsv");

/// Access rows that Odoo ships for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippedAccess {
    /// External id of the group; none: everybody.
    pub group: Option<&'static str>,
    /// What it grants.
    pub grants: Operations,
}

/// Rows for a model in a series: the newest one that was read and is not newer. None: nothing is known of the model.
#[must_use]
pub fn access(model: &str, series: u8) -> Option<Vec<ShippedAccess>> {
    let mut known = false;
    let mut out = Vec::new();
    for line in lines(ACCESS) {
        let [name, group, operations, _module, read] = fields(line);
        if name != model {
            continue;
        }
        known = true;
        let read: Vec<u8> = read.split(',').filter_map(|one| one.parse().ok()).collect();
        // Between two series that were read, a row of either is taken for shipped.
        let before = READ.iter().copied().filter(|one| *one <= series).max().unwrap_or(READ[0]);
        let after = READ.iter().copied().filter(|one| *one >= series).min().unwrap_or(READ[READ.len() - 1]);
        if read.contains(&before) || read.contains(&after) {
            out.push(ShippedAccess { group: (group != "-").then_some(group), grants: Operations::of(operations) });
        }
    }
    known.then_some(out)
}

/// Series whose sources were read.
const READ: [u8; 5] = [12, 14, 16, 17, 19];

/// A model that needs care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sensitive {
    /// How bad it is when more people may change it than Odoo lets.
    pub severity: Severity,
    /// What they could do.
    pub effect: &'static str,
}

/// Whether a model needs care.
#[must_use]
pub fn sensitive(model: &str) -> Option<Sensitive> {
    lines(MODELS).find_map(|line| {
        let [name, severity, effect, _, _] = fields(line);
        (name == model).then(|| Sensitive { severity: severity_of(severity), effect })
    })
}

/// Digests of the domains that Odoo ships for a record rule; none: nothing is known of it.
#[must_use]
pub fn rule_digests(name: &str, series: u8) -> Option<Vec<&'static str>> {
    let series = series.to_string();
    let found: Vec<&str> = lines(RULES)
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let known = fields.next() == Some(series.as_str()) && fields.next() == Some(name);
            if known { fields.next() } else { None }
        })
        .collect();
    (!found.is_empty()).then_some(found)
}

/// Identity of a domain whatever its white space, quotes and last commas: 16 hexadecimal characters.
#[must_use]
pub fn domain_digest(domain: &str) -> String {
    let folded: String =
        domain.chars().filter(|char| !char.is_whitespace()).map(|char| if char == '"' { '\'' } else { char }).collect();
    let folded = folded.replace(",)", ")").replace(",]", "]");
    let empty = matches!(folded.as_str(), "" | "[]");
    blake3::hash(if empty { b"[]" } else { folded.as_bytes() }).to_hex().chars().take(16).collect()
}

/// A module that is a risk by itself.
#[must_use]
pub fn risky(module: &str) -> Option<(Severity, &'static str)> {
    lines(MODULES).find_map(|line| {
        let [name, severity, why, _, _] = fields(line);
        let is = match name.strip_suffix('*') {
            Some(start) => module.starts_with(start),
            None => name == module,
        };
        is.then(|| (severity_of(severity), why))
    })
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

fn fields(line: &'static str) -> [&'static str; 5] {
    let mut out = [""; 5];
    for (place, text) in out.iter_mut().zip(line.split('\t')) {
        *place = text;
    }
    out
}

fn severity_of(text: &str) -> Severity {
    Severity::ALL.into_iter().find(|severity| severity.as_str() == text).unwrap_or(Severity::Medium)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_whole() {
        for line in lines(ACCESS) {
            assert_eq!(line.split('\t').count(), 5, "{line}");
        }
        for line in lines(MODELS).chain(lines(MODULES)) {
            assert_eq!(line.split('\t').count(), 3, "{line}");
        }
        let users = access("res.users", 17).unwrap();
        assert!(users.iter().any(|row| row.group == Some("base.group_erp_manager") && row.grants.write));
        assert_eq!(access("x_custom", 17), None);
        assert_eq!(sensitive("ir.cron").unwrap().severity, Severity::Critical);
        assert_eq!(risky("test_http").unwrap().0, Severity::High);
        assert_eq!(risky("sale"), None);
    }
}
