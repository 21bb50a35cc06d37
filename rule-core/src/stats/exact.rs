//! A sum of doubles without rounding.
//!
//! A double is a whole number of 2^-1074, so a long enough row of digits holds
//! any sum of them exactly, and the sum is the same in any order (Kulisch, "The
//! Fifth Floating-Point Operation"; the digits with room for carries follow
//! Neal, "Fast Exact Summation Using Small and Large Superaccumulators").

#![expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "digits of 32 bits are summed in 64 and carried before they could run over; the \
              rest are exponents of doubles, and bits that were shifted to where they fit"
)]

use alloc::boxed::Box;

use crate::snapshot::{Damaged, Reader, Writer};

/// Digits of 32 bits, each in 64, least significant first: 2,098 bits for the
/// doubles, and 62 more for carries of the sum.
const DIGITS: usize = 68;
const BASE: i64 = 1 << 32;
/// The last digit, which has the sign, goes no further than this: more than any
/// number of doubles comes to, and far from running over.
const LAST_MOST: i64 = 1 << 61;
/// After so many additions the digits could run over.
const CARRY_AFTER: u32 = 1 << 29;

#[derive(Clone, Debug)]
pub(super) struct ExactSum {
    digits: Box<[i64; DIGITS]>,
    /// Since the digits were last carried.
    additions: u32,
}

impl ExactSum {
    pub(super) const BYTES: usize = DIGITS * 8;

    pub(super) fn new() -> Self {
        ExactSum {
            digits: Box::new([0; DIGITS]),
            additions: 0,
        }
    }

    /// Adds a finite number.
    pub(super) fn add(&mut self, value: f64) {
        let bits = value.to_bits();
        let exponent = (bits >> 52 & 0x7ff) as usize;
        let fraction = bits & ((1 << 52) - 1);
        // In units of 2^-1074: subnormal numbers as they are, others shifted.
        let (mantissa, shift) = if exponent == 0 {
            (fraction, 0)
        } else {
            (fraction | 1 << 52, exponent - 1)
        };
        let sign = if value.is_sign_negative() { -1 } else { 1 };
        let mut rest = u128::from(mantissa) << (shift % 32);
        for digit in self.digits.iter_mut().skip(shift / 32).take(3) {
            *digit += sign * (rest as u32 as i64);
            rest >>= 32;
        }
        self.additions += 1;
        if self.additions >= CARRY_AFTER {
            self.carry();
        }
    }

    /// Brings every digit but the last into 0..2^32; the last has the sign.
    fn carry(&mut self) {
        let mut carry = 0;
        let last = DIGITS - 1;
        for (place, digit) in self.digits.iter_mut().enumerate() {
            let total = digit.saturating_add(carry);
            if place == last {
                *digit = total.clamp(-LAST_MOST, LAST_MOST);
            } else {
                *digit = total.rem_euclid(BASE);
                carry = total.div_euclid(BASE);
            }
        }
        self.additions = 0;
    }

    /// Adds another sum.
    pub(super) fn merge(&mut self, other: &ExactSum) {
        let mut other = other.clone();
        other.carry();
        self.carry();
        for (digit, more) in self.digits.iter_mut().zip(other.digits.iter()) {
            *digit += more;
        }
        self.carry();
    }

