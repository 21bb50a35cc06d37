//! What a host does, for tests.
#![allow(unsafe_code, reason = "the host's side of the ABI is pointers")]

use crate::memory::{free, malloc};

/// Runs in a module that no call has been made of.
pub(crate) fn in_a_new_module<T: Send + 'static>(run: fn() -> T) -> T {
    std::thread::spawn(run).join().unwrap()
}

/// Calls with bytes in memory of `malloc`'s, as many as they are and no more.
pub(crate) fn with<T>(bytes: &[u8], call: impl FnOnce(*const u8, usize) -> T) -> T {
    let pointer = malloc(bytes.len());
    assert!(!pointer.is_null());
    // SAFETY: `malloc` gave so many bytes, and gets them back once.
    unsafe {
        pointer.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        let result = call(pointer, bytes.len());
        free(pointer);
        result
    }
}
