//! The vectors of WebAssembly.

use core::arch::wasm32::{
    i8x16_bitmask, i8x16_eq, i8x16_shuffle, i8x16_swizzle, u8x16_narrow_i16x8, u8x16_splat,
    u16x8_shr, u16x8_splat, v128, v128_and, v128_any_true, v128_load, v128_or, v128_store,
};

use super::Vector;

#[derive(Clone, Copy)]
pub(in crate::scan) struct Simd128(v128);

impl Vector for Simd128 {
    const BYTES: usize = 16;

    #[inline(always)]
    fn load(bytes: &[u8]) -> Self {
        match bytes.first_chunk::<16>() {
            // SAFETY: the 16 bytes are borrowed, and a load needs no alignment.
            Some(bytes) => Simd128(unsafe { v128_load(bytes.as_ptr().cast()) }),
            None => Simd128(u8x16_splat(0)),
        }
    }

    #[inline(always)]
    fn repeated(bytes: &[u8; 16]) -> Self {
        Self::load(bytes)
    }

    #[inline(always)]
    fn splat(byte: u8) -> Self {
        Simd128(u8x16_splat(byte))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Simd128(v128_and(self.0, other.0))
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Simd128(v128_or(self.0, other.0))
    }

    #[inline(always)]
    fn high(self) -> Self {
        Simd128(v128_and(u16x8_shr(self.0, 4), u8x16_splat(0x0f)))
    }

    #[inline(always)]
    fn at(self, places: Self) -> Self {
        Simd128(i8x16_swizzle(self.0, places.0))
    }

    #[inline(always)]
    fn split(self, next: Self) -> (Self, Self) {
        let low = u16x8_splat(0x00ff);
        let even = u8x16_narrow_i16x8(v128_and(self.0, low), v128_and(next.0, low));
        let odd = u8x16_narrow_i16x8(u16x8_shr(self.0, 8), u16x8_shr(next.0, 8));
        (Simd128(even), Simd128(odd))
    }

    #[inline(always)]
    fn behind(self, before: Self) -> Self {
        let moved = i8x16_shuffle::<15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30>(
            before.0, self.0,
        );
        Simd128(moved)
    }

    #[inline(always)]
    fn same(self, other: Self) -> Self {
        Simd128(i8x16_eq(self.0, other.0))
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        !v128_any_true(self.0)
    }

    #[inline(always)]
    fn bits(self) -> u32 {
        u32::from(i8x16_bitmask(self.0))
    }

    #[inline(always)]
    fn to_array(self) -> [u8; 32] {
        let mut array = [0; 32];
        // SAFETY: the array has more than 16 bytes, and a store needs no alignment.
        unsafe { v128_store(array.as_mut_ptr().cast(), self.0) };
        array
    }
}
