//! Copying and comparing bytes, as compiled code calls for it.
//!
//! A module for every host has no instruction for these, and what the toolchain brings in
//! their place goes byte by byte or by four: keys and values of a handful of bytes are what
//! reading a log copies and compares most. These go by eight, and take the place of the
//! toolchain's, which may be replaced.
#![allow(
    unsafe_code,
    reason = "what the compiler calls is told pointers and a length"
)]

use core::ffi::c_int;

/// So many bytes at once.
const WORD: usize = 8;

/// Copies `length` bytes from `from` to `to`; gives `to`.
///
/// # Safety
/// So many bytes can be read at `from` and written at `to`, and they do not overlap.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a place goes on by what is left, no further than the length"
)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    let mut at = 0;
    while length - at >= WORD {
        // SAFETY: at least a word is left of both, and neither needs to be aligned.
        unsafe {
            let word = from.add(at).cast::<u64>().read_unaligned();
            to.add(at).cast::<u64>().write_unaligned(word);
        }
        at += WORD;
    }
    while at < length {
        // SAFETY: at least a byte is left of both.
        unsafe { to.add(at).write(from.add(at).read()) };
        at += 1;
    }
    to
}

/// Compares `length` bytes: less than 0 where those at `one` come first, 0 where they are
/// the same, else more than 0.
///
/// # Safety
/// So many bytes can be read at both.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a place goes on by what is left, no further than the length, and bytes are small"
)]
unsafe extern "C" fn memcmp(one: *const u8, other: *const u8, length: usize) -> c_int {
    let mut at = 0;
    while length - at >= WORD {
        // SAFETY: at least a word is left of both, and neither needs to be aligned.
        let [one, other] =
            [one, other].map(|bytes| unsafe { bytes.add(at).cast::<u64>().read_unaligned() });
        if one != other {
            // The first byte weighs most.
            return match one.to_be() < other.to_be() {
                true => -1,
                false => 1,
            };
        }
        at += WORD;
    }
    while at < length {
        // SAFETY: at least a byte is left of both.
        let [one, other] = [one, other].map(|bytes| unsafe { bytes.add(at).read() });
        if one != other {
            return c_int::from(one) - c_int::from(other);
        }
        at += 1;
    }
    0
}

/// Are `length` bytes the same? 0 where they are.
///
/// # Safety
/// As [`memcmp`].
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, length: usize) -> c_int {
    // SAFETY: the caller's promise is the same.
    unsafe { memcmp(one, other, length) }
}

#[cfg(test)]
mod tests;
