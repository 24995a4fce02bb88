//! Until when fixes come.

use crate::data::{self, Ends, OdooFacts, Release};

/// Whether fixes still come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Support {
    /// Until this day; empty: no end is known.
    Until(String),
    /// None since this day; empty: since some day.
    Ended(String),
}

/// Of a series of Odoo, on a day.
#[must_use]
pub fn odoo(facts: &OdooFacts, series: &str, today: &str) -> Option<Support> {
    let known = facts.series.iter().find(|one| one.series == series)?;
    // Its last month is whole.
    let day = format!("{}-31", known.end);
    Some(if today > day.as_str() { Support::Ended(known.end.clone()) } else { Support::Until(known.end.clone()) })
}

/// Of a version of a product, on a day: with its line of releases.
#[must_use]
pub fn product(name: &str, version: &str, today: &str) -> Option<(&'static Release, Support)> {
    let product = data::products().products.get(name)?;
    let is_of = |cycle: &str| {
        version == cycle || version.strip_prefix(cycle).is_some_and(|rest| rest.starts_with(['.', '-', '+', '~', 'p']))
    };
    // The longest line: 10.11 and not 10.
    let release = product.releases.iter().filter(|one| is_of(&one.cycle)).max_by_key(|one| one.cycle.len())?;
    let support = match &release.end_of_life {
        Ends::Day(day) if today >= day.as_str() => Support::Ended(day.clone()),
        Ends::Day(day) => Support::Until(day.clone()),
        Ends::Known(true) => Support::Ended(String::new()),
        Ends::Known(false) => Support::Until(String::new()),
    };
    Some((release, support))
}

/// The name of a product as people write it.
#[must_use]
pub fn title(name: &str) -> String {
    let known = data::products().products.get(name).map(|product| product.title.clone());
    known.filter(|title| !title.is_empty()).unwrap_or_else(|| name.to_owned())
}

/// Of a distribution, the paid or community support after the first.
#[must_use]
pub fn extended(release: &Release, today: &str) -> Option<String> {
    match release.extended_support_end.as_ref()? {
        Ends::Day(day) if today < day.as_str() => Some(day.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_line() {
        assert_eq!(odoo(data::odoo(), "17.0", "2026-09-30"), Some(Support::Until("2026-09".into())));
        assert_eq!(odoo(data::odoo(), "17.0", "2026-10-01"), Some(Support::Ended("2026-09".into())));
        assert_eq!(odoo(data::odoo(), "99.0", "2026-10-01"), None);
        let (release, support) = product("postgresql", "13.4", "2026-11-26").unwrap();
        assert_eq!(release.cycle, "13");
        assert!(matches!(support, Support::Ended(_)));
        let (release, support) = product("postgresql", "9.6.24", "2020-01-01").unwrap();
        assert_eq!(release.cycle, "9.6");
        assert!(matches!(support, Support::Until(_)));
        assert!(product("nginx", "1.2", "2026-11-26").is_none_or(|(release, _)| release.cycle == "1.2"));
        assert!(product("postgresql", "130", "2026-11-26").is_none());
    }
}
