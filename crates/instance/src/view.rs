//! Evidence with the questions that rules ask of it.

use std::collections::{BTreeMap, BTreeSet};

use castellan_model::core_modules::{core_module_series, is_enterprise_module};
use castellan_model::{Series, calendar};

use crate::evidence::{Access, Evidence, Fact, Group, User};
use crate::rule::Unjudged;

/// Id of the superuser, who has no rules over it.
pub const SUPERUSER: i64 = 1;
/// Everything.
pub const SYSTEM: &str = "base.group_system";
/// Users, groups and rights.
pub const RIGHTS: &str = "base.group_erp_manager";
/// Every internal user.
pub const INTERNAL: &str = "base.group_user";
/// Customers and suppliers with a log-in.
pub const PORTAL: &str = "base.group_portal";
/// Visitors of the website.
pub const PUBLIC: &str = "base.group_public";

/// Seconds of a day.
pub const DAY: i64 = 86_400;

static NONE: BTreeSet<i64> = BTreeSet::new();

/// Evidence, with what follows from it worked out once.
#[derive(Debug)]
pub struct View<'e> {
    /// What was read.
    pub evidence: &'e Evidence,
    groups: BTreeMap<i64, &'e Group>,
    by_name: BTreeMap<&'e str, i64>,
    closures: BTreeMap<i64, BTreeSet<i64>>,
    of_users: BTreeMap<i64, BTreeSet<i64>>,
    access: BTreeMap<&'e str, Vec<&'e Access>>,
}

impl<'e> View<'e> {
    /// Of evidence.
    #[must_use]
    pub fn new(evidence: &'e Evidence) -> Self {
        let groups: BTreeMap<i64, &Group> = evidence.groups.iter().map(|group| (group.id, group)).collect();
        let by_name =
            evidence.names.get("res.groups").into_iter().flatten().map(|(id, name)| (name.as_str(), *id)).collect();
        let mut access: BTreeMap<&str, Vec<&Access>> = BTreeMap::new();
        for row in evidence.access.iter().filter(|row| row.active) {
            access.entry(row.model.as_str()).or_default().push(row);
        }
        let closures: BTreeMap<i64, BTreeSet<i64>> = groups.keys().map(|id| (*id, closure(*id, &groups))).collect();
        let of_user = |user: &User| {
            let mut all: BTreeSet<i64> = user.groups.iter().copied().collect();
            all.extend(user.groups.iter().filter_map(|group| closures.get(group)).flatten());
            all
        };
        let of_users = evidence.users.iter().map(|user| (user.id, of_user(user))).collect();
        Self { evidence, groups, by_name, closures, of_users, access }
    }

    /// The tables are there.
    ///
    /// # Errors
    ///
    /// Why one of them is not.
    pub fn need(&self, tables: &[&str]) -> Result<(), Unjudged> {
        for table in tables {
            if let Some(reason) = self.evidence.gaps.get(*table) {
                return Err(Unjudged::NotAssessed(format!("{}: {reason}", table.replace('_', " "))));
            }
        }
        Ok(())
    }

