//! This machine's clock, told now and then.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often it is told: windows are of minutes and hours, and none closes late by
/// more than a moment.
const EVERY: Duration = Duration::from_millis(500);

/// The clock of this machine.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    told: Option<Instant>,
}

impl Clock {
    /// The time in milliseconds since 1970, where it is due to be told again.
    pub(crate) fn due(&mut self) -> Option<i64> {
        if self.told.is_some_and(|told| told.elapsed() < EVERY) {
            return None;
        }
        self.told = Some(Instant::now());
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Some(since.map_or(0, |since| since.as_millis() as i64))
    }
}
