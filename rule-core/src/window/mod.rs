//! Windows of time: what a scheduled search is in a stream.
//!
//! A run at 12:00 with `-70m@m` to `-10m@m` covers [10:50, 11:50), and the runs
//! of `0 * * * *` tile time [semantics.md, "Time windows"]. A [`Schedule`] says
//! which runs see an event; [`Windows`] holds what was counted until they have
//! come.
//!
//! Events are counted by [`Span`], the stretch of time that the same runs see:
//! where windows tile, a span is a window; where they overlap, a window is put
//! together of spans when it closes. A span that no run to come sees is dropped,
//! or kept for as long as late events may amend its windows.

mod cron;
mod schedule;
mod span;
mod state;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

pub use cron::Cron;
pub use schedule::{Bounds, NEVER, Runs, Schedule, ScheduleError, Span};
pub use span::{Place, Placement};
pub use state::State;

use crate::snapshot::{Damaged, Reader, Writer};
use crate::stats::Stats;
use crate::time::{Time, Zone};
use span::Counted;

/// The windows of one rule.
#[derive(Clone, Debug)]
pub struct Windows {
    schedule: Schedule,
    zone: Zone,
    /// For how many seconds after its run a window can be amended; None where
    /// it cannot.
    keep: Option<i64>,
    /// Samples that a group keeps.
    samples: usize,
    /// The window of all time.
    all: Option<State>,
    /// What was counted, by the start of its span.
    spans: BTreeMap<i64, Counted>,
    /// Runs at or before this have come.
    closed_to: Option<i64>,
    /// Windows of runs at or before this can't be amended any more.
    kept_from: i64,
    open: Size,
    /// Bytes of spans that are kept to be amended.
    kept: usize,
    /// The span of the last event that was in none of those held.
    last: Option<Span>,
}

/// How much is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Bytes, reckoned.
    pub bytes: usize,
    /// Groups, or rows.
    pub groups: usize,
    /// Spans.
    pub spans: usize,
}

impl Windows {
    /// No windows yet. With `keep` a closed window can be amended for so many
    /// seconds after its run; `samples` is how many samples a group keeps.
    #[must_use]
    pub fn new(schedule: Schedule, zone: Zone, keep: Option<i64>, samples: usize) -> Self {
        Windows {
            schedule,
            zone,
            keep,
            samples,
            all: None,
            spans: BTreeMap::new(),
            closed_to: None,
            kept_from: i64::MIN,
            open: Size::default(),
            kept: 0,
            last: None,
        }
    }

    /// Where an event of a time belongs.
    pub fn place(&mut self, time: Option<Time>) -> Placement {
        if matches!(self.schedule, Schedule::All) {
            return Placement::In {
                place: Place::AllTime,
                amends: Vec::new(),
            };
        }
        let Some(time) = time else {
            return Placement::NoTime;
        };
        // Bounds are whole seconds, so what comes behind the second decides
        // nothing.
        let seconds = time.seconds();
        if let Some((start, counted)) = self.held(seconds)
            && counted.is_open()
            && self.keep.is_none()
        {
            let place = Place::Span(counted.span(start));
            return Placement::In {
                place,
                amends: Vec::new(),
            };
        }
        let span = self.span(seconds);
        let Some(runs) = span.runs else {
            return Placement::Outside;
        };
        let amends = self.amendable(runs);
        let next = self.next_run(runs);
        if next > runs.last && amends.is_empty() {
            return Placement::Late(self.schedule.window(runs.last, &self.zone));
        }
        Placement::In {
            place: Place::Span(span),
            amends,
        }
    }

    /// The first run that sees a time; None where none does.
    #[must_use]
    pub fn first_run(&self, time: Time) -> Option<i64> {
        if matches!(self.schedule, Schedule::All) {
            return None;
        }
        let span = self.schedule.span(time.seconds(), &self.zone);
        span.runs.map(|runs| runs.first)
    }

