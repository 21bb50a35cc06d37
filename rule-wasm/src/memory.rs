//! The allocator, and the host's way to it.
#![allow(unsafe_code, reason = "an allocator hands out raw memory")]

use alloc::alloc::{alloc, dealloc};
use core::alloc::Layout;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Before each block that the host holds stands its size: `free` is told a
/// pointer alone.
const HEADER: usize = 8;

fn block(length: usize) -> Option<Layout> {
    let size = length.checked_add(HEADER)?;
    Layout::from_size_align(size, HEADER).ok()
}

/// Memory for the host: `length` bytes, aligned to 8; 0 where there are none.
#[unsafe(no_mangle)]
extern "C" fn malloc(length: usize) -> *mut u8 {
    let Some(layout) = block(length) else {
        return core::ptr::null_mut();
    };
    // SAFETY: the layout has at least the size of the header, so it is not
    // empty.
    let start = unsafe { alloc(layout) };
    if start.is_null() {
        return start;
    }
    // SAFETY: the block is larger than the header and aligned to 8, so a usize
    // fits at its start and the pointer behind the header is still inside it.
    unsafe {
        start.cast::<usize>().write(length);
        start.add(HEADER)
    }
}

/// Gives back what `malloc` gave; 0 is nothing.
///
/// # Safety
/// `pointer` is 0, or came from `malloc` and was not given back yet.
#[unsafe(no_mangle)]
unsafe extern "C" fn free(pointer: *mut u8) {
    if pointer.is_null() {
        return;
    }
    // SAFETY: by the contract the pointer came from `malloc`, which wrote the
    // length at the start of the block, a header before it, and allocated it
    // with this layout.
    unsafe {
        let start = pointer.sub(HEADER);
        let length = start.cast::<usize>().read();
        if let Some(layout) = block(length) {
            dealloc(start, layout);
        }
    }
}

/// Can so many bytes be had in one piece? Asked before work is begun, for an
/// allocation that fails in the middle of it is a trap. What was had stays with
/// the allocator, so the work finds it.
pub(crate) fn has(bytes: usize) -> bool {
    let Ok(layout) = Layout::from_size_align(bytes.max(1), 8) else {
        return false;
    };
    // SAFETY: the layout is not empty, and what is allocated is given back with
    // the same layout.
    unsafe {
        let start = alloc(layout);
        if start.is_null() {
            return false;
        }
        dealloc(start, layout);
    }
    true
}
