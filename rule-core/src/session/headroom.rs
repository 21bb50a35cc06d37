//! Memory that work needs.

use alloc::format;
use alloc::string::String;

use super::{ErrorCode, SessionError};

/// Memory that must be there before work is begun, in bytes: an allocation that
/// fails in the middle of it is the end of a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headroom {
    /// In one piece.
    pub largest: usize,
    /// In all.
    pub total: usize,
}

/// With less memory than this no error is told in words.
const WORDS: Headroom = Headroom {
    largest: 1024,
    total: 2048,
};

impl Headroom {
    /// Is it there? `has_memory` answers whether so much can be allocated.
    ///
    /// # Errors
    /// That it is not; in words, where there is memory for these.
    pub fn check(self, has_memory: &dyn Fn(Headroom) -> bool) -> Result<(), SessionError> {
        if has_memory(self) {
            return Ok(());
        }
        let message = match has_memory(WORDS) {
            true => format!(
                "out of memory: {} bytes are needed: grant the module more memory, or lower \
                 `limits.record` and `limits.state`",
                self.total
            ),
            false => String::new(),
        };
        Err(SessionError::new(ErrorCode::OutOfMemory, message))
    }
}
