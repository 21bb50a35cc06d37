//! The allocator of the tests: the system's, with a cap as a host sets one.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;

struct Capped;

#[global_allocator]
static ALLOCATOR: Capped = Capped;

std::thread_local! {
    /// What may be had yet, by this thread.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    /// The largest block that may be had.
    static LARGEST: Cell<usize> = const { Cell::new(usize::MAX) };
}

// SAFETY: all blocks are the system's, or there is none.
unsafe impl GlobalAlloc for Capped {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let size = layout.size();
        let left = LEFT.get().checked_sub(size);
        let Some(left) = left.filter(|_| size <= LARGEST.get()) else {
            return core::ptr::null_mut();
        };
        // SAFETY: the caller's promise is the same.
        let block = unsafe { System.alloc(layout) };
        if !block.is_null() && LEFT.get() != usize::MAX {
            LEFT.set(left);
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // Without a cap it stays without one.
        LEFT.set(LEFT.get().saturating_add(layout.size()));
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Runs where so much memory is left, in blocks up to a size, and gives what is left then.
/// What does not check before it allocates ends the process.
pub(crate) fn capped<T>(left: usize, largest: usize, run: impl FnOnce() -> T) -> (T, usize) {
    LEFT.set(left);
    LARGEST.set(largest);
    let result = run();
    LARGEST.set(usize::MAX);
    (result, LEFT.replace(usize::MAX))
}
