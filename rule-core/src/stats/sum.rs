//! `sum` and `avg`: exact, so that no order of the events changes a digit.

use super::Item;
use super::exact::ExactSum;
use super::size;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::value::{Number, Value, parse_number};

/// The sum of the values that are numbers; what is none is left out.
///
/// Decimals of up to nine digits behind the point are added as decimals: 0.1
/// and 0.2 are 0.3. All other numbers are added as the doubles they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    count: u64,
    /// In billionths.
    decimal: i128,
    /// How often `decimal` ran over, with the sign.
    overflows: i64,
    float: Option<ExactSum>,
}

const BILLION: i128 = 1_000_000_000;

impl Sum {
    /// Bytes that the state grew by.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "64 bits times 30, and 30 more"
    )]
    pub(super) fn add(&mut self, item: Item<'_>) -> isize {
        let number = match item {
            Item::Number(number) => number,
            Item::Text(text) => match (decimal(text), parse_number(text)) {
                (Some(billionths), Some(_)) => {
                    self.count = self.count.saturating_add(1);
                    self.add_billionths(billionths);
                    return 0;
                }
                (_, Some(number)) => number,
                (_, None) => return 0,
            },
        };
        self.count = self.count.saturating_add(1);
        match number {
            Number::Int(value) => self.add_billionths(i128::from(value) * BILLION),
            Number::Time(time) => {
                self.add_billionths(i128::from(time.seconds()) * BILLION + i128::from(time.nanos()))
            }
            Number::Float(value) => {
                let before = self.size();
                self.float.get_or_insert_with(ExactSum::new).add(value);
                return size::growth(before, self.size());
            }
        }
        0
    }

    fn add_billionths(&mut self, billionths: i128) {
        let (sum, over) = self.decimal.overflowing_add(billionths);
        self.decimal = sum;
        if over {
            let one = if billionths < 0 { -1 } else { 1 };
            self.overflows = self.overflows.saturating_add(one);
        }
    }

    /// Adds another sum; gives the bytes that the state grew by.
    pub(super) fn merge(&mut self, other: &Sum) -> isize {
        self.count = self.count.saturating_add(other.count);
        self.add_billionths(other.decimal);
        self.overflows = self.overflows.saturating_add(other.overflows);
        let before = self.size();
        match (&mut self.float, &other.float) {
            (Some(float), Some(other)) => float.merge(other),
            (float @ None, other) => *float = other.clone(),
            (Some(_), None) => {}
        }
        size::growth(before, self.size())
    }

    /// Bytes of what is kept besides the sum's own box.
    pub(super) fn size(&self) -> usize {
        self.float.as_ref().map_or(0, |_| ExactSum::BYTES)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(self.count);
        writer.raw(&self.decimal.to_le_bytes());
        writer.signed(self.overflows);
        writer.option(self.float.as_ref(), |writer, float| float.write(writer));
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let sum = Sum {
            count: reader.number()?,
            decimal: i128::from_le_bytes(reader.raw(16)?.try_into().map_err(|_| Damaged)?),
            overflows: reader.signed()?,
            float: reader.option(ExactSum::read)?,
        };
        let empty = sum.decimal == 0 && sum.overflows == 0 && sum.float.is_none();
        if sum.count == 0 && !empty {
            return Err(Damaged);
        }
        Ok(sum)
    }

    pub(super) fn total(&self) -> Value {
        if self.count == 0 {
            return Value::Null;
        }
        if self.float.is_none()
            && self.overflows == 0
            && self.decimal % BILLION == 0
            && let Ok(whole) = i64::try_from(self.decimal / BILLION)
        {
            return Value::Number(Number::Int(whole));
        }
        Number::from_f64(self.nearest()).map_or(Value::Null, Value::Number)
    }

    pub(super) fn average(&self) -> Value {
        if self.count == 0 {
            return Value::Null;
        }
        let average = self.nearest() / self.count as f64;
        Number::from_f64(average).map_or(Value::Null, Value::Number)
    }

    /// The nearest double.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "32 bits at a time: the others come next"
    )]
    fn nearest(&self) -> f64 {
        let whole = self.decimal / BILLION;
        let billionths = self.decimal % BILLION;
        // 2^128 billionths.
        let over = self.overflows as f64 * 340_282_366_920_938_463_463_374_607_431.0;
        let Some(float) = &self.float else {
            let sign = if self.decimal < 0 { "-" } else { "" };
            let fraction = billionths.unsigned_abs();
            let text = alloc::format!("{sign}{}.{fraction:09}", whole.unsigned_abs());
            return text.parse().unwrap_or(0.0) + over;
        };
        // Beside doubles the whole part is added exactly, for a large double may
        // take it away again; the fraction, below one, as the nearest double.
        let mut sum = float.clone();
        let sign = if whole < 0 { -1.0 } else { 1.0 };
        let mut rest = whole.unsigned_abs();
        let mut unit = sign;
        while rest > 0 {
            sum.add((rest as u32) as f64 * unit);
            rest >>= 32;
            unit *= 4_294_967_296.0;
        }
        sum.add(billionths as f64 / 1e9);
        sum.add(over);
        sum.value()
    }
}

