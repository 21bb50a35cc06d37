//! Functions of numbers. Whole numbers stay exact as long as they fit, and a fraction is
//! rounded by its decimal digits.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Arguments;
use crate::rows::eval::Operator;
use crate::value::{Number, Value, parse_number};

/// A function of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calculation {
    /// `abs(x)`
    Absolute,
    /// `ceiling(x)`, `ceil(x)`
    Ceiling,
    /// `floor(x)`
    Floor,
    /// `round(x, digits)`: half away from zero, to a whole number where no digits are
    /// given.
    Round,
    /// `sqrt(x)`
    SquareRoot,
    /// `pow(x, y)`
    Power,
    /// `exp(x)`
    Exponential,
    /// `ln(x)`
    NaturalLogarithm,
    /// `log(x, base)`: of 10 where none is given.
    Logarithm,
    /// `pi()`
    Pi,
    /// `min(x, ...)`: numbers before texts.
    Least,
    /// `max(x, ...)`
    Greatest,
    /// `sum(x, ...)`: of what is a number.
    Sum,
    /// `avg(x, ...)`: of what is a number. Splunk's page calls the average a whole number,
    /// and computes it by an equation that is none: it keeps its fraction `[U]`.
    Average,
}

impl Calculation {
    pub(super) fn call(self, arguments: &Arguments<'_>) -> Option<Value> {
        match self {
            Calculation::Least => return arguments.each().reduce(|a, b| pick(a, b, false)),
            Calculation::Greatest => return arguments.each().reduce(|a, b| pick(a, b, true)),
            _ => {}
        }
        self.compute(arguments).map(Value::Number)
    }

    fn compute(self, arguments: &Arguments<'_>) -> Option<Number> {
        let float = |index: usize| Some(arguments.number(index)?.as_f64());
        match self {
            Calculation::Absolute => match arguments.number(0)? {
                Number::Int(value) if value < 0 => match value.checked_neg() {
                    Some(value) => Some(Number::Int(value)),
                    None => Number::from_f64(-(value as f64)),
                },
                Number::Float(value) => Some(Number::Float(value.abs())),
                Number::Time(time) if time.seconds() < 0 => Number::from_f64(-time.as_f64()),
                number => Some(number),
            },
            Calculation::Floor => match arguments.number(0)? {
                Number::Float(value) => Number::from_f64(libm::floor(value)),
                Number::Time(time) => Some(Number::Int(time.seconds())),
                number @ Number::Int(_) => Some(number),
            },
            Calculation::Ceiling => match arguments.number(0)? {
                Number::Float(value) => Number::from_f64(libm::ceil(value)),
                Number::Time(time) => {
                    let more = i64::from(time.nanos() > 0);
                    Some(Number::Int(time.seconds().saturating_add(more)))
                }
                number @ Number::Int(_) => Some(number),
            },
            Calculation::Round => {
                let digits = match arguments.all.get(1) {
                    Some(_) => usize::try_from(arguments.whole(1)?).ok()?,
                    None => 0,
                };
                round(arguments.number(0)?, digits)
            }
            Calculation::SquareRoot => Number::from_f64(libm::sqrt(float(0)?)),
            Calculation::Power => power(arguments.number(0)?, arguments.number(1)?),
            Calculation::Exponential => Number::from_f64(libm::exp(float(0)?)),
            Calculation::NaturalLogarithm => Number::from_f64(libm::log(float(0)?)),
            Calculation::Logarithm => {
                let base = match arguments.all.get(1) {
                    Some(_) => float(1)?,
                    None => 10.0,
                };
                Number::from_f64(logarithm(float(0)?, base))
            }
            Calculation::Pi => Number::from_f64(core::f64::consts::PI),
            Calculation::Sum => sum(arguments).map(|(sum, _)| sum),
            Calculation::Average => {
                let (sum, count) = sum(arguments)?;
                Operator::Divide.compute(sum, Number::Int(count))
            }
            Calculation::Least | Calculation::Greatest => None,
        }
    }
}

/// The greater or the smaller of two values: numbers are smaller than texts, and texts go
/// by their characters. The first of two that are equal.
fn pick(first: Value, second: Value, greatest: bool) -> Value {
    let order = match (first.number(), second.number()) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => core::cmp::Ordering::Less,
        (None, Some(_)) => core::cmp::Ordering::Greater,
        (None, None) => first.text().cmp(&second.text()),
    };
    let takes_second = if greatest {
        order.is_lt()
    } else {
        order.is_gt()
    };
    if takes_second { second } else { first }
}

