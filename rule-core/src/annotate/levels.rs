//! Which of the containers that are open are objects.

use alloc::vec::Vec;

/// A bit for each container that is open; the innermost is the lowest. No memory is
/// asked for up to 64 of them, and none that is not there beyond.
#[derive(Default)]
pub(super) struct Levels {
    last: u64,
    count: usize,
    before: Vec<u64>,
}

impl Levels {
    /// A container is opened; false where there is no memory to remember it.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it counts containers that are open, which are bytes of a record"
    )]
    pub(super) fn open(&mut self, is_object: bool) -> bool {
        if self.count > 0 && self.count.is_multiple_of(64) {
            if self.before.try_reserve(1).is_err() {
                return false;
            }
            self.before.push(self.last);
        }
        self.last = self.last << 1 | u64::from(is_object);
        self.count += 1;
        true
    }

    /// The innermost is closed.
    pub(super) fn close(&mut self) {
        self.count = self.count.saturating_sub(1);
        self.last >>= 1;
        if self.count > 0 && self.count.is_multiple_of(64) {
            self.last = self.before.pop().unwrap_or_default();
        }
    }

    /// Is the innermost an object? None where none is open.
    pub(super) fn in_object(&self) -> Option<bool> {
        (self.count > 0).then_some(self.last & 1 == 1)
    }
}
