//! The same answers by the controls of well-known frameworks, in our own words. A control that passes is *supported* by what was looked at; whether
//! an organisation complies is for people to say.
//!
//! Numbers: OWASP ASVS 5.0 (chapters), OWASP API Security Top 10 2023, CIS Controls 8.1, ISO/IEC 27001:2022 Annex A, SOC 2 trust services criteria
//! (2017, points of 2022), GDPR article 32, Directive (EU) 2022/2555 (NIS2) article 21(2).

use std::collections::BTreeMap;

use castellan_model::{Answer, ChecklistLine, ControlAnswer, Finding, RuleMeta, Severity};

use super::{LINES, lines_of_finding};

/// What a control is about: lines of the checklist, or weaknesses by CWE, or both.
struct Control {
    id: &'static str,
    title: &'static str,
    lines: &'static [u8],
    cwe: &'static [u16],
}

const fn by_line(id: &'static str, title: &'static str, lines: &'static [u8]) -> Control {
    Control { id, title, lines, cwe: &[] }
}

/// Only the findings of these weaknesses speak against it; the lines say what must have been looked at.
const fn by_cwe(id: &'static str, title: &'static str, lines: &'static [u8], cwe: &'static [u16]) -> Control {
    Control { id, title, lines, cwe }
}

const INJECTION: &[u16] = &[22, 78, 79, 88, 89, 90, 91, 94, 95, 113, 134, 470, 502, 611, 643, 1286, 1333, 1336];
const BROWSER: &[u16] = &[79, 319, 346, 352, 353, 601, 614, 693, 829, 922, 942, 1004, 1021, 1275, 1385];
const AUTHENTICATION: &[u16] = &[256, 287, 306, 307, 308, 521, 522, 640, 798, 916, 1188, 1392];
const SESSION: &[u16] = &[525, 613, 614, 1004, 1275];
const AUTHORISATION: &[u16] =
    &[250, 269, 276, 284, 285, 602, 639, 653, 654, 668, 710, 732, 749, 754, 755, 862, 863, 915];
const OBJECTS: &[u16] = &[639, 863];
const FUNCTIONS: &[u16] = &[250, 269, 306, 749, 862];
const PROPERTIES: &[u16] = &[200, 359, 668, 915];
const CRYPTOGRAPHY: &[u16] = &[208, 256, 261, 310, 312, 319, 322, 324, 326, 327, 328, 330, 347, 916];
const TRANSPORT: &[u16] = &[294, 295, 297, 298, 299, 300, 310, 319, 326, 327, 345, 757];
const FILES: &[u16] = &[22, 377, 379, 434, 530, 538, 548, 552];
const CONSUMPTION: &[u16] = &[307, 400, 770, 799, 1333];
const SECRETS: &[u16] = &[200, 214, 256, 260, 312, 359, 522, 524, 526, 532, 538, 552, 798];
const LOGGING: &[u16] = &[209, 532, 778, 779];
const SUPPLY: &[u16] = &[353, 494, 506, 829, 1104, 1357, 1395];
const FORGERY: &[u16] = &[441, 918];

