//! How far a string goes on as it is: the loop that reading JSON spends its time in.

use memchr::memchr2;

/// As many bytes stand in a string as they are: up to a quote, a backslash or a control
/// character.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    // Most strings are short, and a call for each would cost more than it wins.
    let short = bytes.get(..SHORT).unwrap_or(bytes);
    let length = by_words(short);
    match HAS_VECTORS {
        true if length == SHORT => SHORT + by_vectors(bytes.get(SHORT..).unwrap_or_default()),
        false if length == SHORT => SHORT + by_words(bytes.get(SHORT..).unwrap_or_default()),
        _ => length,
    }
}

/// Where vectors begin to pay.
const SHORT: usize = 32;

const HAS_VECTORS: bool = cfg!(any(not(target_family = "wasm"), target_feature = "simd128"));

/// Where the processor has vectors.
#[inline(never)]
fn by_vectors(bytes: &[u8]) -> usize {
    let length = memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
    let plain = bytes.get(..length).unwrap_or_default();
    // A fold over all of them is one that the compiler makes wide.
    let has_control = plain
        .iter()
        .fold(false, |found, &byte| found | (byte < b' '));
    match has_control {
        true => plain.iter().position(|byte| *byte < b' ').unwrap_or(length),
        false => length,
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Eight bytes at a time.
#[inline]
fn by_words(bytes: &[u8]) -> usize {
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (index, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        // The lowest byte that is flagged is one; a borrow may flag those above it.
        let below =
            |word: u64, bound: u8| word.wrapping_sub(ONES.wrapping_mul(u64::from(bound))) & !word;
        let quote = below(word ^ ONES.wrapping_mul(u64::from(b'"')), 1);
        let backslash = below(word ^ ONES.wrapping_mul(u64::from(b'\\')), 1);
        let special = (quote | backslash | below(word, b' ')) & HIGH;
        if special != 0 {
            return index * 8 + (special.trailing_zeros() / 8) as usize;
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    let last = rest.iter().position(is_special).unwrap_or(rest.len());
    chunks.len() * 8 + last
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn both_find_what_a_naive_search_finds(
            bytes in prop::collection::vec(prop_oneof![8 => any::<u8>(), 1 => Just(b'"'), 40 => 35..=91u8], 0..80),
        ) {
            let naive = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=31));
            let naive = naive.unwrap_or(bytes.len());
            prop_assert_eq!(by_vectors(&bytes), naive);
            prop_assert_eq!(by_words(&bytes), naive);
            prop_assert_eq!(plain(&bytes), naive);
        }
    }
}
