//! One detection at work: its plan, and the windows it counts in.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use super::behind::{Behind, Changes};
use super::config::{Config, Window};
use super::counters::{Counters, count};
use super::early::Early;
use super::error::{ErrorCode, SessionError};
use super::seen::Seen;
use crate::alert::{Change, Given, Id, Ids};
use crate::detection::Detection;
use crate::entries;
use crate::names::{Event, Table};
use crate::plan::{self, Plan};
use crate::rows::{self, Command, Context, Identity, Row};
use crate::search::Fields;
use crate::spl;
use crate::stats::{Added, Most, Observation, Sample, Stats};
use crate::time::Zone;
use crate::value::{Number, Value};
use crate::window::{Bounds, Place, Placement, Schedule, Size, State, Windows};

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) detection: Detection,
    pub(super) plan: Plan,
    /// The search with its macros expanded.
    pub(super) expanded: String,
    /// The macros that it uses.
    pub(super) macros: Vec<String>,
    pub(super) windows: Windows,
    pub(super) behind: Behind,
    /// Where rows are given before their window closes.
    pub(super) early: Option<Early>,
    /// Can windows that have closed be amended?
    amends: bool,
    /// The fields that a row of an event begins with, by their place in it.
    columns: Vec<(String, usize)>,
}

/// A run of all time has no time that it was scheduled for.
const NO_NOW: &str = "can't run `now()` in a window of all time: choose windows of a schedule";

/// As many bytes of groups, or of a row of its own, are given early with one event;
/// larger ones when the clock moves, as what takes a look at a whole window.
const EARLY_BYTES: usize = 16 << 10;

/// What a rule needs of the session for one event.
pub(super) struct Surroundings<'s> {
    pub(super) zone: &'s Zone,
    /// The event as it is shown behind a row; made for events that match alone.
    pub(super) sample: &'s dyn Fn() -> Option<Sample>,
    pub(super) keep_samples: usize,
    /// How much may be held of the event.
    pub(super) most: Most,
    /// The event is too far in the future to be held.
    pub(super) ahead: bool,
}

/// What an event led to, besides what is held of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// It matched.
    pub(super) matched: bool,
    /// Bytes that are held of it.
    held: usize,
    /// Groups that are not held.
    pub(super) partial: Vec<(Bounds, State)>,
    /// Rows that are given before their window closes.
    pub(super) early: Vec<(Bounds, Change)>,
}