/// The sum of the numbers among the values, and how many they are; None of none.
fn sum(arguments: &Arguments<'_>) -> Option<(Number, i64)> {
    let numbers = arguments.each().filter_map(|value| value.number());
    let mut total: Option<(Number, i64)> = None;
    for number in numbers {
        total = match total {
            Some((sum, count)) => {
                let sum = Operator::Add.compute(sum, number)?;
                Some((sum, count.saturating_add(1)))
            }
            None => Some((number, 1)),
        };
    }
    total
}

/// Rounds by the decimal digits that the number is shown with: 2.555 to two of them is
/// 2.56, though the double is a little less.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a digit that is carried to is below 9, and those that are kept are among all"
)]
pub(super) fn round(number: Number, digits: usize) -> Option<Number> {
    let text = number.to_string();
    let Some((whole, fraction)) = text.split_once('.') else {
        return Some(number);
    };
    let (kept, cut) = match fraction.split_at_checked(digits) {
        Some(parts) if !parts.1.is_empty() => parts,
        _ => return Some(number),
    };
    let (sign, whole) = match whole.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", whole),
    };
    let mut all: Vec<u8> = whole.bytes().chain(kept.bytes()).collect();
    let mut carry = cut.as_bytes().first().is_some_and(|digit| *digit >= b'5');
    for digit in all.iter_mut().rev() {
        if !carry {
            break;
        }
        carry = *digit == b'9';
        *digit = if carry { b'0' } else { *digit + 1 };
    }
    let mut rounded = String::from(sign);
    if carry {
        rounded.push('1');
    }
    let point = all.len() - kept.len();
    for (index, digit) in all.iter().enumerate() {
        if index == point {
            rounded.push('.');
        }
        rounded.push(char::from(*digit));
    }
    parse_number(&rounded)
}

/// Exact where both are whole numbers and the result is one that fits.
fn power(base: Number, exponent: Number) -> Option<Number> {
    if let (Number::Int(base), Number::Int(exponent)) = (base, exponent)
        && let Ok(exponent) = u32::try_from(exponent)
        && let Some(exact) = base.checked_pow(exponent)
    {
        return Some(Number::Int(exact));
    }
    Number::from_f64(libm::pow(base.as_f64(), exponent.as_f64()))
}

fn logarithm(value: f64, base: f64) -> f64 {
    if base == 10.0 {
        libm::log10(value)
    } else if base == 2.0 {
        libm::log2(value)
    } else {
        libm::log(value) / libm::log(base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::format;

    #[test]
    fn rounds_by_decimal_digits() {
        for (number, digits, wanted) in [
            ("3.5", 0, "4"),
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("2.555", 2, "2.56"),
            ("1.005", 2, "1.01"),
            ("9.99", 1, "10"),
            ("0.4", 0, "0"),
            ("-0.4", 0, "0"),
            ("7", 2, "7"),
            ("1.25", 5, "1.25"),
            ("99999999999.9999", 2, "100000000000"),
        ] {
            let rounded = round(parse_number(number).unwrap(), digits).unwrap();
            assert_eq!(rounded.to_string(), wanted, "{number} to {digits}");
        }
    }

    #[test]
    fn powers_are_exact() {
        let of = |base, exponent| power(Number::Int(base), Number::Int(exponent));
        assert_eq!(of(3, 39).unwrap().to_string(), "4052555153018976267");
        assert_eq!(of(2, -1).unwrap().to_string(), "0.5");
        assert!(of(10, 400).is_none());
        assert_eq!(logarithm(1000.0, 10.0), 3.0);
        assert_eq!(logarithm(8.0, 2.0), 3.0);
    }

    proptest! {
        #[test]
        fn rounding_is_by_the_integer(whole in 0i64..100_000, thousandths in 0i64..1000) {
            let number = parse_number(&format!("{whole}.{thousandths:03}")).unwrap();
            let cents = (whole * 1000 + thousandths + 5) / 10;
            let wanted = parse_number(&format!("{}.{:02}", cents / 100, cents % 100));
            prop_assert_eq!(round(number, 2), wanted);
        }
    }
}