/// A plain decimal of at most 15 digits before and 9 behind the point, in
/// billionths.
fn decimal(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() > 15 || fraction.len() > 9 || !plain(whole) || !plain(fraction) {
        return None;
    }
    let digits = alloc::format!("{whole}{fraction:0<9}");
    let billionths: i128 = digits.parse().ok()?;
    match text.starts_with('-') {
        true => billionths.checked_neg(),
        false => Some(billionths),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;
    use std::vec::Vec;

    fn sum(values: &[&str]) -> Sum {
        let mut sum = Sum::default();
        for value in values {
            let _ = sum.add(Item::Text(value));
        }
        sum
    }

    fn shown(value: &Value) -> std::string::String {
        serde_json::to_string(value).unwrap()
    }

    #[test]
    fn totals_and_averages() {
        for (name, values, total, average) in [
            ("nothing", &[][..], "null", "null"),
            ("no numbers", &["x", ""], "null", "null"),
            ("whole", &["1", "2", "3"], "6", "2"),
            ("decimals", &["0.1", "0.2"], "0.3", "0.15"),
            ("what is no number is left out", &["4", "x"], "4", "4"),
            ("negative", &["-1.5", "0.25"], "-1.25", "-0.625"),
            (
                "doubles",
                &["1e300", "1", "-1e300"],
                "1",
                "0.3333333333333333",
            ),
            (
                "large whole numbers",
                &["9223372036854775807", "1"],
                "9223372036854776000",
                "4611686018427388000",
            ),
            (
                "many digits",
                &["0.12345678901"],
                "0.12345678901",
                "0.12345678901",
            ),
        ] {
            let sum = sum(values);
            assert_eq!(shown(&sum.total()), total, "total of {name}");
            assert_eq!(shown(&sum.average()), average, "average of {name}");
        }
    }

    proptest! {
        #[test]
        fn order_changes_nothing(mut values in proptest::collection::vec("-?[0-9]{1,12}(\\.[0-9]{1,14})?", 1..20)) {
            let forward = sum(&values.iter().map(|v| &**v).collect::<Vec<_>>()).total();
            values.reverse();
            let backward = sum(&values.iter().map(|v| &**v).collect::<Vec<_>>()).total();
            prop_assert_eq!(shown(&forward), shown(&backward));
        }

        #[test]
        fn cents_are_exact(cents in proptest::collection::vec(-1_000_000i64..1_000_000, 1..50)) {
            let texts: Vec<_> = cents.iter().map(|c| {
                let sign = if *c < 0 { "-" } else { "" };
                std::format!("{sign}{}.{:02}", c.abs() / 100, c.abs() % 100)
            }).collect();
            let total: i64 = cents.iter().sum();
            let wanted = total as f64 / 100.0;
            let texts: Vec<&str> = texts.iter().map(|t| &**t).collect();
            prop_assert_eq!(sum(&texts).total().text().unwrap().to_string(), Number::from_f64(wanted).unwrap().to_string());
        }
    }
}
