//! A plan to rotate API keys: which first, why, and by when.

use crate::evidence::{Key, Password, User};
use crate::view::{DAY, View};

/// Days after which a key should be replaced.
pub const LIFE_DAYS: i64 = 365;

/// Days before the end of a key in which its successor should be made.
const NOTICE_DAYS: i64 = 14;

/// What to do with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Nobody can use it rightly: end it at once.
    Revoke,
    /// Make a dedicated account with the rights that the program needs, and a key for it.
    Move,
    /// Make a new key of the same account.
    Replace,
    /// In order until the date.
    Keep,
    /// It has ended.
    Ended,
}

impl Step {
    /// For people and programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revoke => "revoke now",
            Self::Move => "move to an account of its own",
            Self::Replace => "replace",
            Self::Keep => "keep",
            Self::Ended => "ended",
        }
    }
}

/// One key with its place in the plan.
#[derive(Debug, Clone)]
pub struct KeyPlan<'e> {
    /// The key.
    pub key: &'e Key,
    /// Its owner.
    pub owner: Option<&'e User>,
    /// What to do.
    pub step: Step,
    /// Why, most pressing first.
    pub reasons: Vec<String>,
    /// Until when, Unix time.
    pub due: i64,
}

/// Whether a key still opens something. Up to 17.0 a revoked key is one whose scope nothing asks for.
#[must_use]
pub fn is_live(key: &Key, now: i64) -> bool {
    key.expires.is_none_or(|end| end > now) && !key.scope.as_deref().is_some_and(|scope| scope.starts_with("revoked "))
}

/// The plan: what is most pressing first.
#[must_use]
pub fn plan<'e>(view: &View<'e>) -> Vec<KeyPlan<'e>> {
    let mut out: Vec<KeyPlan<'e>> = view.evidence.keys.iter().map(|key| of_key(view, key)).collect();
    out.sort_by_key(|one| {
        (one.step, !one.owner.is_some_and(|owner| view.is_administrator(owner)), one.due, one.key.id)
    });
    out
}

fn of_key<'e>(view: &View<'e>, key: &'e Key) -> KeyPlan<'e> {
    let now = view.evidence.time;
    let owner = view.user(key.user);
    let age_ends = if key.created > 0 { key.created + LIFE_DAYS * DAY } else { now };
    let end = key.expires.map_or(age_ends, |end| (end - NOTICE_DAYS * DAY).min(age_ends));
    if !is_live(key, now) {
        return KeyPlan { key, owner, step: Step::Ended, reasons: Vec::new(), due: now };
    }
    let Some(user) = owner.filter(|user| user.active) else {
        let reasons = vec!["its owner is archived or gone".to_owned()];
        return KeyPlan { key, owner, step: Step::Revoke, reasons, due: now };
    };
    let mut reasons = Vec::new();
    if view.is_administrator(user) {
        reasons.push("its owner is an administrator".to_owned());
    } else if user.two_factor == Some(true) && user.last_login.is_some() && user.password != Some(Password::None) {
        reasons.push("its owner is a person who logs in".to_owned());
    }
    let siblings =
        view.evidence.keys.iter().filter(|other| other.user == key.user && other.id != key.id && is_live(other, now));
    let siblings: Vec<String> = siblings.map(|other| other.id.to_string()).collect();
    if !siblings.is_empty() {
        reasons.push(format!("it shares its account with key {}", siblings.join(", ")));
    }
    let moves = !reasons.is_empty();
    let old = age_ends <= now;
    if old {
        reasons.push(format!("it is {} days old", (now - key.created) / DAY));
    }
    if key.expires.is_none() && view.series() >= 18 {
        reasons.push("it never ends".to_owned());
    }
    if key.expires.is_some_and(|end| end - NOTICE_DAYS * DAY <= now) {
        reasons.push("it ends within two weeks".to_owned());
    }
    let step = match (moves, reasons.is_empty()) {
        (true, _) => Step::Move,
        (false, false) => Step::Replace,
        (false, true) => Step::Keep,
    };
    // What an administrator's key opens is everything: within two weeks; the rest within a quarter.
    let patience = if view.is_administrator(user) { 14 } else { 90 };
    let due = if step == Step::Keep { end } else { now + patience * DAY };
    let due = if old { due.min(now + 30 * DAY) } else { due };
    KeyPlan { key, owner, step, reasons, due }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{TIME, hardened};

    #[test]
    fn the_most_pressing_key_comes_first() {
        let mut evidence = hardened();
        let key = |id: i64, user: i64, created: i64, expires: Option<i64>| Key {
            id,
            name: format!("key {id}"),
            user,
            created,
            expires,
            ..Key::default()
        };
        evidence.keys = vec![
            key(1, 9, TIME - 10 * DAY, Some(TIME + 80 * DAY)),
            key(2, 2, TIME - 10 * DAY, Some(TIME + 80 * DAY)),
            key(3, 1, TIME - 10 * DAY, None),
            key(4, 7, TIME - 900 * DAY, Some(TIME - DAY)),
        ];
        for user in &mut evidence.users {
            // A program: no second factor, no log-in.
            user.two_factor = user.two_factor.filter(|_| user.id != 9);
        }
        let view = View::new(&evidence);
        let plan = plan(&view);
        let steps: Vec<_> = plan.iter().map(|one| (one.key.id, one.step)).collect();
        assert_eq!(steps, [(3, Step::Revoke), (2, Step::Move), (1, Step::Keep), (4, Step::Ended)]);
        assert_eq!(plan[2].due, TIME + 66 * DAY);
        assert!(plan[1].due < TIME + 30 * DAY);
    }
}
