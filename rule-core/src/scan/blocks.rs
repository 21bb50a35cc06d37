//! The search with vectors: fingerprints for a few texts; for many, runs for the long ones
//! and fingerprints for the others and for what could hide one, by turns over blocks of
//! the input that stay at hand.

use alloc::vec::Vec;

use super::fingerprints::{self, Fingerprints};
use super::linear::Linear;
use super::look::{Ended, Look};
use super::needles::{FEW, Needles};
use super::runs::Runs;
use super::stop::Stop;
use super::vector::Vector;
use crate::entries;

/// So many of the shortest texts are left to the fingerprints, where that makes the runs
/// of the others longer, or further apart: as many as have a group each.
const SHORT: usize = 3;

/// Runs of texts of so many bytes are no longer or further apart than those of these.
const LONG: usize = 15;

/// The first block has so many bytes, and each next one twice as many up to the longest:
/// what is looked at behind a text that ends a look is looked at once more.
const FIRST: usize = 512;
const LONGEST: usize = 4096;

#[derive(Debug)]
pub(super) struct Blocks {
    fingerprints: Fingerprints,
    runs: Option<Runs>,
}

impl Blocks {
    pub(super) fn new(needles: &Needles) -> Self {
        let mut texts: Vec<(usize, usize)> = needles
            .texts()
            .map(|(index, text)| (text.bytes.len(), index))
            .collect();
        entries::sort(&mut texts, Ord::cmp);
        let shortest = match texts.get(SHORT) {
            Some((length, _)) if texts.len() > FEW => LONG.min(*length),
            _ => usize::MAX,
        };
        let shorter = texts.partition_point(|(length, _)| *length < shortest);
        let texts: Vec<usize> = texts.iter().map(|(_, index)| *index).collect();
        let (short, long) = texts.split_at_checked(shorter).unwrap_or_default();
        Blocks {
            fingerprints: Fingerprints::new(needles, short),
            runs: (!long.is_empty()).then(|| Runs::new(needles, long)),
        }
    }

    #[inline(always)]
    pub(super) fn look<V: Vector, L: Look>(
        &self,
        needles: &Needles,
        linear: &Linear,
        bytes: &[u8],
        look: &mut L,
    ) -> Ended {
        let mut search = fingerprints::Search::<V>::new(&self.fingerprints, needles, linear);
        let ended = match &self.runs {
            None => search.blocks(bytes, bytes.len(), usize::MAX, look),
            Some(runs) => by_turns(&mut search, runs, needles, linear, bytes, look),
        };
        let ended = ended.or_else(|| search.rest(bytes, usize::MAX, look));
        ended.unwrap_or(Ended::Through)
    }
}

/// Looks for texts by their runs, then by fingerprints, in each block, but for what is
/// behind the last whole one, where the fingerprints are left.
#[inline(always)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "places in the bytes, and sizes no larger than LONGEST, which double once beyond"
)]
fn by_turns<V: Vector, L: Look>(
    search: &mut fingerprints::Search<'_, V>,
    runs: &Runs,
    needles: &Needles,
    linear: &Linear,
    bytes: &[u8],
    look: &mut L,
) -> Option<Ended> {
    let mut budget = Runs::budget(linear);
    let (mut from, mut size) = (0, FIRST);
    while from < bytes.len() {
        let to = bytes.len().min(from + size);
        match runs.look(needles, bytes, from..to, &mut budget, look) {
            Ok(()) => {
                if let Some(ended) = search.blocks(bytes, to, usize::MAX, look) {
                    return Some(ended);
                }
            }
            Err(Stop::At(begin)) => {
                let to = to.min(begin + V::BYTES * 2);
                let ended = search.blocks(bytes, to, begin, look);
                let ended = ended.or_else(|| search.rest(bytes, begin, look));
                return ended.or(Some(Ended::Found));
            }
            Err(Stop::Dense) => return Some(Ended::Dense),
        }
        (from, size) = (to, LONGEST.min(2 * size));
    }
    None
}
