//! Times as text, by the format strings of `convert` and `strftime`.

use alloc::string::String;
use core::fmt::Write;

use super::Time;
use super::calendar::Civil;
use super::zone::Zone;

pub(super) const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Writes a time in a zone.
///
/// The variables are those of Splunk's "Date and time format variables": the
/// usual ones of strftime, and `%N` and `%Q` for the fraction, with a count of
/// digits before the letter (`%3N`; `%N` is nine digits, `%Q` three). A
/// variable that is none stays as it is written. A fraction is cut, never
/// rounded.
#[must_use]
pub fn strftime(time: Time, format: &str, zone: &Zone) -> String {
    let (offset, abbreviation) = zone.offset_at(time.seconds());
    let at = Moment {
        civil: Civil::from_seconds(time.seconds().saturating_add(i64::from(offset))),
        time,
        offset,
        abbreviation: &abbreviation,
    };
    let mut out = String::with_capacity(format.len().saturating_add(16));
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let (count, tail) = after.split_at(digits);
        let mut letters = tail.chars();
        match letters.next() {
            Some(letter) if at.variable(&mut out, letter, count.parse().ok()) => {
                rest = letters.as_str();
            }
            _ => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A number below 100, with a zero before one below 10.
#[expect(clippy::arithmetic_side_effects, reason = "a digit each")]
pub(super) fn two_digits(out: &mut String, value: u8) {
    out.push(char::from(b'0' + value / 10 % 10));
    out.push(char::from(b'0' + value % 10));
}

struct Moment<'z> {
    civil: Civil,
    time: Time,
    offset: i32,
    abbreviation: &'z str,
}

impl Moment<'_> {
    /// Writes one variable; false where there is none of this letter.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 1 to 9 digits, and a year of four"
    )]
    fn variable(&self, out: &mut String, letter: char, count: Option<usize>) -> bool {
        let civil = self.civil;
        let hour12 = match civil.hour % 12 {
            0 => 12,
            hour => hour,
        };
        // Writing to a String cannot fail.
        let _ = match (letter, count) {
            ('N' | 'Q', _) => {
                let digits = count
                    .unwrap_or(if letter == 'N' { 9 } else { 3 })
                    .clamp(1, 9);
                let cut = self.time.nanos() / 10u32.pow(9 - digits as u32);
                write!(out, "{cut:0digits$}")
            }
            (_, Some(_)) => return false,
            // By far the most are of these, and formatting them takes ten times as long.
            ('Y', _) if (0..10_000).contains(&civil.year) => {
                two_digits(out, (civil.year / 100) as u8);
                two_digits(out, (civil.year % 100) as u8);
                Ok(())
            }
            ('m' | 'd' | 'H' | 'M' | 'S', _) => {
                two_digits(
                    out,
                    match letter {
                        'm' => civil.month,
                        'd' => civil.day,
                        'H' => civil.hour,
                        'M' => civil.minute,
                        _ => civil.second,
                    },
                );
                Ok(())
            }
            ('Y', _) => write!(out, "{:04}", civil.year),
            ('y', _) => write!(out, "{:02}", civil.year.rem_euclid(100)),
            ('e', _) => write!(out, "{:2}", civil.day),
            ('I', _) => write!(out, "{hour12:02}"),
            ('k', _) => write!(out, "{:2}", civil.hour),
            ('l', _) => write!(out, "{hour12:2}"),
            ('p', _) => write!(out, "{}", if civil.hour < 12 { "AM" } else { "PM" }),
            ('f', _) => write!(out, "{:06}", self.time.nanos() / 1000),
            ('s', _) => write!(out, "{}", self.time.seconds()),
            ('F', _) => write!(out, "{:04}-{:02}-{:02}", civil.year, civil.month, civil.day),
            ('T', _) => write!(
                out,
                "{:02}:{:02}:{:02}",
                civil.hour, civil.minute, civil.second
            ),
            ('R', _) => write!(out, "{:02}:{:02}", civil.hour, civil.minute),
            ('D', _) => {
                let year = civil.year.rem_euclid(100);
                write!(out, "{:02}/{:02}/{year:02}", civil.month, civil.day)
            }
            ('x', _) => write!(out, "{:02}/{:02}/{:04}", civil.month, civil.day, civil.year),
            ('X', _) => write!(
                out,
                "{:02}:{:02}:{:02}",
                civil.hour, civil.minute, civil.second
            ),
            ('c', _) => write!(
                out,
                "{:.3} {:.3} {:2} {:02}:{:02}:{:02} {:04}",
                self.day_name(),
                self.month_name(),
                civil.day,
                civil.hour,
                civil.minute,
                civil.second,
                civil.year
            ),
            ('A', _) => write!(out, "{}", self.day_name()),
            ('a', _) => write!(out, "{:.3}", self.day_name()),
            ('B', _) => write!(out, "{}", self.month_name()),
            ('b' | 'h', _) => write!(out, "{:.3}", self.month_name()),
            ('w', _) => write!(out, "{}", civil.weekday()),
            ('u', _) => write!(
                out,
                "{}",
                if civil.weekday() == 0 {
                    7
                } else {
                    civil.weekday()
                }
            ),
            ('j', _) => write!(out, "{:03}", self.day_of_year()),
            ('V' | 'U', _) => write!(out, "{:02}", self.week(letter)),
            ('Z', _) => write!(out, "{}", self.abbreviation),
            ('z', _) => {
                let sign = if self.offset < 0 { '-' } else { '+' };
                let minutes = self.offset.unsigned_abs() / 60;
                write!(out, "{sign}{:02}{:02}", minutes / 60, minutes % 60)
            }
            ('n', _) => writeln!(out),
            ('t', _) => write!(out, "\t"),
            ('%', _) => write!(out, "%"),
            _ => return false,
        };
        true
    }

    fn day_name(&self) -> &'static str {
        DAYS.get(usize::from(self.civil.weekday()))
            .copied()
            .unwrap_or_default()
    }

    fn month_name(&self) -> &'static str {
        let index = usize::from(self.civil.month).saturating_sub(1);
        MONTHS.get(index).copied().unwrap_or_default()
    }

    #[expect(clippy::arithmetic_side_effects, reason = "seconds of one year")]
    fn day_of_year(&self) -> i64 {
        let first = Civil {
            month: 1,
            day: 1,
            ..self.civil
        };
        (self.civil.seconds() - first.seconds()) / 86_400 + 1
    }

    /// `%U` counts weeks from the first Sunday, `%V` is the week of ISO 8601.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "days of one year, and a year of four digits"
    )]
    fn week(&self, letter: char) -> i64 {
        let weekday = i64::from(self.civil.weekday());
        if letter == 'U' {
            return (self.day_of_year() + 6 - weekday) / 7;
        }
        let iso_weekday = if weekday == 0 { 7 } else { weekday };
        let week = (self.day_of_year() - iso_weekday + 10) / 7;
        match week {
            0 => weeks_of_iso_year(self.civil.year - 1),
            53 => {
                if weeks_of_iso_year(self.civil.year) == 53 {
                    53
                } else {
                    1
                }
            }
            week => week,
        }
    }
}