    /// What PostgreSQL says of itself.
    ///
    /// # Errors
    ///
    /// Why it does not say it.
    pub fn fact(&self, name: &str) -> Result<&'e [Fact], Unjudged> {
        if let Some(facts) = self.evidence.server.get(name) {
            return Ok(facts);
        }
        match self.evidence.gaps.get(&format!("server {name}")) {
            Some(reason) if reason.contains("extension") => Err(Unjudged::NotApplicable(reason.clone())),
            Some(reason) => Err(Unjudged::NotAssessed(reason.clone())),
            None => Err(Unjudged::NotAssessed("needs `--sql`: only PostgreSQL knows it".to_owned())),
        }
    }

    /// The time of the last audit.
    ///
    /// # Errors
    ///
    /// When nobody said it.
    pub fn since(&self) -> Result<i64, Unjudged> {
        let missing = || Unjudged::NotAssessed("needs `--since`: a date, or the report of the last audit".to_owned());
        self.evidence.since.ok_or_else(missing)
    }

    /// A module is installed.
    #[must_use]
    pub fn has_module(&self, name: &str) -> bool {
        self.evidence.modules.iter().any(|module| module.name == name && is_installed(&module.state))
    }

    /// The series, or 0.
    #[must_use]
    pub fn series(&self) -> u8 {
        self.evidence.series.map_or(0, Series::major)
    }

    /// The value of a parameter that holds no secret.
    #[must_use]
    pub fn parameter(&self, key: &str) -> Option<&'e str> {
        self.evidence.parameters.iter().find(|one| one.key == key)?.value.as_deref()
    }

    /// Id of a parameter.
    #[must_use]
    pub fn parameter_record(&self, key: &str) -> Vec<(i64, String)> {
        let found = self.evidence.parameters.iter().find(|one| one.key == key);
        found.map(|one| (one.id, one.key.clone())).into_iter().collect()
    }

    /// The external id of a record.
    #[must_use]
    pub fn name(&self, model: &str, id: i64) -> Option<&'e str> {
        self.evidence.names.get(model)?.get(&id).map(String::as_str)
    }

    /// Whether a module that Odoo ships brought a record.
    #[must_use]
    pub fn is_by_odoo(&self, model: &str, id: i64) -> bool {
        let Some((module, _)) = self.name(model, id).and_then(|name| name.split_once('.')) else { return false };
        is_odoo_module(module)
    }

    /// Id of a group by its external id.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<i64> {
        self.by_name.get(name).copied()
    }

    /// A group as people know it.
    #[must_use]
    pub fn group_label(&self, id: i64) -> String {
        let name = self.groups.get(&id).map_or("", |group| group.name.as_str());
        match self.name("res.groups", id) {
            Some(external) if name.is_empty() => external.to_owned(),
            Some(external) => format!("{name} ({external})"),
            None if name.is_empty() => format!("group {id}"),
            None => name.to_owned(),
        }
    }

    /// A group with all that it brings.
    #[must_use]
    pub fn closure(&self, group: i64) -> &BTreeSet<i64> {
        self.closures.get(&group).unwrap_or(&NONE)
    }

    /// How one group brings another: the chain from one to the other.
    #[must_use]
    pub fn path(&self, from: i64, to: i64) -> Vec<i64> {
        let mut queue = std::collections::VecDeque::from([vec![from]]);
        let mut seen = BTreeSet::from([from]);
        while let Some(path) = queue.pop_front() {
            let last = path.last().copied().unwrap_or(from);
            if last == to {
                return path;
            }
            for next in self.groups.get(&last).map(|group| group.implies.as_slice()).unwrap_or_default() {
                if seen.insert(*next) {
                    queue.push_back(path.iter().copied().chain([*next]).collect());
                }
            }
        }
        Vec::new()
    }

    /// All groups of a user, those that come with others too.
    #[must_use]
    pub fn groups_of(&self, user: &User) -> &BTreeSet<i64> {
        self.of_users.get(&user.id).unwrap_or(&NONE)
    }

    /// Whether a user has a group, however it came.
    #[must_use]
    pub fn has_group(&self, user: &User, name: &str) -> bool {
        let Some(wanted) = self.group(name) else { return false };
        self.groups_of(user).contains(&wanted)
    }

    /// Users who can do everything: the group of settings, or the one of rights, which can take it.
    #[must_use]
    pub fn is_administrator(&self, user: &User) -> bool {
        self.has_group(user, SYSTEM) || self.has_group(user, RIGHTS)
    }

    /// Active users of the back office, without the superuser.
    pub fn internal(&self) -> impl Iterator<Item = &'e User> + '_ {
        let evidence = self.evidence;
        evidence.users.iter().filter(move |user| user.active && user.id != SUPERUSER && self.has_group(user, INTERNAL))
    }

    /// Active users, without the superuser.
    pub fn active(&self) -> impl Iterator<Item = &'e User> {
        let evidence = self.evidence;
        evidence.users.iter().filter(|user| user.active && user.id != SUPERUSER)
    }

    /// Active administrators, without the superuser.
    pub fn administrators(&self) -> impl Iterator<Item = &'e User> + '_ {
        self.active().filter(move |user| self.is_administrator(user))
    }

    /// A user by id.
    #[must_use]
    pub fn user(&self, id: i64) -> Option<&'e User> {
        self.evidence.users.iter().find(|user| user.id == id)
    }

    /// Log-in of a user by id.
    #[must_use]
    pub fn login(&self, id: i64) -> String {
        self.user(id).map_or_else(|| format!("user {id}"), |user| user.login.clone())
    }

    /// Active rows of access rights for a model.
    #[must_use]
    pub fn access(&self, model: &str) -> &[&'e Access] {
        self.access.get(model).map(Vec::as_slice).unwrap_or_default()
    }

    /// Models that have rows of access rights.
    pub fn models(&self) -> impl Iterator<Item = &'e str> + '_ {
        self.access.keys().copied()
    }

    /// Days since a time.
    #[must_use]
    pub const fn days_since(&self, time: i64) -> i64 {
        (self.evidence.time - time) / DAY
    }
}

/// Odoo ships the module, with its free or its paid edition.
#[must_use]
pub fn is_odoo_module(name: &str) -> bool {
    name == "base" || !core_module_series(name).is_empty() || is_enterprise_module(name)
}

/// Installed, or about to be changed and still in use.
#[must_use]
pub fn is_installed(state: &str) -> bool {
    matches!(state, "installed" | "to upgrade" | "to remove")
}

/// A user as a record of a report.
#[must_use]
pub fn record(user: &User) -> (i64, String) {
    (user.id, user.login.clone())
}

/// A user with a remark.
#[must_use]
pub fn record_with(user: &User, remark: &str) -> (i64, String) {
    (user.id, format!("{} ({remark})", user.login))
}

/// A day.
#[must_use]
pub fn date(time: i64) -> String {
    calendar::date(time)
}

fn closure(start: i64, groups: &BTreeMap<i64, &Group>) -> BTreeSet<i64> {
    let mut all = BTreeSet::new();
    let mut waiting = vec![start];
    while let Some(id) = waiting.pop() {
        if all.insert(id) {
            waiting.extend(groups.get(&id).map(|group| group.implies.as_slice()).unwrap_or_default());
        }
    }
    all
}
