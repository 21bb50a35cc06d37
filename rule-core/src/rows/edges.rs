//! Where spans of numbers begin and end.

/// Spans of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Edges {
    /// Of this length.
    Length(f64),
    /// Of the length of ten to this power.
    Ten(i32),
    Log(Log),
}

/// Spans that begin at a coefficient times the powers of a base [Search Reference, "bin",
/// "log-span"].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Log {
    coefficient: f64,
    base: f64,
}

impl Log {
    /// Reads `2log10`, `log2`, `log`; None where the base is not above 1, or the
    /// coefficient not from 1 up to it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Log> {
        let (coefficient, base) = text.split_once("log")?;
        let number = |text: &str, default| match text.is_empty() {
            true => Some(default),
            false => text.parse().ok().filter(|number: &f64| number.is_finite()),
        };
        let coefficient = number(coefficient, 1.0)?;
        let base = number(base, 10.0)?;
        (coefficient >= 1.0 && coefficient < base).then_some(Log { coefficient, base })
    }
}

impl Edges {
    /// Where the span begins and ends that a number lies in. None of a number that has no
    /// logarithm: it stays as it is `[U]`.
    pub(super) fn around(self, value: f64) -> Option<(f64, f64)> {
        match self {
            Edges::Length(length) => {
                let start = value - modulo(value, length);
                Some((start, start + length))
            }
            Edges::Ten(power) => {
                let number = number_of(value, power);
                Some((times_ten(number, power), times_ten(number + 1.0, power)))
            }
            Edges::Log(Log { coefficient, base }) => {
                if value <= 0.0 {
                    return None;
                }
                let edge = |number: f64| match number < 0.0 {
                    true => coefficient / libm::pow(base, -number),
                    false => coefficient * libm::pow(base, number),
                };
                let number = libm::log(value / coefficient) / libm::log(base);
                let number = settled(libm::floor(number), value, edge);
                Some((edge(number), edge(number + 1.0)))
            }
        }
    }
}

/// How many spans of the length of ten to a power are between 0 and the span that a value
/// lies in.
#[expect(clippy::arithmetic_side_effects, reason = "powers go from -300 to 300")]
pub(super) fn number_of(value: f64, power: i32) -> f64 {
    let number = libm::floor(times_ten(value, -power));
    settled(number, value, |number| times_ten(number, power))
}

/// Doubles have no tenths, so it divides by what they do have.
pub(super) fn times_ten(value: f64, power: i32) -> f64 {
    let ten = libm::pow(10.0, f64::from(power.abs()));
    if power < 0 { value / ten } else { value * ten }
}

/// The number of a span, where rounding may have led to one of its neighbours.
fn settled(number: f64, value: f64, edge: impl Fn(f64) -> f64) -> f64 {
    if edge(number + 1.0) <= value {
        number + 1.0
    } else if edge(number) > value {
        number - 1.0
    } else {
        number
    }
}

/// What is left of a division, never below zero: `rem_euclid` is not in core.
fn modulo(value: f64, length: f64) -> f64 {
    let rest = value % length;
    if rest < 0.0 { rest + length } else { rest }
}
