//! Maps, sets and orders, for the size of the module.
//!
//! The standard library compiles its sort anew for each type that is sorted, and a map
//! or set that is collected sorts its entries first: together a tenth of the code. Here
//! maps and sets take one entry after the other, and lists are sorted by their places,
//! with one sort for all of them.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// The map of these entries; of two with the same key the last counts.
pub(crate) fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(entries);
    map
}

/// The set of these entries.
pub(crate) fn set<T: Ord>(entries: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(entries);
    set
}

/// Sorts; items that are equal stay as they came.
pub(crate) fn sort<T>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    let mut places = places(
        items.len(),
        &|left, right| match (items.get(left), items.get(right)) {
            (Some(left), Some(right)) => order(left, right),
            _ => Ordering::Equal,
        },
    );
    // Each swap brings one item to its place, so there are as many as items at most.
    for at in 0..items.len() {
        while let Some(place) = places.get(at).copied().filter(|place| *place != at) {
            items.swap(at, place);
            places.swap(at, place);
        }
    }
}

/// For each item the place where it goes.
fn places(count: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..count).collect();
    sorted.sort_by(|left, right| order(*left, *right));
    let mut places = alloc::vec![0; count];
    for (place, item) in sorted.into_iter().enumerate() {
        if let Some(entry) = places.get_mut(item) {
            *entry = place;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::sort;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(
            mut items in proptest::collection::vec((0_u8..8, any::<u16>()), 0..60),
        ) {
            let mut expected: Vec<(u8, u16)> = items.clone();
            expected.sort_by_key(|item| item.0);
            sort(&mut items, |left, right| left.0.cmp(&right.0));
            prop_assert_eq!(items, expected);
        }
    }
}
