//! What rules hold and the alerts that wait, kept within the limits.

use alloc::vec::Vec;

use crate::alert::{Change, Kind};
use crate::entries;
use crate::names::Event;
use crate::session::behind::Changes;
use crate::session::config::Config;
use crate::session::counters::{Counters, count};
use crate::session::queue::{Queue, Says, Waiting};
use crate::session::rule::{Outcome, Rule, Surroundings};
use crate::time::Zone;
use crate::window::{Bounds, Size, State};

/// The parts of an engine that what is held goes through on its way out, apart from the
/// record that may be at hand.
pub(in crate::session) struct Holdings<'e> {
    config: &'e Config,
    rules: &'e mut [Rule],
    queue: &'e mut Queue,
    counters: &'e mut Counters,
}

impl<'e> Holdings<'e> {
    pub(super) fn new(
        config: &'e Config,
        rules: &'e mut [Rule],
        queue: &'e mut Queue,
        counters: &'e mut Counters,
    ) -> Self {
        Holdings {
            config,
            rules,
            queue,
            counters,
        }
    }

    /// Gives an event to the rules from one on, and what it leads to at once. How many
    /// have taken it: fewer than there are where there is no room for more alerts.
    ///
    /// Room is made in the midst of them too: each of many rules may hold a copy of it.
    pub(super) fn take(
        &mut self,
        event: &Event<'_>,
        surroundings: &Surroundings<'_>,
        from: usize,
        asks: impl Fn(usize) -> bool,
    ) -> usize {
        let state = self.config.limits.state;
        let mut has_matched = false;
        let mut grown = 0usize;
        // Of those that lead to something at once: few do.
        let mut outcomes: Vec<(usize, Outcome)> = Vec::new();
        for index in from..self.rules.len() {
            let rule = self.rules.get_mut(index).filter(|_| asks(index));
            let Some(outcome) = rule.map(|rule| rule.take(event, surroundings, self.counters))
            else {
                continue;
            };
            if !outcome.matched {
                continue;
            }
            has_matched = true;
            grown = grown.saturating_add(outcome.bytes());
            if !(outcome.early.is_empty() && outcome.partial.is_empty()) {
                outcomes.push((index, outcome));
            }
            if grown > state / 2 {
                self.give_outcomes(core::mem::take(&mut outcomes));
                self.make_room();
                if self.queue.bytes() >= state {
                    return index.saturating_add(1);
                }
                grown = 0;
            }
        }
        self.give_outcomes(outcomes);
        if has_matched {
            self.make_room();
        }
        self.rules.len()
    }

    /// Gives what a record led to at once.
    fn give_outcomes(&mut self, outcomes: Vec<(usize, Outcome)>) {
        for (index, outcome) in outcomes {
            for (window, change) in outcome.early {
                self.give(index, window, Kind::Early, change);
            }
            for (window, state) in outcome.partial {
                self.give_groups(index, window, state);
            }
        }
    }

    /// Gives a row of a window itself, which is part 0.
    pub(super) fn give(&mut self, rule: usize, window: Bounds, kind: Kind, change: Change) {
        self.push(Waiting::of(rule, window, kind, 0, change));
    }

    /// Gives groups that make room, each as a part of its own.
    fn give_groups(&mut self, index: usize, window: Bounds, state: State) {
        count(&mut self.counters.expanded, state.left_out());
        for group in state.into_single() {
            let Some(rule) = self.rules.get_mut(index) else {
                return;
            };
            let part = rule.behind.new_part();
            self.push(Waiting {
                window,
                rule: index,
                kind: Kind::Partial,
                part,
                revision: 0,
                says: Says::Group(group),
            });
        }
    }

    /// Gives what is held of the time after the horizon: no record but one that is
    /// ahead of the clock could have put it there, and it would hold memory until its
    /// time comes.
    pub(super) fn give_ahead(&mut self, horizon: Option<i64>) {
        let Some(horizon) = horizon else { return };
        for index in 0..self.rules.len() {
            while let Some((window, state)) = self
                .rules
                .get_mut(index)
                .and_then(|rule| rule.windows.take_last(horizon))
            {
                self.give_groups(index, window, state);
            }
        }
    }

