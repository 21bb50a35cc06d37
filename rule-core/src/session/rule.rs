//! One detection at work: its plan, and the windows it counts in.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::config::{Config, Window};
use super::counters::Counters;
use super::error::{ErrorCode, SessionError};
use crate::alert;
use crate::detection::Detection;
use crate::names::{Event, Table};
use crate::plan::{self, Plan};
use crate::rows::{Command, Context, Identity, Row};
use crate::search::Fields;
use crate::spl;
use crate::stats::{Observation, Sample};
use crate::time::Zone;
use crate::value::{Number, Value};
use crate::window::{Bounds, Placement, Schedule, State, Windows};

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) detection: Detection,
    pub(super) plan: Plan,
    /// The search with its macros expanded.
    pub(super) expanded: String,
    /// The macros that it uses.
    pub(super) macros: Vec<String>,
    windows: Windows,
    /// The fields that a row of an event begins with, by their place in it.
    columns: Vec<(String, usize)>,
}

/// What a rule needs of the session for one event.
pub(super) struct Surroundings<'s> {
    pub(super) zone: &'s Zone,
    /// The event as it is shown behind a row; made for events that match alone.
    pub(super) sample: &'s dyn Fn() -> Option<Sample>,
    pub(super) keep_samples: usize,
    /// Bytes that all windows together may still grow by.
    pub(super) room: usize,
}

impl Rule {
    /// Reads and plans a detection.
    pub(super) fn new(value: &serde_json::Value, config: &Config) -> Result<Self, SessionError> {
        let detection = Detection::from_json(value)?;
        let named = |error: SessionError| error.of_detection(&detection.name);
        let search = spl::parse(&detection.search, &config.macros).map_err(|e| named(e.into()))?;
        let context = plan::Context {
            sources: &config.sources,
            macros: &config.macros,
        };
        let plan = Plan::new(&search, &context).map_err(|error| named(error.into()))?;
        let schedule = match &config.window {
            Window::Fixed(schedule) => schedule.clone(),
            Window::Scheduled => {
                let text = &detection.schedule;
                Schedule::search(&text.cron, &text.earliest, &text.latest).map_err(|error| {
                    named(SessionError::new(ErrorCode::BadSchedule, error.message))
                })?
            }
        };
        Ok(Rule {
            expanded: String::from(search.source.expanded()),
            macros: search.macros,
            windows: Windows::new(schedule, config.defaults.zone.clone()),
            columns: Vec::new(),
            detection,
            plan,
        })
    }

    /// Tells the plan where events keep their fields.
    pub(super) fn settle(&mut self, table: &Table) {
        self.plan.visit_event_fields(&mut |field| {
            field.slot = table.find(&field.name).unwrap_or(usize::MAX);
        });
        let columns = self.plan.fields.iter();
        let mut columns: Vec<(String, usize)> = columns
            .filter_map(|name| Some((name.clone(), table.find(name)?)))
            .collect();
        if self.plan.all_fields {
            // What Splunk keeps of every event comes first.
            let first = |name: &str| !matches!(name, "_time" | "host" | "source" | "sourcetype");
            columns.sort_by_key(|(name, _)| first(name));
        }
        self.columns = columns;
    }

    /// Counts or collects an event, if it matches. Gives the bytes that the
    /// windows grew by.
    pub(super) fn take(
        &mut self,
        event: &Event<'_>,
        surroundings: &Surroundings<'_>,
        counters: &mut Counters,
    ) -> usize {
        if !self.plan.filter.matches(event) {
            return 0;
        }
        let sample = (surroundings.sample)();
        let samples = sample.as_slice();
        let needs_row = !self.plan.before.is_empty() || self.plan.stats.is_none();
        let row = match needs_row {
            true => match self.prepared_row(event, samples, surroundings.zone, counters) {
                Some(row) => Some(row),
                None => return 0,
            },
            false => None,
        };
        let left_out = match self.windows.place(event.time()) {
            Placement::In(_) if surroundings.room == 0 => &mut counters.overflow,
            Placement::In(bounds) => {
                counters.matches += 1;
                let keep = surroundings.keep_samples;
                let seen = Observation {
                    time: event.time(),
                    samples,
                    keep,
                };
                let room = surroundings.room;
                return self.add(&bounds, event, row.as_ref(), &seen, room, counters);
            }
            Placement::Late => &mut counters.late,
            Placement::Outside => &mut counters.outside,
            Placement::NoTime => &mut counters.no_time,
        };
        *left_out += 1;
        0
    }

