//! Which bytes end a run of a string that stands as it is: the question that reading JSON
//! spends its time with.

/// So many bytes are looked at together.
pub(super) const BLOCK: usize = 16;

/// A bit for each of these bytes, that of the first lowest, which is a quote, a backslash
/// or a control character.
#[inline]
pub(super) fn specials(block: &[u8; BLOCK]) -> u32 {
    #[cfg(target_feature = "simd128")]
    return by_vector(block);
    #[cfg(not(target_feature = "simd128"))]
    by_words(block)
}

#[cfg(target_feature = "simd128")]
#[inline]
fn by_vector(block: &[u8; BLOCK]) -> u32 {
    use core::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u64x2, v128_or};
    let (words, _) = block.as_chunks::<8>();
    let [low, high] = match words {
        [low, high] => [*low, *high].map(u64::from_le_bytes),
        _ => [0; 2],
    };
    let bytes = u64x2(low, high);
    let ends = v128_or(
        u8x16_eq(bytes, u8x16_splat(b'"')),
        u8x16_eq(bytes, u8x16_splat(b'\\')),
    );
    let special = v128_or(ends, u8x16_lt(bytes, u8x16_splat(b' ')));
    u32::from(u8x16_bitmask(special))
}

/// Eight bytes at a time, as bytes of a number.
#[cfg(any(not(target_feature = "simd128"), test))]
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "of each half no more than 8 bits are left, and those of the second are moved by 8"
)]
fn by_words(block: &[u8; BLOCK]) -> u32 {
    let (words, _) = block.as_chunks::<8>();
    let bits = words.iter().zip([0, 8]).map(|(word, place)| {
        let word = u64::from_le_bytes(*word);
        let all = |byte: u8| LOWEST * u64::from(byte);
        // Below a blank all of the three upper bits are 0.
        let special = zeros(word ^ all(b'"')) | zeros(word ^ all(b'\\')) | zeros(word & all(0xe0));
        // Each flag lands in the uppermost byte, at the place of its own byte.
        ((special >> 7).wrapping_mul(GATHER) >> 56) << place
    });
    bits.fold(0, |all, bits| all | bits as u32)
}

#[cfg(any(not(target_feature = "simd128"), test))]
const LOWEST: u64 = 0x0101_0101_0101_0101;

#[cfg(any(not(target_feature = "simd128"), test))]
const GATHER: u64 = 0x0102_0408_1020_4080;

/// The highest bit of each byte that is 0, and no other.
#[cfg(any(not(target_feature = "simd128"), test))]
#[inline]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "twice 0x7f in each byte, which leaves the next one as it is"
)]
fn zeros(word: u64) -> u64 {
    const LOWER: u64 = LOWEST * 0x7f;
    !(((word & LOWER) + LOWER) | word | LOWER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn finds_what_a_naive_search_finds(
            bytes in prop::array::uniform16(prop_oneof![
                any::<u8>(),
                prop::sample::select(vec![b'"', b'\\', b'\n', 0, 31, 32, 33, 127, 128, 160, 162, 220, 255]),
            ]),
        ) {
            let naive = bytes.iter().enumerate().fold(0, |bits, (place, byte)| {
                bits | u32::from(matches!(byte, b'"' | b'\\' | 0..b' ')) << place
            });
            prop_assert_eq!(specials(&bytes), naive);
            prop_assert_eq!(by_words(&bytes), naive);
        }
    }
}
