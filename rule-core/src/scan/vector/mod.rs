//! Vectors of bytes: what the search by fingerprints is written in.

#![allow(
    unsafe_code,
    reason = "instructions of a processor that was seen to have them: argued in each file"
)]

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) mod simd128;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86;

/// So many bytes as a processor handles at once.
///
/// All operations are on each byte by itself where nothing else is said.
pub(super) trait Vector: Copy {
    /// How many bytes it has: 16, or a multiple.
    const BYTES: usize;

    /// The first bytes of these; zeros where there are too few.
    fn load(bytes: &[u8]) -> Self;

    /// These 16 again and again.
    fn repeated(bytes: &[u8; 16]) -> Self;

    /// One byte everywhere.
    fn splat(byte: u8) -> Self;

    fn and(self, other: Self) -> Self;

    fn or(self, other: Self) -> Self;

    /// The upper four bits of each.
    fn high(self) -> Self;

    /// For each place of 0 to 15 the byte there of these 16, which repeat.
    fn at(self, places: Self) -> Self;

    /// The bytes at even places, and at odd places, of this and then of the next.
    fn split(self, next: Self) -> (Self, Self);

    /// One byte further on, with the last one of `before` in front.
    fn behind(self, before: Self) -> Self;

    /// 255 where both are the same, else 0.
    fn same(self, other: Self) -> Self;

    /// Is all of it 0?
    fn is_zero(self) -> bool;

    /// The highest bit of each, that of the first byte lowest.
    fn bits(self) -> u32;

    /// As an array, with zeros behind it.
    fn to_array(self) -> [u8; 32];
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests;
