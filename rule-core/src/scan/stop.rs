//! How a search for texts ends before it is through.

use super::look::Ended;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// At a text that begins here and that ends the look.
    At(usize),
    /// There are too many places to look at.
    Dense,
}

impl From<Stop> for Ended {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::At(_) => Ended::Found,
            Stop::Dense => Ended::Dense,
        }
    }
}
