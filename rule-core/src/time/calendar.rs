//! The proleptic Gregorian calendar, without zones.
//!
//! jiff's timestamps end a day before the year 9999 does, and events of
//! 9999-12-31 exist; so the plain arithmetic is here, and jiff is asked for the
//! offsets of zones alone.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds are brought into the years -9999 to 9999, and a year that is given is at \
              most some hundred million, so all fits into 64 bits, and parts of a date into 8"
)]

/// A date and a time of day in some zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
}

const DAY: i64 = 86_400;

impl Civil {
    /// None where the parts are no date or no time of day. A leap second
    /// (`:60`) is taken as the second before it, as jiff and Windows do.
    pub(super) fn new(
        year: i64,
        month: u8,
        day: u8,
        hour: u8,
        minute: u8,
        second: u8,
    ) -> Option<Civil> {
        let valid = (-9999..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60;
        valid.then_some(Civil {
            year,
            month,
            day,
            hour,
            minute,
            second: second.min(59),
        })
    }

    /// Seconds from 1970-01-01T00:00:00 of the same zone.
    pub(crate) fn seconds(self) -> i64 {
        // Days are counted in 400-year cycles of years that begin in March, so
        // that the leap day is the last of its year.
        let year = if self.month <= 2 {
            self.year - 1
        } else {
            self.year
        };
        let cycle = year.div_euclid(400);
        let year_of_cycle = year.rem_euclid(400);
        let month_from_march = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        let day_of_cycle =
            year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
        let days = cycle * 146_097 + day_of_cycle - 719_468;
        days * DAY
            + i64::from(self.hour) * 3600
            + i64::from(self.minute) * 60
            + i64::from(self.second)
    }

    /// The date and time at `seconds` from 1970-01-01T00:00:00. Times out of
    /// the years -9999 to 9999 are brought to its ends.
    #[inline]
    pub(crate) fn from_seconds(seconds: i64) -> Civil {
        const FIRST: i64 = -377_705_116_800;
        const LAST: i64 = 253_402_300_799;
        let seconds = seconds.clamp(FIRST, LAST);
        let second_of_day = seconds.rem_euclid(DAY);
        let days = seconds.div_euclid(DAY) + 719_468;
        let cycle = days.div_euclid(146_097);
        let day_of_cycle = days.rem_euclid(146_097);
        let year_of_cycle = (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36_524
            - day_of_cycle / 146_096)
            / 365;
        let day_of_year =
            day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        Civil {
            year: cycle * 400 + year_of_cycle + i64::from(month <= 2),
            month: month as u8,
            day: day as u8,
            hour: (second_of_day / 3600) as u8,
            minute: (second_of_day / 60 % 60) as u8,
            second: (second_of_day % 60) as u8,
        }
    }

    /// 0 is Sunday.
    pub(crate) fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        (self.seconds().div_euclid(DAY) + 4).rem_euclid(7) as u8
    }
}

pub(super) fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn jiff_civil(seconds: i64) -> jiff::civil::DateTime {
        let timestamp = jiff::Timestamp::from_second(seconds).unwrap();
        jiff::tz::Offset::UTC.to_datetime(timestamp)
    }

    proptest! {
        #[test]
        fn agrees_with_jiff(seconds in -377_705_023_201i64..=253_402_207_200) {
            let ours = Civil::from_seconds(seconds);
            let theirs = jiff_civil(seconds);
            prop_assert_eq!(ours.year, i64::from(theirs.year()));
            prop_assert_eq!(i64::from(ours.month), i64::from(theirs.month()));
            prop_assert_eq!(i64::from(ours.day), i64::from(theirs.day()));
            prop_assert_eq!(i64::from(ours.hour), i64::from(theirs.hour()));
            prop_assert_eq!(i64::from(ours.second), i64::from(theirs.second()));
            prop_assert_eq!(ours.seconds(), seconds);
            let weekday = theirs.weekday().to_sunday_zero_offset();
            prop_assert_eq!(i64::from(ours.weekday()), i64::from(weekday));
        }
    }

    #[test]
    fn no_dates() {
        for (year, month, day, hour) in [
            (2021, 2, 29, 0),
            (1900, 2, 29, 0),
            (2021, 13, 1, 0),
            (2021, 0, 1, 0),
            (2021, 4, 31, 0),
            (2021, 1, 1, 24),
        ] {
            assert_eq!(
                Civil::new(year, month, day, hour, 0, 0),
                None,
                "{year}-{month}-{day} {hour}"
            );
        }
        assert!(Civil::new(2000, 2, 29, 23, 59, 60).is_some());
    }
}