const FRAMEWORKS: &[(&str, &[Control])] = &[
    (
        "OWASP ASVS 5.0",
        &[
            by_cwe("V1", "Input is encoded and sanitised; no injection", &[7], INJECTION),
            by_cwe("V3", "The browser is told to protect the pages", &[2, 7], BROWSER),
            by_cwe(
                "V4",
                "API and web services take only what they should",
                &[6, 13],
                &[352, 436, 444, 644, 749, 942, 1385],
            ),
            by_cwe("V5", "Files are handled safely", &[7, 8], FILES),
            by_cwe("V6", "People and programs prove who they are", &[5, 11], AUTHENTICATION),
            by_cwe("V7", "Sessions end and cannot be taken", &[2, 11], SESSION),
            by_cwe("V8", "Everybody may do only what they should", &[4, 7], AUTHORISATION),
            by_cwe("V11", "Cryptography is sound", &[2, 7, 11], CRYPTOGRAPHY),
            by_cwe("V12", "Connections are encrypted and checked", &[2], TRANSPORT),
            by_line("V13", "Configuration is hardened, secrets are kept", &[1, 3, 8]),
            by_cwe("V14", "Data is shown only where it belongs", &[7, 8], SECRETS),
            by_cwe("V15", "Dependencies are known and mended", &[9], SUPPLY),
            by_cwe("V16", "Events are logged, errors tell nothing", &[13, 14], LOGGING),
        ],
    ),
    (
        "OWASP API Security Top 10 2023",
        &[
            by_cwe("API1", "Objects are given only to who may see them", &[4, 7], OBJECTS),
            by_cwe("API2", "Log-in of APIs holds", &[5, 11], AUTHENTICATION),
            by_cwe("API3", "Properties of objects are given and taken only as allowed", &[4, 7], PROPERTIES),
            by_cwe("API4", "Requests are limited", &[13], CONSUMPTION),
            by_cwe("API5", "Functions are open only to who may call them", &[4, 6, 7], FUNCTIONS),
            by_cwe("API7", "The server fetches no address of a stranger", &[7], FORGERY),
            by_line("API8", "The API is configured safely", &[1, 2, 8, 13]),
            by_line("API9", "Versions, copies and endpoints are known", &[6, 9]),
            by_cwe("API10", "Answers of other services are not trusted", &[7], &[295, 345, 347, 502, 611, 829]),
        ],
    ),
    (
        "CIS Controls 8.1",
        &[
            by_cwe("3", "Data is protected", &[2, 3, 8], SECRETS),
            by_line("4", "Systems and software are configured securely", &[1, 3, 8]),
            by_line("5", "Accounts are managed", &[4, 5]),
            by_line("6", "Access is managed", &[4, 11, 12]),
            by_line("7", "Weaknesses are found and mended all the time", &[9]),
            by_line("8", "Logs are kept and looked at", &[14]),
            by_line("11", "Data can be recovered", &[10]),
            by_line("12", "The network is managed", &[2, 3, 6]),
            by_line("13", "The network is watched and defended", &[13, 14]),
            by_line("16", "Own software is secure", &[7]),
        ],
    ),
    (
        "ISO/IEC 27001:2022 Annex A",
        &[
            by_cwe("A.5.3", "Duties that should be apart are apart", &[4], &[269]),
            by_line("A.5.15", "Access follows rules", &[4, 6, 12]),
            by_line("A.5.16", "Identities are managed over their life", &[4, 5]),
            by_line("A.5.17", "Passwords and keys are handled safely", &[5, 11]),
            by_line("A.5.18", "Rights are given, looked over and taken back", &[4, 12]),
            by_cwe("A.8.2", "Few have far-reaching rights", &[3, 4, 12], &[250, 269]),
            by_cwe("A.8.3", "Information is open only to who needs it", &[4, 7], AUTHORISATION),
            by_line("A.8.5", "Log-in is secure", &[5, 11]),
            by_line("A.8.8", "Known weaknesses are mended", &[9]),
            by_line("A.8.9", "Configuration is known and hardened", &[1, 3, 8]),
            by_line("A.8.13", "Backups are made and tried", &[10]),
            by_line("A.8.15", "Logs are kept", &[14]),
            by_line("A.8.16", "Systems are watched", &[14]),
            by_line("A.8.20", "Networks are secured", &[2, 3]),
            by_line("A.8.21", "Services of the network are secured", &[6, 13]),
            by_cwe("A.8.24", "Cryptography is used well", &[2, 3, 11], CRYPTOGRAPHY),
            by_cwe("A.8.26", "Applications meet their security needs", &[6, 7], INJECTION),
            by_line("A.8.28", "Code is written securely", &[7]),
            by_cwe("A.8.31", "Development and test are apart from production", &[1, 8], &[489, 668, 1188]),
        ],
    ),
    (
        "SOC 2",
        &[
            by_line("CC6.1", "Access is protected by logical means", &[4, 5, 11, 12]),
            by_line("CC6.2", "Accounts are made and removed with authorisation", &[4, 5]),
            by_line("CC6.3", "Rights follow roles and least privilege", &[4, 12]),
            by_line("CC6.6", "The boundary is defended", &[2, 3, 6, 13]),
            by_cwe("CC6.7", "Data is protected on its way", &[2], TRANSPORT),
            by_cwe("CC6.8", "Unwanted software is kept out", &[7, 9], SUPPLY),
            by_line("CC7.1", "Weaknesses and changes are found", &[9, 14]),
            by_line("CC7.2", "Systems are watched for anomalies", &[14]),
            by_line("CC8.1", "Changes to software are controlled", &[7, 9]),
            by_line("A1.2", "Data is backed up", &[10]),
        ],
    ),
    (
        "GDPR",
        &[
            by_cwe("32(1)(a)", "Personal data is encrypted where that fits", &[2, 3, 11], CRYPTOGRAPHY),
            by_line("32(1)(b)", "Confidentiality, integrity and resilience last", &[1, 3, 4, 6, 7, 11, 12]),
            by_line("32(1)(c)", "Data can be restored in time", &[10]),
            by_line("32(1)(d)", "Measures are tested regularly", &[9, 14]),
        ],
    ),
    (
        "NIS2",
        &[
            by_line("21(2)(b)", "Incidents can be noticed and handled", &[14]),
            by_line("21(2)(c)", "Business goes on: backups", &[10]),
            by_cwe("21(2)(d)", "The supply chain is secure", &[9], SUPPLY),
            by_line("21(2)(e)", "Systems are acquired, built and kept securely", &[7, 8, 9]),
            by_line("21(2)(g)", "Basic hygiene", &[1, 2, 3, 8]),
            by_cwe("21(2)(h)", "Cryptography", &[2, 3], CRYPTOGRAPHY),
            by_line("21(2)(i)", "Access control", &[4, 5, 6, 12]),
            by_line("21(2)(j)", "Second factor and secured communication", &[2, 11]),
        ],
    ),
];

