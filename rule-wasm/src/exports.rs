//! The exports of the ABI, version 1.0.
//!
//! Each turns the host's pointers into slices, calls the [`sessions`], and turns
//! the result into a number. ABI.md documents them.
#![allow(unsafe_code, reason = "the host's side of the ABI is pointers")]

use alloc::vec::Vec;

use rule_core::session::{ABI_VERSION, Headroom};

use crate::memory;
use crate::module::{keep, sessions};
use crate::sessions::{Failure, error_number};

/// The version, to be read without running code.
#[cfg_attr(target_arch = "wasm32", unsafe(link_section = "rule-abi"))]
#[used]
static ABI: [u8; 3] = *b"1.0";

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// The bytes that the host put at `pointer`.
///
/// # Safety
/// `pointer` and `length` are memory of the host's, from `malloc`; or `length`
/// is 0.
pub(crate) unsafe fn bytes<'h>(pointer: *const u8, length: usize) -> &'h [u8] {
    if length == 0 || pointer.is_null() {
        return &[];
    }
    // SAFETY: by the contract the bytes are there, initialised (all memory of a
    // module is) and not written during the call, for there is one thread.
    unsafe { core::slice::from_raw_parts(pointer, length) }
}

/// A count, or an error's number.
fn number(result: Result<usize, Failure>) -> i32 {
    match result {
        Ok(count) => i32::try_from(count).unwrap_or(i32::MAX),
        Err(Failure(code)) => error_number(code),
    }
}

/// Where bytes are, and how many: pointer << 32 + length, or 0 for an error.
#[cfg(target_arch = "wasm32")]
type Packed = i64;

#[cfg(target_arch = "wasm32")]
fn pack(pointer: *const u8, length: usize) -> Packed {
    let packed = (pointer as u64) << 32 | length as u64;
    packed.cast_signed()
}

/// The same where pointers are wider, and tests run; null for an error.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Copy)]
#[repr(C)]
struct Packed {
    pointer: *const u8,
    length: usize,
}

#[cfg(not(target_arch = "wasm32"))]
fn pack(pointer: *const u8, length: usize) -> Packed {
    Packed { pointer, length }
}

/// Bytes for the host, kept until the next call.
fn packed(result: Result<Vec<u8>, Failure>) -> Packed {
    let error = || pack(core::ptr::null(), 0);
    let Ok(bytes) = result else { return error() };
    // With no memory even for a pointer to nothing, that is the error.
    let room = Headroom {
        largest: 8,
        total: 8,
    };
    if bytes.capacity() == 0 && !memory::has(room) {
        return error();
    }
    let (pointer, length) = keep(bytes);
    pack(pointer, length)
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn rule_abi_version() -> i32 {
    i32::from(ABI_VERSION.0) << 16 | i32::from(ABI_VERSION.1)
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
unsafe extern "C" fn rule_open(pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    let config = unsafe { bytes(pointer, length) };
    match sessions().open(config) {
        Ok(handle) => handle,
        Err(Failure(code)) => error_number(code),
    }
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
unsafe extern "C" fn rule_pack(pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    let config = unsafe { bytes(pointer, length) };
    number(sessions().pack(config).map(|()| 0))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn rule_close(handle: i32) -> i32 {
    number(sessions().close(handle).map(|()| 0))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
unsafe extern "C" fn rule_input(handle: i32, pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    let settings = unsafe { bytes(pointer, length) };
    number(sessions().input(handle, settings).map(|()| 0))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
unsafe extern "C" fn rule_push(handle: i32, pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    number(sessions().push(handle, unsafe { bytes(pointer, length) }))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
unsafe extern "C" fn rule_pass(
    handle: i32,
    pointer: *const u8,
    length: usize,
    records: u32,
) -> i32 {
    // SAFETY: the host's contract of the ABI.
    let bytes = unsafe { bytes(pointer, length) };
    number(sessions().pass(handle, bytes, records.into()))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn rule_advance(handle: i32, now_ms: i64) -> i32 {
    number(sessions().advance(handle, now_ms))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn rule_finish(handle: i32) -> i32 {
    number(sessions().finish(handle))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn rule_alerts(handle: i32) -> Packed {
    packed(sessions().alerts(handle))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn rule_describe(handle: i32) -> Packed {
    packed(sessions().describe(handle))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn rule_counters(handle: i32) -> Packed {
    packed(sessions().counters(handle))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
unsafe extern "C" fn rule_explain(handle: i32, pointer: *const u8, length: usize) -> Packed {
    // SAFETY: the host's contract of the ABI.
    packed(sessions().explain(handle, unsafe { bytes(pointer, length) }))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn rule_snapshot(handle: i32) -> Packed {
    packed(sessions().snapshot(handle))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
unsafe extern "C" fn rule_restore(handle: i32, pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    let snapshot = unsafe { bytes(pointer, length) };
    number(sessions().restore(handle, snapshot).map(|()| 0))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
unsafe extern "C" fn rule_merge(handle: i32, pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    number(sessions().merge(handle, unsafe { bytes(pointer, length) }))
}

#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn rule_last_error(handle: i32) -> Packed {
    packed(Ok(sessions().last_error(handle)))
}

#[cfg(test)]
mod tests;
