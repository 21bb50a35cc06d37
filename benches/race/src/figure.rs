//! A measured number: the middle of several rounds, with the least and the most.

use std::fmt;

/// The median of some rounds, and between what they lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Figure {
    /// The figure of these rounds; none where there are none.
    pub(crate) fn of(rounds: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut rounds: Vec<f64> = rounds.into_iter().collect();
        rounds.sort_by(f64::total_cmp);
        let (least, most) = (*rounds.first()?, *rounds.last()?);
        let middle = rounds.len() / 2;
        let median = match rounds.len() % 2 {
            0 => f64::midpoint(rounds[middle - 1], rounds[middle]),
            _ => rounds[middle],
        };
        Some(Self {
            median,
            least,
            most,
        })
    }

    /// A number that is the same at each round.
    pub(crate) fn exactly(number: f64) -> Self {
        Self {
            median: number,
            least: number,
            most: number,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, least, most] = [self.median, self.least, self.most].map(digits);
        match least == most {
            true => f.write_str(&median),
            false => write!(f, "{median} ({least} to {most})"),
        }
    }
}

/// A number with as many digits as it deserves.
pub(crate) fn digits(number: f64) -> String {
    match number.abs() {
        0.0..1.0 => format!("{number:.3}"),
        1.0..10.0 => format!("{number:.2}"),
        10.0..100.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_ends() {
        assert_eq!(Figure::of([]), None);
        for (rounds, expected) in [
            (vec![3.0], "3.00"),
            (vec![1.0, 3.0, 2.0], "2.00 (1.00 to 3.00)"),
            (vec![40.0, 10.0, 20.0, 30.0], "25.0 (10.0 to 40.0)"),
            (vec![0.5, 0.25, 123.4], "0.500 (0.250 to 123)"),
        ] {
            assert_eq!(Figure::of(rounds).unwrap().to_string(), expected);
        }
    }
}
