//! The exports of the ABI, version 1.0.
//!
//! Each turns the host's pointers into slices, calls [`Sessions`], and turns the
//! result into a number. ABI.md documents them.
#![allow(unsafe_code, reason = "the host's side of the ABI is pointers")]

use alloc::vec::Vec;
use core::cell::UnsafeCell;

use rule_core::session::{ABI_VERSION, Headroom};

use crate::memory;
use crate::sessions::{Failure, Sessions, error_number};

/// The version, to be read without running code.
#[unsafe(link_section = "rule-abi")]
#[used]
static ABI: [u8; 3] = *b"1.0";

/// What the module keeps between calls.
struct Module {
    sessions: UnsafeCell<Sessions>,
    /// The bytes that the last call gave; the host reads them before the next.
    given: UnsafeCell<Vec<u8>>,
}

// SAFETY: a module of this target has one thread, and its exports are not
// re-entrant: it imports nothing, so no call leads back into it.
unsafe impl Sync for Module {}

static MODULE: Module = Module {
    sessions: UnsafeCell::new(Sessions::new(rules::BUNDLE.as_bytes(), memory::has)),
    given: UnsafeCell::new(Vec::new()),
};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

pub(crate) fn sessions() -> &'static mut Sessions {
    // SAFETY: one thread and no re-entry (see `Module`), and no export keeps the
    // reference beyond its own call, so there is never a second one.
    unsafe { &mut *MODULE.sessions.get() }
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

/// Bytes as pointer << 32 + length, kept until the next call; 0 for an error.
fn packed(result: Result<Vec<u8>, Failure>) -> i64 {
    let Ok(bytes) = result else { return 0 };
    // With no memory even for a pointer to nothing, that is the error.
    let room = Headroom {
        largest: 8,
        total: 8,
    };
    if bytes.capacity() == 0 && !memory::has(room) {
        return 0;
    }
    let (pointer, length) = keep(bytes);
    let packed = (pointer as u64) << 32 | length as u64;
    packed.cast_signed()
}

/// Keeps bytes until the next call: where they are, and how many. Empty ones have a
/// pointer all the same, to tell them from an error.
pub(crate) fn keep(mut bytes: Vec<u8>) -> (*const u8, usize) {
    bytes.reserve(1);
    // SAFETY: as for `sessions`: one thread, no re-entry, and the reference ends
    // with this function. The host's view of the bytes before this call is over,
    // by the ABI.
    let given = unsafe { &mut *MODULE.given.get() };
    *given = bytes;
    (given.as_ptr(), given.len())
}

#[unsafe(no_mangle)]
extern "C" fn rule_abi_version() -> i32 {
    i32::from(ABI_VERSION.0) << 16 | i32::from(ABI_VERSION.1)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rule_open(pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    let config = unsafe { bytes(pointer, length) };
    match sessions().open(config) {
        Ok(handle) => handle,
        Err(Failure(code)) => error_number(code),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rule_pack(pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    let config = unsafe { bytes(pointer, length) };
    number(sessions().pack(config).map(|()| 0))
}

#[unsafe(no_mangle)]
extern "C" fn rule_close(handle: i32) -> i32 {
    number(sessions().close(handle).map(|()| 0))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rule_input(handle: i32, pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    let settings = unsafe { bytes(pointer, length) };
    number(sessions().input(handle, settings).map(|()| 0))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rule_push(handle: i32, pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    number(sessions().push(handle, unsafe { bytes(pointer, length) }))
}

#[unsafe(no_mangle)]
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

#[unsafe(no_mangle)]
extern "C" fn rule_advance(handle: i32, now_ms: i64) -> i32 {
    number(sessions().advance(handle, now_ms))
}

#[unsafe(no_mangle)]
extern "C" fn rule_finish(handle: i32) -> i32 {
    number(sessions().finish(handle))
}

#[unsafe(no_mangle)]
extern "C" fn rule_alerts(handle: i32) -> i64 {
    packed(sessions().alerts(handle))
}

#[unsafe(no_mangle)]
extern "C" fn rule_describe(handle: i32) -> i64 {
    packed(sessions().describe(handle))
}

#[unsafe(no_mangle)]
extern "C" fn rule_counters(handle: i32) -> i64 {
    packed(sessions().counters(handle))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rule_explain(handle: i32, pointer: *const u8, length: usize) -> i64 {
    // SAFETY: the host's contract of the ABI.
    packed(sessions().explain(handle, unsafe { bytes(pointer, length) }))
}

#[unsafe(no_mangle)]
extern "C" fn rule_snapshot(handle: i32) -> i64 {
    packed(sessions().snapshot(handle))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rule_restore(handle: i32, pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    let snapshot = unsafe { bytes(pointer, length) };
    number(sessions().restore(handle, snapshot).map(|()| 0))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rule_merge(handle: i32, pointer: *const u8, length: usize) -> i32 {
    // SAFETY: the host's contract of the ABI.
    number(sessions().merge(handle, unsafe { bytes(pointer, length) }))
}

#[unsafe(no_mangle)]
extern "C" fn rule_last_error(handle: i32) -> i64 {
    packed(Ok(sessions().last_error(handle)))
}