    /// Gives what has changed in windows that have closed, and the rows that come
    /// early where that takes a look at whole windows.
    pub(super) fn give_changes(&mut self) {
        let zone = &self.config.defaults.zone;
        let mut waiting: Vec<Waiting> = Vec::new();
        for (index, rule) in self.rules.iter_mut().enumerate() {
            waiting.extend(changed(index, rule, zone, self.counters));
            let early = rule.early_by_window(zone).into_iter();
            waiting
                .extend(early.map(|(window, row)| Waiting::of(index, window, Kind::Early, 0, row)));
        }
        let order = |one: &Waiting| (one.window.span(), one.rule);
        entries::sort(&mut waiting, |left, right| order(left).cmp(&order(right)));
        for one in waiting {
            self.push(one);
        }
    }

    /// Gives at once what late events have changed, where no more than `little` bytes are
    /// kept of windows that have closed.
    pub(super) fn give_changes_of(&mut self, little: usize) {
        let zone = &self.config.defaults.zone;
        for index in 0..self.rules.len() {
            let rule = self.rules.get_mut(index);
            let rule = rule.filter(|rule| rule.has_changes() && rule.kept() <= little);
            let waiting = rule.map(|rule| changed(index, rule, zone, self.counters));
            for one in waiting.into_iter().flatten() {
                self.push(one);
            }
        }
    }

    fn push(&mut self, waiting: Waiting) {
        self.counters.alert(waiting.kind);
        self.queue.push(waiting, self.rules);
    }

    /// Where the windows hold more than the limits allow, gives groups as partial
    /// alerts until they are a quarter below: so that a limit is no place where
    /// every event costs a search for what to give.
    pub(in crate::session) fn make_room(&mut self) {
        let limits = &self.config.limits;
        let (bytes, groups, spans) = (limits.state, limits.groups, limits.windows);
        let size = size(self.rules);
        if size.bytes > bytes || size.groups > groups {
            let [bytes, groups] = [bytes, groups].map(three_quarters);
            let is_over = |size: Size| size.bytes > bytes || size.groups > groups;
            while is_over(self::size(self.rules)) {
                if !self.give_of_most(|size| size.bytes, |rule| rule.windows.take_largest()) {
                    break;
                }
            }
        }
        if size.spans > spans {
            while self::size(self.rules).spans > three_quarters(spans) {
                if !self.give_of_most(|size| size.spans, |rule| rule.windows.take_last(i64::MIN)) {
                    break;
                }
            }
        }
        if self.kept() > self.config.limits.late {
            self.give_changes();
            self.forget_kept();
        }
    }

    /// Gives what is taken of the rule that holds the most; false where that is nothing.
    fn give_of_most(
        &mut self,
        most: impl Fn(Size) -> usize,
        take: impl Fn(&mut Rule) -> Option<(Bounds, State)>,
    ) -> bool {
        let rules = self.rules.iter_mut().enumerate();
        let largest = rules.max_by_key(|(_, rule)| most(rule.size()));
        let Some((index, (window, state))) =
            largest.and_then(|(index, rule)| Some((index, take(rule)?)))
        else {
            return false;
        };
        self.give_groups(index, window, state);
        true
    }

    pub(super) fn forget_kept(&mut self) {
        while self.kept() > self.config.limits.late {
            let most = self.rules.iter_mut().max_by_key(|rule| rule.kept());
            if !most.is_some_and(Rule::forget_oldest) {
                break;
            }
        }
    }

    /// What is kept of windows that have closed, in bytes.
    fn kept(&self) -> usize {
        let kept = self.rules.iter().map(Rule::kept);
        kept.fold(0, usize::saturating_add)
    }
}

/// What the open windows of rules hold.
pub(super) fn size(rules: &[Rule]) -> Size {
    let sizes = rules.iter().map(Rule::size);
    sizes.fold(Size::default(), |all, one| Size {
        bytes: all.bytes.saturating_add(one.bytes),
        groups: all.groups.saturating_add(one.groups),
        spans: all.spans.saturating_add(one.spans),
    })
}

/// What is left of a limit that room is made below.
fn three_quarters(limit: usize) -> usize {
    limit.saturating_sub(limit / 4)
}

/// What late events have changed, as alerts.
fn changed(index: usize, rule: &mut Rule, zone: &Zone, counters: &mut Counters) -> Vec<Waiting> {
    let mut waiting = Vec::new();
    for changes in rule.changes(zone, counters) {
        let Changes {
            window, kind, part, ..
        } = changes;
        let rows = changes.rows.into_iter();
        waiting.extend(rows.map(|row| Waiting::of(index, window, kind, part, row)));
    }
    waiting
}
