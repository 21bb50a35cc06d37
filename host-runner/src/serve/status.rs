//! How the station is: what `/health` says, and whether events are taken.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// How the station is, told by the engine and by the delivery of alerts.
#[derive(Debug, Default)]
pub(crate) struct Status {
    stopping: AtomicBool,
    /// Why no events are taken.
    blocked: Mutex<Option<&'static str>>,
    undelivered: AtomicBool,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It is about to end.
    Stopping,
    /// No events are taken: why.
    Blocked(&'static str),
    /// Events are taken, and alerts wait for their receiver.
    Undelivered,
}

impl Status {
    /// It ends: nothing new is taken.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Events are not taken for a reason, or are taken.
    pub(crate) fn block(&self, reason: Option<&'static str>) {
        *self.blocked.lock().unwrap_or_else(PoisonError::into_inner) = reason;
    }

    /// Alerts wait since they are not taken, or do not.
    pub(crate) fn undelivered(&self, waits: bool) {
        self.undelivered.store(waits, Ordering::Relaxed);
    }

    /// Whether alerts wait since they are not taken.
    pub(crate) fn is_undelivered(&self) -> bool {
        self.undelivered.load(Ordering::Relaxed)
    }

    /// Why no events are taken.
    pub(crate) fn refuses(&self) -> Option<Trouble> {
        if self.stopping.load(Ordering::Relaxed) {
            return Some(Trouble::Stopping);
        }
        let blocked = self.blocked.lock().unwrap_or_else(PoisonError::into_inner);
        blocked.map(Trouble::Blocked)
    }

    /// What is wrong, if anything is.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        let undelivered = || self.is_undelivered().then_some(Trouble::Undelivered);
        self.refuses().or_else(undelivered)
    }
}