    /// The span of a time, as it is held or as the schedule has it.
    fn span(&mut self, seconds: i64) -> Span {
        if let Some((start, counted)) = self.held(seconds) {
            return counted.span(start);
        }
        match self.last {
            Some(span) if (span.start..span.end).contains(&seconds) => span,
            _ => {
                let span = self.schedule.span(seconds, &self.zone);
                self.last = Some(span);
                span
            }
        }
    }

    fn held(&self, seconds: i64) -> Option<(i64, &Counted)> {
        let (start, counted) = self.spans.range(..=seconds).next_back()?;
        (seconds < counted.end).then_some((*start, counted))
    }

    /// The first of these runs that has not come.
    fn next_run(&self, runs: Runs) -> i64 {
        match self.closed_to {
            Some(to) if runs.first <= to => self.schedule.run_after(to, &self.zone),
            _ => runs.first,
        }
    }

    /// The windows of those of these runs that have come and can be amended.
    fn amendable(&self, runs: Runs) -> Vec<Bounds> {
        let mut windows = Vec::new();
        let (Some(_), Some(closed_to)) = (self.keep, self.closed_to) else {
            return windows;
        };
        let mut run = if runs.first > self.kept_from {
            runs.first
        } else {
            self.schedule.run_after(self.kept_from, &self.zone)
        };
        while run <= closed_to.min(runs.last) {
            windows.push(self.schedule.window(run, &self.zone));
            run = self.schedule.run_after(run, &self.zone);
        }
        windows
    }

    /// Counts in a place: `count` is given its state.
    pub fn count<R>(
        &mut self,
        place: Place,
        stats: Option<&Stats>,
        count: impl FnOnce(&mut State) -> R,
    ) -> R {
        let state = match place {
            Place::AllTime => self.all.get_or_insert_with(|| State::new(stats)),
            Place::Span(span) => {
                let runs = span.runs.unwrap_or(Runs {
                    first: NEVER,
                    last: NEVER,
                });
                let next = Counted::within(self.next_run(runs), runs.last);
                let counted = self.spans.entry(span.start).or_insert_with(|| {
                    let opens = usize::from(next != NEVER);
                    self.open.spans = self.open.spans.saturating_add(opens);
                    Counted {
                        end: span.end,
                        first: runs.first,
                        next,
                        last: runs.last,
                        state: State::new(stats),
                    }
                });
                if !counted.is_open() {
                    let before = counted.state.bytes();
                    let result = count(&mut counted.state);
                    self.kept = changed(self.kept, before, counted.state.bytes());
                    return result;
                }
                &mut counted.state
            }
        };
        let before = (state.bytes(), state.len());
        let result = count(state);
        self.open.bytes = changed(self.open.bytes, before.0, state.bytes());
        self.open.groups = changed(self.open.groups, before.1, state.len());
        result
    }

    /// Lets time go on to `now`, in seconds since the epoch: from now on the
    /// windows whose run has come are closed, and those are forgotten that were
    /// kept long enough.
    pub fn advance(&mut self, now: i64) {
        self.closed_to = self.closed_to.max(Some(now));
        if let Some(keep) = self.keep {
            self.forget_runs_to(now.saturating_sub(keep));
        }
    }

    /// No window of these runs can be amended from now on.
    pub fn forget_runs_to(&mut self, run: i64) {
        self.kept_from = self.kept_from.max(run);
        while let Some(first) = self.spans.first_entry() {
            let counted = first.get();
            if counted.is_open() || counted.last > self.kept_from {
                break;
            }
            self.kept = self.kept.saturating_sub(counted.state.bytes());
            first.remove();
        }
    }

    /// Gives up the oldest span that is kept to be amended. False where there is
    /// none.
    pub fn forget_oldest(&mut self) -> bool {
        match self.spans.first_key_value() {
            Some((_, counted)) if !counted.is_open() => {
                let last = counted.last;
                self.forget_runs_to(last);
                true
            }
            _ => false,
        }
    }

