//! The allocator, and the host's way to it.
#![allow(unsafe_code, reason = "an allocator hands out raw memory")]

use alloc::alloc::{alloc, dealloc};
use core::alloc::Layout;

use rule_core::session::Headroom;

#[cfg(target_arch = "wasm32")]
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
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub(crate) extern "C" fn malloc(length: usize) -> *mut u8 {
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
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn free(pointer: *mut u8) {
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

/// Can so much be had? Asked before work is begun, for an allocation that fails
/// in the middle of it is a trap. What was had stays with the allocator, so the
/// work finds it.
pub(crate) fn has(headroom: Headroom) -> bool {
    // The largest piece first, then what is left in pieces as large as they come,
    // each with the place of the one before at its start: memory that is there in
    // parts will do for all but the largest, and memory that is had in one piece is
    // neither touched nor asked for page by page.
    let mut pieces: *mut Piece = core::ptr::null_mut();
    let mut left = headroom.total;
    let mut size = headroom.largest;
    // No smaller piece will do, and no larger one is to be had.
    let (mut least, mut most) = (size, usize::MAX);
    let enough = loop {
        let Ok(layout) = Layout::from_size_align(size.max(size_of::<Piece>()), HEADER) else {
            break false;
        };
        // SAFETY: the layout is not empty. `black_box`, for the optimiser knows
        // that memory given back unused need not be had in the first place.
        let piece = core::hint::black_box(unsafe { alloc(layout) }).cast::<Piece>();
        if piece.is_null() {
            if size <= least {
                break false;
            }
            most = size / 2;
            size = most.max(least);
            continue;
        }
        // SAFETY: the piece is new, aligned and at least as large as a `Piece`.
        unsafe {
            piece.write(Piece {
                before: pieces,
                layout,
            })
        };
        pieces = piece;
        left = left.saturating_sub(layout.size());
        if left == 0 {
            break true;
        }
        least = left.min(PIECE);
        size = left.min(most).max(least);
    };
    while !pieces.is_null() {
        // SAFETY: each piece was written above, allocated with the layout that it
        // holds, and is given back once.
        unsafe {
            let Piece { before, layout } = pieces.read();
            dealloc(pieces.cast(), layout);
            pieces = before;
        }
    }
    enough
}

/// Work mostly asks for pieces of this size or less.
const PIECE: usize = 64 * 1024;

struct Piece {
    before: *mut Piece,
    layout: Layout,
}

#[cfg(test)]
pub(crate) mod capped;
#[cfg(test)]
mod tests;
