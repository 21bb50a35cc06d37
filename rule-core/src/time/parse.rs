//! Reading the timestamps that logs hold.
//!
//! The forms are those of the name table (semantics.md): seconds since the
//! epoch, RFC 3339 and its looser relatives (a blank for `T`, an offset after a
//! blank, no zone), and the first line of classic Windows event text.

use super::Time;
use super::calendar::Civil;
use super::zone::{Zone, parse_offset};
use crate::value::parse_number;

/// A timestamp as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// It said its zone, or needs none.
    Absolute(Time),
    /// A date and time of day without a zone.
    Local(Local),
}

/// A date and time of day that waits for a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    civil: Civil,
    nanos: u32,
    digits: u8,
}

impl Stamp {
    /// The point in time, in `zone` where none was said.
    #[must_use]
    pub fn resolve(self, zone: &Zone) -> Time {
        match self {
            Stamp::Absolute(time) => time,
            Stamp::Local(local) => {
                Time::new(zone.seconds_of(local.civil), local.nanos, local.digits)
            }
        }
    }
}

/// Reads a timestamp; None where the text is none.
///
/// A fraction longer than nine digits is cut. A number of twelve digits or
/// more before the point is in milliseconds, of fifteen in microseconds, of
/// eighteen in nanoseconds: no event is of the year 5138.
#[must_use]
pub fn parse(text: &str) -> Option<Stamp> {
    let text = text.trim_ascii();
    // Most logs have this form, and no number is of it.
    if text.as_bytes().get(4) == Some(&b'-')
        && let Some(stamp) = iso(text)
    {
        return Some(stamp);
    }
    epoch(text)
        .or_else(|| scientific(text))
        .map(Stamp::Absolute)
        .or_else(|| iso(text))
        .or_else(|| classic(text))
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "11 digits of seconds at the most, and of 12 digits or more no more are split off \
              than 9"
)]
fn epoch(text: &str) -> Option<Time> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let (seconds, nanos, digits) = match whole.len() {
        0..=11 => {
            let (nanos, digits) = fraction_of(fraction);
            (whole.parse::<i64>().ok()?, nanos, digits)
        }
        12..=19 => {
            let per_second = match whole.len() {
                12..=14 => 3,
                15..=17 => 6,
                _ => 9,
            };
            let (seconds, rest) = whole.split_at(whole.len() - per_second);
            let (nanos, digits) = fraction_of(rest);
            (seconds.parse::<i64>().ok()?, nanos, digits)
        }
        _ => return None,
    };
    Some(match (negative, nanos) {
        (false, _) => Time::new(seconds, nanos, digits),
        (true, 0) => Time::new(-seconds, 0, digits),
        (true, _) => Time::new(-seconds - 1, 1_000_000_000 - nanos, digits),
    })
}

/// Seconds since the epoch as some writers of JSON put large numbers.
fn scientific(text: &str) -> Option<Time> {
    let has_exponent = text.bytes().any(|byte| matches!(byte, b'e' | b'E'));
    let number = if has_exponent {
        parse_number(text)?
    } else {
        return None;
    };
    number.as_time()
}

/// Nanoseconds and the count of digits of what stands behind the point.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "callers give digits, and nine of them are read at the most"
)]
fn fraction_of(text: &str) -> (u32, u8) {
    let mut nanos = 0u32;
    let mut digits = 0u8;
    for byte in text.bytes().take(9) {
        nanos = nanos * 10 + u32::from(byte - b'0');
        digits += 1;
    }
    (nanos * 10u32.pow(u32::from(9 - digits)), digits)
}

#[expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "parts of two digits, and seconds of a year of four"
)]
fn iso(text: &str) -> Option<Stamp> {
    let mut reader = Reader {
        rest: text.as_bytes(),
    };
    let year = reader.number(4)?;
    reader.byte(b'-')?;
    let month = reader.number(2)?;
    reader.byte(b'-')?;
    let day = reader.number(2)?;
    if reader.byte(b'T').is_none() && reader.byte(b't').is_none() {
        reader.byte(b' ')?;
    }
    let hour = reader.number(2)?;
    reader.byte(b':')?;
    let minute = reader.number(2)?;
    let second = match reader.byte(b':') {
        Some(()) => reader.number(2)?,
        None => 0,
    };
    let (nanos, digits) = reader.fraction();
    let civil = Civil::new(
        year,
        month as u8,
        day as u8,
        hour as u8,
        minute as u8,
        second as u8,
    )?;
    let zone = core::str::from_utf8(reader.rest)
        .ok()?
        .trim_start_matches(' ');
    // An abbreviation (`PDT`) names several zones; the one that is set for the
    // input is the best guess.
    let abbreviation =
        (2..=5).contains(&zone.len()) && zone.bytes().all(|byte| byte.is_ascii_uppercase());
    let offset = match zone {
        "Z" | "z" | "UTC" | "GMT" => 0,
        _ if zone.is_empty() || abbreviation => {
            return Some(Stamp::Local(Local {
                civil,
                nanos,
                digits,
            }));
        }
        other => parse_offset(other)?,
    };
    let seconds = civil.seconds() - i64::from(offset);
    Some(Stamp::Absolute(Time::new(seconds, nanos, digits)))
}

