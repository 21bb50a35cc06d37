//! Memory that work needs.

use alloc::format;
use alloc::string::String;

use super::{ErrorCode, SessionError};
use crate::plan::Expressions;
use crate::rows::eval::Regex;

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

/// What opening takes beyond what the session will need, for each byte of configuration:
/// its searches as trees and plans.
const OPEN_FACTOR: usize = 40;

/// What opening takes of whatever configuration, in bytes.
const OPEN_BASE: usize = 512 * 1024;

/// The program and its stack, before anything is opened.
const PROGRAM: usize = 2 << 20;

impl Headroom {
    /// What opening configurations takes that have so many bytes together, but for their
    /// regular expressions, before
    /// [`Session::memory_to_come`](super::Session::memory_to_come) can be asked.
    #[must_use]
    pub fn to_open(bytes: usize) -> Self {
        Headroom {
            largest: bytes.saturating_mul(2),
            total: bytes.saturating_mul(OPEN_FACTOR).saturating_add(OPEN_BASE),
        }
    }

    /// What compiling a regular expression takes of so many bytes.
    pub(super) fn to_compile(total: usize) -> Self {
        Headroom {
            largest: Regex::LARGEST,
            total,
        }
    }

    /// Bytes of memory with which such configurations can be opened that have these regular
    /// expressions, the module's own among them.
    pub(super) fn needed_to_open(bytes: usize, expressions: Expressions) -> usize {
        PROGRAM
            .saturating_add(Headroom::to_open(bytes).total)
            .saturating_add(expressions.bytes)
            .saturating_add(expressions.to_compile)
    }

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
