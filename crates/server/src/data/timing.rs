//! When a channel is told: together with what comes soon after, not at night, only when nobody has seen it, or as a digest.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::schedules::next;

/// Seconds that a channel waits at most for what comes soon after.
const LONGEST_GROUP: i64 = 3600;
/// Minutes after which somebody further up is told, at most.
const LONGEST_ESCALATION: i64 = 7 * 1440;

/// How often a digest comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Digest {
    /// Each morning at eight.
    Daily,
    /// Mondays at eight.
    Weekly,
    /// The report of each deployment as PDF, on the first of the month at eight; by e-mail only.
    Monthly,
}

impl Digest {
    /// Every digest.
    pub const ALL: [Self; 3] = [Self::Daily, Self::Weekly, Self::Monthly];

    /// The name, as it is sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }

    const fn cron(self) -> &'static str {
        match self {
            Self::Daily => "0 8 * * *",
            Self::Weekly => "0 8 * * 1",
            Self::Monthly => "0 8 1 * *",
        }
    }
}

/// When a channel is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Timing {
    /// Time zone of quiet hours and digests: `Europe/Berlin`.
    pub zone: String,
    /// Quiet hours begin, such as `22:00`. Only what is critical is told in them.
    pub quiet_from: Option<String>,
    /// They end, such as `07:00`.
    pub quiet_to: Option<String>,
    /// Seconds to wait, so that what comes soon after is one message: 0 to 3600.
    pub group_seconds: i64,
    /// Only what nobody has seen after so many minutes is told: 0 to 10080; 0: everything, at once.
    pub escalate_after: i64,
    /// A summary, instead of each message.
    pub digest: Option<Digest>,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            zone: "UTC".to_owned(),
            quiet_from: None,
            quiet_to: None,
            group_seconds: 30,
            escalate_after: 0,
            digest: None,
        }
    }
}

fn clock(text: &str) -> Result<Time, String> {
    let wrong = || format!("`{text}` is no time of the day; write one such as 22:00");
    if text.len() != 5 {
        return Err(wrong());
    }
    Time::strptime("%H:%M", text).map_err(|_| wrong())
}

/// Whether hours are some: a begin and an end, in 24 hours.
///
/// # Errors
///
/// What is wrong with them.
pub(super) fn check_hours(what: &str, from: Option<&str>, to: Option<&str>) -> Result<(), String> {
    match (from, to) {
        (Some(from), Some(to)) if clock(from)? == clock(to)? => {
            Err(format!("{what} that begin and end at the same time are all day, or none"))
        }
        (Some(_), Some(_)) | (None, None) => Ok(()),
        _ => Err(format!("{what} have a begin and an end")),
    }
}

/// The end of the hours that a moment is in, on the clock of a zone; none: it is in none of them.
pub(super) fn end_of(zone: &str, from: &str, to: &str, at: i64) -> Option<i64> {
    let (from, to) = (clock(from).ok()?, clock(to).ok()?);
    let zone = TimeZone::get(zone).ok()?;
    let local = Timestamp::from_second(at).ok()?.to_zoned(zone.clone());
    let time = local.time();
    let over_midnight = from > to;
    let is_in = if over_midnight { time >= from || time < to } else { time >= from && time < to };
    if !is_in {
        return None;
    }
    let ends_tomorrow = over_midnight && time >= from;
    let date = if ends_tomorrow { local.date().checked_add(1.day()).ok()? } else { local.date() };
    // A time that the clocks leave out is the next one that there is.
    Some(date.to_datetime(to).to_zoned(zone).ok()?.timestamp().as_second())
}