    /// Windows of runs at or before this can't be amended.
    #[must_use]
    pub fn kept_from(&self) -> i64 {
        self.kept_from
    }

    /// The end of time is near: a window that would be seen by every run to come
    /// is seen by the first that sees all of it.
    pub fn end_of_time(&mut self) {
        let open = self.spans.values().filter(|counted| counted.is_open());
        let newest = open.map(|counted| counted.next).max();
        for counted in self.spans.values_mut() {
            if let Some(newest) = newest
                && counted.last == NEVER
                && counted.is_open()
            {
                counted.last = newest;
            }
        }
    }

    /// The next window to close, in the order of their ends: of those whose run
    /// is at or before `now`, or of all at the end of time.
    #[must_use]
    pub fn due(&self, now: Option<i64>) -> Option<Bounds> {
        let next = self.next_to_come();
        match (next, now) {
            (Some(run), Some(now)) if run > now => None,
            (Some(run), _) => Some(self.schedule.window(run, &self.zone)),
            (None, None) if self.all.is_some() => Some(Bounds::All),
            (None, _) => None,
        }
    }

    /// The next run that sees something.
    fn next_to_come(&self) -> Option<i64> {
        let open = self.spans.values().find(|counted| counted.is_open());
        open.map(|counted| counted.next)
    }

    /// Closes the window that is due: its state; None where nothing is in it.
    pub fn close(&mut self, window: Bounds) -> Option<State> {
        let (start, end, run) = match window {
            Bounds::All => {
                self.open = Size::default();
                return self.all.take();
            }
            Bounds::Run { start, end, run } => (start, end, run),
        };
        let after = self.schedule.run_after(run, &self.zone);
        let state = self.take_whole(start, end, run, after);
        let state = state.or_else(|| self.window_state(window));
        let seen: Vec<i64> = self
            .spans
            .iter()
            .filter(|(_, counted)| counted.is_open())
            .take_while(|(_, counted)| counted.next <= run)
            .map(|(start, _)| *start)
            .collect();
        for start in seen {
            let Some(counted) = self.spans.get_mut(&start) else {
                continue;
            };
            counted.next = Counted::within(after, counted.last);
            if counted.is_open() {
                continue;
            }
            let (bytes, groups) = (counted.state.bytes(), counted.state.len());
            self.open.remove(bytes, groups);
            if self.keep.is_some() {
                self.kept = self.kept.saturating_add(bytes);
            } else {
                self.spans.remove(&start);
            }
        }
        state
    }

    /// The state of a window that is one span which nobody else asks for.
    fn take_whole(&mut self, start: i64, end: i64, run: i64, after: i64) -> Option<State> {
        let at = {
            let mut parts = self.parts(start, end);
            let (at, counted) = parts.next()?;
            let alone = parts.next().is_none() && counted.next == run && counted.last < after;
            (alone && self.keep.is_none()).then_some(at)
        };
        let counted = self.spans.remove(&at?)?;
        self.open.remove(counted.state.bytes(), counted.state.len());
        Some(counted.state)
    }

    /// What a window holds now, put together of its spans.
    #[must_use]
    pub fn window_state(&self, window: Bounds) -> Option<State> {
        match window {
            Bounds::All => self.all.clone(),
            Bounds::Run { start, end, .. } => {
                let mut whole: Option<State> = None;
                for (_, counted) in self.parts(start, end) {
                    match &mut whole {
                        None => whole = Some(counted.state.clone()),
                        Some(whole) => whole.merge(&counted.state, self.samples),
                    }
                }
                whole
            }
        }
    }