    /// Writes the sum, whatever carries it still has to make.
    pub(super) fn write(&self, writer: &mut Writer) {
        let mut sum = self.clone();
        sum.carry();
        for digit in sum.digits.iter() {
            writer.signed(*digit);
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let mut sum = ExactSum::new();
        for (place, digit) in sum.digits.iter_mut().enumerate() {
            let range = if place + 1 == DIGITS {
                -LAST_MOST..=LAST_MOST
            } else {
                0..=BASE - 1
            };
            *digit = reader.signed()?;
            if !range.contains(digit) {
                return Err(Damaged);
            }
        }
        Ok(sum)
    }

    /// The nearest double, ties to even; infinite where the sum is beyond them.
    pub(super) fn value(&self) -> f64 {
        let mut sum = self.clone();
        sum.carry();
        let negative = sum.digits.last().is_some_and(|top| *top < 0);
        if negative {
            for digit in sum.digits.iter_mut() {
                *digit = -*digit;
            }
            sum.carry();
        }
        let magnitude = sum.magnitude();
        if negative { -magnitude } else { magnitude }
    }

    fn magnitude(&self) -> f64 {
        let Some(top) = self.digits.iter().rposition(|digit| *digit != 0) else {
            return 0.0;
        };
        let digit = |back: usize| {
            let value = top
                .checked_sub(back)
                .and_then(|place| self.digits.get(place));
            value.map_or(0, |value| *value as u128)
        };
        // The first 96 bits or more and whether anything stands below them:
        // what decides the rounding.
        let mut head = digit(0) << 64 | digit(1) << 32 | digit(2);
        let below = top.saturating_sub(2);
        if self.digits.iter().take(below).any(|digit| *digit != 0) {
            head |= 1;
        }
        // The value is head x 2^scale, and `head` has 65 bits or more where
        // there are that many, so a sticky last bit rounds as all below would.
        let scale = 32 * (top as i64 - 2) - 1074;
        let width = 128 - i64::from(head.leading_zeros());
        // A double keeps 53 bits, and none below 2^-1074.
        let drop = (width - 53).max(-1074 - scale).max(0);
        if drop >= 128 {
            return 0.0;
        }
        let kept = (head >> drop) as u64;
        let rest = head & ((1 << drop) - 1);
        let half = if drop == 0 { 0 } else { 1u128 << (drop - 1) };
        let up = drop > 0 && (rest > half || (rest == half && kept & 1 == 1));
        scale_by_power(kept + u64::from(up), scale + drop)
    }
}

/// `mantissa` x 2^`exponent`, where that is a double or too large for one.
fn scale_by_power(mantissa: u64, exponent: i64) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    // Rounding up can give 2^53, one bit more than a mantissa has.
    let width = 64 - i64::from(mantissa.leading_zeros());
    let top = exponent + width - 1;
    if top > 1023 {
        return f64::INFINITY;
    }
    if top < -1022 {
        // Subnormal: the exponent is -1074 here, and the bits are the number.
        return f64::from_bits(mantissa);
    }
    let aligned = if width > 53 {
        mantissa >> (width - 53)
    } else {
        mantissa << (53 - width)
    };
    let fraction = aligned & ((1 << 52) - 1);
    f64::from_bits(((top + 1023) as u64) << 52 | fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn sum(values: &[f64]) -> f64 {
        let mut exact = ExactSum::new();
        for value in values {
            exact.add(*value);
        }
        exact.value()
    }

    fn form(sum: &ExactSum) -> Vec<u8> {
        let mut writer = Writer::new();
        sum.write(&mut writer);
        writer.into_bytes()
    }

    #[test]
    fn the_last_digit_never_runs_over() {
        for last in [LAST_MOST, -LAST_MOST] {
            let mut sum = ExactSum::new();
            sum.digits[DIGITS - 1] = last;
            for _ in 0..4 {
                sum.merge(&sum.clone());
                sum.add(f64::MAX);
            }
            assert!(ExactSum::read(&mut Reader::new(&form(&sum))).is_ok());
            assert_eq!(sum.value(), f64::INFINITY.copysign(last as f64));
        }
    }

    #[test]
    fn digits_out_of_range_are_refused() {
        for (place, digit) in [(0, -1), (66, BASE), (67, LAST_MOST + 1)] {
            let mut writer = Writer::new();
            (0..DIGITS).for_each(|at| writer.signed(if at == place { digit } else { 0 }));
            let bytes = writer.into_bytes();
            let read = ExactSum::read(&mut Reader::new(&bytes));
            assert_eq!(read.err(), Some(Damaged), "{place}");
        }
    }

    #[test]
    fn sums() {
        for (name, values, wanted) in [
            ("nothing", &[][..], 0.0),
            ("one", &[0.1], 0.1),
            ("what rounding would lose", &[1e300, 1.0, -1e300], 1.0),
            (
                "ties to even",
                &[9_007_199_254_740_992.0, 1.0],
                9_007_199_254_740_992.0,
            ),
            (
                "above the tie",
                &[9_007_199_254_740_992.0, 1.0, 1e-300],
                9_007_199_254_740_994.0,
            ),
            ("subnormal", &[5e-324, 5e-324], 1e-323),
            (
                "subnormal to normal",
                &[f64::MIN_POSITIVE, -5e-324, 5e-324],
                f64::MIN_POSITIVE,
            ),
            ("negative", &[-0.5, -0.25], -0.75),
            ("too large", &[f64::MAX, f64::MAX], f64::INFINITY),
            (
                "too large on the way",
                &[f64::MAX, f64::MAX, -f64::MAX],
                f64::MAX,
            ),
        ] {
            assert_eq!(sum(values), wanted, "{name}");
        }
    }

    proptest! {
        #[test]
        fn one_number_is_itself(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(sum(&[value]), value);
        }

        #[test]
        fn two_numbers_round_as_the_processor_does(a: f64, b: f64) {
            prop_assume!(a.is_finite() && b.is_finite());
            prop_assert_eq!(sum(&[a, b]), a + b);
        }

        #[test]
        fn order_changes_nothing(values in proptest::collection::vec(any::<f64>(), 0..20)) {
            let values: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            prop_assert_eq!(sum(&values).to_bits(), sum(&sorted).to_bits());
        }

        #[test]
        fn parts_merge_to_the_whole(
            values in proptest::collection::vec(any::<f64>(), 0..20), at in 0usize..20,
        ) {
            let values: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
            let (first, second) = values.split_at(at.min(values.len()));
            let [mut merged, other, whole] = [first, second, &values].map(|part| {
                let mut exact = ExactSum::new();
                part.iter().for_each(|value| exact.add(*value));
                exact
            });
            merged.merge(&other);
            prop_assert_eq!(form(&merged), form(&whole));
            prop_assert_eq!(merged.value().to_bits(), whole.value().to_bits());
            let read = ExactSum::read(&mut Reader::new(&form(&whole))).unwrap();
            prop_assert_eq!(form(&read), form(&whole));
        }

        #[test]
        fn whole_numbers_as_i128(values in proptest::collection::vec(-(1i64 << 53)..(1i64 << 53), 0..50)) {
            let floats: Vec<f64> = values.iter().map(|v| *v as f64).collect();
            let wanted: i128 = values.iter().map(|v| i128::from(*v)).sum();
            prop_assert_eq!(sum(&floats), wanted as f64);
        }
    }
}
