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
        reason = "it is over once more is compared than FREE and a part of the bytes that were \
                  passed, which are in memory; one_in is not 0"
    )]
    pub(super) fn is_spent(&mut self, at: usize, comparisons: usize) -> bool {
        self.compared += comparisons;
        self.compared > FREE + (self.start + at) / self.one_in
    }
}
