//! The vectors of x86-64: 16 bytes with SSSE3, 32 with AVX2.
//!
//! SAFETY, for all of this file: an instruction that the processor does not have must
//! not run. These types are made and used by `fingerprints` alone, inside functions that
//! are compiled for the feature and entered where the processor was seen to have it. All
//! loads and stores are of arrays that are borrowed, and need no alignment.

use core::arch::x86_64::{
    __m128i, __m256i, _mm_alignr_epi8, _mm_and_si128, _mm_cmpeq_epi8, _mm_loadu_si128,
    _mm_movemask_epi8, _mm_or_si128, _mm_packus_epi16, _mm_set1_epi8, _mm_set1_epi16,
    _mm_setzero_si128, _mm_shuffle_epi8, _mm_srli_epi16, _mm_storeu_si128, _mm256_alignr_epi8,
    _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_or_si256, _mm256_packus_epi16, _mm256_permute2x128_si256,
    _mm256_permute4x64_epi64, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_storeu_si256, _mm256_testz_si256,
};

use super::Vector;

#[derive(Clone, Copy)]
pub(in crate::scan) struct Ssse3(__m128i);

impl Vector for Ssse3 {
    const BYTES: usize = 16;

    #[inline(always)]
    fn load(bytes: &[u8]) -> Self {
        match bytes.first_chunk::<16>() {
            Some(bytes) => Ssse3(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }),
            None => Ssse3(unsafe { _mm_setzero_si128() }),
        }
    }

    #[inline(always)]
    fn repeated(bytes: &[u8; 16]) -> Self {
        Self::load(bytes)
    }

    #[inline(always)]
    fn splat(byte: u8) -> Self {
        Ssse3(unsafe { _mm_set1_epi8(byte.cast_signed()) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Ssse3(unsafe { _mm_and_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Ssse3(unsafe { _mm_or_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn high(self) -> Self {
        Ssse3(unsafe { _mm_srli_epi16::<4>(self.0) }).and(Self::splat(0x0f))
    }

    #[inline(always)]
    fn at(self, places: Self) -> Self {
        Ssse3(unsafe { _mm_shuffle_epi8(self.0, places.0) })
    }

    #[inline(always)]
    fn split(self, next: Self) -> (Self, Self) {
        let low = Ssse3(unsafe { _mm_set1_epi16(0x00ff) });
        let (first, second) = (self.and(low), next.and(low));
        let even = Ssse3(unsafe { _mm_packus_epi16(first.0, second.0) });
        let (first, second) = unsafe { (_mm_srli_epi16::<8>(self.0), _mm_srli_epi16::<8>(next.0)) };
        let odd = Ssse3(unsafe { _mm_packus_epi16(first, second) });
        (even, odd)
    }

    #[inline(always)]
    fn behind(self, before: Self) -> Self {
        Ssse3(unsafe { _mm_alignr_epi8::<15>(self.0, before.0) })
    }

    #[inline(always)]
    fn same(self, other: Self) -> Self {
        Ssse3(unsafe { _mm_cmpeq_epi8(self.0, other.0) })
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        self.same(Self::splat(0)).bits() == 0xffff
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        (unsafe { _mm_movemask_epi8(self.0) }).cast_unsigned()
    }

    #[inline(always)]
    fn to_array(self) -> [u8; 32] {
        let mut array = [0; 32];
        unsafe { _mm_storeu_si128(array.as_mut_ptr().cast(), self.0) };
        array
    }
}

#[derive(Clone, Copy)]
pub(in crate::scan) struct Avx2(__m256i);

/// The four quarters in the order first, third, second, fourth: packing works on the two
/// halves of vectors apart, and this puts its quarters into order.
const QUARTERS: i32 = 0b11_01_10_00;

impl Vector for Avx2 {
    const BYTES: usize = 32;

    #[inline(always)]
    fn load(bytes: &[u8]) -> Self {
        match bytes.first_chunk::<32>() {
            Some(bytes) => Avx2(unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }),
            None => Avx2(unsafe { _mm256_setzero_si256() }),
        }
    }

    #[inline(always)]
    fn repeated(bytes: &[u8; 16]) -> Self {
        let half = Ssse3::load(bytes);
        Avx2(unsafe { _mm256_broadcastsi128_si256(half.0) })
    }

    #[inline(always)]
    fn splat(byte: u8) -> Self {
        Avx2(unsafe { _mm256_set1_epi8(byte.cast_signed()) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Avx2(unsafe { _mm256_and_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Avx2(unsafe { _mm256_or_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn high(self) -> Self {
        Avx2(unsafe { _mm256_srli_epi16::<4>(self.0) }).and(Self::splat(0x0f))
    }

    #[inline(always)]
    fn at(self, places: Self) -> Self {
        Avx2(unsafe { _mm256_shuffle_epi8(self.0, places.0) })
    }

    #[inline(always)]
    fn split(self, next: Self) -> (Self, Self) {
        let in_order = |packed| Avx2(unsafe { _mm256_permute4x64_epi64::<QUARTERS>(packed) });
        let low = Avx2(unsafe { _mm256_set1_epi16(0x00ff) });
        let (first, second) = (self.and(low), next.and(low));
        let even = in_order(unsafe { _mm256_packus_epi16(first.0, second.0) });
        let (first, second) = unsafe {
            (
                _mm256_srli_epi16::<8>(self.0),
                _mm256_srli_epi16::<8>(next.0),
            )
        };
        let odd = in_order(unsafe { _mm256_packus_epi16(first, second) });
        (even, odd)
    }

    #[inline(always)]
    fn behind(self, before: Self) -> Self {
        // The upper half of the one before, and the lower one of this.
        let between = unsafe { _mm256_permute2x128_si256::<0x21>(before.0, self.0) };
        Avx2(unsafe { _mm256_alignr_epi8::<15>(self.0, between) })
    }

    #[inline(always)]
    fn same(self, other: Self) -> Self {
        Avx2(unsafe { _mm256_cmpeq_epi8(self.0, other.0) })
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        (unsafe { _mm256_testz_si256(self.0, self.0) }) == 1
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        (unsafe { _mm256_movemask_epi8(self.0) }).cast_unsigned()
    }

    #[inline(always)]
    fn to_array(self) -> [u8; 32] {
        let mut array = [0; 32];
        unsafe { _mm256_storeu_si256(array.as_mut_ptr().cast(), self.0) };
        array
    }
}
