//! The length of spans that fits the values of all rows.

use super::edges::{Edges, number_of, times_ten};
use super::span::Span;
use crate::time::{Time, Zone};

/// `bin` without `span`: the shortest spans of which there are not too many from the first
/// value to the last [Search Reference, "bin"].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// How many spans there are at the most.
    pub bins: usize,
    /// No span is shorter than this.
    pub least: Option<Span>,
    /// The spans begin at this number, where no value is before it.
    pub start: Option<f64>,
    /// They reach up to this number, where no value is behind it.
    pub end: Option<f64>,
}

/// The lengths that spans of time may have; beyond them it is months [Search Reference,
/// "timechart", "Spans used when minspan is specified"].
const LENGTHS: [Span; 10] = [
    Span::Millis(1000),
    Span::Millis(5000),
    Span::Millis(10_000),
    Span::Millis(30_000),
    Span::Millis(60_000),
    Span::Millis(300_000),
    Span::Millis(600_000),
    Span::Millis(1_800_000),
    Span::Millis(3_600_000),
    Span::Days(1),
];

impl Fitted {
    /// [limits.conf, "discretize", "maxbins" of a search that says nothing]
    pub const BINS: usize = 100;

    /// Is the shortest length one of time?
    pub(crate) fn is_of_times(&self) -> bool {
        !matches!(self.least, None | Some(Span::Plain(_)))
    }

    pub(super) fn of_times(&self, first: Time, last: Time, zone: &Zone) -> Span {
        let least = self.least.map_or(0, Span::millis);
        let fits = |span: &Span| {
            let seconds = (span.millis() / 1000).max(1);
            let [first, last] = [first, last].map(|time| span.start(time, zone).seconds());
            // A day may be an hour longer or shorter.
            let between = last.saturating_sub(first).saturating_add(seconds / 2);
            let spans = between
                .checked_div(seconds)
                .map_or(i64::MAX, |spans| spans.saturating_add(1));
            span.millis() >= least && usize::try_from(spans).is_ok_and(|spans| spans <= self.bins)
        };
        LENGTHS.into_iter().find(fits).unwrap_or(Span::Months(1))
    }

    /// Of numbers the length is a power of ten [Search Manual, "Search using time bins and
    /// spans"]; 1 where there is one value alone `[U]`.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        reason = "a cast of a double goes no further than i32, and powers go from -300 to 300"
    )]
    pub(super) fn of_numbers(&self, first: f64, last: f64) -> Edges {
        const POWERS: (i32, i32) = (-300, 300);
        let first = self.start.map_or(first, |start| start.min(first));
        let range = self.end.map_or(last, |end| end.max(last)) - first;
        let lowest = match range > 0.0 {
            true => (libm::log10(range / self.bins as f64) as i32).saturating_sub(2),
            false => 0,
        };
        let least = match self.least {
            Some(Span::Plain(length)) => length,
            _ => 0.0,
        };
        let fits = |power: &i32| {
            let from = number_of(first, *power);
            let end = self.end.map(|end| libm::ceil(times_ten(end, -*power)));
            let to = end
                .map_or(f64::MIN, |end| end)
                .max(number_of(last, *power) + 1.0);
            // Longer ones than the two around 0 change nothing.
            let is_around_zero = from == -1.0 && to == 1.0;
            times_ten(1.0, *power) >= least && (to - from <= self.bins as f64 || is_around_zero)
        };
        let mut powers = lowest.clamp(POWERS.0, POWERS.1)..=POWERS.1;
        Edges::Ten(powers.find(fits).unwrap_or(POWERS.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FITTED: Fitted = Fitted {
        bins: Fitted::BINS,
        least: None,
        start: None,
        end: None,
    };

    #[test]
    fn times_as_far_apart_as_can_be() {
        let [first, last] = [i64::MIN, i64::MAX].map(Time::from_seconds);
        let span = FITTED.of_times(first, last, &Zone::utc());
        assert_eq!(span, Span::Months(1));
    }

    #[test]
    fn numbers_as_near_as_can_be() {
        let edges = FITTED.of_numbers(0.0, f64::from_bits(1));
        assert_eq!(edges, Edges::Ten(-300));
    }
}
