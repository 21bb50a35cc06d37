//! Text to times, by the format strings of `strptime`.

use alloc::string::String;

use super::Time;
use super::calendar::Civil;
use super::format::{DAYS, MONTHS};
use super::zone::{Zone, parse_offset};

/// Reads a time that is written by a format; None where the text is not.
///
/// The variables are those of [`strftime`](super::strftime). Blanks in the format are any
/// number of blanks; numbers may have fewer digits than they are written with; names are
/// read in any case. What stands behind the time is let be `[U]`. A text that says no
/// zone, or one by a name other than UTC, is of `zone`; one without a year, a month and a
/// day says no time `[U]`.
#[must_use]
pub fn strptime(text: &str, format: &str, zone: &Zone) -> Option<Time> {
    let mut reader = Reader {
        rest: text,
        parts: Parts::default(),
    };
    let mut rest = format;
    let mut letters = rest.chars();
    while let Some(next) = letters.next() {
        rest = letters.as_str();
        if next.is_whitespace() {
            reader.blanks();
        } else if next != '%' {
            reader.rest = reader.rest.strip_prefix(next)?;
        } else {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (count, tail) = rest.split_at(digits);
            let mut after = tail.chars();
            reader.variable(after.next()?, count.parse().ok())?;
            rest = after.as_str();
        }
        letters = rest.chars();
    }
    reader.parts.time(zone)
}

struct Reader<'t> {
    rest: &'t str,
    parts: Parts,
}

#[derive(Default)]
struct Parts {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    afternoon: Option<bool>,
    minute: i64,
    second: i64,
    nanos: u32,
    digits: u8,
    offset: Option<i32>,
    epoch: Option<i64>,
}

impl Parts {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "parts of a date and time, of three digits at the most"
    )]
    fn time(&self, zone: &Zone) -> Option<Time> {
        if let Some(seconds) = self.epoch {
            return Some(Time::new(seconds, self.nanos, self.digits));
        }
        let hour = match self.afternoon {
            None => self.hour,
            Some(_) if !(1..=12).contains(&self.hour) => return None,
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
        };
        let year = self.year?;
        let (month, day) = match self.day_of_year {
            Some(_) => (1, 1),
            None => (self.month?, self.day?),
        };
        let byte = |value: i64| u8::try_from(value).ok();
        let mut civil = Civil::new(
            year,
            byte(month)?,
            byte(day)?,
            byte(hour)?,
            byte(self.minute)?,
            byte(self.second)?,
        )?;
        if let Some(day) = self.day_of_year {
            civil = Civil::from_seconds(civil.seconds() + (day - 1) * 86_400);
            if civil.year != year {
                return None;
            }
        }
        let seconds = match self.offset {
            Some(offset) => civil.seconds() - i64::from(offset),
            None => zone.seconds_of(civil),
        };
        Some(Time::new(seconds, self.nanos, self.digits))
    }
}

