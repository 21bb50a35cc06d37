//! What kept values take of memory, in bytes, as it is reckoned.
//!
//! Fixed figures rather than `size_of`: a limit must be met at the same event
//! in a module of 32 bits and in a program of 64. They are those of 64 bits, so
//! that a module has room to spare.

/// A group besides its key and accumulators: two boxes, the key's hash, its share of a
/// node of the map, and the allocator's own.
pub(super) const GROUP: usize = 104;

/// An accumulator, without what it boxes.
pub(super) const ACCUMULATOR: usize = 48;

/// The box of a sum.
pub(super) const SUM: usize = 64;

/// The box of one value with its time, or of a time.
pub(super) const ONE: usize = 56;

/// The box of what lies between two values.
pub(super) const PAIR: usize = 120;

/// The box of sums of values and of squares, without their digits.
pub(super) const MOMENTS: usize = 64;

/// The box of a percentile's values.
pub(super) const QUANTILES: usize = 64;

/// A value of it with its count, and its share of a node of the tree.
pub(super) const VALUE_COUNT: usize = 56;

/// A range of it with its count.
pub(super) const RANGE_COUNT: usize = 32;

/// A text with its count, besides its bytes.
pub(super) const COUNTED: usize = 48;

/// A value of a list with its time.
pub(super) const TIMED: usize = 48;

/// A member of a set besides its text: the box, its share of a node of the tree,
/// and the allocator's own.
pub(super) const MEMBER: usize = 40;

/// The box of fields that were asked for by a pattern.
pub(super) const EACH: usize = 56;

/// One of these besides its name and what is kept of it: the box of the name, a count, its
/// share of a node of the tree, and the allocator's own.
pub(super) const FIELD: usize = 64;

/// A sample besides its texts.
pub(super) const SAMPLE: usize = 104;

/// How much more `after` is than `before`; right, too, where each alone is beyond what a
/// number with a sign holds.
pub(super) fn growth(before: usize, after: usize) -> isize {
    after.wrapping_sub(before).cast_signed()
}

/// The figures are no less than the sizes that the compiler gives.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{
        accumulator, each, extreme, kept, moments, pair, quantiles, recent, sample, sum,
    };

    #[test]
    fn nothing_is_larger_than_it_is_reckoned() {
        assert!(size_of::<accumulator::Accumulator>() <= ACCUMULATOR);
        assert!(size_of::<kept::Kept>() <= ACCUMULATOR);
        assert!(size_of::<each::Each>() <= EACH);
        assert!(size_of::<sum::Sum>() <= SUM);
        assert!(size_of::<recent::One>() <= ONE);
        assert!(size_of::<extreme::Extreme>() <= ONE);
        assert!(size_of::<pair::Range>() <= PAIR);
        assert!(size_of::<pair::Rate>() <= PAIR);
        assert!(size_of::<moments::Moments>() <= MOMENTS);
        assert!(size_of::<quantiles::Quantiles>() <= QUANTILES);
        assert!(size_of::<recent::Timed>() <= TIMED);
        assert!(size_of::<sample::Sample>() <= SAMPLE);
    }
}