/// `11/14/2024 11:10:32 AM`, with or without a fraction and AM or PM.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "parts of two digits"
)]
fn classic(text: &str) -> Option<Stamp> {
    let mut reader = Reader {
        rest: text.as_bytes(),
    };
    let month = reader.one_or_two()?;
    reader.byte(b'/')?;
    let day = reader.one_or_two()?;
    reader.byte(b'/')?;
    let year = reader.number(4)?;
    reader.byte(b' ')?;
    let hour = reader.one_or_two()?;
    reader.byte(b':')?;
    let minute = reader.number(2)?;
    reader.byte(b':')?;
    let second = reader.number(2)?;
    let (nanos, digits) = reader.fraction();
    let hour = match reader.rest {
        b"" => hour,
        b" AM" | b" am" if (1..=12).contains(&hour) => hour % 12,
        b" PM" | b" pm" if (1..=12).contains(&hour) => hour % 12 + 12,
        _ => return None,
    };
    let civil = Civil::new(
        year,
        month as u8,
        day as u8,
        hour as u8,
        minute as u8,
        second as u8,
    )?;
    Some(Stamp::Local(Local {
        civil,
        nanos,
        digits,
    }))
}

struct Reader<'t> {
    rest: &'t [u8],
}

impl Reader<'_> {
    fn byte(&mut self, wanted: u8) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        if *first != wanted {
            return None;
        }
        self.rest = rest;
        Some(())
    }

    /// Exactly `length` digits.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "callers read four digits at the most"
    )]
    fn number(&mut self, length: usize) -> Option<i64> {
        let (digits, rest) = self.rest.split_at_checked(length)?;
        let mut value = 0;
        for byte in digits {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(byte - b'0');
        }
        self.rest = rest;
        Some(value)
    }

    fn one_or_two(&mut self) -> Option<i64> {
        self.number(2).or_else(|| self.number(1))
    }

    /// `.123` or `,123`: nanoseconds and digits; 0, 0 where there is none.
    fn fraction(&mut self) -> (u32, u8) {
        let [b'.' | b',', after @ ..] = self.rest else {
            return (0, 0);
        };
        let length = after
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, rest) = after.split_at(length);
        let Ok(text) = core::str::from_utf8(digits) else {
            return (0, 0);
        };
        if text.is_empty() {
            return (0, 0);
        }
        self.rest = rest;
        fraction_of(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::{String, ToString};

    fn show(text: &str) -> String {
        match parse(text) {
            None => String::from("none"),
            Some(stamp @ Stamp::Absolute(_)) => stamp.resolve(&Zone::utc()).rfc3339().to_string(),
            Some(stamp) => std::format!("{} local", stamp.resolve(&Zone::utc()).rfc3339()),
        }
    }

    #[test]
    fn forms() {
        for (text, wanted) in [
            ("1615686012", "2021-03-14T01:40:12Z"),
            ("1615686012.987", "2021-03-14T01:40:12.987Z"),
            ("1615686012987", "2021-03-14T01:40:12.987Z"),
            ("1615686012987654", "2021-03-14T01:40:12.987654Z"),
            ("1615686012987654321", "2021-03-14T01:40:12.987654321Z"),
            ("-1.5", "1969-12-31T23:59:58.5Z"),
            ("-11644473600", "1601-01-01T00:00:00Z"),
            ("2021-03-14T01:40:12.987Z", "2021-03-14T01:40:12.987Z"),
            (
                "2021-03-14T01:40:12.9876543Z",
                "2021-03-14T01:40:12.9876543Z",
            ),
            (
                "2021-03-14T01:40:12.98765432109Z",
                "2021-03-14T01:40:12.987654321Z",
            ),
            ("2021-03-14T03:40:12+02:00", "2021-03-14T01:40:12Z"),
            ("2021-03-14 03:40:12 +0200", "2021-03-14T01:40:12Z"),
            ("2021-03-14 01:40:12.987 UTC", "2021-03-14T01:40:12.987Z"),
            ("2021-03-14 01:40:12", "2021-03-14T01:40:12Z local"),
            ("2021-03-14 01:40:12.5 PDT", "2021-03-14T01:40:12.5Z local"),
            ("1.615686012987E9", "2021-03-14T01:40:12.987000Z"),
            ("1.5e-1", "1970-01-01T00:00:00.150000Z"),
            ("2021-03-14T01:40", "2021-03-14T01:40:00Z local"),
            ("11/14/2024 11:10:32 AM", "2024-11-14T11:10:32Z local"),
            (
                "11/14/2024 12:10:32.250 AM",
                "2024-11-14T00:10:32.250Z local",
            ),
            ("11/14/2024 12:10:32 PM", "2024-11-14T12:10:32Z local"),
            ("1/4/2024 23:10:32", "2024-01-04T23:10:32Z local"),
            (
                "9999-12-31T23:59:59.9999999Z",
                "9999-12-31T23:59:59.9999999Z",
            ),
            ("1601-01-01T00:00:00Z", "1601-01-01T00:00:00Z"),
            ("13/14/2024 11:10:32 AM", "none"),
            ("2021-02-30T00:00:00Z", "none"),
            ("2021-03-14T01:40:12 Mars", "none"),
            ("", "none"),
            (".", "none"),
            ("12.5.7", "none"),
            ("yesterday", "none"),
            ("99999999999999999999", "none"),
        ] {
            assert_eq!(show(text), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn reads_what_it_writes(seconds in -62_167_219_200i64..=253_402_300_799, nanos in 0u32..1_000_000_000, digits in 0u8..=9) {
            let unit = 10u32.pow(u32::from(9 - digits));
            let time = Time::new(seconds, nanos / unit * unit, digits);
            let text = time.rfc3339().to_string();
            prop_assert_eq!(parse(&text), Some(Stamp::Absolute(time)));
        }
    }
}
