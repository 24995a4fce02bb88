//! Days and months of the proleptic Gregorian calendar, without a time zone.

/// Months since the year 0 of a moment in seconds since 1970.
#[must_use]
pub fn month(seconds: i64) -> i64 {
    let (year, month, _) = civil(seconds.div_euclid(86_400));
    year * 12 + month
}

/// Year, month and day of a day since 1970 (Howard Hinnant's algorithm).
#[must_use]
pub fn civil(day: i64) -> (i64, i64, i64) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// Day since 1970 of `20240610`.
#[must_use]
pub fn day_of(date: &str) -> Option<i64> {
    if date.len() != 8 {
        return None;
    }
    let number = |range: std::ops::Range<usize>| date.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let of_era = shifted_year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// First second of a day that is written `2026-11-24`, and of no other form.
#[must_use]
pub fn day_start(text: &str) -> Option<i64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    day_of(&digits).map(|day| day * 86_400).filter(|start| date(*start) == text)
}

/// First second of a month, Unix time. Months above 12 are those of the next year.
#[must_use]
pub fn month_start(year: i64, month: i64) -> i64 {
    let (year, month) = (year + (month - 1).div_euclid(12), (month - 1).rem_euclid(12) + 1);
    day_of(&format!("{year:04}{month:02}01")).unwrap_or(0) * 86_400
}

/// A moment in seconds since 1970 as `2026-11-24`.
#[must_use]
pub fn date(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    format!("{year:04}-{month:02}-{day:02}")
}

/// A moment in seconds since 1970 as `20261124T205638Z`.
#[must_use]
pub fn stamp(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// A moment in seconds since 1970 as `2026-11-24T01:01:01Z`, after RFC 3339.
#[must_use]
pub fn moment(seconds: i64) -> String {
    let of_day = seconds.rem_euclid(86_400);
    format!("{}T{:02}:{:02}:{:02}Z", date(seconds), of_day / 3600, of_day % 3600 / 60, of_day % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months() {
        assert_eq!(day_of("19700101"), Some(0));
        assert_eq!(day_of("20240229"), Some(19_782));
        assert_eq!(day_of("2024"), None);
        assert_eq!(month(1_795_478_400), 2026 * 12 + 11);
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!((month_start(2024, 3), month_start(2026, 13)), (19_783 * 86_400, month_start(2027, 1)));
        assert_eq!(date(1_795_478_400), "2026-11-24");
        assert_eq!(day_start("2026-11-24"), Some(1_795_478_400));
        assert!(["2026-02-30", "20261124", "2026-11-24x", ""].iter().all(|text| day_start(text).is_none()));
        assert_eq!(moment(1_795_478_400 + 3661), "2026-11-24T01:01:01Z");
        assert_eq!(stamp(1_795_478_400 + 3661), "20261124T010101Z");
    }
}