    /// One group of a window, put together of its spans.
    #[must_use]
    pub fn window_group(&self, window: Bounds, key: &[u8]) -> Option<State> {
        let states: Vec<&State> = match window {
            Bounds::All => self.all.iter().collect(),
            Bounds::Run { start, end, .. } => self
                .parts(start, end)
                .map(|(_, counted)| &counted.state)
                .collect(),
        };
        let mut whole: Option<State> = None;
        for part in states.into_iter().filter_map(|state| state.group(key)) {
            match &mut whole {
                None => whole = Some(part),
                Some(whole) => whole.merge(&part, self.samples),
            }
        }
        whole
    }

    fn parts(&self, start: i64, end: i64) -> impl Iterator<Item = (i64, &Counted)> {
        // A range from a bound to one before it would be a panic.
        let end = end.max(start);
        self.spans
            .range(start..end)
            .map(|(start, counted)| (*start, counted))
    }

    /// The window of a place that closes next; None where all have closed.
    #[must_use]
    pub fn next_window(&self, place: Place) -> Option<Bounds> {
        match place {
            Place::AllTime => Some(Bounds::All),
            Place::Span(span) => {
                let counted = self.spans.get(&span.start)?;
                let window = || self.schedule.window(counted.next, &self.zone);
                counted.is_open().then(window)
            }
        }
    }

    /// The bounds of a place.
    #[must_use]
    pub fn bounds(&self, place: Place) -> Bounds {
        match place {
            Place::AllTime => Bounds::All,
            Place::Span(span) => span.bounds(),
        }
    }

    /// Takes out the open span that holds the most.
    pub fn take_largest(&mut self) -> Option<(Bounds, State)> {
        if let Some(state) = self.all.take() {
            self.open = Size::default();
            return Some((Bounds::All, state));
        }
        let open = self.spans.iter().filter(|(_, counted)| counted.is_open());
        let (start, _) = open.max_by_key(|(_, counted)| counted.state.bytes())?;
        self.take(*start)
    }

    /// Takes out the open span that is furthest in the future, if it begins after
    /// a time.
    pub fn take_last(&mut self, after: i64) -> Option<(Bounds, State)> {
        let (start, counted) = self.spans.last_key_value()?;
        if *start <= after || !counted.is_open() {
            return None;
        }
        self.take(*start)
    }

    fn take(&mut self, start: i64) -> Option<(Bounds, State)> {
        let counted = self.spans.remove(&start)?;
        self.open.remove(counted.state.bytes(), counted.state.len());
        Some((counted.span(start).bounds(), counted.state))
    }

    /// What the open windows hold.
    #[must_use]
    pub fn size(&self) -> Size {
        self.open
    }

    /// Bytes that are kept to be amended.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// Can what another part of the same stream counted be joined? The two have been
    /// told the same time, and every span is one of this schedule that is held here
    /// too.
    #[must_use]
    pub fn can_merge(&self, other: &Windows) -> bool {
        other.spans.iter().all(|(start, counted)| {
            (counted.is_open() || self.keep.is_some()) && self.fits(*start, counted)
        })
    }

    /// Joins what another part of the same stream counted, where that can be. Gives
    /// the windows that it amends.
    pub fn merge(&mut self, other: &Windows) -> Vec<Bounds> {
        let mut amends = Vec::new();
        self.kept_from = self.kept_from.max(other.kept_from);
        if let Some(state) = &other.all {
            self.merge_into(Place::AllTime, state);
        }
        for (start, counted) in &other.spans {
            self.merge_into(Place::Span(counted.span(*start)), &counted.state);
            amends.extend(self.amendable(counted.runs()));
        }
        amends
    }

    /// Joins a state with that of the span or window it was taken from. False
    /// where there is no such span, or all its windows have closed.
    #[must_use]
    pub fn merge_part(&mut self, bounds: Bounds, state: &State) -> bool {
        let place = match (bounds, &self.schedule) {
            (Bounds::All, Schedule::All) => Place::AllTime,
            (Bounds::Run { start, end, .. }, _) => {
                let span = self.span(start);
                let open = span
                    .runs
                    .is_some_and(|runs| self.next_run(runs) <= runs.last);
                if (span.start, span.end) != (start, end) || !open {
                    return false;
                }
                Place::Span(span)
            }
            (Bounds::All, _) => return false,
        };
        self.merge_into(place, state);
        true
    }

