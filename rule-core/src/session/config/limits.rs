//! What a session may take.

use serde::Serialize;
use serde_json::Value;

use crate::settings::{Section, SettingError};
use crate::stats::Most;

/// The limits of a session. Their defaults fit a module of 64 MiB of memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::session) struct Limits {
    /// Bytes of one record; a longer one is malformed.
    pub(in crate::session) record: usize,
    /// Bytes that the open windows may hold.
    pub(in crate::session) state: usize,
    /// Seconds that an event may be ahead of the clock before it is counted as
    /// one of the future.
    pub(in crate::session) future: i64,
    /// Groups that the open windows may have.
    pub(in crate::session) groups: usize,
    /// Spans of time that may be open: windows, where they do not overlap.
    pub(in crate::session) windows: usize,
    /// Bytes that the by-values of a group may have.
    pub(in crate::session) key: usize,
    /// Bytes that may be kept of windows that have closed.
    pub(in crate::session) late: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            record: 1 << 20,
            state: 5 << 20,
            future: 3600,
            groups: 100_000,
            windows: 10_000,
            key: 64 << 10,
            late: 1 << 20,
        }
    }
}

impl Limits {
    /// Samples that a row keeps, at most.
    pub(in crate::session) const MAX_SAMPLES: usize = 100;

    /// Bytes that the groups of one event may take, however much windows may hold: writing
    /// them takes time.
    const MAX_EVENT_GROUPS: usize = 4 << 20;

    const MAX_RECORD: u64 = 256 << 20;
    /// What an address of 32 bits can reach, so that a limit is the same everywhere.
    const MAX_STATE: u64 = 3 << 30;
    const MAX_COUNT: u64 = 1 << 30;
    const MAX_FUTURE: u64 = 100 * 366 * 86_400;

    pub(super) fn read(value: &Value) -> Result<Self, SettingError> {
        let known = [
            "record", "state", "future", "groups", "windows", "key", "late",
        ];
        let section = Section::new(value, "limits", &known)?;
        let default = Limits::default();
        let within = |key: &str, least: u64, most: u64| -> Result<Option<u64>, SettingError> {
            match section.count(key)? {
                Some(count) if !(least..=most).contains(&count) => {
                    Err(SettingError::new(alloc::format!(
                        "`{}` must be from {least} to {most}, not `{count}`",
                        section.path(key)
                    )))
                }
                other => Ok(other),
            }
        };
        let size = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        Ok(Limits {
            record: within("record", 1024, Self::MAX_RECORD)?.map_or(default.record, size),
            state: within("state", 64 * 1024, Self::MAX_STATE)?.map_or(default.state, size),
            future: within("future", 0, Self::MAX_FUTURE)?.map_or(default.future, |count| {
                i64::try_from(count).unwrap_or(i64::MAX)
            }),
            groups: within("groups", 1, Self::MAX_COUNT)?.map_or(default.groups, size),
            windows: within("windows", 1, Self::MAX_COUNT)?.map_or(default.windows, size),
            key: within("key", 16, Self::MAX_RECORD)?.map_or(default.key, size),
            late: within("late", 0, Self::MAX_STATE)?.map_or(default.late, size),
        })
    }

    /// How much may be held of one event: half of what the windows may hold.
    pub(in crate::session) fn of_event(&self) -> Most {
        Most {
            key: self.key,
            groups: (self.state / 2).min(Self::MAX_EVENT_GROUPS),
        }
    }

    /// Bytes of memory that what is limited may take. A record, with what decoding
    /// it takes, or with a group of its own, its row and the line of its alert. The
    /// windows, for at their close the rows stand beside the groups, in a memory that
    /// has gaps where others made room. What is kept of closed ones, with the rows of
    /// a change. And the lines of alerts.
    pub(in crate::session) fn memory(&self) -> usize {
        let record = self.record.saturating_mul(20);
        let windows = self.state.saturating_mul(6);
        let late = self.late.saturating_mul(3);
        [windows, late, 1 << 20]
            .into_iter()
            .fold(record, usize::saturating_add)
    }
}