impl Rule {
    /// Reads and plans a detection.
    pub(super) fn new(
        value: &serde_json::Value,
        config: &Config,
        bounds: &plan::Bounds<'_>,
    ) -> Result<Self, SessionError> {
        let detection = Detection::from_json(value)?;
        let named = |error: SessionError| error.of_detection(&detection.name);
        let search = spl::parse(&detection.search, &config.macros).map_err(|e| named(e.into()))?;
        let written = detection.search.len();
        if !bounds.take_text(search.source.expanded().len().saturating_sub(written)) {
            let error = SessionError::new(ErrorCode::Syntax, plan::TOO_MUCH_TEXT);
            return Err(named(error));
        }
        let context = plan::Context {
            bounds,
            sources: &config.sources,
            macros: &config.macros,
            lookups: &config.lookups,
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
        if plan.asks_now() && matches!(schedule, Schedule::All) {
            let mut error = SessionError::new(ErrorCode::UnsupportedFunction, NO_NOW);
            error.what = Some(String::from("now"));
            return Err(named(error));
        }
        Ok(Rule {
            expanded: String::from(search.source.expanded()),
            macros: search.macros,
            windows: Windows::new(
                schedule,
                config.defaults.zone.clone(),
                config.late.amends.then_some(config.late.keep),
                config.samples,
            ),
            behind: Behind::default(),
            early: Early::new(config.early, &plan),
            amends: config.late.amends,
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
            entries::sort(&mut columns, |(left, _), (right, _)| {
                first(left).cmp(&first(right))
            });
        }
        self.columns = columns;
    }

    /// Counts or collects an event, if it matches.
    pub(super) fn take(
        &mut self,
        event: &Event<'_>,
        surroundings: &Surroundings<'_>,
        counters: &mut Counters,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        if !self.plan.filter.matches(event) {
            return outcome;
        }
        let sample = (surroundings.sample)();
        let samples = sample.as_slice();
        let stats = self.plan.stats.as_ref();
        let needs_row = !self.plan.before.is_empty() || stats.is_none_or(Stats::asks_all);
        let rows = match needs_row {
            true => {
                let rows = self.prepared_rows(event, samples, surroundings.zone, counters);
                if rows.is_empty() {
                    return outcome;
                }
                Some(rows)
            }
            false => None,
        };
        let seen = Seen {
            event,
            rows: rows.as_deref(),
            observation: Observation {
                time: event.time(),
                samples,
                keep: surroundings.keep_samples,
            },
            most: surroundings.most,
        };
        let stats = self.plan.stats.as_ref();
        let is_counted = seen.is_counted(stats);
        match self.windows.place(event.time()) {
            Placement::In { .. } | Placement::Late(_) if !is_counted => return outcome,
            Placement::In {
                place: Place::Span(span),
                ..
            } if surroundings.ahead => {
                let mut state = State::new(stats);
                let counted = seen.count(stats, &mut state, &mut |_| {});
                let bounds = span.bounds();
                outcome.partial.push((bounds, state));
                outcome.set_apart(bounds, counted, counters);
            }
            Placement::In { place, amends } => {
                let early = self.early.as_mut();
                let mut touched: BTreeSet<Vec<u8>> = BTreeSet::new();
                let before = self.windows.size().bytes;
                let counted = self.windows.count(place, stats, |state| {
                    seen.count(stats, state, &mut |key| {
                        if early.is_some() {
                            touched.insert(key.to_vec());
                        }
                    })
                });
                outcome.held = self.windows.size().bytes.saturating_sub(before);
                outcome.set_apart(self.windows.bounds(place), counted, counters);
                self.behind.amend(&amends);
                match self.windows.next_window(place) {
                    Some(window) => {
                        outcome.early = self.early_rows(window, &touched, &seen, surroundings.zone);
                    }
                    None => count(&mut counters.late, 1),
                }
            }
            Placement::Late(window) => {
                count(&mut counters.late, 1);
                let state = self.behind.late(window, || State::new(stats));
                let before = state.bytes();
                let counted = seen.count(stats, state, &mut |_| {});
                outcome.held = state.bytes().saturating_sub(before);
                outcome.set_apart(window, counted, counters);
            }
            Placement::Outside => {
                count(&mut counters.outside, 1);
                return outcome;
            }
            Placement::NoTime => {
                count(&mut counters.no_time, 1);
                return outcome;
            }
        }
        outcome.matched = true;
        count(&mut counters.matches, 1);
        outcome
    }

    /// What is given early of the groups that an event went to.
    fn early_rows(
        &mut self,
        window: Bounds,
        touched: &BTreeSet<Vec<u8>>,
        seen: &Seen<'_>,
        zone: &Zone,
    ) -> Vec<(Bounds, Change)> {
        let evals = self.evals();
        let Some(early) = &mut self.early else {
            return Vec::new();
        };
        if !early.row_by_row {
            early.look_at(window);
            return Vec::new();
        }
        let stats = self.plan.stats.as_ref();
        let rows: Vec<Row> = match (stats, seen.rows) {
            (None, Some(rows)) if rows.iter().map(Row::bytes).sum::<usize>() > EARLY_BYTES => {
                early.look_at(window);
                Vec::new()
            }
            (None, rows) => rows.unwrap_or_default().to_vec(),
            (Some(_), _) => {
                let mut rows = Vec::new();
                let mut room = EARLY_BYTES;
                for key in touched {
                    let Some(group) = self.windows.window_group(window, key) else {
                        continue;
                    };
                    match room.checked_sub(group.bytes()) {
                        Some(rest) => {
                            room = rest;
                            rows.append(&mut group.into_rows(stats));
                        }
                        None => early.look_at(window),
                    }
                }
                rows
            }
        };
        let all = Ids::of(&self.detection.id, window);
        let id = |row: &Row| all.row(row);
        let ids: Vec<Id> = match stats {
            Some(_) => rows.iter().map(id).collect(),
            None => Vec::new(),
        };
        let left_out = Cell::new(0);
        let context = Context {
            zone,
            most: rows::most_of(&self.plan.after, &rows, evals),
            left_out: &left_out,
            steps: Cell::new(Context::STEPS),
            now: now(window),
        };
        let rows = self
            .plan
            .after
            .iter()
            .fold(rows, |rows, command| command.apply(rows, &context));
        let rows = rows.into_iter().map(|row| (id(&row), row)).collect();
        let changes = early.touched(window, ids, rows).into_iter();
        changes.map(|change| (window, change)).collect()
    }

    /// What is given early where that takes a look at all rows of a window, of those
    /// that events went to since this was asked.
    pub(super) fn early_by_window(&mut self, zone: &Zone) -> Vec<(Bounds, Change)> {
        let windows = self.early.as_mut().map(Early::take_looked_at);
        let mut changes = Vec::new();
        for window in windows.into_iter().flatten() {
            let state = self.windows.window_state(window);
            // It is counted when the window closes.
            let left_out = Cell::new(0);
            let rows = state.map_or_else(Vec::new, |state| {
                self.results(window, state, zone, &left_out)
            });
            let rows = self.with_ids(window, rows);
            if let Some(early) = &mut self.early {
                let rows = early.rows(window, rows).into_iter();
                changes.extend(rows.map(|change| (window, change)));
            }
        }
        changes
    }

    fn with_ids(&self, window: Bounds, rows: Vec<Row>) -> Vec<(Id, Row)> {
        let ids = Ids::of(&self.detection.id, window);
        rows.into_iter().map(|row| (ids.row(&row), row)).collect()
    }

    /// The event as a row, or several, after the commands that come before `stats`.
    fn prepared_rows(
        &self,
        event: &Event<'_>,
        samples: &[Sample],
        zone: &Zone,
        counters: &mut Counters,
    ) -> Vec<Row> {
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
        let asks_now = self.plan.before.iter().any(Command::asks_now);
        let now = event.time().filter(|_| asks_now);
        let left_out = Cell::new(0);
        let context = Context {
            zone,
            now: now.and_then(|time| self.windows.first_run(time)),
            most: rows::most_of(&self.plan.before, core::slice::from_ref(&row), 0),
            left_out: &left_out,
            steps: Cell::new(Context::STEPS),
        };
        let mut rows = alloc::vec![row];
        for command in &self.plan.before {
            rows = command.apply(rows, &context);
            if rows.is_empty() {
                break;
            }
        }
        count(&mut counters.expanded, left_out.get());
        rows
    }

    /// The rows of the state of a window; what they had no room for is counted.
    fn results(&self, window: Bounds, state: State, zone: &Zone, left_out: &Cell<u64>) -> Vec<Row> {
        left_out.set(left_out.get().saturating_add(state.left_out()));
        let rows = state.into_rows(self.plan.stats.as_ref());
        let after: &[Command] = &self.plan.after;
        let context = Context {
            zone,
            most: rows::most_of(after, &rows, self.evals()),
            left_out,
            steps: Cell::new(Context::STEPS),
            now: now(window),
        };
        after
            .iter()
            .fold(rows, |rows, command| command.apply(rows, &context))
    }

    /// Closes a window that is due, and gives its rows.
    pub(super) fn close(
        &mut self,
        window: Bounds,
        zone: &Zone,
        counters: &mut Counters,
    ) -> Vec<Change> {
        let state = self.windows.close(window);
        let left_out = Cell::new(0);
        let rows = state.map_or_else(Vec::new, |state| {
            self.results(window, state, zone, &left_out)
        });
        count(&mut counters.expanded, left_out.get());
        let rows = self.with_ids(window, rows);
        let (changes, given) = match &mut self.early {
            Some(early) => early.close(window, rows),
            None if self.amends => {
                let mut given = Given::default();
                (given.again(rows, [], 0), given)
            }
            None => {
                let rows = rows.into_iter().map(|(id, row)| Change {
                    id,
                    revision: 0,
                    row: Some(row),
                });
                return rows.collect();
            }
        };
        if self.amends && window != Bounds::All {
            self.behind.closed(window, given);
        }
        changes
    }

    /// What late events have changed since this was asked.
    pub(super) fn changes(&mut self, zone: &Zone, counters: &mut Counters) -> Vec<Changes> {
        let left_out = Cell::new(0);
        let mut behind = core::mem::take(&mut self.behind);
        let changes = behind.changes(
            &|window, state| self.with_ids(window, self.results(window, state, zone, &left_out)),
            &|window| self.windows.window_state(window),
        );
        self.behind = behind;
        count(&mut counters.expanded, left_out.get());
        changes
    }

    /// Time has gone on.
    pub(super) fn advance(&mut self, now: i64, keep: i64) {
        self.windows.advance(now);
        self.behind.forget_runs_to(now.saturating_sub(keep));
    }

    /// Bytes of what is known of rows that were given early.
    pub(super) fn early_bytes(&self) -> usize {
        self.early.as_ref().map_or(0, Early::bytes)
    }

    /// Have late events come that were not given yet?
    pub(super) fn has_changes(&self) -> bool {
        self.behind.has_changes()
    }

    /// Bytes kept of windows that have closed.
    pub(super) fn kept(&self) -> usize {
        self.windows.kept().saturating_add(self.behind.bytes())
    }

    /// Gives up the oldest of what is kept of windows that have closed; its changes
    /// were given. False where nothing is kept.
    pub(super) fn forget_oldest(&mut self) -> bool {
        if self.behind.forget_oldest_late() {
            return true;
        }
        let forgot = self.windows.forget_oldest();
        self.behind.forget_runs_to(self.windows.kept_from());
        forgot
    }

    /// What the rows of a window that holds so many bytes may come to take, with the
    /// columns that `eval` adds.
    pub(super) fn rows_to_come(&self, held: usize) -> usize {
        // A row takes up to twice what its group did; one that commands make more of
        // stands beside those that they were given.
        let after = &self.plan.after;
        let times = if after.iter().any(Command::expands) {
            4
        } else {
            2
        };
        let rows = rows::to_come(after, held.saturating_mul(times), self.evals());
        rows.max(held.saturating_mul(4))
    }

    /// How many columns `eval` makes of the rows of a window.
    fn evals(&self) -> usize {
        let made = self.plan.after.iter().map(Command::evals);
        made.fold(0, usize::saturating_add)
    }

    /// What the rows of an event of so many bytes may come to take, beyond the event.
    pub(super) fn event_rows_to_come(&self, length: usize) -> usize {
        let before = &self.plan.before;
        match before.iter().any(|one| one.expands() || one.grows()) {
            true => rows::to_come(before, length.saturating_mul(2), 0),
            false => 0,
        }
    }

    pub(super) fn size(&self) -> Size {
        self.windows.size()
    }

    /// Does the plan look into the raw text of events?
    pub(super) fn asks_raw(&self) -> bool {
        self.plan.filter.asks_raw() || self.plan.fields.iter().any(|name| name == "_raw")
    }

    /// Which parts of the search held for an event.
    pub(super) fn explain(
        &self,
        event: &dyn Fields,
        room: &mut usize,
    ) -> crate::search::Explanation {
        self.plan.filter.explain(event, room)
    }
}

impl Outcome {
    /// Bytes of all of it.
    pub(super) fn bytes(&self) -> usize {
        let partial = self.partial.iter().map(|(_, state)| state.bytes());
        let early = self
            .early
            .iter()
            .filter_map(|(_, change)| change.row.as_ref());
        let early = early.map(Row::bytes);
        partial.chain(early).fold(self.held, usize::saturating_add)
    }

    fn set_apart(&mut self, bounds: Bounds, added: Added, counters: &mut Counters) {
        count(&mut counters.combinations, added.left_out as u64);
        let apart = added.apart.map(|groups| (bounds, State::Groups(groups)));
        self.partial.extend(apart);
        self.partial.retain(|(_, state)| !state.is_empty());
    }
}

/// Columns that the row of an event has, at most, where it has all its fields.
const MAX_COLUMNS: usize = 1000;

/// The `now()` of a window's commands: when its run is scheduled.
fn now(window: Bounds) -> Option<i64> {
    match window {
        Bounds::Run { run, .. } => Some(run),
        Bounds::All => None,
    }
}

/// Adds the fields of an event that the row does not have yet, in their order.
fn add_others(row: &mut Row, event: &Event<'_>, counters: &mut Counters) {
    let has = entries::set(row.columns().iter().map(|(name, _)| name.clone()));
    for (name, values) in event.others() {
        if has.contains(name) {
            continue;
        }
        if row.columns().len() >= MAX_COLUMNS {
            count(&mut counters.fields, values.len() as u64);
            continue;
        }
        row.set(name, texts(values));
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