    fn merge_into(&mut self, place: Place, state: &State) {
        let samples = self.samples;
        // An empty state to begin with takes the form of the one that is joined.
        self.count(place, None, |whole| whole.merge(state, samples));
    }

    /// Is this a span of the schedule, and are its runs the schedule's?
    fn fits(&self, start: i64, counted: &Counted) -> bool {
        let span = self.schedule.span(start, &self.zone);
        span.start == start
            && span.end == counted.end
            && span.runs == Some(counted.runs())
            && counted.next == Counted::within(self.next_run(counted.runs()), counted.last)
    }

    /// Writes what is held.
    pub fn write(&self, writer: &mut Writer) {
        writer.option(self.closed_to, Writer::signed);
        writer.signed(self.kept_from);
        writer.option(self.all.as_ref(), |writer, state| state.write(writer));
        writer.list(self.spans.iter(), |writer, (start, counted)| {
            writer.signed(*start);
            counted.write(writer);
        });
    }

    /// Reads what windows of this schedule held.
    ///
    /// # Errors
    /// What they cannot have held.
    pub fn read(&self, reader: &mut Reader<'_>, stats: Option<&Stats>) -> Result<Self, Damaged> {
        let mut windows = Windows::new(
            self.schedule.clone(),
            self.zone.clone(),
            self.keep,
            self.samples,
        );
        windows.closed_to = reader.option(Reader::signed)?;
        windows.kept_from = reader.signed()?;
        windows.all = reader.option(|reader| State::read(reader, stats))?;
        if let Some(state) = &windows.all {
            if !matches!(self.schedule, Schedule::All) {
                return Err(Damaged);
            }
            windows.open.add(state);
        }
        let spans = reader.list(|reader| Ok((reader.signed()?, Counted::read(reader, stats)?)))?;
        for (start, counted) in spans {
            let before = windows.spans.last_key_value();
            if before.is_some_and(|(before, _)| *before >= start)
                || !windows.may_hold(start, &counted)
            {
                return Err(Damaged);
            }
            if counted.is_open() {
                windows.open.add(&counted.state);
                windows.open.spans = windows.open.spans.saturating_add(1);
            } else {
                windows.kept = windows.kept.saturating_add(counted.state.bytes());
            }
            windows.spans.insert(start, counted);
        }
        Ok(windows)
    }

    /// As [`Windows::fits`], but that windows which are due may wait to be closed,
    /// and that the end of time may be near.
    fn may_hold(&self, start: i64, counted: &Counted) -> bool {
        let span = self.schedule.span(start, &self.zone);
        let Some(runs) = span.runs else { return false };
        let ends_early = runs.last == NEVER && counted.last < NEVER;
        span.start == start
            && span.end == counted.end
            && counted.first == runs.first
            && (counted.last == runs.last || ends_early)
            && (!counted.is_open()
                || counted.next >= runs.first
                    && counted.next <= counted.last
                    && self
                        .schedule
                        .run_after(counted.next.saturating_sub(1), &self.zone)
                        == counted.next)
            && (counted.is_open() || self.keep.is_some())
    }
}

/// A sum in which one part has changed. It is taken away first: a sum of both, where one
/// window holds most of what an address of 32 bits can reach, would be beyond that.
fn changed(sum: usize, before: usize, after: usize) -> usize {
    sum.saturating_sub(before).saturating_add(after)
}

impl Size {
    fn add(&mut self, state: &State) {
        self.bytes = self.bytes.saturating_add(state.bytes());
        self.groups = self.groups.saturating_add(state.len());
    }

    /// Without a span that holds so much.
    fn remove(&mut self, bytes: usize, groups: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
        self.groups = self.groups.saturating_sub(groups);
        self.spans = self.spans.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests;
