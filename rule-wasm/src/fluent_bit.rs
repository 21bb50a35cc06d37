//! The entry for Fluent Bit's filter `wasm`.
//!
//! The host puts a record in with `malloc`, calls, copies the C string that it is
//! given, and calls `free` for what it put in. What it is given is one JSON object
//! or the empty string, whatever comes in: a trap or a null pointer would lose the
//! record.
#![allow(unsafe_code, reason = "the host's side of the entry is pointers")]

use alloc::vec::Vec;

use rule_core::time::Time;

use crate::exports::bytes;
use crate::filter::Filtered;
use crate::module::{keep, sessions};

/// The empty string: the record is dropped.
static NOTHING: &[u8] = b"\0";

/// What goes on in place of a record for which the host had no memory: that one is
/// missing is seen, at least.
static NOT_HANDED_OVER: &[u8] =
    b"{\"rule_error\":\"out of memory: a record could not be put into the module\"}\0";

/// The same for one that is no JSON object and would be refused as it is.
static LOST: &[u8] =
    b"{\"rule_error\":\"out of memory: a record that is no JSON object is lost\"}\0";

/// Takes a record and gives what goes on in its place.
///
/// # Safety
/// `record` is a C string of `record_len` bytes, its NUL not counted, from `malloc`;
/// or null.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
unsafe extern "C" fn rule_fluent_bit(
    _tag: *const u8,
    _tag_len: i32,
    seconds: u32,
    nanoseconds: u32,
    record: *const u8,
    record_len: i32,
) -> *const u8 {
    if record.is_null() {
        return NOT_HANDED_OVER.as_ptr();
    }
    let length = usize::try_from(record_len).unwrap_or(0);
    // SAFETY: the host's contract, as above.
    let text = unsafe { bytes(record, length) };
    let time = Time::new(i64::from(seconds), nanoseconds, digits(nanoseconds));
    match sessions().filter(text, time) {
        Filtered::AsItCame => record,
        Filtered::Record(annotated) => string(annotated),
        Filtered::LeftOut => NOTHING.as_ptr(),
        Filtered::Lost => LOST.as_ptr(),
    }
}

/// The digits of a fraction that say as much: whoever wrote it, wrote none, or three,
/// six or nine.
fn digits(nanoseconds: u32) -> u8 {
    let whole = [(1_000_000_000, 0), (1_000_000, 3), (1_000, 6)];
    let fits = whole
        .iter()
        .find(|(unit, _)| nanoseconds.is_multiple_of(*unit));
    fits.map_or(9, |(_, digits)| *digits)
}

/// Keeps a text until the next call, as a C string. JSON has no NUL in it.
fn string(mut text: Vec<u8>) -> *const u8 {
    text.push(0);
    keep(text).0
}

#[cfg(test)]
mod tests;
