//! Keys of groups: the by-values of each, one behind the other.
//!
//! A by-value is its length, in four bytes, then its text, so that no two lists
//! of values have one key. By-values are text: 5 and "5" are one group.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{Item, Source, Stats};
use crate::value::compare_texts;

/// The groups that one event can be in, at most: an event whose by-fields have
/// several values is in one for each combination of them.
pub const MAX_COMBINATIONS: usize = 1000;

/// The bytes that the keys of one event's combinations take together, at most,
/// the first one apart.
const MAX_COMBINED_BYTES: usize = 1 << 20;

/// Bytes before each by-value.
const LENGTH: usize = 4;

/// The key of an event whose by-fields have one value each, as nearly all have; None
/// where one has another number of them.
pub(super) fn single(stats: &Stats, source: &dyn Source) -> Option<Vec<u8>> {
    let mut key = Vec::with_capacity(USUAL);
    for field in &stats.by {
        let mut count = 0u32;
        source.visit(field, &mut |item| {
            count = count.saturating_add(1);
            if count == 1 {
                append(&mut key, item);
            }
        });
        if let (0, Some(missing)) = (count, &stats.missing) {
            append(&mut key, Item::Text(missing));
            count = 1;
        }
        if count != 1 {
            return None;
        }
    }
    Some(key)
}

/// As long as most keys are, at the most.
const USUAL: usize = 256;

/// The keys of an event, and how many combinations are left out of them.
pub(super) fn keys(stats: &Stats, source: &dyn Source) -> (Vec<Vec<u8>>, usize) {
    let mut left_out = 0;
    let mut keys: Vec<Vec<u8>> = alloc::vec![Vec::new()];
    for field in &stats.by {
        let mut values: Vec<Vec<u8>> = Vec::new();
        source.visit(field, &mut |item| {
            let mut value = Vec::new();
            append(&mut value, item);
            values.push(value);
        });
        if let (true, Some(missing)) = (values.is_empty(), &stats.missing) {
            let mut value = Vec::new();
            append(&mut value, Item::Text(missing));
            values.push(value);
        }
        keys = combine(&keys, &values, &mut left_out);
    }
    (keys, left_out)
}

/// Each key with each value behind it, as far as the limits go.
fn combine(keys: &[Vec<u8>], values: &[Vec<u8>], left_out: &mut usize) -> Vec<Vec<u8>> {
    let mut combined: Vec<Vec<u8>> = Vec::new();
    let mut bytes = 0usize;
    for (key, value) in keys
        .iter()
        .flat_map(|key| values.iter().map(move |value| (key, value)))
    {
        bytes = bytes.saturating_add(key.len()).saturating_add(value.len());
        if !combined.is_empty()
            && (combined.len() >= MAX_COMBINATIONS || bytes > MAX_COMBINED_BYTES)
        {
            *left_out = keys
                .len()
                .saturating_mul(values.len())
                .saturating_sub(combined.len());
            break;
        }
        combined.push([key.as_slice(), value].concat());
    }
    combined
}

fn append(key: &mut Vec<u8>, item: Item<'_>) {
    let number;
    let text = match item {
        Item::Text(text) => text,
        Item::Number(value) => {
            number = value.to_string();
            &number
        }
    };
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    key.extend_from_slice(&length.to_le_bytes());
    key.extend_from_slice(text.as_bytes());
}

/// A number for a key, mostly another one for another key.
pub(super) fn hash(key: &[u8]) -> u64 {
    let mix = |hash: u64, word: u64| (hash.rotate_left(26) ^ word).wrapping_mul(MIXER);
    let (words, rest) = key.as_chunks::<8>();
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let hash = words.fold(key.len() as u64, mix);
    let last = rest.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
    mix(hash, last)
}

/// An odd number with as many bits of either kind, so that each bit of a word changes
/// many of the product.
const MIXER: u64 = 0x9e37_79b9_7f4a_7c15;

/// The by-values of a key; None where the bytes are no key.
pub(super) fn values(mut key: &[u8]) -> Option<Vec<String>> {
    let mut values = Vec::new();
    while !key.is_empty() {
        let (length, rest) = key.split_first_chunk::<LENGTH>()?;
        let (text, after) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        values.push(String::from(core::str::from_utf8(text).ok()?));
        key = after;
    }
    Some(values)
}

/// The bytes of the by-values alone.
pub(super) fn text_bytes(key: &[u8], stats: &Stats) -> usize {
    let lengths = LENGTH.saturating_mul(stats.by.len());
    key.len().saturating_sub(lengths)
}

/// The order of results: value by value, numbers before text.
pub(super) fn order(left: &[String], right: &[String]) -> Ordering {
    let pairs = left.iter().zip(right);
    pairs
        .map(|(left, right)| compare_texts(left, right))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}