/// An ISO year has 53 weeks where its 1 January or its 31 December is a
/// Thursday.
fn weeks_of_iso_year(year: i64) -> i64 {
    let weekday = |month, day| {
        Civil {
            year,
            month,
            day,
            hour: 0,
            minute: 0,
            second: 0,
        }
        .weekday()
    };
    if weekday(1, 1) == 4 || weekday(12, 31) == 4 {
        53
    } else {
        52
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;

    #[test]
    fn variables() {
        let time = Time::new(1_615_686_012, 987_654_321, 9);
        let berlin = Zone::parse("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        for (format, zone, wanted) in [
            ("%Y-%m-%dT%H:%M:%S", Zone::utc(), "2021-03-14T01:40:12"),
            ("%m/%d/%Y %H:%M:%S", Zone::utc(), "03/14/2021 01:40:12"),
            ("%H:%M:%S %Z %z", berlin, "02:40:12 CET +0100"),
            (
                "%N|%3N|%6N|%Q|%f",
                Zone::utc(),
                "987654321|987|987654|987|987654",
            ),
            (
                "%A %a %B %b %e %I %p %j",
                Zone::utc(),
                "Sunday Sun March Mar 14 01 AM 073",
            ),
            (
                "%F %T %R %D %y",
                Zone::utc(),
                "2021-03-14 01:40:12 01:40 03/14/21 21",
            ),
            ("100%% %i %", Zone::utc(), "100% %i %"),
            ("%s %5Y", Zone::utc(), "1615686012 %5Y"),
            ("%é", Zone::utc(), "%é"),
            ("", Zone::utc(), ""),
        ] {
            assert_eq!(strftime(time, format, &zone), wanted, "{format}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_jiff(seconds in -62_135_596_800i64..=253_402_207_200) {
            let format = "%Y-%m-%d %H:%M:%S %a %B %j %V %U %w %u";
            let zoned = jiff::Timestamp::from_second(seconds).unwrap().to_zoned_datetime(jiff::tz::TimeZone::UTC);
            let theirs = zoned.strftime(format).to_string();
            prop_assert_eq!(strftime(Time::from_seconds(seconds), format, &Zone::utc()), theirs);
        }

        #[test]
        fn never_panics(seconds: i64, nanos: u32, format in "(%[0-9]{0,3}\\PC|\\PC){0,8}") {
            let _ = strftime(Time::new(seconds, nanos, 9), &format, &Zone::utc());
        }
    }
}
