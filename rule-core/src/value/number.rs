//! Numbers: whole ones exactly, times with their digits, all else as doubles.

use core::cmp::Ordering;
use core::fmt;

use serde::{Serialize, Serializer};

use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;

/// A number.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A whole number.
    Int(i64),
    /// Any other finite number. Never not-a-number, never infinite: what
    /// computes one gives no value instead.
    Float(f64),
    /// Seconds since the epoch, with the digits they came with.
    Time(Time),
}

impl Number {
    /// The number that a computation gave: a whole one where it is whole and a
    /// double holds it exactly, none where it is infinite or no number.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of a double cuts its fraction off and goes no further than i64, and the \
                  comparison tells"
    )]
    pub fn from_f64(value: f64) -> Option<Number> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if !value.is_finite() {
            None
        } else if value.abs() <= EXACT && value as i64 as f64 == value {
            Some(Number::Int(value as i64))
        } else {
            Some(Number::Float(value))
        }
    }

    /// The nearest double.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self {
            Number::Int(value) => value as f64,
            Number::Float(value) => value,
            Number::Time(time) => time.as_f64(),
        }
    }

    /// The number as a time, where it is one; a fraction of a double counts to
    /// the microsecond, as far as a double of this size can be trusted.
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a double below 1e15 is far within i64, its fraction is between 0 and 1, and \
                  fewer than a million microseconds are left"
    )]
    pub fn as_time(self) -> Option<Time> {
        match self {
            Number::Int(seconds) => Some(Time::from_seconds(seconds)),
            Number::Time(time) => Some(time),
            Number::Float(value) => {
                if value.abs() > 1e15 {
                    return None;
                }
                // Truncation, then one down for what is below zero: floor is
                // not in core.
                let cut = value as i64;
                let seconds = if (cut as f64) > value { cut - 1 } else { cut };
                let micros = ((value - seconds as f64) * 1e6 + 0.5) as u32;
                let (seconds, micros) = if micros >= 1_000_000 {
                    (seconds + 1, 0)
                } else {
                    (seconds, micros)
                };
                Some(Time::new(seconds, micros * 1000, 6))
            }
        }
    }

    /// What numbers are ordered by: the whole part, billionths, and what is
    /// left of a double. Comparing doubles with whole numbers by rounding
    /// either would be no total order: two whole numbers can round to one
    /// double.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a double below 1e38 is within i128, and its fraction is between 0 and 1"
    )]
    fn key(self) -> (i128, u32, f64) {
        match self {
            Number::Int(value) => (i128::from(value), 0, 0.0),
            Number::Time(time) => (i128::from(time.seconds()), time.nanos(), 0.0),
            Number::Float(value) if value.abs() < 1e38 => {
                let cut = value as i128;
                let whole = if cut as f64 > value { cut - 1 } else { cut };
                let billionths = (value - whole as f64) * 1e9;
                let nanos = billionths as u32;
                (whole, nanos, billionths - f64::from(nanos))
            }
            Number::Float(value) if value < 0.0 => (i128::MIN, 0, value),
            Number::Float(value) => (i128::MAX, 0, value),
        }
    }
}

impl Number {
    /// The order of size, and of two numbers of one size by their form: whole
    /// ones first, times with fewer digits before those with more. Equal are
    /// only two of one form, so that of equal numbers always the same one is
    /// kept.
    #[must_use]
    pub fn cmp_with_form(&self, other: &Number) -> Ordering {
        self.cmp(other).then_with(|| match (self, other) {
            (Number::Int(left), Number::Int(right)) => left.cmp(right),
            // Doubles that differ in their last bits alone can be of one key.
            (Number::Float(left), Number::Float(right)) => left.total_cmp(right),
            (Number::Time(left), Number::Time(right)) => left.cmp(right),
            _ => self.form().cmp(&other.form()),
        })
    }

    fn form(self) -> u8 {
        match self {
            Number::Int(_) => 0,
            Number::Float(_) => 1,
            Number::Time(_) => 2,
        }
    }

    /// Writes it.
    pub fn write(self, writer: &mut Writer) {
        writer.byte(self.form());
        match self {
            Number::Int(value) => writer.signed(value),
            Number::Float(value) => writer.raw(&value.to_bits().to_le_bytes()),
            Number::Time(time) => time.write(writer),
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is no number, or not finite.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        match reader.byte()? {
            0 => reader.signed().map(Number::Int),
            1 => {
                let bits = reader.raw(8)?.try_into().map_err(|_| Damaged)?;
                let value = f64::from_bits(u64::from_le_bytes(bits));
                value
                    .is_finite()
                    .then_some(Number::Float(value))
                    .ok_or(Damaged)
            }
            2 => Time::read(reader).map(Number::Time),
            _ => Err(Damaged),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right) = (self.key(), other.key());
        (left.0, left.1)
            .cmp(&(right.0, right.1))
            .then_with(|| left.2.total_cmp(&right.2))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

/// The shortest decimal that reads back as the number, without exponent and
/// without a fraction where there is none.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(value) => write!(f, "{value}"),
            Number::Float(value) => write!(f, "{value}"),
            Number::Time(time) => write!(f, "{time}"),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Number::Int(value) => serializer.serialize_i64(*value),
            // serde_json has no way to write a number from its digits without
            // its feature that makes all numbers text; the raw value is one.
            Number::Float(_) | Number::Time(_) => {
                let text = alloc::format!("{self}");
                let raw = serde_json::value::RawValue::from_string(text)
                    .map_err(serde::ser::Error::custom)?;
                raw.serialize(serializer)
            }
        }
    }
}

