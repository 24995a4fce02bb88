//! Odoo has no numbers of patches: whether an advisory concerns an installation follows from its series, its day, its source and its
//! modules. Every answer says which of them decided.

pub use castellan_model::AdvisoryStatus as Status;
use castellan_model::Series;

use crate::data::{self, OdooAdvisory, OdooFacts};
use crate::inventory::{OdooInstall, SourceVerdict};
use crate::version::Scheme;

/// Modules that every installation runs.
const ALWAYS: [&str; 3] = ["base", "web", "mail"];

/// An advisory with its answer.
#[derive(Debug, Clone)]
pub struct Answer<'d> {
    /// The advisory.
    pub advisory: &'d OdooAdvisory,
    /// How it stands.
    pub status: Status,
    /// Why, in a sentence.
    pub reason: String,
}

/// Answers for every advisory about Odoo itself that names the series.
#[must_use]
pub fn evaluate<'d>(install: &OdooInstall, facts: &'d OdooFacts) -> Vec<Answer<'d>> {
    facts
        .advisories
        .iter()
        .filter(|one| one.kind == "core" && one.series.contains(&install.series))
        .map(|advisory| {
            let (status, reason) = judge(install, advisory);
            Answer { advisory, status, reason }
        })
        .collect()
}

fn judge(install: &OdooInstall, advisory: &OdooAdvisory) -> (Status, String) {
    // The text of the function itself says more than any day.
    match install.source.get(&advisory.id) {
        Some(SourceVerdict::Fixed) => return (Status::Fixed, "its source holds the text of the fix".to_owned()),
        Some(SourceVerdict::Vulnerable) if !is_absent(install, advisory) => {
            return (Status::Affected, "its source holds the text from before the fix".to_owned());
        }
        _ => {}
    }
    if install.changelog.iter().any(|id| *id == advisory.id || advisory.aliases.contains(id)) {
        return (Status::Fixed, "the changelog of its package names the fix".to_owned());
    }
    if let Some(reason) = absence(install, advisory) {
        return (Status::NotAffected, reason);
    }
    let major = install.series.parse::<Series>().map_or(0, Series::major);
    if let Some(version) = &install.debian {
        let fixed = data::debian_fixes(major).find(|(id, _)| *id == advisory.id);
        return match fixed {
            Some((_, first)) if Scheme::Debian.compare(version, first).is_some_and(std::cmp::Ordering::is_ge) => {
                (Status::Fixed, format!("Debian mended it in {first}, and {version} is here"))
            }
            Some((_, first)) => (Status::Affected, format!("Debian mended it in {first}, and {version} is here")),
            None => (Status::CannotTell, format!("{version} is Debian's own package, which has no day of a build")),
        };
    }
    if advisory.never_fixed.contains(&install.series) {
        let branch = if advisory.backports.contains(&install.series) {
            "; the community's branches mended some of it"
        } else {
            ""
        };
        return (Status::Affected, format!("{} had ended before it was fixed{branch}", install.series));
    }
    let Some(bound) = advisory.fixed.get(&install.series) else {
        return (Status::CannotTell, "no day of a fix is known for this series".to_owned());
    };
    let Some(day) = &install.date else {
        return (Status::CannotTell, format!("it was fixed by {bound}, and the day of this build is not known"));
    };
    let from = &install.date_from;
    if day >= bound {
        return (Status::Fixed, format!("fixed by {bound}, and the build is of {day} ({from})"));
    }
    if *day >= year_before(bound) {
        return (
            Status::LikelyAffected,
            format!("fixed at some time before {bound}, and the build is of {day} ({from})"),
        );
    }
    (Status::Affected, format!("fixed by {bound}, and the build is of {day} ({from})"))
}

fn is_absent(install: &OdooInstall, advisory: &OdooAdvisory) -> bool {
    absence(install, advisory).is_some()
}

/// Why the weakness cannot be reached here.
fn absence(install: &OdooInstall, advisory: &OdooAdvisory) -> Option<String> {
    if advisory.edition == "Enterprise" && install.enterprise == Some(false) {
        return Some("it is in Odoo Enterprise, which is not here".to_owned());
    }
    if advisory.modules.is_empty() || advisory.modules.iter().any(|module| ALWAYS.contains(&module.as_str())) {
        return None;
    }
    let modules = advisory.modules.join(", ");
    let none_of =
        |known: &std::collections::BTreeSet<String>| !advisory.modules.iter().any(|module| known.contains(module));
    match (&install.installed, &install.on_disk) {
        (Some(installed), _) if none_of(installed) => Some(format!("not installed in the database: {modules}")),
        (_, Some(on_disk)) if none_of(on_disk) => Some(format!("not on the disk: {modules}")),
        _ => None,
    }
}

/// `2022-01-05` a year before.
fn year_before(day: &str) -> String {
    let year = day.get(..4).and_then(|year| year.parse::<i32>().ok()).unwrap_or(0);
    format!("{:04}{}", year - 1, day.get(4..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(install: &OdooInstall, id: &str) -> Status {
        evaluate(install, data::odoo()).into_iter().find(|one| one.advisory.id == id).unwrap().status
    }

    fn nightly(series: &str, day: &str) -> OdooInstall {
        OdooInstall {
            series: series.to_owned(),
            date: Some(day.to_owned()).filter(|day| !day.is_empty()),
            date_from: "test".to_owned(),
            ..OdooInstall::default()
        }
    }

    #[test]
    fn the_day_of_the_build_decides() {
        // Fixed by 2022-01-05 in 14.0.
        for (day, expected) in [
            ("2022-01-05", Status::Fixed),
            ("2022-01-04", Status::LikelyAffected),
            ("2021-01-05", Status::LikelyAffected),
            ("2020-12-31", Status::Affected),
            ("", Status::CannotTell),
        ] {
            assert_eq!(status(&nightly("14.0", day), "CVE-2021-23166"), expected, "{day}");
        }
        // 14.0 had ended when this one came.
        assert_eq!(status(&nightly("14.0", "2026-01-01"), "CVE-2024-45681"), Status::Affected);
    }

    #[test]
    fn the_source_says_more_than_the_day() {
        let mut install = nightly("14.0", "2020-12-31");
        install.source.insert("CVE-2021-23166".to_owned(), SourceVerdict::Fixed);
        assert_eq!(status(&install, "CVE-2021-23166"), Status::Fixed);
        let mut install = nightly("14.0", "2026-12-31");
        install.source.insert("CVE-2021-23166".to_owned(), SourceVerdict::Vulnerable);
        assert_eq!(status(&install, "CVE-2021-23166"), Status::Affected);
    }

    #[test]
    fn what_is_not_installed_cannot_be_reached() {
        let mut install = nightly("14.0", "2020-12-31");
        install.installed = Some(["base", "web"].map(str::to_owned).into());
        assert_eq!(status(&install, "CVE-2021-23178"), Status::NotAffected);
        assert_eq!(status(&install, "CVE-2021-23166"), Status::Affected);
    }

    #[test]
    fn debian_mends_without_a_day() {
        let mut install = nightly("14.0", "");
        install.debian = Some("14.0.0+dfsg.2-7".to_owned());
        assert_eq!(status(&install, "CVE-2021-23166"), Status::Affected);
        install.debian = Some("14.0.0+dfsg.2-7+deb11u2".to_owned());
        assert_eq!(status(&install, "CVE-2021-23166"), Status::Fixed);
        assert_eq!(status(&install, "CVE-2024-45681"), Status::CannotTell);
    }
}
