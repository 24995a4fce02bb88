//! Attack paths: what an anonymous visitor, a portal user and an internal user can reach, in how few steps.
//!
//! Places are what somebody holds; each finding may open a way from one place to another. The shortest way to each goal is a path. Nothing is
//! claimed beyond the findings: a way that no finding shows is not drawn.

use std::collections::{BTreeMap, VecDeque};

use castellan_model::{AttackPath, AttackStep, Finding, Reach, RuleMeta, Severity};

/// What somebody holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    Visitor,
    Portal,
    Internal,
    /// Records of others, read or changed past the rights.
    Records,
    Administrator,
    Database,
    /// Code runs as the account of Odoo.
    Server,
    /// Root on the host.
    Host,
}

use Place::{Administrator, Database, Host, Internal, Portal, Records, Server, Visitor};

impl Place {
    const fn name(self) -> &'static str {
        match self {
            Visitor => "anonymous visitor",
            Portal => "portal user",
            Internal => "internal user",
            Records => "records of others",
            Administrator => "an administrator's account",
            Database => "the whole database",
            Server => "the server of Odoo",
            Host => "root on the host",
        }
    }
}

/// What can be reached.
const GOALS: [Place; 5] = [Host, Server, Database, Administrator, Records];

/// Ways that need nothing to be wrong.
const GIVEN: &[(Place, Place, &str)] = &[
    (Host, Server, "root is every account"),
    (Server, Database, "Odoo's own password opens the database"),
    (Administrator, Database, "an administrator reads and changes every record"),
    (Database, Administrator, "whoever writes to the database makes an administrator"),
    (Database, Records, "the records are in the database"),
    (Portal, Visitor, "a user can do what a visitor can"),
    (Internal, Portal, "an internal user can do what a portal user can"),
];

/// Ways that rules open whose findings are not in code.
const WAYS: &[(&str, Place, Place, &str)] = &[
    ("site-database-manager-default", Visitor, Database, "download the database with the default master password"),
    ("manager-open-with-weak-password", Visitor, Database, "guess the master password and download the database"),
    ("site-database-manager-unclaimed", Visitor, Administrator, "make a database and be its administrator"),
    ("site-werkzeug-debugger", Visitor, Server, "run code in the debugger"),
    ("site-dump-exposed", Visitor, Database, "download a backup"),
    ("site-filestore-reachable", Visitor, Records, "download files of the filestore"),
    ("site-dataset-public", Visitor, Records, "read records without log-in"),
    ("site-env-exposed", Visitor, Server, "download a file with passwords"),
    ("site-conf-exposed", Visitor, Server, "download odoo.conf with its passwords"),
    ("leaked-file-with-secret", Visitor, Server, "download files that hold secrets"),
    ("default-administrator-open", Visitor, Administrator, "log in with a well-known name and password"),
    ("user-password-guessed", Visitor, Internal, "log in with a password that everybody tries first"),
    ("user-demo", Visitor, Internal, "log in as the demo user"),
    ("signup-open", Visitor, Portal, "sign up"),
    ("site-signup-open", Visitor, Portal, "sign up"),
    ("database-reachable-without-password", Visitor, Database, "connect to PostgreSQL"),
    ("access-public-writes", Visitor, Records, "write records without log-in"),
    ("action-public", Visitor, Administrator, "call a server action that is public"),
    ("access-portal-writes", Portal, Records, "write records that are not theirs"),
    ("rule-portal-missing", Portal, Records, "read records that are not theirs"),
    ("user-portal-internal", Portal, Internal, "use the internal groups of a portal account"),
    ("access-everybody-writes", Internal, Records, "write records of everybody"),
    ("right-to-run-code", Internal, Administrator, "put code into a server action or job"),
    ("right-to-take-rights", Internal, Administrator, "give themselves the group of administrators"),
    ("group-brings-administrator", Internal, Administrator, "use a group that brings administration"),
    ("user-template-powerful", Portal, Administrator, "sign up and get the rights of the template"),
    ("user-default-rights", Internal, Administrator, "use the rights that every new user gets"),
    ("odoo-database-superuser", Database, Server, "read files and run programs as PostgreSQL's superuser"),
    ("postgres-role-superuser", Database, Server, "read files and run programs as PostgreSQL's superuser"),
    ("server-owner-powerful", Database, Server, "use the far-reaching rights of the database role"),
    ("service-runs-as-root", Server, Host, "Odoo runs as root already"),
    ("process-runs-as-root", Server, Host, "Odoo runs as root already"),
    ("container-privileged", Server, Host, "leave the privileged container"),
    ("container-docker-socket", Server, Host, "start a container with the host's disk"),
    ("container-sensitive-mount", Server, Host, "write to folders of the host"),
    ("service-unit-writable", Server, Host, "change the unit that root starts"),
    ("cron-script-writable", Server, Host, "change a script that root runs"),
    ("host-service-user-powerful", Server, Host, "use the rights of Odoo's account on the host"),
    ("host-second-root", Server, Host, "use the second account with root's number"),
];

/// Where a weakness in code leads.
fn of_code(finding: &Finding, rule: Option<&RuleMeta>) -> Option<(Place, &'static str)> {
    // What was only joined from others is in the table above.
    rule?;
    Some(match finding.cwe {
        89 => (Database, "inject SQL"),
        78 | 88 | 94 | 95 | 470 | 502 | 1336 => (Server, "run code"),
        22 | 434 | 611 | 918 => (Server, "read or place files, or make the server call others"),
        79 => (Administrator, "place a script that an administrator runs"),
        250 | 269 | 287 | 306 => (Administrator, "act with rights of others"),
        200 | 285 | 639 | 668 | 732 | 749 | 862 | 863 | 915 => (Records, "read or change records past the rights"),
        _ => return None,
    })
}

