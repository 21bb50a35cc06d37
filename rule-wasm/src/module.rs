//! What the module keeps between calls: the sessions, and the bytes that it gave last.
#![allow(unsafe_code, reason = "what is kept is one for the whole module")]

use alloc::vec::Vec;
use core::cell::UnsafeCell;

use crate::memory;
use crate::sessions::Sessions;

struct Module {
    sessions: UnsafeCell<Sessions>,
    /// The bytes that the last call gave; the host reads them before the next.
    given: UnsafeCell<Vec<u8>>,
}

impl Module {
    const fn new(builtin: &'static [u8]) -> Self {
        Module {
            sessions: UnsafeCell::new(Sessions::new(builtin, memory::has)),
            given: UnsafeCell::new(Vec::new()),
        }
    }
}

// SAFETY: a module of this target has one thread, and its exports are not
// re-entrant: it imports nothing, so no call leads back into it.
#[cfg(target_arch = "wasm32")]
unsafe impl Sync for Module {}

#[cfg(target_arch = "wasm32")]
static MODULE: Module = Module::new(rules::BUNDLE.as_bytes());

// In tests each thread is a module of its own, and no rules are in it.
#[cfg(not(target_arch = "wasm32"))]
std::thread_local! {
    static MODULE: Module = const { Module::new(b"") };
}

#[cfg(target_arch = "wasm32")]
fn module() -> *const Module {
    &raw const MODULE
}

#[cfg(not(target_arch = "wasm32"))]
fn module() -> *const Module {
    MODULE.with(core::ptr::from_ref)
}

pub(crate) fn sessions() -> &'static mut Sessions {
    // SAFETY: the module is there for as long as its one thread runs; there is no
    // re-entry, and no export keeps the reference beyond its own call, so there is never
    // a second one.
    unsafe { &mut *(*module()).sessions.get() }
}

/// Keeps bytes until the next call: where they are, and how many. Empty ones have a
/// pointer all the same, to tell them from an error.
pub(crate) fn keep(mut bytes: Vec<u8>) -> (*const u8, usize) {
    bytes.reserve(1);
    // SAFETY: as for `sessions`: one thread, no re-entry, and the reference ends
    // with this function. The host's view of the bytes before this call is over,
    // by the ABI.
    let given = unsafe { &mut *(*module()).given.get() };
    *given = bytes;
    (given.as_ptr(), given.len())
}
