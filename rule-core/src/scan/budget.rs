//! How many needles may be compared in vain before a quick search gives up.

use super::linear::Linear;

/// What was taken of it. A part of it comes with each byte, so that a search that has to
/// compare all the time gives up soon.
pub(super) struct Budget {
    /// One comparison in so many bytes.
    one_in: usize,
    compared: usize,
    /// Where the record begins that is searched.
    pub(super) start: usize,
}

/// The linear search takes so many times as long where it has no table.
const SLOWER: usize = 5;

/// So many comparisons are for nothing.
const FREE: usize = 128;

impl Budget {
    /// A budget of one comparison in so many bytes, and so many times as much where the
    /// linear search is slow.
    pub(super) fn new(one_in: usize, linear: &Linear) -> Self {
        Budget {
            one_in: match linear.is_quick() {
                true => one_in,
                false => one_in.div_ceil(SLOWER),
            },
            compared: 0,
            start: 0,
        }
    }

    /// Takes comparisons off, at a place of the record; is nothing left?
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "what is compared is no more than the record has bytes, by one part that is no \
                  larger than the needles; one_in is a part of a figure that is not 0"
    )]
    pub(super) fn is_spent(&mut self, at: usize, comparisons: usize) -> bool {
        self.compared += comparisons;
        self.compared > FREE + (self.start + at) / self.one_in
    }
}