const fn start(reach: Reach) -> Place {
    match reach {
        Reach::Anonymous => Visitor,
        Reach::Portal => Portal,
        Reach::Internal => Internal,
    }
}

struct Way<'f> {
    from: Place,
    to: Place,
    action: String,
    finding: Option<&'f Finding>,
}

/// The shortest path from each of the three to each goal that can be reached. What a weaker one reaches as well is told for that one only.
#[must_use]
pub fn attack_paths(findings: &[Finding]) -> Vec<AttackPath> {
    let catalogue = crate::catalogue();
    let metas: BTreeMap<&str, RuleMeta> = catalogue.iter().map(|rule| (rule.meta.id, rule.meta)).collect();
    let mut ways: Vec<Way<'_>> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.severity >= Severity::Medium) {
        for (_, from, to, action) in WAYS.iter().filter(|(rule, ..)| *rule == finding.rule) {
            ways.push(Way { from: *from, to: *to, action: (*action).to_owned(), finding: Some(finding) });
        }
        let Some(reach) = finding.reach.filter(|_| finding.module.is_some()) else { continue };
        if let Some((to, action)) = of_code(finding, metas.get(finding.rule.as_str())) {
            let module = finding.module.as_deref().unwrap_or_default();
            ways.push(Way {
                from: start(reach),
                to,
                action: format!("{action} through `{module}`"),
                finding: Some(finding),
            });
        }
    }
    // The same way by a worse and surer finding first, so that the drawing is the same every time.
    ways.sort_by_key(|way| {
        let finding =
            way.finding.map(|one| (std::cmp::Reverse((one.severity, one.confidence)), one.fingerprint.as_str()));
        (way.from, way.to, finding)
    });
    ways.extend(GIVEN.iter().map(|(from, to, action)| Way {
        from: *from,
        to: *to,
        action: (*action).to_owned(),
        finding: None,
    }));
    let mut out: Vec<AttackPath> = Vec::new();
    for reach in [Reach::Anonymous, Reach::Portal, Reach::Internal] {
        for goal in GOALS {
            let steps = shortest(&ways, start(reach), goal);
            let told = out.iter().any(|path| path.goal == goal.name() && path.from < reach);
            if let Some(steps) = steps.filter(|_| !told) {
                out.push(AttackPath { from: reach, goal: goal.name().to_owned(), steps });
            }
        }
    }
    out
}

/// Breadth first: the fewest steps.
fn shortest(ways: &[Way<'_>], from: Place, to: Place) -> Option<Vec<AttackStep>> {
    let mut came: BTreeMap<Place, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(place) = queue.pop_front() {
        if place == to {
            break;
        }
        for (number, way) in ways.iter().enumerate().filter(|(_, way)| way.from == place) {
            if way.to != from && !came.contains_key(&way.to) {
                came.insert(way.to, number);
                queue.push_back(way.to);
            }
        }
    }
    let mut steps = Vec::new();
    let mut at = to;
    while at != from {
        let way = ways.get(*came.get(&at)?)?;
        steps.push(AttackStep {
            from: way.from.name().to_owned(),
            to: way.to.name().to_owned(),
            action: way.action.clone(),
            finding: way.finding.map(|finding| finding.fingerprint.clone()).unwrap_or_default(),
        });
        at = way.from;
    }
    steps.reverse();
    // A way without a single weakness is no attack.
    steps.iter().any(|step| !step.finding.is_empty()).then_some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correlate::example::read;

    #[test]
    fn the_rules_of_the_table_are_there() {
        let known: Vec<&str> = crate::catalogue().iter().map(|rule| rule.meta.id).collect();
        for (rule, ..) in WAYS {
            assert!(known.contains(rule), "there is no rule `{rule}`");
        }
    }

    #[test]
    fn a_visitor_becomes_root_in_as_few_steps_as_there_are() {
        let (findings, _) = read(
            "finding = [{ rule = \"sql-format\", module = \"shop\", reach = \"anonymous\" }, { rule = \"odoo-database-superuser\" }, { rule = \"service-runs-as-root\" }]",
        )
        .unwrap();
        let paths = attack_paths(&findings);
        let host = &paths[0];
        assert_eq!((host.from, host.goal.as_str(), host.steps.len()), (Reach::Anonymous, "root on the host", 3));
        assert_eq!(host.steps[0].action, "inject SQL through `shop`");
        // What a visitor can, a portal user can too: it is told once.
        assert!(paths.iter().all(|path| path.from == Reach::Anonymous));
        assert_eq!(paths.len(), 5);
    }

    #[test]
    fn nothing_is_drawn_without_a_weakness() {
        assert!(attack_paths(&[]).is_empty());
        let (findings, _) = read("finding = [{ rule = \"service-runs-as-root\" }]").unwrap();
        assert!(attack_paths(&findings).is_empty());
        let (findings, _) = read("finding = [{ rule = \"right-to-take-rights\" }]").unwrap();
        let paths = attack_paths(&findings);
        assert_eq!(paths[0].from, Reach::Internal);
    }
}
