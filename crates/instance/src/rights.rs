//! Who may do what: access rows with the groups that come with others, and the record rules on top.

use std::collections::BTreeSet;

use crate::evidence::{Access, Operation, Operations, Rule, User};
use crate::view::{SUPERUSER, View};

/// Why a user may do something, or not.
#[derive(Debug, Clone)]
pub struct Reasons<'e> {
    /// Rows that grant it to this user.
    pub rows: Vec<&'e Access>,
    /// Rows that grant it to others.
    pub others: Vec<&'e Access>,
    /// Rules for everybody: each narrows.
    pub everybody: Vec<&'e Rule>,
    /// Rules of the user's groups: one of them must let a record through.
    pub grouped: Vec<&'e Rule>,
}

impl Reasons<'_> {
    /// Whether the user may do it to any record at all.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        !self.rows.is_empty()
    }

    /// Whether rules leave some records out.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.everybody.iter().any(|rule| !is_always_true(&rule.domain))
            || (!self.grouped.is_empty() && !self.grouped.iter().any(|rule| is_always_true(&rule.domain)))
    }
}

/// Works out why. The superuser has no rights to ask for: it may do everything.
#[must_use]
pub fn reasons<'e>(view: &View<'e>, user: &User, model: &str, operation: Operation) -> Reasons<'e> {
    of_groups(view, view.groups_of(user), model, operation)
}

/// The same for a set of groups.
#[must_use]
pub fn of_groups<'e>(view: &View<'e>, groups: &BTreeSet<i64>, model: &str, operation: Operation) -> Reasons<'e> {
    let grants = view.access(model).iter().copied().filter(|row| row.grants.has(operation));
    let (rows, others) = grants.partition(|row| row.group.is_none_or(|group| groups.contains(&group)));
    let rules =
        view.evidence.rules.iter().filter(|rule| rule.active && rule.model == model && rule.operations.has(operation));
    let (everybody, grouped): (Vec<&Rule>, Vec<&Rule>) = rules.partition(|rule| rule.groups.is_empty());
    let grouped = grouped.into_iter().filter(|rule| rule.groups.iter().any(|group| groups.contains(group))).collect();
    Reasons { rows, others, everybody, grouped }
}

/// What a set of groups may do with a model.
#[must_use]
pub fn operations(view: &View<'_>, groups: &BTreeSet<i64>, model: &str) -> Operations {
    view.access(model)
        .iter()
        .filter(|row| row.group.is_none_or(|group| groups.contains(&group)))
        .fold(Operations::default(), |all, row| all.or(row.grants))
}

/// Active users who may do something, with the rows that let them.
#[must_use]
pub fn who_can<'e>(view: &View<'e>, operation: Operation, model: &str) -> Vec<(&'e User, Reasons<'e>)> {
    view.evidence
        .users
        .iter()
        .filter(|user| user.active && user.id != SUPERUSER)
        .map(|user| (user, reasons(view, user, model, operation)))
        .filter(|(_, reasons)| reasons.is_allowed())
        .collect()
}

/// What a user may do, by model.
#[must_use]
pub fn what_can<'e>(view: &View<'e>, user: &User) -> Vec<(&'e str, Operations)> {
    let groups = view.groups_of(user);
    view.models()
        .map(|model| (model, operations(view, groups, model)))
        .filter(|(_, operations)| !operations.is_empty())
        .collect()
}

/// Whether a domain lets every record through: `[]`, `[(1, '=', 1)]`, also as one side of an "or" alone.
#[must_use]
pub fn is_always_true(domain: &str) -> bool {
    let bare: String = domain
        .chars()
        .filter(|char| !char.is_whitespace())
        .map(|char| match char {
            '"' => '\'',
            '(' => '[',
            ')' => ']',
            other => other,
        })
        .collect();
    let bare = bare.replace(",]", "]");
    matches!(
        bare.as_str(),
        "" | "[]"
            | "[[1,'=',1]]"
            | "[[0,'=',0]]"
            | "[[True,'=',True]]"
            | "[['id','!=',False]]"
            | "[['id','!=',0]]"
            | "[['id','>',0]]"
    ) || (bare.starts_with("['|',[1,'=',1],") && bare.matches('[').count() == 3)
        || (bare.starts_with("['|',") && bare.ends_with(",[1,'=',1]]") && bare.matches('[').count() == 3)
}

#[cfg(test)]
mod tests {
    use super::is_always_true;

    #[test]
    fn domains_that_let_everything_through() {
        for domain in [
            "",
            "[]",
            "[(1, '=', 1)]",
            "[(1,\"=\",1)]",
            " [ ( 1 , '=' , 1 ) , ] ",
            "[['id', '!=', False]]",
            "['|', (1, '=', 1), ('user_id', '=', user.id)]",
            "['|', ('user_id', '=', user.id), (1, '=', 1)]",
        ] {
            assert!(is_always_true(domain), "{domain}");
        }
        for domain in [
            "[('user_id', '=', user.id)]",
            "[(0, '=', 1)]",
            "[(1, '=', 0)]",
            "['|', ('a', '=', 1), ('b', '=', 1)]",
            "['|', (1, '=', 1), ('a', '=', 1), ('b', '=', 1)]",
        ] {
            assert!(!is_always_true(domain), "{domain}");
        }
    }
}