impl Reader<'_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, letter: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(letter)?;
        Some(())
    }

    /// The digits that come next, at most so many and at least one.
    fn digits(&mut self, most: usize) -> Option<&str> {
        let bytes = self.rest.bytes().take(most);
        let count = bytes.take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        (count > 0).then_some(digits)
    }

    fn number(&mut self, most: usize) -> Option<i64> {
        self.blanks();
        self.digits(most)?.parse().ok()
    }

    /// One of these names, whole or by its first three letters: its place.
    fn name(&mut self, names: &[&str]) -> Option<i64> {
        let starts = |rest: &str, name: &str| {
            rest.get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
        };
        for (index, name) in (0..).zip(names) {
            let short = name.get(..3).unwrap_or(name);
            if let Some(found) = [name, short]
                .into_iter()
                .find(|name| starts(self.rest, name))
            {
                self.rest = self.rest.get(found.len()..)?;
                return Some(index);
            }
        }
        None
    }

    /// Reads one variable.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a year of two digits, or the place of a month"
    )]
    fn variable(&mut self, letter: char, count: Option<usize>) -> Option<()> {
        match letter {
            'N' | 'Q' => return self.fraction(count.unwrap_or(9)),
            _ if count.is_some() => return None,
            _ => {}
        }
        match letter {
            'Y' => self.parts.year = Some(self.number(4)?),
            'y' => {
                let year = self.number(2)?;
                self.parts.year = Some(year + if year < 69 { 2000 } else { 1900 });
            }
            'm' => self.parts.month = Some(self.number(2)?),
            'd' | 'e' => self.parts.day = Some(self.number(2)?),
            'j' => self.parts.day_of_year = Some(self.number(3).filter(|day| *day > 0)?),
            'H' | 'k' | 'I' | 'l' => self.parts.hour = self.number(2)?,
            'M' => self.parts.minute = self.number(2)?,
            'S' => self.parts.second = self.number(2)?,
            'f' => self.fraction(9)?,
            'p' => self.parts.afternoon = Some(self.name(&["AM", "PM"])? == 1),
            'B' | 'b' | 'h' => self.parts.month = Some(self.name(&MONTHS)? + 1),
            'A' | 'a' => drop(self.name(&DAYS)?),
            'w' | 'u' => drop(self.number(1)?),
            's' => self.epoch()?,
            'z' => self.offset()?,
            'Z' => self.zone()?,
            'n' | 't' => self.blanks(),
            '%' => self.take('%')?,
            'T' | 'X' => self.all(&['H', ':', 'M', ':', 'S'])?,
            'R' => self.all(&['H', ':', 'M'])?,
            'F' => self.all(&['Y', '-', 'm', '-', 'd'])?,
            'D' => self.all(&['m', '/', 'd', '/', 'y'])?,
            'x' => self.all(&['m', '/', 'd', '/', 'Y'])?,
            'c' => {
                const FORM: [char; 13] = [
                    'a', ' ', 'b', ' ', 'e', ' ', 'H', ':', 'M', ':', 'S', ' ', 'Y',
                ];
                self.all(&FORM)?;
            }
            _ => return None,
        }
        Some(())
    }

    /// Variables, and what stands between them.
    fn all(&mut self, form: &[char]) -> Option<()> {
        for letter in form {
            match letter {
                ' ' => self.blanks(),
                ':' | '-' | '/' => self.take(*letter)?,
                variable => self.single(*variable)?,
            }
        }
        Some(())
    }

    /// A variable that is not made of others.
    fn single(&mut self, letter: char) -> Option<()> {
        match letter {
            'T' | 'X' | 'R' | 'F' | 'D' | 'x' | 'c' => None,
            other => self.variable(other, None),
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "nine digits at the most, with those that are missing"
    )]
    fn fraction(&mut self, most: usize) -> Option<()> {
        let digits = self.digits(most.clamp(1, 9))?;
        let count = u8::try_from(digits.len()).ok()?;
        let value: u32 = digits.parse().ok()?;
        self.parts.nanos = value * 10u32.pow(u32::from(9 - count.min(9)));
        self.parts.digits = count;
        Some(())
    }

    #[expect(clippy::arithmetic_side_effects, reason = "18 digits at the most")]
    fn epoch(&mut self) -> Option<()> {
        let negative = self.take('-').is_some();
        let seconds: i64 = self.digits(18)?.parse().ok()?;
        self.parts.epoch = Some(if negative { -seconds } else { seconds });
        Some(())
    }

    /// `Z`, `+02`, `+0200`, `+02:00`.
    fn offset(&mut self) -> Option<()> {
        self.blanks();
        if self.take('Z').is_some() {
            self.parts.offset = Some(0);
            return Some(());
        }
        for length in [6, 5, 3] {
            if let Some((text, rest)) = self.rest.split_at_checked(length)
                && let Some(offset) = parse_offset(text)
            {
                self.parts.offset = Some(offset);
                self.rest = rest;
                return Some(());
            }
        }
        None
    }

    /// The name of a zone, or an offset. An abbreviation names several zones: but for
    /// UTC's it is taken for the user's.
    fn zone(&mut self) -> Option<()> {
        self.blanks();
        if self.rest.starts_with(['+', '-']) {
            return self.offset();
        }
        let length = self.rest.bytes().take_while(u8::is_ascii_alphabetic);
        let (name, rest) = self.rest.split_at(length.count());
        let name = String::from(name);
        self.rest = rest;
        if matches!(name.as_str(), "Z" | "UTC" | "GMT") {
            self.parts.offset = Some(0);
        }
        (!name.is_empty()).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::strftime;
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;

    #[test]
    fn reads_times() {
        let zone = Zone::parse("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        for (text, format, wanted) in [
            (
                "2021-03-14T01:40:12Z",
                "%Y-%m-%dT%H:%M:%SZ",
                Some("1615682412"),
            ),
            (
                "2021-03-14T01:40:12Z",
                "%Y-%m-%dT%H:%M:%S%Z",
                Some("1615686012"),
            ),
            (
                "2021-03-14 01:40:12.987",
                "%F %T.%3N",
                Some("1615682412.987"),
            ),
            (
                "2021-03-14 01:40:12.9876543 UTC",
                "%F %T.%Q %Z",
                Some("1615686012.9876543"),
            ),
            (
                "2021-03-14T01:40:12+02:00",
                "%Y-%m-%dT%H:%M:%S%z",
                Some("1615678812"),
            ),
            ("2021-03-14T01:40:12-0530", "%FT%T%z", Some("1615705812")),
            (
                "14/Mar/2021:01:40:12 +0000",
                "%d/%b/%Y:%H:%M:%S %z",
                Some("1615686012"),
            ),
            ("Sunday, March  4 2021", "%A, %B %e %Y", Some("1614812400")),
            ("Sun Mar 14 01:40:12 2021", "%c", Some("1615682412")),
            ("03/14/21 1:40 pm", "%D %I:%M %p", Some("1615725600")),
            (
                "03/14/2021 12:05:00 AM",
                "%x %I:%M:%S %p",
                Some("1615676700"),
            ),
            ("2021 073", "%Y %j", Some("1615676400")),
            ("1615686012.5", "%s.%N", Some("1615686012.5")),
            ("-5", "%s", Some("-5")),
            ("100% 2021-01-01", "100%% %F", Some("1609455600")),
            ("2021-03-14 and more", "%Y-%m-%d", Some("1615676400")),
            ("2021-02-30", "%Y-%m-%d", None),
            ("2021 366", "%Y %j", None),
            ("10:30", "%H:%M", None),
            ("13:00 pm 2021-01-01", "%I:%M %p %F", None),
            ("2021-03-14", "%Y/%m/%d", None),
            ("x", "%q", None),
            ("2021-03-14", "%Y-%m-%", None),
            ("", "%Y", None),
        ] {
            let time = strptime(text, format, &zone).map(|time| time.to_string());
            assert_eq!(time.as_deref(), wanted, "{text} by {format}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,20}", format in "([%A-Za-z0-9:/ -]|\\PC){0,12}") {
            let _ = strptime(&text, &format, &Zone::utc());
        }

        #[test]
        fn reads_what_it_writes(seconds in -62_135_596_800i64..=253_402_300_799, nanos in 0u32..1_000_000_000) {
            let time = Time::new(seconds, nanos, 9);
            for format in ["%Y-%m-%dT%H:%M:%S.%N%z", "%d %B %Y %I:%M:%S %p %Z.%9N", "%Y %j %T.%N"] {
                let text = strftime(time, format, &Zone::utc());
                prop_assert_eq!(strptime(&text, format, &Zone::utc()), Some(time), "{}", text);
            }
        }
    }
}