    fn add(
        &mut self,
        windows: &[Bounds],
        event: &Event<'_>,
        row: Option<&Row>,
        seen: &Observation<'_>,
        room: usize,
        counters: &mut Counters,
    ) -> usize {
        let stats = self.plan.stats.as_ref();
        let mut grown = 0;
        for bounds in windows {
            if grown >= room {
                counters.overflow += 1;
                break;
            }
            let state = self.windows.state(bounds, || State::new(stats));
            let before = state.bytes();
            match (&mut *state, stats, row) {
                (State::Groups(groups), Some(stats), Some(row)) => {
                    counters.combinations += groups.add(stats, row, seen) as u64;
                }
                (State::Groups(groups), Some(stats), None) => {
                    counters.combinations += groups.add(stats, event, seen) as u64;
                }
                (State::Rows { rows, bytes }, _, Some(row)) => {
                    *bytes += row.bytes();
                    rows.push(row.clone());
                }
                // A state is made for the plan, and a plan without `stats`
                // makes rows.
                (State::Groups(_), None, _) | (State::Rows { .. }, _, None) => {}
            }
            grown += state.bytes().saturating_sub(before);
        }
        grown
    }

    /// The event as a row, after the commands that come before `stats`.
    fn prepared_row(
        &self,
        event: &Event<'_>,
        samples: &[Sample],
        zone: &Zone,
        counters: &mut Counters,
    ) -> Option<Row> {
        let mut row = Row::new(Identity {
            by: None,
            latest: event.time(),
            samples: samples.to_vec(),
        });
        for (name, slot) in &self.columns {
            let value = match event.time() {
                Some(time) if name == "_time" => Value::Number(Number::Time(time)),
                _ => texts(event.values(*slot)),
            };
            row.set(name, value);
        }
        if self.plan.all_fields {
            add_others(&mut row, event, counters);
        }
        let context = Context { zone };
        self.plan
            .before
            .iter()
            .try_fold(row, |row, command| command.apply_to_event(row, &context))
    }

    /// Closes the windows that are due at `now`, or all of them, and gives their
    /// rows.
    pub(super) fn close(&mut self, now: Option<i64>, zone: &Zone) -> Vec<(Bounds, Vec<Row>)> {
        let closed = match now {
            Some(now) => self.windows.close(now),
            None => self.windows.close_all(),
        };
        let context = Context { zone };
        let stats = self.plan.stats.as_ref();
        let after: &[Command] = &self.plan.after;
        closed
            .into_iter()
            .map(|(bounds, state)| {
                let rows = state.into_rows(stats);
                (
                    bounds,
                    after
                        .iter()
                        .fold(rows, |rows, command| command.apply(rows, &context)),
                )
            })
            .collect()
    }

    /// Appends a row's alert.
    pub(super) fn write_alert(&self, bounds: Bounds, row: &Row, out: &mut Vec<u8>) {
        alert::write_final(&self.detection, bounds, row, out);
    }

    /// Bytes that the line of a row's alert may take: the row, and its values again
    /// in the message and as risk and threat objects.
    pub(super) fn line_length(&self, row: &Row) -> usize {
        let again = self.detection.risk.as_ref().map_or(0, |risk| {
            risk.message.matches('$').count() / 2 + risk.objects.len() + risk.threats.len()
        });
        row.json_length().saturating_mul(1 + again)
    }

    /// How many times what a window holds its rows may come to take, with the
    /// columns that `eval` adds.
    pub(super) fn row_factor(&self) -> usize {
        let made = self.plan.after.iter().map(|command| match command {
            Command::Eval(assignments) => assignments.len(),
            _ => 0,
        });
        4 + made.sum::<usize>()
    }

    pub(super) fn groups(&self) -> usize {
        self.windows.groups()
    }

    pub(super) fn bytes(&self) -> usize {
        self.windows.bytes()
    }

    /// Does the plan look into the raw text of events?
    pub(super) fn asks_raw(&self) -> bool {
        self.plan.filter.asks_raw() || self.plan.fields.iter().any(|name| name == "_raw")
    }

    /// Which parts of the search held for an event.
    pub(super) fn explain(&self, event: &dyn Fields) -> crate::search::Explanation {
        self.plan.filter.explain(event)
    }
}

/// Columns that the row of an event has, at most, where it has all its fields.
const MAX_COLUMNS: usize = 1000;

/// Adds the fields of an event that the row does not have yet, in their order.
fn add_others(row: &mut Row, event: &Event<'_>, counters: &mut Counters) {
    let has: BTreeSet<String> = row.columns().iter().map(|(name, _)| name.clone()).collect();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut others: Vec<(&str, Vec<Value>)> = Vec::new();
    for (name, value) in event.others() {
        if has.contains(name) {
            continue;
        }
        let value = Value::Text(String::from(&**value));
        match places.get(name.as_str()).copied() {
            Some(place) => {
                if let Some((_, values)) = others.get_mut(place) {
                    values.push(value);
                }
            }
            None if has.len() + others.len() >= MAX_COLUMNS => counters.fields += 1,
            None => {
                places.insert(name, others.len());
                others.push((name, alloc::vec![value]));
            }
        }
    }
    for (name, values) in others {
        row.set(name, Value::from_list(values));
    }
}

fn texts(values: &[Cow<'_, str>]) -> Value {
    Value::from_list(
        values
            .iter()
            .map(|value| Value::Text(String::from(&**value)))
            .collect(),
    )
}