impl Timing {
    /// Whether it can be kept to.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        TimeZone::get(&self.zone)
            .map_err(|_| format!("`{}` is no time zone; write one such as Europe/Berlin", self.zone))?;
        check_hours("quiet hours", self.quiet_from.as_deref(), self.quiet_to.as_deref())?;
        if !(0..=LONGEST_GROUP).contains(&self.group_seconds) {
            return Err(format!("`group_seconds` is 0 to {LONGEST_GROUP}"));
        }
        if !(0..=LONGEST_ESCALATION).contains(&self.escalate_after) {
            return Err(format!("`escalate_after` is 0 to {LONGEST_ESCALATION} minutes"));
        }
        Ok(())
    }

    /// When what happens at `at` is told, seconds since 1970.
    #[must_use]
    pub fn due(&self, at: i64, is_critical: bool) -> i64 {
        let at = at + self.group_seconds + self.escalate_after * 60;
        if is_critical { at } else { self.after_quiet(at).unwrap_or(at) }
    }

    /// The end of the quiet hours that a moment is in; none: it is in none.
    fn after_quiet(&self, at: i64) -> Option<i64> {
        end_of(&self.zone, self.quiet_from.as_deref()?, self.quiet_to.as_deref()?, at)
    }

    /// When the next digest comes; none: none does.
    #[must_use]
    pub fn next_digest(&self, after: i64) -> Option<i64> {
        next(self.digest?.cron(), &self.zone, after).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-28 12:00 UTC, a Saturday; in the night to Sunday the clocks of Berlin go from 2 to 3.
    const NOON: i64 = 1_774_699_200;
    const HOUR: i64 = 3600;

    fn berlin(from: &str, to: &str) -> Timing {
        let quiet = (Some(from.to_owned()), Some(to.to_owned()));
        Timing {
            zone: "Europe/Berlin".into(),
            quiet_from: quiet.0,
            quiet_to: quiet.1,
            group_seconds: 0,
            ..Timing::default()
        }
    }

    #[test]
    fn nobody_is_woken_but_for_what_is_critical() {
        let night = berlin("22:00", "07:00");
        night.check().unwrap();
        assert_eq!(night.due(NOON, false), NOON);
        // 23:00 in Berlin: seven in the morning, after a night of an hour less.
        assert_eq!(night.due(NOON + 10 * HOUR, false), NOON + 17 * HOUR);
        assert_eq!(night.due(NOON + 10 * HOUR, true), NOON + 10 * HOUR);
        // 06:59 and 07:00.
        assert_eq!(night.due(NOON + 17 * HOUR - 60, false), NOON + 17 * HOUR);
        assert_eq!(night.due(NOON + 17 * HOUR, false), NOON + 17 * HOUR);
        let lunch = berlin("12:00", "14:00");
        assert_eq!(lunch.due(NOON, false), NOON + HOUR);
        let gap = berlin("01:00", "02:30");
        assert_eq!(gap.due(NOON + 12 * HOUR + 1800, false), NOON + 13 * HOUR + 1800);
    }

    #[test]
    fn waiting_adds_up() {
        let timing = Timing { group_seconds: 30, escalate_after: 15, ..Timing::default() };
        assert_eq!(timing.due(NOON, true), NOON + 30 + 900);
    }

    #[test]
    fn digests_come_in_the_morning_of_the_zone() {
        let daily = Timing { digest: Some(Digest::Daily), ..berlin("22:00", "07:00") };
        assert_eq!(daily.next_digest(NOON), Some(NOON + 18 * HOUR));
        let weekly = Timing { digest: Some(Digest::Weekly), ..daily };
        assert_eq!(weekly.next_digest(NOON), Some(NOON + 42 * HOUR));
        assert_eq!(Timing::default().next_digest(NOON), None);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |timing: Timing| timing.check().unwrap_err();
        assert!(wrong(berlin("25:00", "07:00")).contains("22:00"));
        assert!(wrong(berlin("7:00", "08:00")).contains("22:00"));
        assert!(wrong(berlin("07:00", "07:00")).contains("all day"));
        assert!(wrong(Timing { quiet_to: None, ..berlin("22:00", "07:00") }).contains("begin and an end"));
        assert!(wrong(Timing { zone: "Mars".into(), ..Timing::default() }).contains("no time zone"));
        assert!(wrong(Timing { group_seconds: -1, ..Timing::default() }).contains("group_seconds"));
        assert!(wrong(Timing { escalate_after: 1 << 40, ..Timing::default() }).contains("escalate_after"));
    }
}