/// A text that is a number, read whole: `-12`, `3.50`, `.5`, `1e3`. No blanks,
/// no hexadecimal, no `inf`.
#[must_use]
pub fn parse_number(text: &str) -> Option<Number> {
    let bytes = text.as_bytes();
    let unsigned = match bytes {
        [b'-' | b'+', rest @ ..] => rest,
        all => all,
    };
    let starts = matches!(unsigned, [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..]);
    // The longest decimal that a double needs has under 800 digits.
    if !starts || text.len() > 1100 {
        return None;
    }
    if unsigned.iter().all(u8::is_ascii_digit) {
        if let Ok(value) = text.parse::<i64>() {
            return Some(Number::Int(value));
        }
    } else if !unsigned
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
    {
        return None;
    }
    Number::from_f64(text.parse::<f64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::{String, ToString};

    #[test]
    fn texts_that_are_numbers() {
        for (text, wanted) in [
            ("1", Some("1")),
            ("-12", Some("-12")),
            ("+3", Some("3")),
            ("1.0", Some("1")),
            ("3.50", Some("3.5")),
            (".5", Some("0.5")),
            ("1e3", Some("1000")),
            ("1e21", Some("1000000000000000000000")),
            ("9223372036854775807", Some("9223372036854775807")),
            ("9223372036854775808", Some("9223372036854776000")),
            ("007", Some("7")),
            ("", None),
            ("-", None),
            (".", None),
            ("1.", Some("1")),
            ("0x10", None),
            ("inf", None),
            ("NaN", None),
            ("1e999", None),
            (" 1", None),
            ("1 ", None),
            ("1,000", None),
            ("1-2", None),
        ] {
            assert_eq!(
                parse_number(text).map(|n| n.to_string()),
                wanted.map(String::from),
                "{text:?}"
            );
        }
    }

    #[test]
    fn json_numbers_keep_their_digits() {
        for (number, wanted) in [
            (Number::Int(3), "3"),
            (Number::Float(0.1), "0.1"),
            (Number::Float(1e300), &*Number::Float(1e300).to_string()),
            (
                Number::Time(Time::new(1_615_686_012, 987_000_000, 7)),
                "1615686012.9870000",
            ),
        ] {
            assert_eq!(serde_json::to_string(&number).unwrap(), wanted);
        }
    }

    #[test]
    fn order() {
        let time = |seconds, nanos| Number::Time(Time::new(seconds, nanos, 9));
        assert!(Number::Int(i64::MAX - 1) < Number::Int(i64::MAX));
        assert!(time(1, 1) > Number::Int(1));
        assert!(time(1, 0) == Number::Int(1));
        assert!(Number::Float(0.5) > Number::Int(0));
        assert!(Number::Float(1.5) < time(1, 600_000_000));
        assert!(Number::Float(-0.5) > Number::Int(-1));
        assert!(Number::Float(-1e39) < Number::Int(i64::MIN));
        let double = Number::from_f64(9_007_199_254_740_994.0).unwrap();
        assert!(Number::Int(9_007_199_254_740_993) < double);
        assert!(Number::Int(9_007_199_254_740_994) == double);
    }

    #[test]
    fn of_equal_numbers_the_form_decides() {
        let (whole, double) = (Number::Int(1 << 60), Number::Float((1i64 << 60) as f64));
        assert_eq!(whole.cmp(&double), Ordering::Equal);
        assert_eq!(whole.cmp_with_form(&double), Ordering::Less);
        let tiny = [Number::Float(-2e-300), Number::Float(-1e-300)];
        assert_eq!(tiny[0].cmp(&tiny[1]), Ordering::Equal);
        assert_eq!(tiny[0].cmp_with_form(&tiny[1]), Ordering::Less);
        let second = |digits| Number::Time(Time::new(1, 0, digits));
        assert_eq!(second(0).cmp_with_form(&second(3)), Ordering::Less);
        assert_eq!(Number::Int(1).cmp_with_form(&second(0)), Ordering::Less);
    }

    proptest! {
        #[test]
        fn floats_become_times_and_stay_close(value in -1e11f64..1e11) {
            let time = Number::Float(value).as_time().unwrap();
            prop_assert!((time.as_f64() - value).abs() < 1e-4);
        }

        #[test]
        fn never_panics(text in "[-+.e0-9a-f]{0,30}") {
            let _ = parse_number(&text).map(|n| n.to_string());
        }
    }
}
