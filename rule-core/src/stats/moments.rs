//! `stdev`, `var`, `sumsq`: what needs the sums of values and of their squares.
//!
//! Both sums are exact, the squares as two doubles each, so that no order of the events
//! changes a digit, and values far from zero lose none.

use super::Item;
use super::exact::ExactSum;
use super::quantiles::number_of;
use super::size;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::value::{Number, Value};

/// Which figure of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// `sumsq`
    SumOfSquares,
    /// `var`, `stdev` of a sample.
    Sample {
        /// `stdev`
        root: bool,
    },
    /// `varp`, `stdevp` of all there are.
    Population {
        /// `stdevp`
        root: bool,
    },
}

/// The sums; what is no number is left out.
#[derive(Clone, Debug)]
pub(super) struct Moments {
    moment: Moment,
    count: u64,
    sum: ExactSum,
    squares: ExactSum,
}

impl Moments {
    pub(super) fn new(moment: Moment) -> Self {
        Moments {
            moment,
            count: 0,
            sum: ExactSum::new(),
            squares: ExactSum::new(),
        }
    }

    /// Bytes that the state grew by: none.
    pub(super) fn add(&mut self, item: Item<'_>) -> isize {
        if let Some(number) = number_of(item) {
            let value = number.as_f64();
            self.count = self.count.saturating_add(1);
            self.sum.add(value);
            add_product(&mut self.squares, value, value);
        }
        0
    }

    pub(super) fn merge(&mut self, other: &Moments) -> isize {
        self.count = self.count.saturating_add(other.count);
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
        0
    }

    /// Bytes of what is kept.
    pub(super) fn size(&self) -> usize {
        size::MOMENTS + 2 * ExactSum::BYTES
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(self.count);
        self.sum.write(writer);
        self.squares.write(writer);
    }

    /// Reads what was kept into a new one.
    pub(super) fn read(self, reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(Moments {
            count: reader.number()?,
            sum: ExactSum::read(reader)?,
            squares: ExactSum::read(reader)?,
            ..self
        })
    }

    pub(super) fn value(&self) -> Value {
        let number = match self.moment {
            _ if self.count == 0 => None,
            Moment::SumOfSquares => Number::from_f64(self.squares.value()),
            // Of one value nothing is known of how others differ: 0, as Splunk shows [U].
            Moment::Sample { root } => self.variance(self.count.saturating_sub(1).max(1), root),
            Moment::Population { root } => self.variance(self.count, root),
        };
        number.map_or(Value::Null, Value::Number)
    }

    /// The sum of the squares of what values are off their mean, over `by`.
    fn variance(&self, by: u64, root: bool) -> Option<Number> {
        let count = self.count as f64;
        let sum = self.sum.value();
        let mean = sum / count;
        // What the sum is beyond its nearest double, and beyond `count` times the mean.
        let mut rest = self.sum.clone();
        rest.add(-sum);
        let beyond = rest.value();
        let mut off = self.sum.clone();
        add_product(&mut off, -count, mean);
        let off = off.value();
        // Of x and a mean m: x^2 - 2xm + m^2, summed up.
        let mut squares = self.squares.clone();
        add_product(&mut squares, -2.0 * mean, sum);
        add_product(&mut squares, -2.0 * mean, beyond);
        let (high, low) = product(count, mean);
        add_product(&mut squares, high, mean);
        add_product(&mut squares, low, mean);
        let squares = squares.value() - off * off / count;
        let variance = squares.max(0.0) / by as f64;
        Number::from_f64(if root {
            square_root(variance)
        } else {
            variance
        })
    }
}

fn add_product(sum: &mut ExactSum, left: f64, right: f64) {
    let (high, low) = product(left, right);
    for part in [high, low] {
        if part.is_finite() {
            sum.add(part);
        }
    }
}

/// A product as the nearest double and what it is off by (Dekker, "A Floating-Point
/// Technique for Extending the Available Precision"). Beyond the doubles the second is
/// nothing.
fn product(left: f64, right: f64) -> (f64, f64) {
    let high = left * right;
    let halves = |value: f64| {
        let spread = value * 134_217_729.0;
        let upper = spread - (spread - value);
        (upper, value - upper)
    };
    let (left_upper, left_lower) = halves(left);
    let (right_upper, right_lower) = halves(right);
    let low = left_lower * right_lower
        - (((high - left_upper * right_upper) - left_lower * right_upper)
            - left_upper * right_lower);
    match low.is_finite() {
        true => (high.clamp(-f64::MAX, f64::MAX), low),
        false => (high.clamp(-f64::MAX, f64::MAX), 0.0),
    }
}

/// The square root, by Newton's steps: core has none.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "half of 64 bits, and a number of 61 bits"
)]
fn square_root(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    // Half the exponent is a guess that five steps make exact to the last digit or two.
    let mut root = f64::from_bits((value.to_bits() >> 1) + (1023 << 51));
    for _ in 0..6 {
        root = 0.5 * (root + value / root);
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn figure(moment: Moment, values: &[f64]) -> f64 {
        let mut moments = Moments::new(moment);
        for value in values {
            let _ = moments.add(Item::Number(Number::Float(*value)));
        }
        moments.value().number().map_or(f64::NAN, Number::as_f64)
    }

    #[test]
    fn figures() {
        let all = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        for (name, moment, values, wanted) in [
            ("sumsq", Moment::SumOfSquares, &all[..], 232.0),
            ("stdevp", Moment::Population { root: true }, &all, 2.0),
            ("varp", Moment::Population { root: false }, &all, 4.0),
            ("var", Moment::Sample { root: false }, &all, 32.0 / 7.0),
            ("of one", Moment::Sample { root: true }, &[3.0], 0.0),
            (
                "of equal ones",
                Moment::Sample { root: true },
                &[0.1; 3],
                0.0,
            ),
            (
                "far from zero",
                Moment::Population { root: true },
                &[1e15, 1e15 + 2.0],
                1.0,
            ),
        ] {
            assert_eq!(figure(moment, values), wanted, "{name}");
        }
    }

    proptest! {
        #[test]
        fn roots(value in 1e-300f64..1e300) {
            prop_assert!((square_root(value) / value.sqrt() - 1.0).abs() < 1e-15);
        }

        #[test]
        fn as_the_definition_says(values in proptest::collection::vec(-1e6f64..1e6, 2..30)) {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let squares: Vec<f64> = values.iter().map(|x| (x - mean) * (x - mean)).collect();
            let wanted = squares.iter().sum::<f64>() / (values.len() - 1) as f64;
            let found = figure(Moment::Sample { root: false }, &values);
            prop_assert!((found - wanted).abs() <= wanted.abs() * 1e-9);
        }
    }
}
