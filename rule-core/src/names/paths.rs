//! What each raw path means, found in a time that does not depend on how many there are.
//!
//! Every value of every record that is decoded is looked up here, and most mean nothing.
//! For those, mostly no path of the same hash is known, and nothing is compared. The hash
//! needs no secret: what it finds is compared, and no record adds to the table.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::table::Meaning;

/// Raw paths with their meanings.
#[derive(Clone, Debug, Default)]
pub(super) struct Paths {
    all: Vec<(String, Meaning)>,
    /// At its hash, or behind others with it, one more than the place in `all` of each
    /// path; 0 where there is none.
    ///
    /// INVARIANT: its length is a power of two, and no less than half of it is 0.
    places: Vec<u32>,
}

impl Paths {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "paths take more than eight bytes of memory each, and a power of two is not 0"
    )]
    pub(super) fn new(meanings: BTreeMap<String, Meaning>) -> Self {
        let all: Vec<(String, Meaning)> = meanings.into_iter().collect();
        // Eight times as many places as paths: few share one by chance.
        let count = (all.len() * 8).next_power_of_two();
        let mut places = alloc::vec![0; count];
        for ((path, _), number) in all.iter().zip(1..) {
            let begin = hash(path);
            let mut from_its_hash = (0..count).map(|step| begin.wrapping_add(step) & (count - 1));
            let free = from_its_hash.find(|at| places.get(*at) == Some(&0));
            if let Some(place) = free.and_then(|at| places.get_mut(at)) {
                *place = number;
            }
        }
        Paths { all, places }
    }

    /// The meaning of a path.
    #[inline]
    pub(super) fn get(&self, path: &str) -> Option<&Meaning> {
        let last = self.places.len().checked_sub(1)?;
        let mut at = hash(path);
        loop {
            let place = *self.places.get(at & last)? as usize;
            let (known, meaning) = self.all.get(place.checked_sub(1)?)?;
            if known == path {
                return Some(meaning);
            }
            at = at.wrapping_add(1);
        }
    }
}

/// Of the length and of both ends: paths differ there.
#[inline]
fn hash(path: &str) -> usize {
    let bytes = path.as_bytes();
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => (word(first), word(last)),
        _ => match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => (half(first), half(last)),
            _ => (
                bytes
                    .iter()
                    .fold(0, |all, byte| all << 8 | u64::from(*byte)),
                0,
            ),
        },
    };
    let mixed = (first ^ last.rotate_left(29) ^ (bytes.len() as u64) << 56)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // The upper bits are the ones that all others went into.
    (mixed >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_map_finds(
            paths in prop::collection::btree_set("[ab.]{0,12}", 0..40),
            asked in prop::collection::vec("[ab.]{0,12}", 0..40),
        ) {
            let numbered = paths.iter().zip(0..);
            let meaning = |rank| Meaning { time: Some(rank), ..Meaning::default() };
            let map: BTreeMap<String, Meaning> =
                numbered.map(|(path, rank)| (path.clone(), meaning(rank))).collect();
            let table = Paths::new(map.clone());
            for path in paths.iter().chain(&asked) {
                let found = table.get(path).map(|meaning| meaning.time);
                prop_assert_eq!(found, map.get(path).map(|meaning| meaning.time));
            }
        }
    }
}