/// The controls that a finding of a rule speaks against: framework and number.
#[must_use]
pub fn controls_of(rule: &RuleMeta) -> Vec<(&'static str, &'static str)> {
    let lines = super::lines_of(rule);
    let speaks = |control: &Control| match control.cwe {
        [] => lines.iter().any(|line| control.lines.contains(line)),
        cwe => cwe.contains(&rule.cwe),
    };
    let of = |(framework, list): &(&'static str, &'static [Control])| {
        list.iter().filter(|control| speaks(control)).map(|control| (*framework, control.id)).collect::<Vec<_>>()
    };
    FRAMEWORKS.iter().flat_map(of).collect()
}

/// The controls, answered.
#[must_use]
pub fn controls(lines: &[ChecklistLine], findings: &[Finding], own: &BTreeMap<String, Vec<u8>>) -> Vec<ControlAnswer> {
    let catalogue = crate::catalogue();
    let known: BTreeMap<&str, RuleMeta> = catalogue.iter().map(|rule| (rule.meta.id, rule.meta)).collect();
    let open: Vec<(&Finding, Vec<u8>)> =
        findings.iter().map(|finding| (finding, lines_of_finding(&known, own, finding))).collect();
    let mut out = Vec::new();
    for (framework, list) in FRAMEWORKS {
        for control in *list {
            let mut against: Vec<&Finding> = open
                .iter()
                .filter(|(finding, under)| match control.cwe {
                    [] => under.iter().any(|one| control.lines.contains(one)),
                    cwe => cwe.contains(&finding.cwe),
                })
                .map(|(finding, _)| *finding)
                .collect();
            against.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.fingerprint.cmp(&b.fingerprint)));
            let whole =
                lines.iter().filter(|line| control.lines.contains(&line.number)).all(|line| line.assessed == 100);
            out.push(ControlAnswer {
                framework: (*framework).to_owned(),
                id: control.id.to_owned(),
                title: control.title.to_owned(),
                answer: if against.iter().any(|finding| finding.severity >= Severity::Medium) {
                    Answer::Fail
                } else if whole {
                    Answer::Pass
                } else {
                    Answer::NotAssessed
                },
                lines: LINES.iter().map(|line| line.number).filter(|number| control.lines.contains(number)).collect(),
                findings: against.into_iter().map(|finding| finding.fingerprint.clone()).collect(),
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weakness_and_every_line_is_somewhere() {
        for (framework, list) in FRAMEWORKS {
            let mut ids: Vec<&str> = list.iter().map(|control| control.id).collect();
            ids.dedup();
            assert_eq!(ids.len(), list.len(), "{framework}");
            assert!(list.iter().all(|control| !control.lines.is_empty()), "{framework}");
        }
        for number in 1..=14 {
            let frameworks = FRAMEWORKS.iter().filter(|(_, list)| list.iter().any(|one| one.lines.contains(&number)));
            assert!(frameworks.count() >= 3, "line {number}");
        }
        let all: Vec<u16> =
            FRAMEWORKS.iter().flat_map(|(_, list)| list.iter()).flat_map(|one| one.cwe.iter().copied()).collect();
        let catalogue = crate::catalogue();
        let severe = catalogue.iter().filter(|rule| rule.meta.severity >= Severity::High);
        let missed: Vec<_> = severe
            .filter(|rule| !all.contains(&rule.meta.cwe))
            .filter(|rule| {
                !FRAMEWORKS.iter().any(|(_, list)| {
                    list.iter().any(|one| {
                        one.cwe.is_empty()
                            && super::super::lines_of(&rule.meta).iter().any(|line| one.lines.contains(line))
                    })
                })
            })
            .map(|rule| rule.meta.id)
            .collect();
        assert!(missed.is_empty(), "{missed:?}");
    }
}
