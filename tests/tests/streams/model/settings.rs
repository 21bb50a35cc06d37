//! What a session of a stream is opened with.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::schedule::Schedule;

/// A configuration, as far as the oracle has to know it.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) schedule: Schedule,
    /// Do windows close by the time that the host tells, or at the end?
    pub(crate) host: bool,
    /// Are closed windows amended by late events, or are these reported?
    pub(crate) amends: bool,
    /// Rows survive the search whose count is from this
    pub(crate) least: i64,
    /// to this.
    pub(crate) most: i64,
    /// `limits` of the configuration.
    pub(crate) limits: Value,
}

/// A time to keep windows for that no stream here outlasts.
const FOREVER: &str = "9000000h";

impl Settings {
    /// With the clock `host`, late events reported, all rows, no limits set.
    pub(crate) fn of(schedule: Schedule) -> Self {
        Settings {
            schedule,
            host: true,
            amends: false,
            least: 0,
            most: i64::from(u32::MAX),
            limits: json!({}),
        }
    }

    /// With the clock `end`.
    pub(crate) fn at_the_end(self) -> Self {
        Settings {
            host: false,
            ..self
        }
    }

    /// With closed windows amended.
    pub(crate) fn amending(self) -> Self {
        Settings {
            amends: true,
            ..self
        }
    }

    /// With rows of such counts alone.
    pub(crate) fn counts(self, least: i64, most: i64) -> Self {
        Settings {
            least,
            most,
            ..self
        }
    }

    /// With limits.
    pub(crate) fn limits(self, limits: Value) -> Self {
        Settings { limits, ..self }
    }

    /// The configuration as JSON.
    pub(crate) fn config(&self) -> Value {
        let all = Settings::of(self.schedule);
        let kept = match (self.least, self.most) == (all.least, all.most) {
            true => String::new(),
            false => format!("| where count>={} AND count<={}", self.least, self.most),
        };
        let search = format!(
            "kind=hit | stats count min(_time) as first max(_time) as last sum(n{{}}) as total \
             avg(n{{}}) as mean dc(u{{}}) as users values(u{{}}) as names by a{{}} b {kept}"
        );
        let mut config = json!({
            "detections": {"name": "Stream", "id": "stream", "search": search},
            "clock": if self.host { "host" } else { "end" },
            "limits": self.limits,
        });
        let mode = if self.amends { "amend" } else { "report" };
        config["late"] = json!({"mode": mode, "keep": FOREVER});
        self.schedule.tell(&mut config);
        config
    }
}

/// Whole configurations around a schedule: each clock, late events both ways, early
/// rows or none.
pub(crate) fn modes(schedule: Schedule) -> impl Strategy<Value = Value> {
    let clocks = proptest::sample::select(&["end", "host", "record"][..]);
    let most = prop_oneof![2 => Just(i64::from(u32::MAX)), 1 => 1..4i64];
    (clocks, any::<bool>(), any::<bool>(), most).prop_map(move |(clock, amends, early, most)| {
        let settings = Settings {
            amends,
            ..Settings::of(schedule).counts(0, most)
        };
        let mut config = settings.config();
        config["clock"] = clock.into();
        config["early"] = early.into();
        config
    })
}
