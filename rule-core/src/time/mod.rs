//! Points in time as events carry them: to the nanosecond, with the digits that
//! were written, for any year from -9999 to 9999.
//!
//! [`Time`] is what `_time` holds. Real logs have timestamps of 1601 and of
//! 9999 and fractions of three, seven and nine digits, and a search that prints
//! `_time` prints what the event said: so a time is never a float.

mod calendar;
mod format;
mod parse;
mod relative;
mod strptime;
mod zone;

pub(crate) use calendar::Civil;
pub use format::strftime;
pub use parse::{Stamp, parse};
pub use relative::{Relative, RelativeError};
pub use strptime::strptime;
pub use zone::{Zone, ZoneError};

use alloc::string::String;
use core::fmt;

use crate::snapshot::{Damaged, Reader, Writer};

/// A point in time.
///
/// Ordered by time first and by the digits written last, so that the earliest
/// of several events is one and the same whatever order they come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    seconds: i64,
    nanos: u32,
    digits: u8,
}

impl Time {
    /// A time of `seconds` since 1970-01-01T00:00:00Z, rounded down, and
    /// `nanos` (below 1,000,000,000) more, written with `digits` (0 to 9)
    /// digits of a fraction. What is out of range is brought into it.
    #[must_use]
    pub const fn new(seconds: i64, nanos: u32, digits: u8) -> Self {
        Time {
            seconds,
            nanos: if nanos < 1_000_000_000 {
                nanos
            } else {
                999_999_999
            },
            digits: if digits < 9 { digits } else { 9 },
        }
    }

    /// A whole second.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Time::new(seconds, 0, 0)
    }

    /// Seconds since the epoch, rounded down.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`Time::seconds`].
    #[must_use]
    pub fn nanos(self) -> u32 {
        self.nanos
    }

    /// The nearest double, for arithmetic.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.seconds as f64 + f64::from(self.nanos) / 1e9
    }

    /// Writes it.
    pub fn write(self, writer: &mut Writer) {
        writer.signed(self.seconds);
        writer.number(u64::from(self.nanos));
        writer.byte(self.digits);
    }

    /// Reads one: of any second.
    ///
    /// # Errors
    /// Nanoseconds or digits out of range.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let seconds = reader.signed()?;
        let nanos = u32::try_from(reader.number()?).map_err(|_| Damaged)?;
        let digits = reader.byte()?;
        if nanos > 999_999_999 || digits > 9 {
            return Err(Damaged);
        }
        Ok(Time::new(seconds, nanos, digits))
    }

    /// RFC 3339 in UTC, `2021-03-14T01:40:12.987Z`, with the digits written.
    #[must_use]
    pub fn rfc3339(self) -> impl fmt::Display {
        Rfc3339(self)
    }
}

/// Seconds since the epoch in decimal, with the digits written:
/// `1615686012.987`.
impl fmt::Display for Time {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it is below 0, and nanoseconds are below a billion"
    )]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A negative time with a fraction is stored rounded down: -1.5 is -2
        // seconds and half a second more.
        let (sign, whole, nanos) = if self.seconds < 0 && self.nanos > 0 {
            let whole = (self.seconds + 1).unsigned_abs();
            ("-", whole, 1_000_000_000 - self.nanos)
        } else if self.seconds < 0 {
            ("-", self.seconds.unsigned_abs(), 0)
        } else {
            ("", self.seconds.unsigned_abs(), self.nanos)
        };
        write!(f, "{sign}{whole}")?;
        write_fraction(f, nanos, self.digits)
    }
}

struct Rfc3339(Time);

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = calendar::Civil::from_seconds(self.0.seconds);
        write!(f, "{:04}", civil.year)?;
        let mut rest = String::with_capacity(16);
        for (mark, value) in [
            ('-', civil.month),
            ('-', civil.day),
            ('T', civil.hour),
            (':', civil.minute),
            (':', civil.second),
        ] {
            rest.push(mark);
            format::two_digits(&mut rest, value);
        }
        f.write_str(&rest)?;
        write_fraction(f, self.0.nanos, self.0.digits)?;
        f.write_str("Z")
    }
}

/// `.987` for 987,000,000 nanoseconds and three digits; nothing for no digits.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "there are nine digits at the most"
)]
fn write_fraction(f: &mut fmt::Formatter<'_>, nanos: u32, digits: u8) -> fmt::Result {
    if digits == 0 {
        return Ok(());
    }
    let cut = nanos / 10u32.pow(u32::from(9 - digits.min(9)));
    write!(f, ".{cut:0width$}", width = usize::from(digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn display_and_rfc3339() {
        for (name, time, decimal, text) in [
            (
                "whole",
                Time::new(1_615_686_012, 0, 0),
                "1615686012",
                "2021-03-14T01:40:12Z",
            ),
            (
                "three digits",
                Time::new(1_615_686_012, 987_000_000, 3),
                "1615686012.987",
                "2021-03-14T01:40:12.987Z",
            ),
            (
                "seven digits with zeros at the end",
                Time::new(0, 500_000_000, 7),
                "0.5000000",
                "1970-01-01T00:00:00.5000000Z",
            ),
            (
                "before 1970",
                Time::new(-2, 500_000_000, 1),
                "-1.5",
                "1969-12-31T23:59:58.5Z",
            ),
            (
                "1601",
                Time::new(-11_644_473_600, 0, 0),
                "-11644473600",
                "1601-01-01T00:00:00Z",
            ),
            (
                "9999",
                Time::new(253_402_300_799, 0, 0),
                "253402300799",
                "9999-12-31T23:59:59Z",
            ),
        ] {
            assert_eq!(time.to_string(), decimal, "{name}");
            assert_eq!(time.rfc3339().to_string(), text, "{name}");
        }
    }
}
